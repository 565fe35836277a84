package views

// Many decisions at once, from a file: what each line would do, and the sums.

import (
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// WaitingList is a list on the desk of which some lines wait for a second operator.
type WaitingList struct {
	List    billing.DecisionList
	Waiting int
	Money   billing.USD
}

// NewList asks for a file.
type NewList struct {
	Frame
	Form     ListForm
	Problems map[string]string
	Others   bool // somebody else can confirm
}

// ListForm is what was typed, and in the review the text of the file. ID was made with the review, so that sending it
// twice is harmless.
type ListForm struct{ ID, Name, Reason, Note, Text string }

// ListReview is a list before anything is kept: the dry run.
type ListReview struct {
	Frame
	Form     ListForm
	Cases    []billing.ListedCase
	Accounts []ListAccount
	Problem  string // why it was not kept
}

// ListAccount is what a list does to one customer.
type ListAccount struct {
	Customer   string
	Now, After billing.Balance
}

// ListView is a list that was proposed.
type ListView struct {
	Frame
	List     billing.DecisionList
	Lines    []ListedLine
	Accounts []ListAccount // of what still waits
	Own, May bool
	Others   []string
	Problem  string
	Problems map[string]string
}

// ListedLine is a line of it.
type ListedLine struct {
	Line     int
	Decision billing.Decision
	TopUp    billing.TopUp
}

// listSums are the totals of lines that can be carried out.
type listSums struct {
	Captured, Released, Cost decimal.Decimal
	Delivered, Not           int
}

func (s *listSums) add(t billing.TopUp, verdict billing.Verdict) {
	if verdict == billing.VerdictDelivered {
		s.Delivered++
		s.Captured, s.Cost = s.Captured.Add(t.Price.Decimal()), s.Cost.Add(t.Cost.Decimal())
		return
	}
	s.Not++
	s.Released = s.Released.Add(t.Price.Decimal())
}

func (l ListReview) sums() (s listSums) {
	for _, c := range l.Cases {
		if c.Problem == "" {
			s.add(c.Found, c.Verdict)
		}
	}
	return s
}

// wrong counts the lines that cannot be proposed.
func (l ListReview) wrong() (n int) {
	for _, c := range l.Cases {
		if c.Problem != "" {
			n++
		}
	}
	return n
}

func (l ListView) sums() (s listSums) {
	for _, line := range l.Lines {
		if line.Decision.State == billing.DecisionWaiting {
			s.add(line.TopUp, line.Decision.Verdict)
		}
	}
	return s
}

func (l ListView) waiting() int { return l.sums().Delivered + l.sums().Not }

// totals are the sums as a strip.
func (s listSums) totals(r Reader) []ui.Total {
	return []ui.Total{
		{Label: r.T("Delivered|many"), Value: Integer(s.Delivered)},
		{Label: r.T("To capture"), Value: Money4(s.Captured), Unit: "USD"},
		{Label: r.T("Latcom’s cost"), Value: Money2(s.Cost), Unit: "MXN"},
		{Label: r.T("Not delivered|many"), Value: Integer(s.Not)},
		{Label: r.T("To release"), Value: Money4(s.Released), Unit: "USD"},
	}
}

// effects names what carrying the sums out does, for a button.
func (s listSums) effects(r Reader) string {
	captured, released := WithUnit(Money4(s.Captured), "USD"), WithUnit(Money4(s.Released), "USD")
	switch {
	case s.Not == 0:
		return r.T("capture %s", captured)
	case s.Delivered == 0:
		return r.T("release %s", released)
	}
	return r.T("capture %s, release %s", captured, released)
}

// lineEffect is what one line does.
func lineEffect(r Reader, t billing.TopUp, verdict billing.Verdict) string {
	amount := WithUnit(Money4(t.Price.Decimal()), "USD")
	if verdict == billing.VerdictDelivered {
		return r.T("capture %s", amount)
	}
	return r.T("release %s", amount)
}

// ListProblemWord says why a line cannot be proposed, and the way out.
func ListProblemWord(r Reader, c billing.ListedCase) string {
	switch c.Problem {
	case billing.ListNoName:
		return r.T("It names no top-up: write its id, or customer and reference, or dist_transid, or provider_id")
	case billing.ListNoVerdict:
		return r.T("The verdict is neither delivered nor not_delivered")
	case billing.ListNoNote:
		return r.T("It has no note, and the list has none for all")
	case billing.ListTooLong:
		return r.T("The note is longer than 1,000 characters, or Latcom’s id than 64")
	case billing.ListNotFound:
		return r.T("No top-up has this name")
	case billing.ListTwoFound:
		return r.T("Several top-ups have this id: name it by its own id")
	case billing.ListMismatch:
		return r.T("Its names belong to different top-ups")
	case billing.ListTwice:
		return r.T("A line before is about the same top-up")
	case billing.ListSettled:
		return r.T("It is not unknown: %s", StatusWord(r, string(c.Found.Status)))
	case billing.ListWaits:
		return r.T("Another proposal about it waits for a second operator")
	}
	return string(c.Problem)
}

// DecisionStateWord is how far a decision is.
func DecisionStateWord(r Reader, state billing.DecisionState) string {
	switch state {
	case billing.DecisionWaiting:
		return r.T("Waiting")
	case billing.DecisionConfirmed:
		return r.T("Confirmed")
	case billing.DecisionRejected:
		return r.T("Rejected")
	case billing.DecisionOvertaken:
		return r.T("Settled by evidence first")
	}
	return string(state)
}

// written is how the file named a top-up that was not found.
func written(l billing.ListLine) string {
	for _, name := range []string{l.TopUp, l.Reference, l.DistTransID, l.ProviderID} {
		if name != "" {
			return name
		}
	}
	return Nothing
}
