package billing

// A list of adjustments from a file: many customers credited or debited at once,
// all of it or nothing.

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// AdjustmentList is a file of adjustments that one operator sent. Amounts are USD.
type AdjustmentList struct {
	ID          uuid.UUID       `db:"id"`
	Name        string          `db:"name"`   // of the file
	SHA256      []byte          `db:"sha256"` // of what its lines say, in any order
	Lines       int             `db:"lines"`
	Credited    USD             `db:"credited"` // the lines above zero together
	Debited     USD             `db:"debited"`  // the lines below zero together, without their sign
	State       AdjustmentState `db:"state"`    // its lines' as well
	RequestedBy int64           `db:"requested_by"`
	RequestedAt time.Time       `db:"requested_at"`
	ExpiresAt   *time.Time      `db:"expires_at"` // of a waiting one
	DecidedBy   *int64          `db:"decided_by"`
	DecidedAt   *time.Time      `db:"decided_at"`
	OneOperator bool            `db:"one_operator"` // as an adjustment's
	Requester   string          `db:"requester"`    // names, for people
	Decider     string          `db:"decider"`
	Customers   int             `db:"customers"` // different ones
}

// Moved is the sum of the absolute amounts, in USD: many small adjustments are as
// much money as a large one.
func (l AdjustmentList) Moved() USD { return l.Credited.Add(l.Debited) }

// NeedsApproval says whether the list as a whole is above the limit
// (APPROVAL_LIMIT_USD); a limit of zero switches approvals off.
func (l AdjustmentList) NeedsApproval(limit USD) bool {
	return Adjustment{Amount: l.Moved()}.NeedsApproval(limit)
}

// ByOneOperator says whether the list would have waited, were approvals not
// switched off by a limit of zero.
func (l AdjustmentList) ByOneOperator(limit USD) bool {
	return Adjustment{Amount: l.Moved()}.ByOneOperator(limit)
}

// Facts is a list in the audit log's words.
func (l AdjustmentList) Facts() map[string]string {
	facts := map[string]string{
		"name": l.Name, "lines": strconv.Itoa(l.Lines), "credited": l.Credited.String(), "debited": l.Debited.String(), "state": string(l.State),
	}
	if l.OneOperator {
		facts["one_operator"] = "true"
	}
	return facts
}

// Adjustment is what a line of the list asks for; its id is the same whenever the
// list is sent.
func (l AdjustmentList) Adjustment(line AdjustedLine) Adjustment {
	by := l.RequestedBy
	return Adjustment{
		ID: uuid.NewSHA1(l.ID, []byte(strconv.Itoa(line.Line))), CustomerID: line.Found.ID, CustomerCode: line.Found.Code, CustomerName: line.Found.Name,
		Amount: line.Amount, Reason: line.Reason, Note: line.Note, State: l.State, RequestedBy: &by, ListID: &l.ID, ListLine: &line.Line,
	}
}

// AdjustmentLine is one line of the file: whose credit, how much with its sign in
// USD, and why.
type AdjustmentLine struct {
	Line     int    // in the file
	Customer string // code
	Written  string // the amount as it stands there
	Amount   USD    // zero: what stands there is no amount
	Reason   Reason
	Note     string
}

// AdjustmentProblem says why a line cannot be posted; empty: it can.
type AdjustmentProblem string

// What can be wrong with a line of adjustments.
const (
	LineNoCustomer   AdjustmentProblem = "no_customer"   // it names nobody
	LineNobody       AdjustmentProblem = "nobody"        // no customer has the code
	LineNoAmount     AdjustmentProblem = "no_amount"     // not an amount, or zero
	LineNoReason     AdjustmentProblem = "no_reason"     // not a reason code
	LineNoNote       AdjustmentProblem = "no_note"       // it has none that can be read
	LineTooLong      AdjustmentProblem = "too_long"      // its note is
	LineDepositBelow AdjustmentProblem = "deposit_below" // a deposit below zero
	LineTwice        AdjustmentProblem = "twice"         // a line before says the very same
	LineShort        AdjustmentProblem = "short"         // a debit of more than is available
)

