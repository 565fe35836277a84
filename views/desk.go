package views

// The unknown desk: what two operators have to settle, the evidence of one case, the decision.

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Desk is the page. On a small screen it is the list, or the case that the address names.
type Desk struct {
	Frame
	Cases   []Case
	Lists   []WaitingList
	Unknown int         // how many top-ups are unknown
	Held    billing.USD // for these
	Case    *CaseDetail // in the middle; nil: nothing is open
	Chosen  bool        // the address names the case
}

// Case is a line of the list.
type Case struct {
	TopUp    billing.TopUp
	Age      time.Duration
	Waiting  billing.Verdict // for a second operator; empty: no proposal
	Own      bool            // proposed by who looks
	Reopened bool            // final, and contradicted by later evidence
	Against  billing.Outcome // what that evidence says
}

// CaseDetail is one case: its evidence, and what can be decided about it.
type CaseDetail struct {
	TopUpDetail
	Customer   billing.Customer // with the balance as it stands
	Since      time.Time        // it became unknown; zero: it never was
	CanInquire bool             // Latcom answers questions for our account
	Similar    SimilarCases
	Decision   DecisionPanel
}

// SimilarCases are how cases with the same last answer ended within 30 days.
type SimilarCases struct {
	Because                 string // the policy's sentence about that answer
	Delivered, NotDelivered int
	Latest                  []SimilarCase
}

// SimilarCase is one of them.
type SimilarCase struct {
	ID, Phone, Customer string
	Verdict             billing.Verdict
	At                  time.Time
}

// DecisionForm is what was typed. ID was made with the form, so that sending it twice is harmless.
type DecisionForm struct{ ID, Verdict, Reason, Note, ProviderID string }

// DecisionPanel is the right side of a case: a form, a proposal that waits, or what was decided.
type DecisionPanel struct {
	Choices  []billing.Verdict // that can be proposed
	Effects  map[billing.Verdict]VerdictEffect
	Form     DecisionForm
	Problems map[string]string
	Problem  string            // why what was asked was not done; belongs to no field
	Waiting  *billing.Decision // for a second operator
	Own      bool              // proposed by who looks
	May      bool              // who looks may decide
	Others   []string          // who else may
	Place    string            // takes a proposal
}

// VerdictEffect is what a verdict does to the books.
type VerdictEffect struct {
	billing.Effect
	Short string // why it cannot be done now; empty: it can
}

// group is a part of the list.
type group struct {
	title string
	cases []Case
}

func (d Desk) groups() []group {
	groups := []group{{}, {title: d.T("Reopened by later evidence")}, {title: d.T("Reversals to confirm")}}
	for _, c := range d.Cases {
		at := 2
		switch {
		case c.TopUp.Status == billing.StatusUnknown:
			at = 0
		case c.Reopened:
			at = 1
		}
		groups[at].cases = append(groups[at].cases, c)
	}
	return groups
}

func (d Desk) facts() string {
	if d.Unknown == 0 {
		return d.T("No top-up is unknown. Evidence settles them, or two operators do; never a clock.")
	}
	return d.N(d.Unknown, "%s top-up, %s held. Evidence settles them, or two operators do; never a clock.",
		"%s top-ups, %s held. Evidence settles them, or two operators do; never a clock.", WithUnit(Money2(d.Held.Decimal()), "USD"))
}

// current says whether a line is the case in the middle.
func (d Desk) current(c Case) bool { return d.Case != nil && d.Case.TopUp.ID == c.TopUp.ID }

// asks is what a case waits for.
func (c Case) asks(r Reader, may bool) ui.Badge {
	switch {
	case c.Waiting != "" && c.Own:
		return ui.Badge{Tone: "sending", Icon: "hourglass", Text: r.T("Waits for another operator")}
	case c.Waiting != "" && may:
		return ui.Badge{Tone: "sending", Icon: "clipboard-check", Text: r.T("Waits for you")}
	case c.Waiting != "":
		return ui.Badge{Tone: "sending", Icon: "hourglass", Text: r.T("Waits for a second operator")}
	case c.Reopened:
		return ui.Badge{Tone: "failed", Icon: "git-compare", Text: againstWord(r, c.TopUp.Status)}
	}
	return ui.Badge{Tone: "unknown", Icon: "scale", Text: r.T("Needs a decision")}
}

