package views

// What a customer's page is made of.

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// CustomerView is what all pages of one customer have in common.
type CustomerView struct {
	Frame
	Customer billing.Customer
	Waiting  []billing.Adjustment // for a second operator
	Pauses   []billing.Pause      // that hold back orders of its
	Today    CustomerSums
	Runway   Runway
	MayMove  bool   // money
	MayStop  bool   // the customer's orders
	Tab      string // the path of the tab that is shown
}

func (v CustomerView) tabs() []ui.Tab {
	code := v.Customer.Code
	tab := func(text, path string) ui.Tab { return ui.Tab{Text: text, Href: path, Current: v.Tab == path} }
	return []ui.Tab{
		tab(v.T("Overview"), CustomerPath(code)),
		tab(v.T("Top-ups"), CustomerTopUpsPath(code)),
		tab(v.T("Ledger"), LedgerPath(code)),
		tab(v.T("Statements"), StatementsPath(code)),
		tab(v.T("Credit|history"), CreditPath(code)),
		tab(v.T("Limits and pricing"), LimitsPath(code)),
		tab(v.T("API keys"), KeysPath(code)),
		tab(v.T("Webhooks"), WebhooksPath(code)),
		tab(v.T("Sandbox"), CustomerSandboxPath(code)),
		tab(v.T("Members"), MembersPath(code)),
		tab(v.T("Notifications"), NotificationsPath(code)),
		tab(v.T("Audit"), AuditPath(code)),
	}
}

// figures of the account: what can be spent first, and how long.
func (v CustomerView) figures() []ui.Figure {
	c := v.Customer
	usd := func(label, value, note string) ui.Figure {
		return ui.Figure{Label: label, Value: value, Unit: "USD", Note: note}
	}
	return []ui.Figure{
		usd(v.T("Available"), Floor2(c.Available().Decimal()), v.thresholds()),
		{Label: v.T("Lasts for"), Value: v.Runway.headline(v.Reader), Note: v.Runway.pace(v.Reader), Was: v.Runway.usual(v.Reader)},
		usd(v.T("Balance"), Money2(c.Posted.Decimal()), v.limit()),
		usd(v.T("Held"), Money2(c.Held.Decimal()), v.T("Reserved by top-ups that have not ended")),
	}
}

func (v CustomerView) thresholds() string {
	return v.T("Low below %s, good from %s", Money2(v.Customer.LowBelow.Decimal()), Money2(v.Customer.MediumBelow.Decimal()))
}

func (v CustomerView) limit() string {
	if v.Customer.CreditLimit.Sign() == 0 {
		return v.T("Paid in, less what was charged")
	}
	return v.T("With a credit limit of %s", WithUnit(Money2(v.Customer.CreditLimit.Decimal()), "USD"))
}

// filtered is the list of its top-ups.
func (v CustomerView) filtered() string {
	return TopUpFilter{Path: AdminTopUpsPath, Typed: map[string][]string{FieldCustomer: {v.Customer.Code}}}.without()
}

// CustomerOverview is the first tab: how it goes.
type CustomerOverview struct {
	CustomerView
	Hours                    DashboardHours
	Queued, Sending, Unknown int
	UnknownHeld              billing.USD
}

// CustomerCredit is the history of its adjustments.
type CustomerCredit struct {
	CustomerView
	Adjustments []billing.Adjustment // the newest first
}

// CustomerTopUps is the second tab.
type CustomerTopUps struct {
	CustomerView
	Rows []billing.TopUp
}

// CustomerLedger is the third.
type CustomerLedger struct {
	CustomerView
	From, To             string             // days as they were typed
	Problem              string             // with them
	Period               *billing.Statement // of these days; nil: all there is
	Lines                []LedgerLine
	NewerHref, OlderHref string
}

// LedgerLine is an entry with what it was for.
type LedgerLine struct {
	billing.Entry
	Reference string        // of the top-up
	Phone     billing.Phone // of the top-up
	Reason    billing.Reason
	Note      string
	Operator  string // empty: the command line

	OneOperator bool // it would have needed two: approvals were off
	Undoes      bool // it is a reversal
}

