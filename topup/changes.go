package topup

// Who waits for a change is woken by it, on whichever instance it happened.

import (
	"context"
	"sync"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Subscription receives changes until it is ended. A slow reader misses some,
// and then finds Lost in the next one: it should read again what it shows.
type Subscription struct {
	C     <-chan store.Change
	c     chan store.Change
	match func(store.Change) bool
}

type changes struct {
	mu          sync.Mutex
	subscribers map[*Subscription]struct{}
	waiters     map[billing.TopUpID]map[*Subscription]struct{}
}

// Subscribe tells of the changes of one customer, or of all (0). End it with
// Unsubscribe.
func (e *Engine) Subscribe(customerID int64) *Subscription {
	s := newSubscription(func(c store.Change) bool { return c.Lost || customerID == 0 || c.CustomerID == customerID })
	e.changes.mu.Lock()
	defer e.changes.mu.Unlock()
	if e.changes.subscribers == nil {
		e.changes.subscribers = map[*Subscription]struct{}{}
	}
	e.changes.subscribers[s] = struct{}{}
	return s
}

// Unsubscribe ends a subscription.
func (e *Engine) Unsubscribe(s *Subscription) {
	e.changes.mu.Lock()
	defer e.changes.mu.Unlock()
	delete(e.changes.subscribers, s)
}

// catchUp is how often a waiting request looks for itself, should a
// notification have been lost.
const catchUp = 10 * time.Second

// Wait returns a top-up as soon as it is settled, or as it stands when ctx ends
// or the process stops. Nobody polls: it is woken by the change.
func (e *Engine) Wait(ctx context.Context, t billing.TopUp) (billing.TopUp, error) {
	s := e.changes.wait(t.ID)
	defer e.changes.stopWaiting(t.ID, s)
	look := time.NewTicker(catchUp)
	defer look.Stop()
	read := context.WithoutCancel(ctx)
	for {
		latest, err := e.store.TopUp(read, t.ID, t.CustomerID)
		if err != nil || latest.Status.Settled() {
			return latest, err
		}
		for waiting := true; waiting; {
			select {
			case c := <-s.C:
				waiting = !c.Lost && !c.Status.Settled()
			case <-look.C:
				waiting = false
			case <-ctx.Done():
				return e.store.TopUp(read, t.ID, t.CustomerID)
			case <-e.stopping:
				return e.store.TopUp(read, t.ID, t.CustomerID)
			}
		}
	}
}

func newSubscription(match func(store.Change) bool) *Subscription {
	c := make(chan store.Change, 64)
	return &Subscription{C: c, c: c, match: match}
}

func (cs *changes) wait(id billing.TopUpID) *Subscription {
	s := newSubscription(nil)
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.waiters == nil {
		cs.waiters = map[billing.TopUpID]map[*Subscription]struct{}{}
	}
	if cs.waiters[id] == nil {
		cs.waiters[id] = map[*Subscription]struct{}{}
	}
	cs.waiters[id][s] = struct{}{}
	return s
}

func (cs *changes) stopWaiting(id billing.TopUpID, s *Subscription) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.waiters[id], s)
	if len(cs.waiters[id]) == 0 {
		delete(cs.waiters, id)
	}
}

// tell passes a change on to everybody it concerns.
func (cs *changes) tell(c store.Change) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for s := range cs.subscribers {
		if s.match(c) {
			s.offer(c)
		}
	}
	for s := range cs.waiters[c.TopUpID] {
		s.offer(c)
	}
	if c.Lost {
		for _, waiting := range cs.waiters {
			for s := range waiting {
				s.offer(c)
			}
		}
	}
}

// offer never blocks. When the reader is behind, the oldest change makes room
// for one that says so.
func (s *Subscription) offer(c store.Change) {
	select {
	case s.c <- c:
		return
	default:
	}
	select {
	case <-s.c:
	default:
	}
	c.Lost = true
	select {
	case s.c <- c:
	default:
	}
}
