package billing

// What a proof of the books looked at and found.

import (
	"time"

	"github.com/shopspring/decimal"
)

// Proof is one time that the books were proven, or could not be.
type Proof struct {
	ID         int64       `db:"id"`
	CheckedAt  time.Time   `db:"checked_at"` // the moment that is proven
	TookMillis int64       `db:"took_ms"`
	AskedBy    *int64      `db:"asked_by"` // operator; nil: the hourly check
	Asker      string      `db:"asker"`    // its name, for people
	Problem    string      `db:"problem"`  // why nothing was proven; empty: it was looked at
	Wrong      int64       `db:"wrong"`    // differences in all
	Waiting    int64       `db:"waiting"`  // of these, open top-ups that nobody works on: no money is wrong
	Report     ProofReport `db:"-"`
}

// Took is how long it took.
func (p Proof) Took() time.Duration { return time.Duration(p.TookMillis) * time.Millisecond }

// Proven says whether the books agreed with themselves in every row.
func (p Proof) Proven() bool { return p.Problem == "" && p.Wrong == 0 }

// Balanced says whether no money is wrong: at most, a top-up waits for a worker.
func (p Proof) Balanced() bool { return p.Problem == "" && p.Wrong == p.Waiting }

// ProofReport says how many rows of each kind were looked at, what all accounts
// hold, and the first differences.
type ProofReport struct {
	Customers   int64        `json:"customers"`
	TopUps      int64        `json:"topups"`
	Attempts    int64        `json:"attempts"`
	Entries     int64        `json:"entries"`
	Adjustments int64        `json:"adjustments"`
	Checkpoints int64        `json:"checkpoints"`
	Accounts    []AccountSum `json:"accounts"`
	Differences []Difference `json:"differences"`
}

// AccountSum is a line of the trial balance: what went into an account and out of
// it since the beginning, and what is left. Over all accounts of a currency that
// is 0.
type AccountSum struct {
	Account  Account         `json:"account"`
	Currency Currency        `json:"currency"`
	In       decimal.Decimal `json:"in"`
	Out      decimal.Decimal `json:"out"`
	Balance  decimal.Decimal `json:"balance"`
}

// Difference is one row of the database that does not follow from the others.
type Difference struct {
	Table    string `json:"table"`
	Row      string `json:"row"` // its primary key
	Rule     string `json:"rule"`
	Found    string `json:"found"`
	Expected string `json:"expected"`
}
