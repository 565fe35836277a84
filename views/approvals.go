package views

// The approvals: the list, and one request for a second operator's eyes.

import (
	"time"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// ApprovalList is what waits for a second operator, what was decided lately, and what was done without one.
type ApprovalList struct {
	Frame
	Waiting []Request
	Decided []Request
	Alone   []DoneAlone
	Off     bool // approvals are switched off
}

// DoneAlone is something that one operator did and two should have.
type DoneAlone struct {
	Href, What, Figure string
	Customer, Operator string
	At                 time.Time
}

// AloneWord is what was done alone: an adjustment, a change of terms, a verdict about a top-up.
func AloneWord(r Reader, what string) string {
	switch what {
	case "adjustment":
		return r.T("Adjustment")
	case "adjustments":
		return r.T("List of adjustments")
	case string(billing.ChangeCreditLimit), string(billing.ChangeDiscount), string(billing.ChangeRate):
		return TermWord(r, billing.ChangeKind(what))
	}
	return VerdictTitle(r, billing.Verdict(what))
}

// AloneFigure is how far it went.
func AloneFigure(what string, before, after decimal.Decimal) string {
	switch kind := billing.ChangeKind(what); kind {
	case billing.ChangeCreditLimit, billing.ChangeDiscount, billing.ChangeRate:
		return fromTo(billing.ChangeRequest{Kind: kind, Before: before, After: after})
	}
	return WithUnit(SignedShort(after), "USD")
}

// Approval is one request with its effect.
type Approval struct {
	Frame
	Request Request
	Panel   templ.Component // what it is and does
	Moved   Moved           // by who asked, today; without a title: nobody asked
	Problem string          // why it cannot be decided as asked; empty: nothing
	Blocked bool            // it cannot be approved as things stand
	Refused string          // why who looks may not decide; empty: he may
	May     bool            // his role allows it
	Whole   string          // the path of the list that it is a line of, which is decided as one; empty: of none
	After   templ.Component // what can be done once it is decided; nil: nothing
}

// Moved is what an operator moved and changed today.
type Moved struct {
	Title       string
	Adjustments []billing.Adjustment
	Lists       []billing.AdjustmentList
	Changes     []billing.ChangeRequest
	This        *decimal.Decimal // an amount that is not among them yet
}

func (m Moved) sum() string {
	sum := decimal.Zero
	if m.This != nil {
		sum = *m.This
	}
	for _, moved := range m.Adjustments {
		sum = sum.Add(moved.Amount.Decimal())
	}
	for _, l := range m.Lists {
		sum = sum.Add(l.Credited.Decimal()).Sub(l.Debited.Decimal())
	}
	return SignedShort(sum)
}

func (m Moved) sumWord(r Reader) string {
	if m.This != nil {
		return r.T("With this one, USD")
	}
	return r.T("Together, USD")
}
