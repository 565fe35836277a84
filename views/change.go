package views

// A change of terms with its effect: the same for who asks and for who decides.

import (
	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// PriceChange is what a top-up of a face value costs now and after a change.
type PriceChange struct {
	Face       billing.MXN
	Now, After billing.USD
}

// ChangeEffect is a change of terms and what it does. Of a credit limit Now and After are the account's; of a discount
// or a rate Prices say what top-ups cost.
type ChangeEffect struct {
	Change     billing.ChangeRequest
	Customer   billing.Customer // of a credit limit or a discount
	Now, After billing.Balance
	Prices     []PriceChange
	Asked      string // by whom and when
	Decided    bool   // then its effect is history
}

// ChangePanel is a change with its effect, for who decides about it.
func ChangePanel(r Reader, e ChangeEffect) templ.Component { return e.show(r) }

// AskedBy is who asked for a change, and when.
func AskedBy(r Reader, c billing.ChangeRequest) string {
	return operatorName(r, c.Requester) + ", " + r.When(c.RequestedAt)
}

// ChangeTitle is what a change is about, as a heading.
func ChangeTitle(r Reader, c billing.ChangeRequest) string {
	switch c.Kind {
	case billing.ChangeCreditLimit:
		return r.T("Credit limit of %s", c.CustomerName)
	case billing.ChangeDiscount:
		return r.T("Discount of %s", c.CustomerName)
	default:
		return r.T("Exchange rate for all customers")
	}
}

func (e ChangeEffect) facts(r Reader) []ui.Definition {
	var facts []ui.Definition
	if e.Change.Kind == billing.ChangeRate {
		begins := r.T("as soon as it is decided")
		if e.Change.BeginsAt != nil {
			begins = r.DateTime(*e.Change.BeginsAt)
		}
		facts = append(facts, ui.Definition{Term: r.T("Begins"), Text: begins})
	}
	return append(facts, ui.Definition{Term: r.T("Note"), Text: e.Change.Note}, ui.Definition{Term: r.T("Requested by"), Text: e.Asked})
}

// off is how far a rate is off the one before it: "+8.3 %".
func (e ChangeEffect) off() string {
	before, after := e.Change.Before, e.Change.After
	if e.Change.Kind != billing.ChangeRate || before.Sign() == 0 {
		return ""
	}
	share := after.Sub(before).Div(before)
	text := Percent(share, 1)
	if share.IsPositive() {
		text = "+" + text
	}
	return text
}

// says what moves: nothing in the ledger.
func (e ChangeEffect) says(r Reader) string {
	switch e.Change.Kind {
	case billing.ChangeCreditLimit:
		return r.T("No ledger entry: no money moves. The customer may go so far below zero.")
	case billing.ChangeDiscount:
		return r.T("No ledger entry: what was ordered before keeps its price.")
	default:
		return r.T("No ledger entry: what was ordered before its moment keeps its price.")
	}
}

func (p PriceChange) change() string {
	if difference := p.After.Sub(p.Now); difference.Sign() != 0 {
		return Signed(difference.Decimal(), 4)
	}
	return Nothing
}
