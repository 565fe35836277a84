package views

// A customer's limits and pricing: what is in force, and how it came to be.

import (
	"time"

	"latcom.example/latcom-billing/billing"
)

// CustomerLimits is the tab.
type CustomerLimits struct {
	CustomerView
	Rate    billing.Rate
	Limits  billing.Limits
	Lowest  billing.MXN // of the general range
	Highest billing.MXN
	Open    []Request    // terms that wait for a second operator
	History []LimitEvent // the newest first
}

// LimitEvent is a change of terms that was done, rejected, or waits.
type LimitEvent struct {
	At          time.Time
	What        string
	Before      string
	After       string
	Note        string
	Who         string
	Decider     string
	Href        string // empty: there is no page of its own
	Request     Request
	OneOperator bool
}

// LimitEventOf reads a change of terms as a line of the history.
func LimitEventOf(r Reader, c billing.ChangeRequest) LimitEvent {
	q := RequestOfChange(r, c)
	return LimitEvent{
		At: c.RequestedAt, What: q.What, Before: TermValue(c.Kind, c.Before), After: TermValue(c.Kind, c.After), Note: c.Note,
		Who: q.Requester, Decider: c.Decider, Href: ApprovalPath(q.ID), Request: q, OneOperator: c.OneOperator,
	}
}

// term is a line of what is in force.
type term struct{ Name, Value, Note, Href string }

func (p CustomerLimits) terms() []term {
	c := p.Customer
	return []term{
		{
			Name: p.T("Credit limit"), Value: TermValue(billing.ChangeCreditLimit, c.CreditLimit.Decimal()),
			Note: p.T("How far below zero the customer may go"), Href: TermPath(c.Code, billing.ChangeCreditLimit),
		},
		{
			Name: p.T("Discount"), Value: TermValue(billing.ChangeDiscount, c.Discount.Decimal()),
			Note: p.example(), Href: TermPath(c.Code, billing.ChangeDiscount),
		},
	}
}

// example is what a usual top-up costs now.
func (p CustomerLimits) example() string {
	if !p.Rate.IsSet() {
		return p.T("No exchange rate is set")
	}
	face := billing.MustMXN("50")
	return p.T("%s cost %s", WithUnit(face.String(), "MXN"), WithUnit(Money4(billing.Price(face, p.Customer.Discount, p.Rate).Decimal()), "USD"))
}
