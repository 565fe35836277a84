package topup

// Fair between customers: each has a line of its own, and the lines are worked off
// side by side. A job's priority is its place in its line (store/fair.go).

import (
	"context"
	"fmt"
	"time"
)

// errNoPlace means that all places at Latcom are taken, or kept for a customer with
// less before it.
var errNoPlace = fmt.Errorf("no place at Latcom is free: %w", errHeld)

// placePause is how long a job without a place waits before it asks again. The
// first of a line ask often: the others leave them the next place for so long.
func placePause(priority int) time.Duration {
	if priority <= 1 {
		return 100 * time.Millisecond
	}
	return time.Second
}

const shareEvery = 2 * time.Second

// shareQueue lets the lines move on.
func (e *Engine) shareQueue(ctx context.Context) error {
	if e.lines.Load().all == 0 {
		return nil
	}
	return e.store.ShareQueue(ctx, e.options.Concurrency)
}

// usualDelivery is assumed while nothing was delivered lately.
const usualDelivery = 6.5

// lines are what waited a moment ago.
type lines struct {
	waiting map[int64]int // by customer
	all     int
	each    float64 // seconds that a delivery takes
}

// ahead is how many are sent before the next order of a customer, all lines being
// worked off side by side.
func (l *lines) ahead(customerID int64) int {
	own := l.waiting[customerID]
	n := own
	for customer, waiting := range l.waiting {
		if customer != customerID {
			n += min(waiting, own+1)
		}
	}
	return n
}

// ExpectedWait is how long what waits takes to be sent, as of a second ago at most;
// 0: there is a place for all of it.
func (e *Engine) ExpectedWait() time.Duration { return e.waitBehind(e.lines.Load().all) }

// expectedWaitOf is how long an order of a customer accepted now would wait.
func (e *Engine) expectedWaitOf(customerID int64) time.Duration {
	return e.waitBehind(e.lines.Load().ahead(customerID))
}

// waitBehind is a line's length times a delivery's time, over the places at Latcom.
func (e *Engine) waitBehind(ahead int) time.Duration {
	if ahead < e.options.Concurrency {
		return 0
	}
	return time.Duration(float64(ahead)*e.lines.Load().each/float64(e.options.Concurrency)) * time.Second
}

// measureWait counts what waits, and how long a delivery takes.
func (e *Engine) measureWait(ctx context.Context) error {
	queued, err := e.store.WaitingByCustomer(ctx)
	if err != nil {
		return err
	}
	now := lines{waiting: map[int64]int{}, each: usualDelivery}
	for _, of := range queued {
		now.waiting[of.CustomerID] = of.Queued
		now.all += of.Queued
	}
	if now.all >= e.options.Concurrency {
		seconds, err := e.store.MeanDeliverySeconds(ctx)
		if err != nil {
			return err
		}
		if seconds > 0 {
			now.each = seconds
		}
	}
	e.lines.Store(&now)
	return nil
}
