package views

// Many adjustments at once: what each line would do, and what they come to.

import (
	"strings"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// CreditListForm is what was typed, and in the review the lines. ID and Digest were made with the review: sending it
// twice is harmless, and only what it showed is posted.
type CreditListForm struct{ ID, Name, Note, Text, Digest string }

// NewCreditList asks for a file or for lines.
type NewCreditList struct {
	Frame
	Form     CreditListForm
	Problems map[string]string
	Limit    billing.USD // above it a second operator approves; zero: never
}

// CreditListReview is a list before anything is kept: the dry run.
type CreditListReview struct {
	Frame
	Form       CreditListForm
	List       billing.AdjustmentList // of the lines that can be posted
	Lines      []billing.AdjustedLine
	Unknown    map[int64]UnknownHeld // by customer
	NeedsOther bool
	Limit      billing.USD
	Others     []string
	Problem    string                  // why it was not kept
	Sent       *billing.AdjustmentList // the one that says the same
}

// wrong counts the lines that cannot be posted.
func (l CreditListReview) wrong() int { return len(l.Lines) - l.List.Lines }

func (n NewCreditList) columns() []ui.Definition {
	var reasons []string
	for _, reason := range billing.Reasons() {
		reasons = append(reasons, string(reason))
	}
	return []ui.Definition{
		{Term: "customer", Name: true, Text: n.T("the customer’s code")},
		{Term: "amount", Name: true, Text: n.T("USD with its sign: 2500.00 is a credit, -12.50 a debit")},
		{Term: "reason", Name: true, Text: strings.Join(reasons, ", "), Mono: true},
		{Term: "note", Name: true, Text: n.T("what a colleague needs to know in a year")},
	}
}

// listExample is a list as one pastes it.
const listExample = "customer,amount,reason,note\nENVIA,2500.00,DEPOSIT,SPEI 4711\nSOL,-12.50,FEE,March"

// MovedBoth is what a list moves, with its currency: "+2,500.00 −12.50 USD".
func MovedBoth(l billing.AdjustmentList) string {
	switch {
	case l.Debited.Sign() == 0:
		return WithUnit(SignedShort(l.Credited.Decimal()), "USD")
	case l.Credited.Sign() == 0:
		return WithUnit(SignedShort(l.Debited.Neg().Decimal()), "USD")
	}
	return WithUnit(SignedShort(l.Credited.Decimal())+" "+SignedShort(l.Debited.Neg().Decimal()), "USD")
}

// listTotals are a list's sums as a strip.
func listTotals(r Reader, l billing.AdjustmentList) []ui.Total {
	return []ui.Total{
		{Label: r.T("Customers"), Value: Integer(l.Customers)},
		{Label: r.T("Credits|many"), Value: SignedShort(l.Credited.Decimal()), Unit: "USD"},
		{Label: r.T("Debits|many"), Value: SignedShort(l.Debited.Neg().Decimal()), Unit: "USD"},
		{Label: r.T("Moved in all"), Value: short(l.Moved().Decimal()), Unit: "USD"},
	}
}

// button names the effect.
func (l CreditListReview) button() string {
	if l.NeedsOther {
		return l.N(l.List.Lines, "Ask for approval of %s line", "Ask for approval of %s lines")
	}
	return l.N(l.List.Lines, "Post %[1]s line: %[2]s", "Post %[1]s lines: %[2]s", MovedBoth(l.List))
}

// AdjustmentProblemWord says why a line cannot be posted, and the way out.
func AdjustmentProblemWord(r Reader, l billing.AdjustedLine) string {
	switch l.Problem {
	case billing.LineNoCustomer:
		return r.T("It names no customer: write its code")
	case billing.LineNobody:
		return r.T("No customer has the code %s", l.Customer)
	case billing.LineNoAmount:
		return r.T("“%s” is no amount: write it like -12.50 or 2500.00", l.Written)
	case billing.LineNoReason:
		return r.T("“%s” is no reason: use one of the codes", string(l.Reason))
	case billing.LineNoNote:
		return r.T("It has no note, and the list has none for all")
	case billing.LineTooLong:
		return r.T("Its note is longer than 1,000 characters")
	case billing.LineDepositBelow:
		return r.T("A deposit is above zero")
	case billing.LineTwice:
		return r.T("A line before says the very same. If both are meant, let their notes differ")
	case billing.LineShort:
		return r.T("Available is %s: no more can be taken", WithUnit(Money4(l.Before.Available().Decimal()), "USD"))
	}
	return string(l.Problem)
}

// RequestOfList reads a list of adjustments as a request.
func RequestOfList(r Reader, l billing.AdjustmentList) Request {
	q := RequestOfAdjustment(r, billing.Adjustment{
		ID: l.ID, State: l.State, Note: l.Name, Requester: l.Requester, RequestedAt: l.RequestedAt, ExpiresAt: l.ExpiresAt,
		Decider: l.Decider, DecidedAt: l.DecidedAt, OneOperator: l.OneOperator,
	})
	q.Customer = r.N(l.Customers, "%s customer", "%s customers")
	q.What, q.Figure = r.N(l.Lines, "List of %s adjustment", "List of %s adjustments"), MovedBoth(l)
	return q
}

// WaitingListPanel is a list with what each line would do now, for who decides about it.
func WaitingListPanel(r Reader, l billing.AdjustmentList, lines []billing.AdjustedLine, unknown map[int64]UnknownHeld) templ.Component {
	return listPanel{List: l, Lines: lines, Unknown: unknown}.show(r)
}

// ListPanel is a list whose effect is history.
func ListPanel(r Reader, l billing.AdjustmentList, lines []billing.Adjustment) templ.Component {
	return listPanel{List: l, Adjustments: lines}.show(r)
}

// ListOfLine is the path of the list that an adjustment is a line of; empty: of none.
func ListOfLine(a billing.Adjustment) string {
	if a.ListID == nil {
		return ""
	}
	return ApprovalPath(a.ListID.String())
}

// listPanel is what both draw: either Lines, with their effect now, or Adjustments, whose effect is history.
type listPanel struct {
	List        billing.AdjustmentList
	Lines       []billing.AdjustedLine
	Adjustments []billing.Adjustment
	Unknown     map[int64]UnknownHeld
}
