package history

// What became of an order: answers, refusals, delays and an outage, as the
// engine would have lived through them.

import (
	"math/rand/v2"
	"time"

	"latcom.example/latcom-billing/billing"
)

// world is where orders are sent to.
type world struct {
	random *rand.Rand
	zone   *time.Location
	outage time.Time // when Latcom could not be reached, for outageTime
	now    time.Time
}

const (
	outageTime  = 10 * time.Minute
	retryWindow = 2 * time.Minute  // TOPUP_RETRY_WINDOW
	timeout     = 90 * time.Second // LATCOM_TIMEOUT
)

// outageBefore is 13:20 nine days before a moment.
func outageBefore(end time.Time, zone *time.Location) time.Time {
	y, m, d := end.In(zone).Date()
	return time.Date(y, m, d-9, 13, 20, 0, 0, zone)
}

func (w *world) isOut(at time.Time) bool {
	return !at.Before(w.outage) && at.Before(w.outage.Add(outageTime))
}

// send carries t to its end and returns the attempts that it took.
func (w *world) send(t *billing.TopUp, unknown bool) []billing.Attempt {
	var attempts []billing.Attempt
	first := t.CreatedAt.Add(w.between(8*time.Millisecond, 40*time.Millisecond)).Truncate(time.Microsecond)
	for at := first; ; {
		number := len(attempts) + 1
		answer := w.answer(*t, at, number, unknown)
		finished := at.Add(answer.Evidence.Took + w.between(2*time.Millisecond, 6*time.Millisecond)).Truncate(time.Microsecond)
		attempts = append(attempts, attempt(*t, number, at, finished, answer))
		pause := max(backOff(number), answer.RetryAfter)
		again := answer.Outcome == billing.OutcomeNotSent && finished.Add(pause).Sub(first) <= retryWindow
		if !again {
			settle(t, answer, number, first, finished)
			return attempts
		}
		at = finished.Add(pause + w.between(5*time.Millisecond, 25*time.Millisecond)).Truncate(time.Microsecond)
	}
}

// backOff is the engine's: 0.5, 1, 2, 4, 8, then 10 s.
func backOff(attempts int) time.Duration {
	return min(250*time.Millisecond<<min(attempts, 10), 10*time.Second)
}

// answer draws what an attempt meets.
func (w *world) answer(t billing.TopUp, at time.Time, number int, unknown bool) billing.Answer {
	drawn := w.random.Float64()
	switch {
	case w.isOut(at):
		return unreachable(w.between(900*time.Microsecond, 3*time.Millisecond))
	case unknown && drawn < 0.6 && at.Add(timeout+time.Second).Before(w.now):
		return timedOut(t)
	case unknown:
		return cutOff(t, w.between(2*time.Second, 6*time.Second))
	case number == 1 && drawn < 0.003:
		return throttled(t, w.between(9*time.Millisecond, 30*time.Millisecond))
	case number == 1 && drawn < 0.005:
		return unreachable(w.between(900*time.Microsecond, 3*time.Millisecond))
	}
	ids := newIDs(w.random)
	if drawn = w.random.Float64(); drawn < 0.035 {
		return refused(t, refusalAt(drawn/0.035), ids, at, w.between(11*time.Millisecond, 19*time.Millisecond))
	}
	return delivered(t, ids, w.latency(at))
}

// Latency percentiles of deliveries by hour, in seconds.
var (
	p50 = [24]float64{6.3, 6.3, 6.2, 6.2, 6.2, 6.3, 6.3, 6.4, 6.4, 6.5, 6.5, 6.5, 6.6, 6.6, 6.6, 6.5, 6.5, 6.5, 6.6, 6.5, 6.5, 6.4, 6.4, 6.3}
	p95 = [24]float64{7.0, 6.9, 6.9, 6.8, 6.9, 7.0, 7.1, 7.3, 7.4, 7.6, 7.7, 7.9, 8.2, 8.4, 8.3, 8.1, 8.0, 8.1, 8.3, 8.0, 7.7, 7.5, 7.3, 7.1}
)

const (
	quickest = 6.0
	slowest  = 20.0
)

// latency is how long a delivery takes: 6 to 7 s, more in the busy hours and
// around the outage, and now and then up to 20 s.
func (w *world) latency(at time.Time) time.Duration {
	hour := at.In(w.zone).Hour()
	middle, high := p50[hour], p95[hour]
	if since := at.Sub(w.outage); since > -time.Hour && since < time.Hour {
		middle, high = 7.4, 19.6
	}
	u := w.random.Float64()
	seconds := high + (slowest-high)*cube((u-0.95)/0.05)
	switch {
	case u < 0.5:
		seconds = quickest + (middle-quickest)*2*u
	case u < 0.95:
		seconds = middle + (high-middle)*square((u-0.5)/0.45)
	}
	return time.Duration(seconds * float64(time.Second)).Truncate(time.Microsecond)
}

func square(x float64) float64 { return x * x }
func cube(x float64) float64   { return x * x * x }

func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.random.Int64N(int64(most-least)))
}

// settle is what the engine writes with an answer.
func settle(t *billing.TopUp, answer billing.Answer, attempts int, first, finished time.Time) {
	t.Attempts, t.FirstSentAt, t.UpdatedAt = attempts, &first, finished
	t.ProviderTransactionID, t.CarrierTransactionID = answer.ProviderTransactionID, answer.CarrierTransactionID
	switch answer.Outcome {
	case billing.OutcomeDelivered:
		t.Status, t.CompletedAt = billing.StatusSucceeded, &finished
	case billing.OutcomeRefused:
		t.Status, t.CompletedAt = billing.StatusFailed, &finished
		t.FailureCode, t.FailureReason = billing.FailureRefused, answer.Reason
	case billing.OutcomeNotSent:
		t.Status, t.CompletedAt = billing.StatusFailed, &finished
		t.FailureCode, t.FailureReason = billing.FailureUnreachable, answer.Reason
	default:
		t.Status, t.FailureReason = billing.StatusUnknown, answer.Reason
	}
}