// againstWord is how a final top-up is wrong if the later evidence is right.
func againstWord(r Reader, status billing.Status) string {
	switch status {
	case billing.StatusFailed:
		return r.T("Released, but delivered")
	case billing.StatusSucceeded:
		return r.T("Charged, but not delivered")
	default:
		return r.T("Contradicted")
	}
}

// choice is a verdict with what it does, as the form offers it.
func (c CaseDetail) choice(verdict billing.Verdict) ui.Choice {
	price := c.usd(c.TopUp.Price)
	choice := ui.Choice{Value: string(verdict), Label: VerdictTitle(c.Reader, verdict)}
	switch verdict {
	case billing.VerdictDelivered:
		choice.Effect = c.T("Capture the hold: the customer pays %s", price)
	case billing.VerdictNotDelivered:
		choice.Effect = c.T("Release the hold: the customer pays nothing")
	case billing.VerdictReverse:
		choice.Effect = c.T("A reversing entry gives %s back", price)
	case billing.VerdictCharge:
		choice.Effect = c.T("The customer pays %s, if that much is available", price)
	case billing.VerdictStands:
		choice.Effect = c.T("Close the case without a correction: nothing moves")
	}
	return choice
}

// confirms names what the second operator's button does.
func (c CaseDetail) confirms(verdict billing.Verdict) string {
	price := c.usd(c.TopUp.Price)
	switch verdict {
	case billing.VerdictDelivered:
		return c.T("Confirm and capture %s", price)
	case billing.VerdictNotDelivered:
		return c.T("Confirm and release %s", price)
	case billing.VerdictReverse:
		return c.T("Confirm and give %s back", price)
	case billing.VerdictCharge:
		return c.T("Confirm and charge %s", price)
	default:
		return c.T("Confirm and close the case")
	}
}

// effectHead tells how many entries a verdict makes, and which.
func (c CaseDetail) effectHead(effect VerdictEffect) string {
	if effect.Entry == nil {
		return c.T("No ledger entry: nothing moves")
	}
	if effect.House == nil {
		return c.T("One ledger entry: %s", entryWords(c.Reader, *effect.Entry))
	}
	return c.T("Two ledger entries: %s; %s", entryWords(c.Reader, *effect.Entry), entryWords(c.Reader, *effect.House))
}

// entryWords are an entry's kind and amount: "Capture 5.5556 USD".
func entryWords(r Reader, entry billing.Entry) string {
	return EntryWord(r, entry.Kind) + " " + WithUnit(Money4(entry.Amount), string(entry.Currency))
}

// effectSides tells from where to where the customer's money goes.
func (c CaseDetail) effectSides(effect VerdictEffect) string {
	if effect.Entry == nil {
		return c.T("The case is closed, and what is booked stays")
	}
	return AccountWord(c.Reader, effect.Entry.From) + " → " + AccountWord(c.Reader, effect.Entry.To) + ", " + c.Customer.Name
}

// moved is the sum over all accounts of what an effect changes: the customer's balance, and the account of the house on
// the other side.
func (c CaseDetail) moved(effect VerdictEffect) decimal.Decimal {
	sum := effect.After.Posted.Sub(c.Customer.Posted).Decimal()
	if effect.Entry == nil {
		return sum
	}
	ours := func(account billing.Account) bool {
		return account == billing.AccountAvailable || account == billing.AccountHeld
	}
	if !ours(effect.Entry.To) {
		sum = sum.Add(effect.Entry.Amount)
	}
	if !ours(effect.Entry.From) {
		sum = sum.Sub(effect.Entry.Amount)
	}
	return sum
}

// confirmers says who can be the second operator.
func (c CaseDetail) confirmers() string { return confirmersOf(c.Reader, c.Decision.Others) }

func confirmersOf(r Reader, names []string) string {
	switch n := len(names); n {
	case 0:
		return r.T("Nobody can confirm it yet: another operator with the role finance or admin is needed.")
	case 1:
		return r.T("%s can confirm it.", names[0])
	default:
		return r.T("%s or %s can confirm it.", strings.Join(names[:n-1], ", "), names[n-1])
	}
}
