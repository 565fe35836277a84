package views

// An adjustment before it is posted: what was typed, and what it would do.

import (
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// CreditForm is what was typed. ID was made with the form, so that sending it twice is harmless.
type CreditForm struct {
	ID                          string
	Direction                   string // credit or debit
	Amount, Reason, Note, Proof string
}

// The two directions.
const (
	DirectionCredit = "credit"
	DirectionDebit  = "debit"
)

// NewCredit is the form as a page, with what is wrong, by field; under "" what belongs to none.
type NewCredit struct {
	Unknown UnknownHeld
	Frame
	Customer billing.Customer
	Form     CreditForm
	Problems map[string]string
	Limit    billing.USD // above it a second operator approves; zero: never
}

func (n NewCredit) amountHint() string {
	if n.Limit.Sign() == 0 {
		return ""
	}
	return n.T("Above %s a second operator approves", WithUnit(Money2(n.Limit.Decimal()), "USD"))
}

func (n NewCredit) reasons() []ui.Option {
	options := []ui.Option{{Label: n.T("Choose a reason")}}
	for _, reason := range billing.Reasons() {
		options = append(options, ui.Option{Value: string(reason), Label: ReasonWord(n.Reader, reason)})
	}
	return options
}

func (n NewCredit) directions() ui.Choices {
	return ui.Choices{
		Name: "direction", Legend: n.T("Direction"), Value: n.Form.Direction, Error: n.Problems["direction"],
		Options: []ui.Choice{
			{Value: DirectionCredit, Label: "+ " + n.T("Credit"), Effect: n.T("The customer can spend more")},
			{Value: DirectionDebit, Label: minus + " " + n.T("Debit"), Effect: n.T("The customer can spend less")},
		},
	}
}

// CreditReview is an adjustment with its effect, before it is posted or decided.
type CreditReview struct {
	Unknown UnknownHeld
	Frame
	Customer   billing.Customer
	Adjustment billing.Adjustment
	Entry      billing.Entry
	Now, After billing.Balance
	NeedsOther bool // a second operator
	Limit      billing.USD
	Others     []string // who can approve
	Moved      Moved    // by this operator today
	Form       CreditForm
}

// effectRow is a line of what an adjustment does.
type effectRow struct{ Name, Now, Change, After string }

func effect(r Reader, now, after billing.Balance) (rows []effectRow, sum effectRow) {
	row := func(name string, now, after billing.USD) effectRow {
		line := effectRow{Name: name, Now: Money4(now.Decimal()), Change: Nothing, After: Money4(after.Decimal())}
		if change := after.Sub(now); change.Sign() != 0 {
			line.Change = Signed(change.Decimal(), 4)
		}
		return line
	}
	rows = []effectRow{
		row(r.T("Balance"), now.Posted, after.Posted), row(r.T("Held"), now.Held, after.Held), row(r.T("Credit limit"), now.CreditLimit, after.CreditLimit),
	}
	return rows, row(r.T("Available"), now.Available(), after.Available())
}

// moved adds this one to what was moved today.
func (v CreditReview) moved() Moved {
	amount := v.Adjustment.Amount.Decimal()
	v.Moved.This = &amount
	return v.Moved
}

// SignedShort is Signed with two places, or four where two would hide some.
func SignedShort(amount decimal.Decimal) string {
	if amount.Equal(amount.Round(2)) {
		return Signed(amount, 2)
	}
	return Signed(amount, 4)
}

// button names the effect.
func (v CreditReview) button() string {
	if v.NeedsOther {
		return v.T("Ask for approval")
	}
	return v.T("Post %s", WithUnit(SignedShort(v.Adjustment.Amount.Decimal()), "USD"))
}

// sides are the accounts of the entry, the customer's by name.
func entrySides(r Reader, entry billing.Entry, customer string) (from, to string) {
	side := func(account billing.Account) string {
		if account == billing.AccountAvailable || account == billing.AccountHeld {
			return r.T("%s, %s", customer, AccountWord(r, account))
		}
		return AccountWord(r, account)
	}
	return side(entry.From), side(entry.To)
}

// requester is who asked for an adjustment.
func requester(r Reader, a billing.Adjustment) string {
	if a.Requester == "" {
		return r.T("The command line")
	}
	return a.Requester
}

// UnknownHeld is how many of a customer's top-ups are unknown, and what they hold.
type UnknownHeld struct {
	Count  int
	Amount billing.USD
}
