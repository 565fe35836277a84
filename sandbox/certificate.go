package sandbox

// The go-live certificate: the cases of a run, what was seen of each, and what that
// says of an integration. What the integration believes counts as much as what it
// sent: it reports, for each reference, the state and the total that it booked.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Do is what a case asks an integration to do.
type Do string

// The tasks.
const (
	DoOrder   Do = "order"           // order, and carry it to its end
	DoTwice   Do = "order_twice"     // order, and order the same again, as who clicks twice does
	DoChanged Do = "order_changed"   // order, then the same reference with another amount
	DoWebhook Do = "order_with_hook" // order, and be told by webhooks
)

// Case is one hard case of a run.
type Case struct {
	Name string // its reference is the run's prefix and this
	Do   Do
	play Play
	wait time.Duration
	hook Hook
}

var cases = []Case{
	{"plain", DoOrder, Delivered, 3 * time.Second, HookOnce},
	{"answer-lost", DoOrder, AnswerLost, 0, HookOnce},
	{"slow", DoOrder, Delivered, 40 * time.Second, HookOnce},
	{"again", DoTwice, Delivered, 0, HookOnce},
	{"changed", DoChanged, Delivered, 0, HookOnce},
	{"no-credit", DoOrder, ShortFirst, 0, HookOnce},
	{"too-many", DoOrder, LimitedFirst, 0, HookOnce},
	{"away", DoOrder, AwayFirst, 0, HookOnce},
	{"refused", DoOrder, RefusedNumber, 0, HookOnce},
	{"proven-yes", DoOrder, ProvenYes, 0, HookOnce},
	{"proven-no", DoOrder, ProvenNo, 0, HookOnce},
	{"taken-back", DoOrder, Reversed, 3 * time.Second, HookOnce},
	{"hook-twice", DoWebhook, Delivered, 0, HookTwice},
	{"hook-disorder", DoWebhook, ProvenYes, 0, HookDisordered},
}

// What a run is ordered for. The changed amount is what the second order of the case
// "changed" says.
const (
	CaseAmount    = "50.00"
	ChangedAmount = "60.00"
)

// Cases lists them in the order in which a run shows them.
func Cases() []Case { return slices.Clone(cases) }

// Phone is the documented number of the case, a different one for each: 10 digits.
func (c Case) Phone() string {
	i := slices.IndexFunc(cases, func(other Case) bool { return other.Name == c.Name })
	return Of(c.play, c.wait, c.hook, fmt.Sprintf("%02d", i+1))
}

// Reference of the case in a run.
func (c Case) Reference(prefix string) string { return prefix + c.Name }

// Request is one order that came in.
type Request struct {
	At        time.Time
	Reference string
	Phone     string // E.164
	Amount    billing.MXN
	Status    int // of the answer; 0: it was lost, or is still to come
}

// TopUp is what became of a reference.
type TopUp struct {
	Reference string
	Phone     string // E.164
	Status    billing.Status
	Price     billing.USD
}

// Report is what an integration booked for a reference.
type Report struct {
	Reference string
	Status    string
	Total     billing.USD
}

// Seen is all that was seen of a run.
type Seen struct {
	Prefix   string
	Requests []Request // of the customer since the run began, the oldest first
	TopUps   []TopUp   // of the same
	Reports  []Report
	Hooks    map[string]int // webhooks that were answered with 2xx, by reference
	HasHooks bool           // an endpoint is set in the sandbox
}

// State is what is said of a case.
type State string

// The states of a case.
const (
	Waiting State = "waiting" // for the integration, or for the top-up's end
	Passed  State = "passed"
	Failed  State = "failed"
	Skipped State = "skipped" // it cannot happen to this integration
)

// Finding is what was seen instead of what the rule wants.
type Finding string

// The findings.
const (
	NotOrdered   Finding = "not_ordered"   // waiting: no order with the reference came
	NotFinal     Finding = "not_final"     // waiting: the top-up has not ended
	NotReported  Finding = "not_reported"  // waiting: the integration reported nothing
	NotTwice     Finding = "not_twice"     // waiting: it was ordered once only
	NotChanged   Finding = "not_changed"   // waiting: nothing was ordered with the other amount
	NoHooks      Finding = "no_hooks"      // skipped: no webhook endpoint is set
	HooksToCome  Finding = "hooks_to_come" // waiting: the webhooks are still on their way
	NewReference Finding = "new_reference" // the phone was ordered again under another reference
	GaveUp       Finding = "gave_up"       // a refusal that passes by itself was taken for the end
	TooSoon      Finding = "too_soon"      // repeated before Retry-After had passed
	Hammered     Finding = "hammered"      // repeated many times a second
	WrongState   Finding = "wrong_state"   // another state was booked
	WrongTotal   Finding = "wrong_total"   // another amount was booked
)

// Verdict is what is said of one case.
type Verdict struct {
	Case    Case
	State   State
	Finding Finding // empty: nothing
	Saw     string  // what was seen: a reference, a state, an amount
	Want    string  // what is true
}

// None is the state of a reference for which there is no top-up.
const None = "none"

