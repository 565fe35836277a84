package views

// What a second operator decides, whatever it is about: an adjustment, a credit limit, a discount, an exchange rate.

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// RequestState is what became of a request.
type RequestState string

const (
	RequestWaiting  RequestState = "waiting"
	RequestDone     RequestState = "done"
	RequestRejected RequestState = "rejected"
	RequestExpired  RequestState = "expired"
)

// Request is one line of the approvals, and the head of its page.
type Request struct {
	ID          string
	Customer    string // empty: everybody's
	What        string // "Deposit received", "Credit limit"
	Figure      string // "+2,500.00 USD", "5 % → 6 %"
	State       RequestState
	DoneWord    string // "Posted", "In force"
	Note        string
	Requester   string
	RequestedAt time.Time
	ExpiresAt   *time.Time
	Decider     string
	DecidedAt   *time.Time
	OneOperator bool
}

// RequestOfAdjustment reads an adjustment as a request.
func RequestOfAdjustment(r Reader, a billing.Adjustment) Request {
	what := ReasonWord(r, a.Reason)
	if a.Reverses != nil {
		what = r.T("Reversal of: %s", ReasonWord(r, a.Undoes))
	}
	state := map[billing.AdjustmentState]RequestState{
		billing.AdjustmentWaiting: RequestWaiting, billing.AdjustmentPosted: RequestDone,
		billing.AdjustmentRejected: RequestRejected, billing.AdjustmentExpired: RequestExpired,
	}[a.State]
	return Request{
		ID: a.ID.String(), Customer: a.CustomerName, What: what, Figure: WithUnit(SignedShort(a.Amount.Decimal()), "USD"), State: state,
		DoneWord: r.T("Posted"), Note: a.Note, Requester: requester(r, a), RequestedAt: a.RequestedAt, ExpiresAt: a.ExpiresAt,
		Decider: a.Decider, DecidedAt: a.DecidedAt, OneOperator: a.OneOperator,
	}
}

// RequestOfChange reads a change of terms as a request.
func RequestOfChange(r Reader, c billing.ChangeRequest) Request {
	done := r.T("In force")
	if c.BeginsAt != nil && c.BeginsAt.After(r.Now) {
		done = r.T("Planned")
	}
	return Request{
		ID: c.ID.String(), Customer: c.CustomerName, What: TermWord(r, c.Kind), Figure: fromTo(c), State: RequestState(c.State),
		DoneWord: done, Note: c.Note, Requester: operatorName(r, c.Requester), RequestedAt: c.RequestedAt, ExpiresAt: c.ExpiresAt,
		Decider: c.Decider, DecidedAt: c.DecidedAt, OneOperator: c.OneOperator,
	}
}

// operatorName is a person, or the command line when it was none.
func operatorName(r Reader, name string) string {
	if name == "" {
		return r.T("The command line")
	}
	return name
}

// now is Expired as soon as the time is over, whatever the row says.
func (q Request) now(r Reader) RequestState {
	if q.State == RequestWaiting && q.ExpiresAt != nil && !q.ExpiresAt.After(r.Now) {
		return RequestExpired
	}
	return q.State
}

// Waits says whether it can still be decided.
func (q Request) Waits(r Reader) bool { return q.now(r) == RequestWaiting }

func (q Request) badge(r Reader) ui.Badge {
	switch q.now(r) {
	case RequestDone:
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: q.DoneWord}
	case RequestRejected:
		return ui.Badge{Tone: "failed", Icon: "circle-x", Text: r.T("Rejected")}
	case RequestExpired:
		return ui.Badge{Tone: "queued", Icon: "clock", Text: r.T("Expired")}
	default:
		return ui.Badge{Tone: "unknown", Icon: "hourglass", Text: r.T("Waiting")}
	}
}

func (q Request) whose(r Reader) string {
	if q.Customer == "" {
		return r.T("All customers")
	}
	return q.Customer
}

// left is how long it can still be decided.
func (q Request) left(r Reader) string {
	if q.ExpiresAt == nil {
		return Nothing
	}
	return r.T("in %s", r.Age(q.ExpiresAt.Sub(r.Now)))
}

