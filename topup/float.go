package topup

// The float: deposits that operators record, and a look at what is left before
// an order is taken.

import (
	"context"
	"errors"
	"sync"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	floatEvery  = time.Second
	floatStale  = 15 * time.Second // older figures prove nothing
	floatRetry  = 60               // seconds until a reseller should ask again
	rollUpEvery = 30 * time.Second
)

// gauge is what this instance knows of the float: the last look, and what it took
// itself since. It asks nobody when an order comes in.
type gauge struct {
	mu      sync.Mutex
	last    billing.Float
	looked  time.Time   // when the last look began; zero: never
	pending billing.MXN // orders being accepted now
	taken   billing.MXN // accepted since the process began
	counted billing.MXN // of these, before the last look began: it saw them
}

// reserve takes the cost of an order that is being accepted. It is refused, before
// anything is held, when less is left, or when that is not known.
func (g *gauge) reserve(cost billing.MXN, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last.Known {
		if now.Sub(g.looked) > floatStale {
			return billing.UnavailableError{Reason: "what can be delivered is not known", RetryAfter: 5}
		}
		ours := g.pending.Add(g.taken).Sub(g.counted)
		if g.last.Left().Sub(ours).Cmp(cost) < 0 {
			return billing.UnavailableError{Reason: "nothing more can be delivered for now", RetryAfter: floatRetry}
		}
	}
	g.pending = g.pending.Add(cost)
	return nil
}

// settle says what became of a reserved order.
func (g *gauge) settle(cost billing.MXN, accepted bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pending = g.pending.Sub(cost)
	if accepted {
		g.taken = g.taken.Add(cost)
	}
}

// look reads the float. What was accepted before it began is in what it reads;
// what is accepted meanwhile may be, and is counted until the next look.
func (g *gauge) look(ctx context.Context, read func(context.Context) (billing.Float, error)) error {
	g.mu.Lock()
	before := g.taken
	g.mu.Unlock()
	began := time.Now()
	f, err := read(ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last, g.looked, g.counted = f, began, before
	return nil
}

// SmallestOrder is the lowest face value that can be ordered where a customer has no
// range of its own, in MXN. When less is left of the float it is empty.
func (e *Engine) SmallestOrder() billing.MXN { return e.options.Min }

func (e *Engine) lookAtFloat(ctx context.Context) error { return e.float.look(ctx, e.store.Float) }

func (e *Engine) rollUpFloat(ctx context.Context) error {
	return e.store.InTx(ctx, func(tx *store.Tx) error { return tx.RollUpFloat(ctx) })
}

// RecordFloatDeposit records money that was sent to Latcom, and posts it. Sent
// twice with the same id it is done once. Errors: billing.ValidationError (a
// reference that another deposit has is one), ErrTaken when the id was used for
// another one.
func (e *Engine) RecordFloatDeposit(ctx context.Context, actor billing.Actor, d billing.FloatDeposit) error {
	d.Corrects = nil
	return e.recordFloat(ctx, actor, d, "float.deposited", func(tx *store.Tx) error {
		_, err := tx.StandingDeposit(ctx, d.Reference)
		if err == nil {
			return billing.ValidationError{"reference": "A deposit with this reference is recorded already"}
		}
		if errors.Is(err, billing.ErrNotFound) {
			return nil
		}
		return err
	})
}

// CorrectFloatDeposit undoes a deposit, the whole of it, by an entry the other way
// round: original is its id. Errors: billing.ErrNotFound, ErrIllegalMove for a
// correction, ErrAlreadySettled for one that is corrected, ValidationError.
func (e *Engine) CorrectFloatDeposit(ctx context.Context, actor billing.Actor, original billing.FloatDeposit, correction billing.FloatDeposit) error {
	if original.Corrects != nil {
		return billing.ErrIllegalMove
	}
	d := original.Correction(correction.ID, correction.Note)
	return e.recordFloat(ctx, actor, d, "float.corrected", func(*store.Tx) error { return nil })
}

func (e *Engine) recordFloat(ctx context.Context, actor billing.Actor, d billing.FloatDeposit, action string, allowed func(*store.Tx) error) error {
	if err := d.Check(); err != nil {
		return err
	}
	if actor.Kind == billing.ActorOperator {
		d.RecordedBy = actor.ID
	}
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockFloatDeposits(ctx); err != nil {
			return err
		}
		before, err := tx.FloatDeposit(ctx, d.ID)
		switch {
		case err == nil && before.Same(d):
			return nil
		case err == nil:
			return billing.ErrTaken
		case !errors.Is(err, billing.ErrNotFound):
			return err
		}
		if err := allowed(tx); err != nil {
			return err
		}
		if err := tx.InsertFloatDeposit(ctx, d); err != nil {
			return err
		}
		if err := tx.Post(ctx, d.Entry()); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{Action: action, Subject: d.ID.String(), After: d.Facts()})
	})
	if err != nil {
		return err
	}
	return e.lookAtFloat(ctx)
}
