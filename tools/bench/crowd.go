package main

// Many resellers at once: what they measured, and what they got no answer to.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

// crowd orders at an address until it is told to stop, or nobody answers any more.
type crowd struct {
	address string
	keys    []string // of the customers; each client orders for all of them in turn
	prefer  string
	clients int
	limit   int64         // of orders; 0: none
	spread  time.Duration // over which the clients begin, one after the other

	members []*member
	done    sync.WaitGroup
	stopped atomic.Bool
	ordered atomic.Int64
}

// member is one client's part. Others read it when the crowd has gone.
type member struct {
	answers    []answered
	unanswered int64 // the order that was sent and not accepted or refused; 0: none
	putOff     int   // answers 503 and 429
	failed     error
}

type answered struct {
	at   time.Time
	took time.Duration
}

// numbers are the orders', over all measures of a run: a reference is used once.
var numbers atomic.Int64

// start lets all clients in.
func (c *crowd) start(ctx context.Context) error {
	for i := range c.clients {
		r, err := newReseller(ctx, c.address, c.keys, c.prefer)
		if err != nil {
			return err
		}
		m := &member{answers: make([]answered, 0, 1024)}
		c.members = append(c.members, m)
		begin := time.After(time.Duration(i) * c.spread / time.Duration(c.clients))
		c.done.Go(func() {
			defer r.conn.Close()
			select {
			case <-begin:
				c.orders(ctx, r, m)
			case <-ctx.Done():
			}
		})
	}
	return nil
}

func (c *crowd) orders(ctx context.Context, r *reseller, m *member) {
	for !c.stopped.Load() && (c.limit == 0 || c.ordered.Add(1) <= c.limit) {
		n := numbers.Add(1)
		begun := time.Now()
		status, err := m.insist(ctx, r, n, &c.stopped)
		if err != nil || status >= 300 {
			return
		}
		now := time.Now()
		m.answers = append(m.answers, answered{at: now, took: now.Sub(begun)})
	}
}

// insist orders until there is an answer other than 503 and 429, which ask for a
// repetition. What they cost belongs to the order's time.
func (m *member) insist(ctx context.Context, r *reseller, n int64, enough *atomic.Bool) (status int, err error) {
	for {
		m.unanswered = n
		status, body, err := r.order(n)
		switch {
		case err != nil: // whoever stopped the server knows
			return status, err
		case status < 300:
			m.unanswered = 0
			return status, nil
		case status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests:
			m.failed = fmt.Errorf("order %d was answered %d: %s", n, status, body)
			return status, nil
		}
		m.putOff++
		if enough.Load() {
			return status, nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return status, err
		}
	}
}

// stop lets each client end after its present order.
func (c *crowd) stop() { c.stopped.Store(true) }

// wait returns when all have gone: stopped, or left alone by a server that died.
func (c *crowd) wait() error {
	c.done.Wait()
	for _, m := range c.members {
		if m.failed != nil {
			return m.failed
		}
	}
	return nil
}

// between is what was answered in a window of time.
func (c *crowd) between(from, to time.Time) rates {
	var took []time.Duration
	for _, m := range c.members {
		for _, a := range m.answers {
			if !a.at.Before(from) && a.at.Before(to) {
				took = append(took, a.took)
			}
		}
	}
	return rates{
		perSecond: float64(len(took)) / to.Sub(from).Seconds(),
		p50:       rig.Percentile(took, 0.5), p95: rig.Percentile(took, 0.95), p99: rig.Percentile(took, 0.99),
	}
}

// putOff is how many answers asked for a repetition.
func (c *crowd) putOff() (n int) {
	for _, m := range c.members {
		n += m.putOff
	}
	return n
}

// accepted is how many orders were answered 2xx.
func (c *crowd) accepted() (n int) {
	for _, m := range c.members {
		n += len(m.answers)
	}
	return n
}

// repeat asks for every order without an answer again, with the same reference, as
// a reseller does after a break, waits for no end, and returns how many those were.
func (c *crowd) repeat(ctx context.Context, address string) (n int, err error) {
	for _, m := range c.members {
		if m.unanswered == 0 {
			continue
		}
		r, err := newReseller(ctx, address, c.keys, acceptAtOnce)
		if err != nil {
			return n, err
		}
		status, body, err := r.order(m.unanswered)
		if err = errors.Join(err, r.conn.Close()); err != nil {
			return n, fmt.Errorf("repeat order %d: %w", m.unanswered, err)
		}
		if status >= 300 {
			return n, fmt.Errorf("order %d, repeated, was answered %d: %s", m.unanswered, status, body)
		}
		n++
	}
	return n, nil
}