// ended says how it ended, in a sentence.
func (q Request) ended(r Reader) string {
	switch state := q.now(r); {
	case state == RequestDone && q.OneOperator:
		return r.T("One operator did this: approvals are switched off. It counts in the week’s digest.")
	case state == RequestDone && q.DecidedAt == nil:
		return r.T("It was done at once: it did not need a second operator.")
	case state == RequestExpired || q.DecidedAt == nil:
		return r.T("Nobody decided it in time. Nothing has moved.")
	case state == RequestRejected:
		return r.T("%s rejected it, %s. Nothing has moved.", q.Decider, r.When(*q.DecidedAt))
	}
	return r.T("%s approved it, %s.", q.Decider, r.When(*q.DecidedAt))
}

// TermWord is what a change is about.
func TermWord(r Reader, kind billing.ChangeKind) string {
	switch kind {
	case billing.ChangeCreditLimit:
		return r.T("Credit limit")
	case billing.ChangeDiscount:
		return r.T("Discount")
	case billing.ChangeRate:
		return r.T("Exchange rate")
	}
	return string(kind)
}

// TermValue is a value of a term with its unit.
func TermValue(kind billing.ChangeKind, value decimal.Decimal) string {
	switch kind {
	case billing.ChangeDiscount:
		return Discount(value)
	case billing.ChangeRate:
		return WithUnit(Rate(value), "MXN")
	default:
		return WithUnit(short(value), "USD")
	}
}

// short has two places, or four where two would hide some.
func short(amount decimal.Decimal) string {
	if amount.Equal(amount.Round(2)) {
		return Money2(amount)
	}
	return Money4(amount)
}

func fromTo(c billing.ChangeRequest) string {
	return TermValue(c.Kind, c.Before) + " → " + TermValue(c.Kind, c.After)
}

// namesOf lists who may be the second operator.
func namesOf(r Reader, others []string) string {
	if len(others) == 0 {
		return r.T("nobody yet; another operator with the role finance or admin is needed")
	}
	return strings.Join(others, ", ")
}

// requestWord is what somebody did about a request or a term, as the audit log names it.
func requestWord(r Reader, action string) string {
	switch action {
	case "adjustment.expired":
		return r.T("Nobody decided an adjustment in time")
	case "credit_limit.requested":
		return r.T("Asked for another credit limit")
	case "credit_limit.changed":
		return r.T("Changed the credit limit")
	case "credit_limit.rejected":
		return r.T("Rejected another credit limit")
	case "credit_limit.expired":
		return r.T("Nobody decided a credit limit in time")
	case "discount.requested":
		return r.T("Asked for another discount")
	case "discount.changed":
		return r.T("Changed the discount")
	case "discount.rejected":
		return r.T("Rejected another discount")
	case "discount.expired":
		return r.T("Nobody decided a discount in time")
	}
	return termsWord(r, action)
}

// termsWord goes on with the terms that have no customer, or that one operator sets.
func termsWord(r Reader, action string) string {
	switch action {
	case "exchange_rate.requested":
		return r.T("Asked for another exchange rate")
	case "exchange_rate.changed":
		return r.T("Changed the exchange rate")
	case "exchange_rate.rejected":
		return r.T("Rejected another exchange rate")
	case "exchange_rate.expired":
		return r.T("Nobody decided an exchange rate in time")
	case "customer.range":
		return r.T("Changed the range of face values")
	case "customer.thresholds":
		return r.T("Changed when credit is low and good")
	case "customer.limits":
		return r.T("Changed the limits of orders")
	case "product.changed":
		return r.T("Changed a product’s rule")
	case "adjustments.listed":
		return r.T("Sent a list of adjustments")
	case "adjustments.approved":
		return r.T("Approved a list of adjustments")
	case "adjustments.rejected":
		return r.T("Rejected a list of adjustments")
	case "adjustments.expired":
		return r.T("Nobody decided a list of adjustments in time")
	}
	return otherWord(r, action)
}