// Check says what is wrong with a line alone.
func (l AdjustmentLine) Check() AdjustmentProblem {
	switch {
	case l.Customer == "":
		return LineNoCustomer
	case l.Amount.Sign() == 0:
		return LineNoAmount
	case !slices.Contains(Reasons(), l.Reason):
		return LineNoReason
	case l.Reason == ReasonDeposit && l.Amount.Sign() < 0:
		return LineDepositBelow
	case strings.TrimSpace(l.Note) == "", !utf8.ValidString(l.Note), strings.ContainsRune(l.Note, 0):
		return LineNoNote
	case len(l.Note) > 1000:
		return LineTooLong
	}
	return ""
}

// AdjustedLine is a line with whose credit it is about and what it would do.
type AdjustedLine struct {
	AdjustmentLine
	Found   Customer // with an id when the line names one
	Before  Balance  // after the lines before it
	After   Balance
	Problem AdjustmentProblem
}

// says is all that a line moves and why, in a form that has one meaning.
func (l AdjustedLine) says() string {
	return strconv.FormatInt(l.Found.ID, 10) + " " + l.Amount.String() + " " + string(l.Reason) + " " + strconv.Itoa(len(l.Note)) + ":" + l.Note + "\n"
}

// SpreadLines holds the lines against the customers they name, by code, as these
// stand now: what each does after the lines before it, or why it cannot.
func SpreadLines(lines []AdjustmentLine, customers map[string]Customer) []AdjustedLine {
	spread, seen := make([]AdjustedLine, len(lines)), map[string]bool{}
	balances := map[int64]Balance{}
	for i, line := range lines {
		s := AdjustedLine{AdjustmentLine: line, Found: customers[line.Customer], Problem: line.Check()}
		balance, moved := balances[s.Found.ID]
		if !moved {
			balance = s.Found.Balance
		}
		s.Before, s.After = balance, balance
		if s.Problem == "" {
			s.fit(seen)
		}
		if s.Problem == "" {
			balances[s.Found.ID] = s.After
		}
		spread[i] = s
	}
	return spread
}

// fit carries out a line that is right by itself, if its customer allows it.
func (l *AdjustedLine) fit(seen map[string]bool) {
	if l.Found.ID == 0 {
		l.Problem = LineNobody
		return
	}
	if seen[l.says()] {
		l.Problem = LineTwice
		return
	}
	seen[l.says()] = true
	_, after, err := l.Before.Adjust(Adjustment{Amount: l.Amount, Reason: l.Reason})
	if err != nil {
		l.Problem = LineShort
		return
	}
	l.After = after
}

// ListOfAdjustments adds up the lines that can be posted: their number, sums and
// digest.
func ListOfAdjustments(lines []AdjustedLine) AdjustmentList {
	var l AdjustmentList
	var said []string
	customers := map[int64]bool{}
	for _, line := range lines {
		if line.Problem != "" {
			continue
		}
		l.Lines++
		if line.Amount.Sign() > 0 {
			l.Credited = l.Credited.Add(line.Amount)
		} else {
			l.Debited = l.Debited.Add(line.Amount.Abs())
		}
		customers[line.Found.ID] = true
		said = append(said, line.says())
	}
	slices.Sort(said)
	sum := sha256.Sum256([]byte(strings.Join(said, "")))
	l.SHA256, l.Customers = sum[:], len(customers)
	return l
}

// AdjustmentListError refuses a list because of lines that cannot be posted.
type AdjustmentListError struct{ Lines []AdjustedLine }

func (e AdjustmentListError) Error() string {
	wrong := 0
	for _, line := range e.Lines {
		if line.Problem != "" {
			wrong++
		}
	}
	return strconv.Itoa(wrong) + " lines of the list cannot be posted"
}

// ListSentError refuses a list whose lines say what another one said that waits
// or was posted.
type ListSentError struct{ Before AdjustmentList }

func (e ListSentError) Error() string {
	return "the list " + e.Before.ID.String() + " says the same and is " + string(e.Before.State)
}

// ListLineError says which line of a list cannot be posted any more; Err is an
// InsufficientBalanceError.
type ListLineError struct {
	Line     int
	Customer string // name
	Err      error
}

func (e ListLineError) Error() string {
	return "line " + strconv.Itoa(e.Line) + " of a list, " + e.Customer + ": " + e.Err.Error()
}

func (e ListLineError) Unwrap() error { return e.Err }
