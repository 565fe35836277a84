package views

// Statements: what an account did in a month, for its customer and for operators alike.

import (
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// StatementList is every month of an account, the newest first.
type StatementList struct {
	Months []billing.Statement
	Path   string // of one of them
}

// StatementView is one month with the ways to take it along.
type StatementView struct {
	billing.Statement
	Path, CSVPath, PDFPath string
	ListPath               string
}

// MovementWord says what entries of a kind are.
func MovementWord(r Reader, kind billing.MovementKind) string {
	switch kind {
	case billing.MovementDeposit:
		return r.T("Deposits")
	case billing.MovementCredit:
		return r.T("Credits by an operator")
	case billing.MovementDebit:
		return r.T("Debits by an operator")
	case billing.MovementCapture:
		return r.T("Delivered top-ups")
	case billing.MovementReversal:
		return r.T("Top-ups given back")
	case billing.MovementCharge:
		return r.T("Top-ups charged later")
	case billing.MovementHold:
		return r.T("Holds")
	case billing.MovementRelease:
		return r.T("Releases")
	}
	return string(kind)
}

// BalanceLines are the lines that change the balance; the others only move money between available and held.
func BalanceLines(s billing.Statement) (lines []billing.StatementLine) {
	for _, line := range s.Lines() {
		if line.Kind != billing.MovementHold && line.Kind != billing.MovementRelease {
			lines = append(lines, line)
		}
	}
	return lines
}

// income and spending are what raised the balance, and what lowered it.
func income(s billing.Statement) decimal.Decimal {
	return sumOf(s, func(d decimal.Decimal) bool { return d.IsPositive() })
}

func spending(s billing.Statement) decimal.Decimal {
	return sumOf(s, func(d decimal.Decimal) bool { return d.IsNegative() })
}

func sumOf(s billing.Statement, counts func(decimal.Decimal) bool) decimal.Decimal {
	sum := decimal.Zero
	for _, line := range BalanceLines(s) {
		if counts(line.Balance.Decimal()) {
			sum = sum.Add(line.Balance.Decimal())
		}
	}
	return sum
}

// StatementDay is a day of a statement with what it did.
type StatementDay struct {
	billing.AccountDay
	Entries int64
	Change  billing.USD
}

// StatementDays are a statement's days that moved something, the oldest first.
func StatementDays(s billing.Statement) (days []StatementDay) {
	before := s.Opening
	for _, day := range s.Days {
		if day.Number > before.Number {
			days = append(days, StatementDay{day, day.Number - before.Number, day.Balance.Sub(before.Balance)})
		}
		before = day
	}
	return days
}

// StatementState says whether a month can still change.
func StatementState(r Reader, s billing.Statement) string {
	if s.Closed() {
		return r.T("Closed")
	}
	return r.T("So far")
}

func (v StatementView) of(path string) string { return OfMonth(path, v.From) }

// neighbour is the month before or after, as an address.
func (v StatementView) neighbour(months int) string {
	return OfMonth(v.Path, v.From.AddDate(0, months, 0))
}

func (v StatementView) hasOlder() bool { return v.Opening.Number > 0 }

func (v StatementView) hasNewer(r Reader) bool {
	next := v.From.AddDate(0, 1, 0)
	return !time.Date(next.Year(), next.Month(), 1, 0, 0, 0, 0, r.local(r.Now).Location()).After(r.Now)
}