// signed is what the entry does to the customer's balance; holds and releases leave it as it is.
func (l LedgerLine) signed() string {
	switch l.Kind {
	case billing.EntryHold, billing.EntryRelease:
		return Nothing
	}
	if l.From == billing.AccountAvailable || l.From == billing.AccountHeld {
		return Signed(l.Amount.Neg(), 4)
	}
	return Signed(l.Amount, 4)
}

// heldChange is what it does to what is held.
func (l LedgerLine) heldChange() string {
	switch {
	case l.To == billing.AccountHeld:
		return Signed(l.Amount, 4)
	case l.From == billing.AccountHeld:
		return Signed(l.Amount.Neg(), 4)
	}
	return Nothing
}

// CustomerKeys are its programs' keys.
type CustomerKeys struct {
	CustomerView
	KeyList
}

// CustomerMembers are its people.
type CustomerMembers struct {
	CustomerView
	MemberList
}

// CustomerAudit is what was done to it.
type CustomerAudit struct {
	CustomerView
	Lines []billing.Audit
}

// ReasonWord is a reason code in words.
func ReasonWord(r Reader, reason billing.Reason) string {
	switch reason {
	case billing.ReasonDeposit:
		return r.T("Deposit received")
	case billing.ReasonCourtesy:
		return r.T("Courtesy")
	case billing.ReasonCorrection:
		return r.T("Correction")
	case billing.ReasonRefund:
		return r.T("Refund paid out")
	case billing.ReasonFee:
		return r.T("Fee")
	case billing.ReasonOpening:
		return r.T("Opening balance")
	}
	return string(reason)
}

// ActionWord is what somebody did, as the audit log names it.
func ActionWord(r Reader, action string) string {
	switch action {
	case "customer.created":
		return r.T("Made the customer")
	case "customer.suspended":
		return r.T("Suspended the customer")
	case "customer.allowed":
		return r.T("Allowed orders again")
	case "sending.paused":
		return r.T("Paused sending")
	case "sending.resumed":
		return r.T("Resumed sending")
	case "topup.cancelled":
		return r.T("Cancelled a top-up")
	case "topup.ordered":
		return r.T("Ordered a top-up by hand")
	case "customer.levels_set":
		return r.T("Set when credit is low")
	case "adjustment.requested":
		return r.T("Asked for an adjustment")
	case "adjustment.posted":
		return r.T("Posted an adjustment")
	case "adjustment.rejected":
		return r.T("Rejected an adjustment")
	case "books.proof_asked":
		return r.T("Asked for a proof of the books")
	case "decision.proposed":
		return r.T("Proposed how a top-up ended")
	case "decision.confirmed":
		return r.T("Confirmed how a top-up ended")
	case "decision.rejected":
		return r.T("Disagreed on how a top-up ended")
	}
	return requestWord(r, action)
}

// actorWord says what kind of hand it was, where the name does not.
func actorWord(r Reader, kind billing.ActorKind) string {
	switch kind {
	case billing.ActorCommandLine:
		return r.T("Command line")
	case billing.ActorSystem:
		return r.T("By itself")
	case billing.ActorMember:
		return r.T("Member")
	}
	return ""
}

type auditFact struct{ Name, Before, After string }

// auditFacts sets what changed beside what it was, by name.
func auditFacts(line billing.Audit) []auditFact {
	before, after := flat(line.Before), flat(line.After)
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	var facts []auditFact
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if before[name] != "" || after[name] != "" {
			facts = append(facts, auditFact{Name: name, Before: before[name], After: after[name]})
		}
	}
	return facts
}

// flat reads an object of the log, one level deep: {"adjustment": {"amount": …}} names the amount.
func flat(raw json.RawMessage) map[string]string {
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil
	}
	facts := map[string]string{}
	var add func(object map[string]any)
	add = func(object map[string]any) {
		for name, value := range object {
			switch value := value.(type) {
			case map[string]any:
				add(value)
			case string:
				facts[name] = value
			case bool:
				facts[name] = map[bool]string{true: "true", false: "false"}[value]
			case float64: // counts alone: money is text
				facts[name] = strconv.FormatFloat(value, 'f', -1, 64)
			}
		}
	}
	add(object)
	return facts
}
