package cache

// When things were, by clocks that can be compared: the database's and our own.

import (
	"sync"
	"time"
)

// young says whether what stood at a moment may still be answered. A machine that
// slept stops one of its clocks, and somebody may set the other: both have to say so.
func young(asOf time.Time) bool {
	now := time.Now()
	return now.Sub(asOf) < keptFor && now.Round(0).Sub(asOf.Round(0)) < keptFor
}

// databaseClock translates moments of the database's clock into our own.
type databaseClock struct {
	mu   sync.Mutex
	told time.Time // by the database's clock
	here time.Time // by ours, before it was asked
}

// toldLately is how long the two clocks go the same, for our purpose.
const toldLately = time.Minute

// set notes what the database's clock said to who asked it at here.
func (d *databaseClock) set(told, here time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if here.After(d.here) {
		d.told, d.here = told, here
	}
}

// earliest is a moment of ours before which the database's clock had not come to at.
// It is not known without having heard that clock lately, nor for a moment that is
// still to come.
func (d *databaseClock) earliest(at time.Time) (here time.Time, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.here.IsZero() || time.Since(d.here) > toldLately {
		return here, false
	}
	here = d.here.Add(at.Sub(d.told))
	return here, !here.After(time.Now())
}

// heard remembers when a customer's account was last heard to change.
type heard struct {
	mu  sync.Mutex
	all time.Time // when something was, and nobody knows what
	of  map[int64]time.Time
}

func (h *heard) one(customerID int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of = map[int64]time.Time{}
	}
	if len(h.of) >= mostKept {
		clear(h.of)
		h.all = time.Now()
	}
	h.of[customerID] = time.Now()
}

func (h *heard) everything() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.of)
	h.all = time.Now()
}

func (h *heard) last(customerID int64) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if of := h.of[customerID]; of.After(h.all) {
		return of
	}
	return h.all
}
