package topup

// Attempts that are written together. What is plain goes in groups: a queued order
// that nothing holds back. Everything else is begun on its own (begin.go).

import (
	"context"
	"slices"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// departure is an errand on its way to an attempt.
type departure struct {
	errand *errand

	begun   bool // the group wrote the attempt
	noPlace bool // nothing but a place at Latcom is missing
	err     error
	done    chan struct{}
}

// beginTogether has an errand's attempt written with others. It returns false when
// the order has to be begun on its own.
func (e *Engine) beginTogether(ctx context.Context, r *errand) (bool, error) {
	if e.breaker().Open || r.number > 0 {
		return false, nil
	}
	d := &departure{errand: r, done: make(chan struct{})}
	e.departures.add(ctx, d)
	// Not only until ctx ends: what the group does to the errand has to be known.
	<-d.done
	return d.begun, d.err
}

// depart begins a group. After a fault of the database that one of it may have
// caused each is begun on its own.
func (e *Engine) depart(ctx context.Context, group []*departure) (left []*departure) {
	err := e.store.InTx(ctx, func(tx *store.Tx) error { return e.departIn(ctx, tx, group) })
	if err != nil {
		for _, d := range group {
			d.begun, d.noPlace, d.errand.attempt = false, false, nil
		}
		if !store.Away(err) {
			e.log.WarnContext(ctx, "a group of attempts failed; each is begun on its own", "orders", len(group), "error", err)
			err = nil
		}
	}
	for _, d := range group {
		if d.err = err; err == nil && d.noPlace {
			d.err = errNoPlace
		}
		close(d.done)
	}
	return nil
}

// departIn writes the attempts of the orders that nothing holds back. An order that
// somebody else has locked is not one of them.
func (e *Engine) departIn(ctx context.Context, tx *store.Tx, group []*departure) error {
	pauses, err := tx.Pauses(ctx)
	if err != nil || len(pauses) > 0 || e.breaker().Open {
		return err
	}
	ids := make([]billing.TopUpID, len(group))
	of := make(map[billing.TopUpID]*departure, len(group))
	for i, d := range group {
		ids[i] = d.errand.job.Args.ID()
		of[ids[i]] = d
	}
	locked, err := tx.LockTopUps(ctx, ids, false)
	if err != nil {
		return err
	}
	places, err := e.places(ctx, tx, group)
	if err != nil {
		return err
	}
	term, holds := e.lease.current()
	slices.SortStableFunc(locked, func(a, b store.LockedTopUp) int { // the better ones take their places first
		return of[a.ID].errand.job.Priority - of[b.ID].errand.job.Priority
	})
	ready := []billing.TopUpID{}
	for _, t := range locked {
		d := of[t.ID]
		r := d.errand
		if !holds || t.Status != billing.StatusQueued || e.expired(t) {
			continue
		}
		if d.noPlace = !places.take(r.job.Priority); d.noPlace {
			continue
		}
		r.topUp, r.number, r.term = t.TopUp, t.Attempts+1, term
		ready = append(ready, t.ID)
	}
	if len(ready) == 0 {
		return nil
	}
	attempts, err := tx.StartAttempts(ctx, e.instanceID, ready...)
	if err != nil {
		return err
	}
	news := make([]store.Change, len(attempts))
	for i, a := range attempts {
		d := of[a.TopUpID]
		d.begun, d.errand.attempt = true, &a
		news[i] = store.Change{CustomerID: d.errand.topUp.CustomerID, TopUpID: a.TopUpID, Status: billing.StatusSending}
	}
	return tx.Announce(ctx, news...)
}

// places are those at Latcom, as a group takes them.
type places struct {
	bounded bool
	free    []int // for a job of a priority
}

// places looks for free places. Alone, this one's number of workers is the bound,
// and the queue keeps the order.
func (e *Engine) places(ctx context.Context, tx *store.Tx, group []*departure) (*places, error) {
	if e.instances.Load() < 2 {
		return &places{}, nil
	}
	asking := make([]int64, len(group))
	for i, d := range group {
		asking[i] = d.errand.job.ID
	}
	free, err := tx.FreePlaces(ctx, e.options.Concurrency, asking...)
	return &places{true, free}, err
}

// take takes a place for a job, if there is one.
func (p *places) take(priority int) bool {
	if !p.bounded {
		return true
	}
	if p.free[min(max(priority, 1), 4)] <= 0 {
		return false
	}
	for i := range p.free {
		p.free[i]--
	}
	return true
}

// beginBroken ends the wait of errands whose group panicked: each is begun on its
// own.
func (e *Engine) beginBroken(group []*departure, err error) {
	e.log.Error("a group of attempts panicked; each is begun on its own", "orders", len(group), "error", err)
	for _, d := range group {
		select {
		case <-d.done:
		default:
			d.begun, d.errand.attempt = false, nil
			d.err = nil
			close(d.done)
		}
	}
}
