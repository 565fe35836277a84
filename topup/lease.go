package topup

// The lease: for how long after a heartbeat the others certainly take this
// instance for alive. What was begun under one lease may not be sent under
// another: in between, others may have declared it lost.

import (
	"sync"
	"time"
)

// leaseTime is shorter than the silence after which an instance counts as dead
// (20 s), by more than it takes to write a request's first byte.
const leaseTime = 15 * time.Second

// lease is safe for any number of goroutines. Its zero value never holds.
type lease struct {
	mu   sync.Mutex
	beat time.Time // when the last heartbeat that was written began; zero: none
	term int64     // goes up with each gap
}

// renew is told when a heartbeat that was written began, and whether the database
// says that there was a gap before it.
func (l *lease) renew(began time.Time, missed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if missed || !l.fresh(began) {
		l.term++
	}
	l.beat = began
}

// end gives the lease up: the others may take over at once.
func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beat, l.term = time.Time{}, l.term+1
}

// current names the lease that holds now; false: none does.
func (l *lease) current() (term int64, holds bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.term, l.fresh(time.Now())
}

// still says whether that lease has held without a gap until now.
func (l *lease) still(term int64) bool {
	now, holds := l.current()
	return holds && now == term
}

// fresh measures by both clocks. The monotonic one counts a SIGSTOP and no step of
// the clock; the wall clock also counts the sleep of a whole machine. If it was
// only set forward, the next heartbeat mends that.
func (l *lease) fresh(at time.Time) bool {
	return !l.beat.IsZero() && at.Sub(l.beat) < leaseTime && at.Round(0).Sub(l.beat.Round(0)) < leaseTime
}
