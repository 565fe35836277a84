package views

// What the page "Credit" is made of.

import (
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// CreditHistory is a page of everybody's adjustments with the filter that was asked for.
type CreditHistory struct {
	Frame
	Asked                         CreditAsked
	Problems                      map[string]string // by field
	Lines                         []billing.Adjustment
	Operators                     []billing.Operator
	NewerHref, OlderHref, CSVHref string
	May                           bool // adjust
}

// CreditAsked is the filter as it was typed; Operator is an id, or -1 for the command line.
type CreditAsked struct{ Customer, Operator, Reason, State, From, To string }

// CreditStates are those that the filter tells apart.
func CreditStates() []string {
	return []string{
		string(billing.AdjustmentPosted), string(billing.AdjustmentWaiting), string(billing.AdjustmentRejected), string(billing.AdjustmentExpired), "reversed",
	}
}

func (h CreditHistory) filtered() bool { return h.Asked != CreditAsked{} }

func (h CreditHistory) span() string {
	newest, oldest := h.Lines[0].RequestedAt, h.Lines[len(h.Lines)-1].RequestedAt
	return h.N(len(h.Lines), "%s adjustment", "%s adjustments") + ", " + h.T("%s to %s", h.When(newest), h.When(oldest))
}

func (h CreditHistory) operators() []ui.Option {
	options := []ui.Option{{Label: h.T("Anybody")}}
	for _, o := range h.Operators {
		options = append(options, ui.Option{Value: strconv.FormatInt(o.ID, 10), Label: o.Name})
	}
	return append(options, ui.Option{Value: "-1", Label: h.T("The command line")})
}

func (h CreditHistory) reasons() []ui.Option {
	options := []ui.Option{{Label: h.T("Any reason")}}
	for _, reason := range billing.Reasons() {
		options = append(options, ui.Option{Value: string(reason), Label: ReasonWord(h.Reader, reason)})
	}
	return options
}

func (h CreditHistory) states() []ui.Option {
	words := map[string]string{
		"posted": h.T("Posted"), "waiting": h.T("Waits for a second operator"), "rejected": h.T("Rejected"), "expired": h.T("Expired"), "reversed": h.T("Reversed|adjustment"),
	}
	options := []ui.Option{{Label: h.T("Any state")}}
	for _, state := range CreditStates() {
		options = append(options, ui.Option{Value: state, Label: words[state]})
	}
	return options
}

// adjustHref leads to the form: of the customer that the filter names, or to the question whose.
func (h CreditHistory) adjustHref() string {
	if h.Asked.Customer != "" && h.Problems["customer"] == "" {
		return NewCreditPath(h.Asked.Customer)
	}
	return CreditOnePath
}

// WhoseCredit asks for one customer.
type WhoseCredit struct {
	Frame
	Code, Problem string
	Customers     []billing.Customer
}
