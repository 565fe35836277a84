package handlers

// What load balancers are told when this process is about to stop: for as long as
// they need to hear it, it goes on serving.

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// A load balancer sends nothing more after two or three bad answers: so many of its
	// questions are waited for, and for no shorter than the least.
	questionsToHear = 4
	leastDrain      = 3 * time.Second
	mostAskers      = 100 // that are remembered: anybody may ask
)

// Readiness says whether this process wants requests, and knows who asks that.
type Readiness struct {
	mu       sync.Mutex
	draining bool
	askers   map[string]asker // by address
}

// asker is somebody who asks again and again.
type asker struct {
	last time.Time
	gaps [4]time.Duration // between his last questions
}

func (a asker) gap() time.Duration { return slices.Max(a.gaps[:]) }

// gone says that he has not asked when he would have.
func (a asker) gone(now time.Time) bool {
	return a.gap() == 0 || now.Sub(a.last) > 2*a.gap()+time.Second
}

// NewReadiness is of a process that wants requests.
func NewReadiness() *Readiness { return &Readiness{askers: map[string]asker{}} }

// asked notes who asks, and answers whether the process is about to stop.
func (r *Readiness) asked(by *http.Request) (draining bool) {
	if r == nil {
		return false
	}
	host, _, err := net.SplitHostPort(by.RemoteAddr)
	if err != nil {
		host = by.RemoteAddr
	}
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	a, known := r.askers[host]
	if known {
		copy(a.gaps[1:], a.gaps[:])
		a.gaps[0] = now.Sub(a.last)
	}
	if a.last = now; known || len(r.askers) < mostAskers {
		r.askers[host] = a
	}
	return r.draining
}

// Drain says from now on that the process is about to stop, and waits until everybody
// who keeps asking has heard it; most at most, and not at all when nobody asks.
func (r *Readiness) Drain(ctx context.Context, most time.Duration) {
	select {
	case <-time.After(min(r.begin(), most)):
	case <-ctx.Done():
	}
}

func (r *Readiness) begin() (wait time.Duration) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	for _, a := range r.askers {
		if !a.gone(now) {
			wait = max(wait, leastDrain, questionsToHear*a.gap())
		}
	}
	return wait
}
