package views

// What API keys may do: as a form, and in words.

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// KeyForm is what was typed.
type KeyForm struct {
	Name, Expires, DailyCap, Requests, Burst, Networks string
	Scopes                                             []string
	Zone                                               *time.Location // whose days it expires on
}

// KeyFormOf is a form with what a key may do now.
func KeyFormOf(name string, terms billing.KeyTerms, zone *time.Location) KeyForm {
	facts := terms.Facts()
	f := KeyForm{Name: name, DailyCap: facts["daily_cap"], Requests: facts["requests_per_minute"], Burst: facts["burst"], Zone: zone}
	f.Networks = billing.JoinNetworks(terms.Networks, "\n")
	for _, scope := range terms.Scopes {
		f.Scopes = append(f.Scopes, string(scope))
	}
	if terms.ExpiresAt != nil {
		f.Expires = terms.ExpiresAt.In(zone).Add(-time.Second).Format(time.DateOnly) // its last day
	}
	return f
}

func (f KeyForm) scopes(r Reader, problem string) ui.Checks {
	checks := ui.Checks{Name: "scopes", Legend: r.T("What it may do"), Error: problem}
	for _, scope := range billing.Scopes() {
		checks.Options = append(checks.Options, ui.Check{Value: string(scope), Label: scopeWord(r, scope), Checked: slices.Contains(f.Scopes, string(scope))})
	}
	return checks
}

func scopeWord(r Reader, scope billing.Scope) string {
	if scope == billing.ScopeTopUp {
		return r.T("Order top-ups")
	}
	return r.T("Read top-ups, balance and prices")
}

// KeyTerms is the form of a key that is there.
type KeyTerms struct {
	Frame
	Paths    AccessPaths
	Key      billing.APIKey
	Form     KeyForm
	Problems map[string]string
}

// AllKeysEnd asks before all of a customer's keys end.
type AllKeysEnd struct {
	Frame
	Paths    AccessPaths
	Customer billing.Customer
	Working  int
}

func (a AllKeysEnd) text() string {
	return a.N(a.Working, "%s key works now.", "%s keys work now.") + " " +
		a.T("From now on every program of %s is refused (401), until new keys are made. What they ordered before goes on to its end. This can’t be taken back.", a.Customer.Name)
}

// soon is when it is told that a key ends by itself.
const soon = 14 * 24 * time.Hour

// keyState says how an API key stands.
func keyState(r Reader, key billing.APIKey) ui.Badge {
	ends := key.Ends()
	switch {
	case ends == nil || key.EndedAt == nil && ends.After(r.Now.Add(soon)):
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("Active"), Class: "!text-xs"}
	case ends.After(r.Now):
		return ui.Badge{Tone: "unknown", Icon: "hourglass", Text: r.T("Ends %s", r.DateTime(*ends)), Class: "!text-xs"}
	case ends == key.ExpiresAt:
		return ui.Badge{Tone: "queued", Icon: "circle-x", Text: r.T("Expired %s", r.DateTime(*ends)), Class: "!text-xs"}
	}
	return ui.Badge{Tone: "queued", Icon: "circle-x", Text: r.T("Ended %s", r.DateTime(*ends)), Class: "!text-xs"}
}

// termsOf are a key's terms in words.
func termsOf(r Reader, key billing.APIKey) string {
	words := []string{r.T("Reads and orders")}
	switch {
	case !key.May(billing.ScopeTopUp):
		words[0] = r.T("Reads only")
	case !key.May(billing.ScopeRead):
		words[0] = r.T("Orders only")
	}
	if key.DailyCap != nil {
		words = append(words, r.T("up to %s a day", WithUnit(short(key.DailyCap.Decimal()), "USD")))
	}
	if key.PerMinute > 0 {
		words = append(words, r.T("%s requests a minute", Integer(key.PerMinute)))
	}
	if n := len(key.Networks); n > 0 {
		from := billing.JoinNetworks(key.Networks[:min(n, 2)], ", ")
		if n > 2 {
			from += " +" + strconv.Itoa(n-2)
		}
		words = append(words, r.T("from %s", from))
	}
	if key.ExpiresAt != nil && key.ExpiresAt.After(r.Now) {
		words = append(words, r.T("works until %s", r.DateTime(*key.ExpiresAt)))
	}
	return strings.Join(words, " · ")
}