// Judge says of each case how it stands.
func Judge(s Seen) []Verdict {
	verdicts := make([]Verdict, 0, len(cases))
	for _, c := range cases {
		v := Verdict{Case: c, State: Passed}
		for _, rule := range []func(Seen, *Verdict) bool{ordered, sameReference, patient, ended, believed, hooked} {
			if !rule(s, &v) {
				break
			}
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// Stands says whether a certificate is given: every case passed, or cannot happen.
func Stands(verdicts []Verdict) bool {
	return !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.State != Passed && v.State != Skipped })
}

func (v *Verdict) is(state State, finding Finding, saw, want string) bool {
	v.State, v.Finding, v.Saw, v.Want = state, finding, saw, want
	return false
}

// of are the requests of a case.
func (s Seen) of(c Case) (requests []Request) {
	for _, r := range s.Requests {
		if r.Reference == c.Reference(s.Prefix) {
			requests = append(requests, r)
		}
	}
	return requests
}

func (s Seen) topUp(reference string) (TopUp, bool) {
	i := slices.IndexFunc(s.TopUps, func(t TopUp) bool { return t.Reference == reference })
	if i < 0 {
		return TopUp{}, false
	}
	return s.TopUps[i], true
}

// ordered wants the orders that the case is about.
func ordered(s Seen, v *Verdict) bool {
	requests := s.of(v.Case)
	switch {
	case len(requests) == 0:
		if v.Case.Do == DoWebhook && !s.HasHooks {
			return v.is(Skipped, NoHooks, "", "")
		}
		return v.is(Waiting, NotOrdered, "", v.Case.Reference(s.Prefix))
	case v.Case.Do == DoTwice && len(requests) < 2:
		return v.is(Waiting, NotTwice, "", v.Case.Reference(s.Prefix))
	case v.Case.Do == DoChanged && !slices.ContainsFunc(requests, func(r Request) bool { return r.Amount.String() == ChangedAmount }):
		return v.is(Waiting, NotChanged, "", ChangedAmount)
	}
	return true
}

// sameReference refuses a second reference for the phone: the heart of it all.
func sameReference(s Seen, v *Verdict) bool {
	own := v.Case.Reference(s.Prefix)
	for _, r := range s.Requests {
		if r.Phone == "+52"+v.Case.Phone() && r.Reference != own {
			return v.is(Failed, NewReference, r.Reference, own)
		}
	}
	return true
}

const (
	tolerance = 200 * time.Millisecond // of clocks and of the way
	burst     = 6                      // requests within a second are too many
)

// patient wants what is refused for the moment to be repeated, after its time.
func patient(s Seen, v *Verdict) bool {
	requests := s.of(v.Case)
	for i := range requests {
		if i+burst <= len(requests) && requests[i+burst-1].At.Sub(requests[i].At) < time.Second {
			return v.is(Failed, Hammered, strconv.Itoa(len(requests)), "")
		}
	}
	if v.Case.play != LimitedFirst && v.Case.play != AwayFirst {
		return true
	}
	if len(requests) > 1 {
		if pause := requests[1].At.Sub(requests[0].At); pause < RetryAfter-tolerance {
			return v.is(Failed, TooSoon, pause.Round(10*time.Millisecond).String(), RetryAfter.String())
		}
		return true
	}
	if s.reported(v.Case) != nil {
		return v.is(Failed, GaveUp, strconv.Itoa(requests[0].Status), "")
	}
	return v.is(Waiting, NotFinal, None, "")
}

func (s Seen) reported(c Case) *Report {
	i := slices.IndexFunc(s.Reports, func(r Report) bool { return r.Reference == c.Reference(s.Prefix) })
	if i < 0 {
		return nil
	}
	return &s.Reports[i]
}

// ended waits for the last state that the table has for the number.
func ended(s Seen, v *Verdict) bool {
	top, there := s.topUp(v.Case.Reference(s.Prefix))
	n, _ := Read(v.Case.Phone())
	if there && string(top.Status) != n.Outcome.Ends {
		return v.is(Waiting, NotFinal, string(top.Status), n.Outcome.Ends)
	}
	return true
}

// believed holds what the integration booked against what is true.
func believed(s Seen, v *Verdict) bool {
	state, total := None, billing.USD{}
	if top, there := s.topUp(v.Case.Reference(s.Prefix)); there {
		state = string(top.Status)
		if top.Status == billing.StatusSucceeded {
			total = top.Price
		}
	}
	r := s.reported(v.Case)
	switch {
	case r == nil:
		return v.is(Waiting, NotReported, "", state)
	case r.Status != state && (state != None || r.Status != "failed"): // of an order that never was, "failed" is as true
		return v.is(Failed, WrongState, r.Status, state)
	case r.Total.Cmp(total) != 0:
		return v.is(Failed, WrongTotal, r.Total.String(), total.String())
	}
	return true
}

// hooked wants the webhooks of a case to have come through.
func hooked(s Seen, v *Verdict) bool {
	if v.Case.Do != DoWebhook {
		return true
	}
	if !s.HasHooks {
		return v.is(Skipped, NoHooks, "", "")
	}
	if heard := s.Hooks[v.Case.Reference(s.Prefix)]; heard < 2 {
		return v.is(Waiting, HooksToCome, strconv.Itoa(heard), "2")
	}
	return true
}

// PrefixPattern begins the prefix of every run.
const PrefixPattern = "cert-"

// Names says whether a reference is one of a run's cases.
func Names(prefix, reference string) bool {
	name, is := strings.CutPrefix(reference, prefix)
	return is && slices.ContainsFunc(cases, func(c Case) bool { return c.Name == name })
}
