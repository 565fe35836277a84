package views

// A change of terms before it is asked for: what was typed, and what it would do.

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// TermForm is what was typed. ID was made with the form, so that sending it twice is harmless; Before is what was in
// force then.
type TermForm struct {
	ID, Before          string
	After, Begins, Note string
}

// NewTerm is the form as a page, with what is wrong, by field; under "" what belongs to none.
type NewTerm struct {
	Frame
	Kind       billing.ChangeKind
	Path, Back string // of the form, and where it was opened
	BackText   string
	Customer   billing.Customer // of a credit limit or a discount
	Now        string           // what is in force, with its unit
	Form       TermForm
	Problems   map[string]string
	Limit      billing.USD // zero: approvals are off
	Waiting    []Request   // of this kind, for a second operator
}

// TermReview is a change with its effect, before it is asked for.
type TermReview struct {
	Frame
	Path, Back string
	BackText   string
	Effect     ChangeEffect
	Form       TermForm
	NeedsOther bool
	Others     []string // who can approve
	Moved      Moved    // by this operator today
}

func (n NewTerm) title() string { return TermTitle(n.Reader, n.Kind) }

// TermTitle is what the form is for.
func TermTitle(r Reader, kind billing.ChangeKind) string {
	switch kind {
	case billing.ChangeCreditLimit:
		return r.T("Change the credit limit")
	case billing.ChangeDiscount:
		return r.T("Change the discount")
	default:
		return r.T("New exchange rate")
	}
}

// field is where the new value is typed.
func (n NewTerm) field() ui.Field {
	f := ui.Field{Name: "after", Value: n.Form.After, InputMode: "decimal", Error: n.Problems["after"], Hint: n.hint(), Required: true, MaxLength: 24}
	switch n.Kind {
	case billing.ChangeCreditLimit:
		f.Label, f.Unit = n.T("New credit limit"), "USD"
	case billing.ChangeDiscount:
		f.Label, f.Unit = n.T("New discount"), "%"
	default:
		f.Label, f.Unit = n.T("New rate"), n.T("MXN per USD")
	}
	return f
}

// hint says what waits for a second operator.
func (n NewTerm) hint() string {
	if n.Limit.Sign() == 0 {
		return ""
	}
	switch n.Kind {
	case billing.ChangeCreditLimit:
		return n.T("Raised by more than %s within a day, a second operator approves", WithUnit(Money2(n.Limit.Decimal()), "USD"))
	case billing.ChangeDiscount:
		return n.T("A second operator approves a higher one")
	default:
		return n.T("More than 5 % off within a day, a second operator approves")
	}
}

// begins is from when on a new rate counts, in the reader's own time.
func (n NewTerm) begins() ui.Field {
	return ui.Field{
		Name: "begins", Label: n.T("From"), Aside: n.T("if not at once"), Type: "datetime-local", Value: n.Form.Begins, Error: n.Problems["begins"],
		Hint: n.T("Your time, %s. Empty: as soon as it is decided", n.zoneName()), Attributes: map[string]any{"step": "60"},
	}
}

func (r Reader) zoneName() string { return r.local(r.Now).Format("MST (UTC-07:00)") }

// BeginsLayout is how a browser writes the moment from which a rate counts.
const BeginsLayout = "2006-01-02T15:04"

// ReadBegins reads a moment in the reader's own time.
func (r Reader) ReadBegins(text string) (time.Time, error) {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	return time.ParseInLocation(BeginsLayout, text, zone)
}

func (n NewTerm) now() []ui.Definition {
	rows := []ui.Definition{{Term: n.T("In force"), Text: n.Now}}
	if n.Kind == billing.ChangeCreditLimit {
		line := func(term, value string) ui.Definition {
			return ui.Definition{Term: term, Text: WithUnit(value, "USD")}
		}
		rows = append(rows, line(n.T("Balance"), Money4(n.Customer.Posted.Decimal())), line(n.T("Held"), Money4(n.Customer.Held.Decimal())),
			line(n.T("Available"), Floor2(n.Customer.Available().Decimal())))
	}
	return rows
}

// button names the effect.
func (v TermReview) button() string {
	if v.NeedsOther {
		return v.T("Ask for approval")
	}
	after := TermValue(v.Effect.Change.Kind, v.Effect.Change.After)
	if v.Effect.Change.BeginsAt != nil {
		return v.T("Plan %s", after)
	}
	return v.T("Put %s in force", after)
}

// why says for what reason it waits.
func (v TermReview) why() string {
	switch v.Effect.Change.Kind {
	case billing.ChangeCreditLimit:
		return v.T("The limit rises far, by this step or by those of the last day together. Nothing changes before, and the request ends in 24 hours.")
	case billing.ChangeDiscount:
		return v.T("The discount rises. Nothing changes before, and the request ends in 24 hours.")
	default:
		return v.T("The rate is more than 5 % off, by this step or by those of the last day together. Nothing changes before, and the request ends in 24 hours.")
	}
}
