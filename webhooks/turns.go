package webhooks

// Fair turns: a receiver that is slow, or has much to be told, keeps no place that
// another one needs. Counted in this process alone.

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	perEndpoint = 4 // requests under way at once
	perCustomer = 8

	shortestWait = time.Second // the queue writes that a job was put off before it is due again
	longestWait  = time.Minute
	usualTime    = 200 * time.Millisecond
)

// turns is safe for any number of goroutines.
type turns struct {
	mu        sync.Mutex
	endpoints map[uuid.UUID]*line
	customers map[int64]int // requests under way
}

// line is what is known of one endpoint.
type line struct {
	busy int
	took time.Duration // lately
	hung bool          // the last one had no answer in time: one at a time
	next time.Time     // when who is put off now comes back
}

// places is how many requests to the endpoint may be under way.
func (l *line) places() int {
	if l.hung {
		return 1
	}
	return perEndpoint
}

// turn is a place that was taken; end gives it back.
type turn struct {
	turns *turns
	line  *line
	of    store.DueDelivery
	began time.Time
}

// take gives a place, or says how long to wait for one: those who wait are spread
// over the time that those before them need.
func (t *turns) take(d store.DueDelivery, now time.Time) (*turn, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.endpoints == nil {
		t.endpoints, t.customers = map[uuid.UUID]*line{}, map[int64]int{}
	}
	l := t.endpoints[d.EndpointID]
	if l == nil {
		l = &line{took: usualTime}
		t.endpoints[d.EndpointID] = l
	}
	if l.busy < l.places() && t.customers[d.CustomerID] < perCustomer {
		l.busy++
		t.customers[d.CustomerID]++
		return &turn{t, l, d, now}, 0
	}
	if soonest := now.Add(shortestWait); l.next.Before(soonest) {
		l.next = soonest
	}
	l.next = l.next.Add(l.took / time.Duration(l.places()))
	if latest := now.Add(longestWait); l.next.After(latest) {
		l.next = latest
	}
	return nil, l.next.Sub(now)
}

func (t *turn) end(a Answer) {
	t.turns.mu.Lock()
	defer t.turns.mu.Unlock()
	t.line.busy--
	t.line.hung = a.Problem == billing.ProblemTimeout
	t.line.took = (3*t.line.took + a.Took) / 4
	if t.turns.customers[t.of.CustomerID]--; t.turns.customers[t.of.CustomerID] == 0 {
		delete(t.turns.customers, t.of.CustomerID)
	}
	if t.line.busy == 0 && !t.line.hung {
		delete(t.turns.endpoints, t.of.EndpointID)
	}
}
