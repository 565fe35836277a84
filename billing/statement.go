package billing

// Statements: how an account went from one day to another.

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// MovementKind names what entries did to a customer's account: an entry's kind,
// with adjustments told apart.
type MovementKind string

// The movements that change a balance, in the order in which a statement lists them;
// holds and releases only move money between available and held.
const (
	MovementDeposit  MovementKind = "deposit"
	MovementCredit   MovementKind = "credit" // an adjustment upwards
	MovementDebit    MovementKind = "debit"  // an adjustment downwards
	MovementCapture  MovementKind = "capture"
	MovementReversal MovementKind = "reversal"
	MovementCharge   MovementKind = "charge"
	MovementHold     MovementKind = "hold"
	MovementRelease  MovementKind = "release"
)

var movementsInOrder = []MovementKind{
	MovementDeposit, MovementCredit, MovementDebit, MovementCapture, MovementReversal, MovementCharge, MovementHold, MovementRelease,
}

// Movement is what some entries did together, in USD.
type Movement struct {
	Entries int64 `json:"entries"`
	Balance USD   `json:"balance"`
	Held    USD   `json:"held"`
}

func (e Movement) sub(other Movement) Movement {
	return Movement{e.Entries - other.Entries, e.Balance.Sub(other.Balance), e.Held.Sub(other.Held)}
}

// Movements are the movements by kind since an account began.
type Movements map[MovementKind]Movement

// Scan reads the JSON of a checkpoint. Its amounts are numbers with 4 decimals:
// they are read as text, never as floating point.
func (e *Movements) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("read sums by kind: %T is no JSON", src)
	}
	var raw map[MovementKind]struct {
		Entries       int64
		Balance, Held json.Number
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return fmt.Errorf("read sums by kind: %w", err)
	}
	*e = Movements{}
	for kind, r := range raw {
		balance, err := ParseUSD(r.Balance.String())
		if err != nil {
			return fmt.Errorf("read the sum of %s: %w", kind, err)
		}
		held, err := ParseUSD(r.Held.String())
		if err != nil {
			return fmt.Errorf("read the sum of %s: %w", kind, err)
		}
		(*e)[kind] = Movement{r.Entries, balance, held}
	}
	return nil
}

// Plus returns the movements with more added to them; neither is changed.
func (e Movements) Plus(more Movements) Movements {
	sum := Movements{}
	maps.Copy(sum, e)
	for kind, m := range more {
		was := sum[kind]
		sum[kind] = Movement{was.Entries + m.Entries, was.Balance.Add(m.Balance), was.Held.Add(m.Held)}
	}
	return sum
}

// AccountDay is how a customer's account stood at the end of a business day. The
// zero one is an account before its first entry.
type AccountDay struct {
	Day     time.Time `db:"day"`    // midnight UTC of its date
	Number  int64     `db:"number"` // of the last entry; hash, balance and held are those after it
	Hash    Hash      `db:"hash"`
	Balance USD       `db:"balance"`
	Held    USD       `db:"held"`
	Sums    Movements `db:"sums"`
	Closed  bool      `db:"closed"` // by a checkpoint; else it may still go on
}

// Statement is how an account went from the beginning of one business day to the
// end of another.
type Statement struct {
	From, To time.Time  // midnight UTC of the first and of the last date
	Opening  AccountDay // before
	Closing  AccountDay // after
	Days     []AccountDay
}

// StatementLine is what the entries of a kind did in a statement's time.
type StatementLine struct {
	Kind MovementKind
	Movement
}

// Lines are the movements of each kind that there was, in a fixed order.
func (s Statement) Lines() []StatementLine {
	kinds := slices.Clone(movementsInOrder)
	for _, kind := range slices.Sorted(maps.Keys(s.Closing.Sums)) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	var lines []StatementLine
	for _, kind := range kinds {
		if moved := s.Closing.Sums[kind].sub(s.Opening.Sums[kind]); moved.Entries != 0 {
			lines = append(lines, StatementLine{kind, moved})
		}
	}
	return lines
}

// Moved is what all lines together did to the balance and to what is held.
func (s Statement) Moved() Movement {
	sum := Movement{}
	for _, line := range s.Lines() {
		sum = Movement{sum.Entries + line.Entries, sum.Balance.Add(line.Balance), sum.Held.Add(line.Held)}
	}
	return sum
}

// AddsUp says whether the lines lead from the opening to the closing. A statement
// that does not is of books that are wrong.
func (s Statement) AddsUp() bool {
	moved := s.Moved()
	return s.Opening.Balance.Add(moved.Balance).Cmp(s.Closing.Balance) == 0 &&
		s.Opening.Held.Add(moved.Held).Cmp(s.Closing.Held) == 0 &&
		s.Opening.Number+moved.Entries == s.Closing.Number
}

// Closed says whether nothing can be added to it any more.
func (s Statement) Closed() bool { return s.Closing.Closed && !s.Closing.Day.Before(s.To) }
