package billing

// Changes of terms: a customer's credit limit and discount, the exchange rate.

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// ChangeKind is what a change request is about.
type ChangeKind string

// The kinds, and what their values are.
const (
	ChangeCreditLimit ChangeKind = "credit_limit"  // of a customer, USD
	ChangeDiscount    ChangeKind = "discount"      // of a customer, a Fraction
	ChangeRate        ChangeKind = "exchange_rate" // everybody's, MXN per USD
)

// ChangeState says how far a change request is.
type ChangeState string

// The states of a change request.
const (
	ChangeWaiting  ChangeState = "waiting"  // for a second operator; nothing changed
	ChangeDone     ChangeState = "done"     // in force, or planned for its moment
	ChangeRejected ChangeState = "rejected" // a second operator said no
	ChangeExpired  ChangeState = "expired"  // nobody decided in time
)

// ChangeRequest is one operator's wish to change a term from Before to After, and
// perhaps another's word on it.
type ChangeRequest struct {
	ID           uuid.UUID       `db:"id"`
	Kind         ChangeKind      `db:"kind"`
	CustomerID   *int64          `db:"customer_id"` // nil: an exchange rate
	CustomerCode string          `db:"customer_code"`
	CustomerName string          `db:"customer_name"`
	Before       decimal.Decimal `db:"before"` // in the kind's unit, what was in force when it was asked for
	After        decimal.Decimal `db:"after"`
	BeginsAt     *time.Time      `db:"begins_at"` // of a planned rate; nil: at once
	Note         string          `db:"note"`
	State        ChangeState     `db:"state"`
	OneOperator  bool            `db:"one_operator"` // went far without a second operator: approvals are off
	Number       *int            `db:"number"`       // of those done of its kind and customer: 1, 2, …
	RequestedBy  *int64          `db:"requested_by"` // operator; nil: the command line
	RequestedAt  time.Time       `db:"requested_at"`
	ExpiresAt    *time.Time      `db:"expires_at"` // of one that waits or waited
	DecidedBy    *int64          `db:"decided_by"`
	DecidedAt    *time.Time      `db:"decided_at"`
	Requester    string          `db:"requester"` // names, for people
	Decider      string          `db:"decider"`
}

// rateStep is how far a new rate may be off without a second operator.
var rateStep = decimal.RequireFromString("0.05")

// highestRate is beyond any rate that prices a top-up.
var highestRate = decimal.New(10_000, 0)

// Check says what is wrong with a request before it is written, field by field:
// after, note; nil when nothing is.
func (c ChangeRequest) Check() error {
	wrong := ValidationError{}
	if c.After.Sign() < 0 {
		wrong["after"] = "It cannot be below zero"
	}
	if c.Kind == ChangeDiscount && c.After.GreaterThanOrEqual(decimal.New(1, 0)) {
		wrong["after"] = "A discount is less than 100 %"
	}
	if c.Kind == ChangeRate && c.After.Sign() == 0 {
		wrong["after"] = "A rate is above zero"
	}
	if c.Kind == ChangeRate && c.After.GreaterThanOrEqual(highestRate) {
		wrong["after"] = "A rate is below 10,000"
	}
	if c.Kind != ChangeRate && c.After.Equal(c.Before) {
		wrong["after"] = "It is that already"
	}
	if strings.TrimSpace(c.Note) == "" {
		wrong["note"] = "Say in a few words why"
	}
	if len(c.Note) > 1000 {
		wrong["note"] = "Use 1,000 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// longestPlan is how far ahead a rate may be planned: further is a slip of the pen.
const longestPlan = 366 * 24 * time.Hour

// CheckPlan says, under "begins", what is wrong with the moment from which a rate
// is planned; nil when nothing is, and for one that begins at once.
func (c ChangeRequest) CheckPlan(now time.Time) error {
	switch {
	case c.BeginsAt == nil:
		return nil
	case !c.BeginsAt.After(now):
		return ValidationError{"begins": "This moment has passed. Leave it empty to begin at once"}
	case c.BeginsAt.After(now.Add(longestPlan)):
		return ValidationError{"begins": "Plan a year ahead at most"}
	}
	return nil
}

// Same says whether c asks for what other asks for: a form that was sent twice.
func (c ChangeRequest) Same(other ChangeRequest) bool {
	customer := c.CustomerID == nil && other.CustomerID == nil || c.CustomerID != nil && other.CustomerID != nil && *c.CustomerID == *other.CustomerID
	begins := c.BeginsAt == nil && other.BeginsAt == nil || c.BeginsAt != nil && other.BeginsAt != nil && c.BeginsAt.Equal(*other.BeginsAt)
	return customer && begins && c.Kind == other.Kind && c.After.Equal(other.After) && c.Note == other.Note
}

// NeedsApproval says whether a change goes far: a credit limit raised by more than
// limit (APPROVAL_LIMIT_USD), a discount raised at all, a rate more than 5 % off.
// It is measured from what is in force and from the values in also: what small
// steps of the last day began with, what a planned rate replaces. A limit of zero
// switches approvals off.
func (c ChangeRequest) NeedsApproval(limit USD, also ...decimal.Decimal) bool {
	if limit.Sign() == 0 {
		return false
	}
	for _, from := range append(also, c.Before) {
		if c.goesFar(from, limit) {
			return true
		}
	}
	return false
}

func (c ChangeRequest) goesFar(from decimal.Decimal, limit USD) bool {
	switch c.Kind {
	case ChangeCreditLimit:
		return c.After.Sub(from).GreaterThan(limit.amount)
	case ChangeDiscount:
		return c.After.GreaterThan(from)
	default:
		return c.After.Sub(from).Abs().GreaterThan(from.Mul(rateStep))
	}
}

// CreditLimits are Before and After of a credit limit.
func (c ChangeRequest) CreditLimits() (before, after USD) { return USD{c.Before}, USD{c.After} }

// Discounts are Before and After of a discount.
func (c ChangeRequest) Discounts() (before, after Fraction) {
	return Fraction{c.Before}, Fraction{c.After}
}

// Rates are Before and After of an exchange rate.
func (c ChangeRequest) Rates() (before, after Rate) { return Rate{c.Before}, Rate{c.After} }

// Facts is a request in the audit log's words: what was before, what is after.
func (c ChangeRequest) Facts() (before, after map[string]string) {
	name := string(c.Kind)
	before = map[string]string{name: c.Before.String()}
	after = map[string]string{name: c.After.String(), "note": c.Note, "state": string(c.State)}
	if c.BeginsAt != nil {
		after["begins_at"] = c.BeginsAt.UTC().Format(time.RFC3339)
	}
	if c.OneOperator {
		after["one_operator"] = "true"
	}
	return before, after
}

// WithCreditLimit is the account with another limit, in USD. One that would leave
// less than nothing available is a CreditLimitError.
func (b Balance) WithCreditLimit(limit USD) (Balance, error) {
	lowest := b.Held.Sub(b.Posted)
	if limit.Cmp(lowest) < 0 {
		return b, CreditLimitError{Lowest: lowest}
	}
	b.CreditLimit = limit
	return b, nil
}
