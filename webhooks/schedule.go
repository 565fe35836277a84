package webhooks

// What an answer means, and when the next try is: the schedule of Standard Webhooks.

import (
	"math/rand/v2"
	"net/http"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// pauses follow the first try, which is made at once.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// MostTries is how often an event is tried before it is given up.
var MostTries = len(pauses) + 1

// longestAsked is how far Retry-After can put a try off.
const longestAsked = 24 * time.Hour

// judge says what an answer does to a delivery.
func judge(d store.DueDelivery, a Answer) store.TriedWebhook {
	t := store.TriedWebhook{Delivery: d, Try: billing.WebhookTry{
		DeliveryID: d.ID, BeganAt: d.Now, TookMS: int(a.Took.Milliseconds()), RequestHeaders: a.RequestHeaders,
		Status: a.Status, ResponseHeaders: a.ResponseHeaders, ResponseBody: a.ResponseBody, Problem: a.problem(), Detail: a.Detail,
	}}
	switch {
	case t.Try.Problem == "":
		t.State = billing.DeliveryDelivered
	case t.Try.Problem == billing.ProblemGone:
		t.State = billing.DeliveryEnded
	case d.Tries >= len(pauses):
		t.State = billing.DeliveryFailed
	default:
		t.State, t.Pause = billing.DeliveryWaiting, pauseAfter(d.Tries, a)
	}
	return t
}

// pauseAfter is the schedule's pause and up to a fifth more, so that what failed
// together does not come back together; longer where the receiver asks for it.
func pauseAfter(tries int, a Answer) time.Duration {
	pause := pauses[tries]
	pause += time.Duration(rand.Int64N(int64(pause) / 5)) //nolint:gosec // G404: a spread, not a secret
	if a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable {
		pause = max(pause, min(a.RetryAfter, longestAsked))
	}
	return pause
}

// problem says why an answer is none that counts.
func (a Answer) problem() billing.WebhookProblem {
	switch {
	case a.Problem != "":
		return a.Problem
	case a.Status >= 200 && a.Status < 300:
		return ""
	case a.Status == http.StatusGone:
		return billing.ProblemGone
	case a.Status >= 300 && a.Status < 400:
		return billing.ProblemRedirect
	}
	return billing.ProblemStatus
}
