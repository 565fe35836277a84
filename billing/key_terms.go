package billing

// What an API key may do, within what its customer may.

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Scope is what a key opens.
type Scope string

// The scopes: to read top-ups, balance and prices; to order.
const (
	ScopeRead  Scope = "read"
	ScopeTopUp Scope = "topup"
)

// Scopes lists them.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeTopUp} }

// KeyTerms are what a key may do. Its zero value may nothing.
type KeyTerms struct {
	ExpiresAt *time.Time     `db:"expires_at"` // it works before and not at it; nil: never by itself
	Scopes    []Scope        `db:"-"`
	Networks  []netip.Prefix `db:"-"`         // none: from anywhere that its customer allows
	DailyCap  *USD           `db:"daily_cap"` // that it may spend on a business day, its predecessors included; nil: no cap
	RequestLimit
}

// RequestLimit is how often programs may call: so many a minute, and as many at
// once as Burst says (0: as many as a minute). PerMinute 0: no limit.
type RequestLimit struct {
	PerMinute int `db:"requests_per_minute"`
	Burst     int `db:"requests_burst"`
}

// Quota is how many requests may come at once.
func (l RequestLimit) Quota() int {
	if l.Burst > 0 {
		return l.Burst
	}
	return l.PerMinute
}

// Every is the time after which another request is allowed; 0: there is no limit.
func (l RequestLimit) Every() time.Duration {
	if l.PerMinute == 0 {
		return 0
	}
	return time.Minute / time.Duration(l.PerMinute)
}

// wrongIn says what is wrong with a limit: requests, burst.
func (l RequestLimit) wrongIn(wrong ValidationError) {
	if l.PerMinute < 0 || l.PerMinute > MostRequestsPerMinute {
		wrong["requests"] = "Write a whole number from 1 to 100,000, or leave it empty"
	}
	switch {
	case l.Burst < 0 || l.Burst > MostRequestsPerMinute:
		wrong["burst"] = "Write a whole number from 1 to 100,000, or leave it empty"
	case l.Burst > 0 && l.PerMinute == 0:
		wrong["burst"] = "Say how many requests a minute, too"
	}
}

// AnyTerms are those of a key that may what its customer may.
func AnyTerms() KeyTerms { return KeyTerms{Scopes: Scopes()} }

// Check says what is wrong with terms at a moment, by field: expires, scopes,
// networks, daily_cap, requests, burst. Nil when nothing is.
func (k KeyTerms) Check(at time.Time) error {
	wrong := ValidationError{}
	if k.ExpiresAt != nil && !k.ExpiresAt.After(at) {
		wrong["expires"] = "Choose today or a later day, or leave it empty"
	}
	if len(k.Scopes) == 0 || slices.ContainsFunc(k.Scopes, func(s Scope) bool { return !slices.Contains(Scopes(), s) }) {
		wrong["scopes"] = "Choose what the key may do"
	}
	if len(k.Networks) > MostNetworks {
		wrong["networks"] = "Write 50 addresses or ranges at most"
	}
	if k.DailyCap != nil && k.DailyCap.Sign() <= 0 {
		wrong["daily_cap"] = "Write an amount above zero, or leave it empty"
	}
	k.wrongIn(wrong)
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// May says whether the key opens what a scope is for.
func (k KeyTerms) May(s Scope) bool { return slices.Contains(k.Scopes, s) }

// AllowsFrom says whether the key may be shown from an address.
func (k KeyTerms) AllowsFrom(address string) bool { return allowsFrom(k.Networks, address) }

// WithinCap refuses an order whose price, in USD, would take what the key spent on
// the business day beyond its cap: a KeyCapError.
func (k KeyTerms) WithinCap(spent, price USD, secondsLeft int) error {
	if k.DailyCap == nil || spent.Add(price).Cmp(*k.DailyCap) <= 0 {
		return nil
	}
	return KeyCapError{Cap: *k.DailyCap, Spent: spent, Needed: price, RetryAfter: max(1, secondsLeft)}
}

// Facts are terms in the audit log's words; what does not limit is empty.
func (k KeyTerms) Facts() map[string]string {
	scopes := make([]string, len(k.Scopes))
	for i, scope := range k.Scopes {
		scopes[i] = string(scope)
	}
	facts := map[string]string{"expires_at": "", "scopes": strings.Join(scopes, ", "), "networks": JoinNetworks(k.Networks, ", "), "daily_cap": ""}
	if k.ExpiresAt != nil {
		facts["expires_at"] = k.ExpiresAt.UTC().Format(time.RFC3339)
	}
	if k.DailyCap != nil {
		facts["daily_cap"] = k.DailyCap.String()
	}
	k.factsIn(facts)
	return facts
}

func (l RequestLimit) factsIn(facts map[string]string) {
	facts["requests_per_minute"], facts["burst"] = "", ""
	if l.PerMinute > 0 {
		facts["requests_per_minute"] = strconv.Itoa(l.PerMinute)
	}
	if l.Burst > 0 {
		facts["burst"] = strconv.Itoa(l.Burst)
	}
}
