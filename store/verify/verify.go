// Package verify proves the books: it recomputes balances, holds, states and
// open jobs from entries, top-ups and attempts, and names each row that does not
// follow from the others. Its code and its SQL are its own. It shares nothing
// with what writes the books, so that one mistake cannot be made on both sides,
// and trusts no constraint, index or trigger. It changes nothing.
package verify

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Report is what one proof looked at and what it found.
type Report struct {
	CheckedAt time.Time // by the database's clock: the moment that is proven

	// How many rows there were.
	Customers, TopUps, Attempts, Entries, Adjustments, Checkpoints int64

	Accounts []Account // the trial balance
	// Sums of all accounts by currency: the customers' as their balances are
	// stored, the house's as the entries make them. Each must be 0.
	Sums map[string]decimal.Decimal

	Wrong       int64        // differences in all
	Waiting     int64        // of these, by RuleJob
	Differences []Difference // of each rule the first perRule, the first wrong row first
}

// Account is a line of the trial balance, in its currency.
type Account struct {
	Name, Currency   string
	In, Out, Balance decimal.Decimal
}

// perRule bounds the differences that a report holds of each check; all of them
// are counted.
const perRule = 100

// Proven says whether the books agree with themselves.
func (r Report) Proven() bool { return r.Wrong == 0 }

// RuleJob marks an open top-up that nobody is working on. No money is wrong: the
// sweep repairs it within 60 s when an instance lives.
const RuleJob = "job"

// Difference is one row that breaks one rule.
type Difference struct {
	Table    string
	Row      string // its primary key
	Rule     string
	Found    string
	Expected string
}

// String is one plain line: "topups 0199…: price: found 2.7779, expected 2.7778".
func (d Difference) String() string {
	return fmt.Sprintf("%s %s: %s: found %s, expected %s", d.Table, d.Row, d.Rule, d.Found, d.Expected)
}
