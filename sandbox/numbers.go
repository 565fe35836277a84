// Package sandbox says what is played in the sandbox: which phone meets which
// outcome, after which delay, told by which webhooks, and what an integration has
// to show for its go-live certificate. It is one table that the simulator, the API,
// the pages, the docs and the tests read. It knows no SQL, no HTTP and no money.
package sandbox

// The documented numbers: 20 20OO DWxx.

import (
	"slices"
	"strings"
	"time"
)

// prefix begins every documented number. No Mexican area code begins with 20, so
// none of them can be anybody's.
const prefix = "2020"

// Play is what is played for an outcome.
type Play string

// The plays. Of those that end with first, the first answer to an order is played,
// and what follows is a delivery.
const (
	Delivered     Play = "delivered"
	RefusedNumber Play = "refused_number"  // the carrier does not know the number
	RefusedByUs   Play = "refused_product" // a product that is not sold
	RefusedUnseen Play = "refused_unseen"  // with a code that nobody has seen
	SentLater     Play = "sent_later"      // not sent at first, then delivered
	NeverSent     Play = "never_sent"      // not sent, until that is given up
	ProvenYes     Play = "proven_yes"      // unknown, later proven delivered
	ProvenNo      Play = "proven_no"       // unknown, later proven not delivered
	Reversed      Play = "reversed"        // delivered, and taken back later
	AnswerLost    Play = "answer_lost"     // accepted, and the connection cut instead of an answer
	ShortFirst    Play = "short_first"     // 402 at first
	LimitedFirst  Play = "limited_first"   // 429 at first
	AwayFirst     Play = "away_first"      // 503 at first
)

// Outcome is a pair of digits and what it means.
type Outcome struct {
	Digits string // OO
	Play   Play
	Ends   string // the last state of its top-ups: succeeded, failed, reversed
	Code   string // of a failure; empty: none
}

var outcomes = []Outcome{
	{"00", Delivered, "succeeded", ""},
	{"01", RefusedNumber, "failed", "refused"},
	{"02", RefusedByUs, "failed", "refused"},
	{"03", RefusedUnseen, "failed", "refused"},
	{"04", SentLater, "succeeded", ""},
	{"05", NeverSent, "failed", "provider_unreachable"},
	{"06", ProvenYes, "succeeded", ""},
	{"07", ProvenNo, "failed", "refused"},
	{"08", Reversed, "reversed", ""},
	{"11", AnswerLost, "succeeded", ""},
	{"12", ShortFirst, "succeeded", ""},
	{"13", LimitedFirst, "succeeded", ""},
	{"14", AwayFirst, "succeeded", ""},
}

// Outcomes lists them in the order of their digits.
func Outcomes() []Outcome { return slices.Clone(outcomes) }

// Delay is a digit and how long the provider takes.
type Delay struct {
	Digit  byte // D
	Takes  time.Duration
	Never  bool // no answer comes, and none is found later: unknown for ever
	Writes string
}

var delays = []Delay{
	{'0', 0, false, "0 s"},
	{'3', 3 * time.Second, false, "3 s"},
	{'7', 7 * time.Second, false, "7 s"},
	{'4', 40 * time.Second, false, "40 s"},
	{'9', 0, true, ""},
}

// Delays lists them, the shortest first.
func Delays() []Delay { return slices.Clone(delays) }

// Hook is how often, and in which order, webhooks tell of a top-up.
type Hook string

// The ways of webhooks.
const (
	HookOnce       Hook = "once"
	HookTwice      Hook = "twice"      // every message a second time, with the same webhook-id
	HookLate       Hook = "late"       // HookDelay after it happened
	HookDisordered Hook = "disordered" // an older state after the newer one
)

// HookDelay is how late a late webhook is, and how long after the newer one the
// older one comes.
const HookDelay = 30 * time.Second

// Webhook is a digit and how webhooks behave.
type Webhook struct {
	Digit byte // W
	Hook  Hook
}

var webhooks = []Webhook{{'1', HookOnce}, {'2', HookTwice}, {'3', HookLate}, {'4', HookDisordered}}

// Webhooks lists them in the order of their digits.
func Webhooks() []Webhook { return slices.Clone(webhooks) }

// What is not said by a digit.
const (
	ProofAfter      = 5 * time.Second  // an unknown outcome is proven, if it ever is
	ReversedAfter   = 10 * time.Second // after the delivery
	GivenUpAfter    = 10 * time.Second // what cannot be sent
	RetryAfter      = 2 * time.Second  // of the first 429 and 503
	OthersAtLeast   = 1 * time.Second  // any other number is delivered after this
	OthersAtMost    = 2 * time.Second  // and before this
	PlayCredit      = "1000"           // USD that a customer begins with
	LongestRequests = 7 * 24 * time.Hour
)

// Number is what a documented number means.
type Number struct {
	Outcome Outcome
	Delay   Delay
	Webhook Webhook
}

// Of composes a documented number: 10 national digits that end with xx, any two.
func Of(play Play, takes time.Duration, hook Hook, xx string) string {
	for _, o := range outcomes {
		for _, d := range delays {
			for _, w := range webhooks {
				if o.Play == play && !d.Never && d.Takes == takes && w.Hook == hook {
					return Number{o, d, w}.Phone(xx)
				}
			}
		}
	}
	return ""
}

// Phone is the number with its two free digits: 10 national digits.
func (n Number) Phone(xx string) string {
	return prefix + n.Outcome.Digits + string([]byte{n.Delay.Digit, n.Webhook.Digit}) + xx
}

// Read says what a phone means: 10 national digits, with or without +52. Of any
// other number documented is false: it is delivered after 1 to 2 s.
func Read(phone string) (n Number, documented bool) {
	rest, is := strings.CutPrefix(strings.TrimPrefix(phone, "+52"), prefix)
	if !is || len(rest) != 6 {
		return n, false
	}
	o := slices.IndexFunc(outcomes, func(o Outcome) bool { return o.Digits == rest[:2] })
	d := slices.IndexFunc(delays, func(d Delay) bool { return d.Digit == rest[2] })
	w := slices.IndexFunc(webhooks, func(w Webhook) bool { return w.Digit == rest[3] })
	if o < 0 || d < 0 || w < 0 {
		return n, false
	}
	return Number{outcomes[o], delays[d], webhooks[w]}, true
}

// Hurried is how long something takes in a sandbox that is hurry times faster than
// documented; 0 is as documented.
func Hurried(d time.Duration, hurry float64) time.Duration {
	if hurry <= 0 {
		return d
	}
	return time.Duration(float64(d) / hurry)
}
