package topup

// Whether a top-up may be sent, and the attempt that is written before it is.

import (
	"context"
	"errors"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// beginUntilKnown tries until the database has said whether the attempt is
// written. errHeld means that it is not, and not now.
func (e *Engine) beginUntilKnown(ctx context.Context, r *errand) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		if e.isStopping() && r.number == 0 {
			return errHeld // another instance, or the next start, takes it
		}
		err := e.begin(ctx, r)
		if err == nil || errors.Is(err, errHeld) || !store.Away(err) {
			return err
		}
		e.log.ErrorContext(ctx, "could not begin to send a top-up; trying again", "topup", r.job.Args.ID().String(), "error", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// begin decides whether a top-up may be sent, and if so commits the attempt.
// Without an attempt it may not: it is final, unknown, or in other hands. errHeld
// means not now.
func (e *Engine) begin(ctx context.Context, r *errand) error {
	if begun, err := e.beginTogether(ctx, r); begun || err != nil {
		return err
	}
	return e.beginAlone(ctx, r)
}

func (e *Engine) beginAlone(ctx context.Context, r *errand) error {
	id := r.job.Args.ID()
	t, err := e.store.TopUp(ctx, id, 0)
	if errors.Is(err, billing.ErrNotFound) {
		e.log.ErrorContext(ctx, "a job names a top-up that does not exist", "topup", id.String(), "job", r.job.ID)
		return nil
	}
	if err != nil {
		return err
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, id)
		if err != nil {
			return err
		}
		r.topUp, r.attempt = locked.TopUp, nil
		switch {
		case r.number > 0 && locked.Attempts == r.number && !locked.Status.Final():
			return e.adopt(ctx, tx, r)
		case locked.Status != billing.StatusQueued:
			return tx.CompleteSend(ctx, r.job.ID)
		case e.expired(locked):
			if err := e.expire(ctx, tx, balance, locked.TopUp); err != nil {
				return err
			}
			return tx.CompleteSend(ctx, r.job.ID)
		}
		over, err := e.waitPaused(ctx, tx, balance, locked)
		if err != nil {
			return err
		}
		if over {
			return tx.CompleteSend(ctx, r.job.ID)
		}
		return e.writeAttempt(ctx, tx, r)
	})
}

// writeAttempt records that the top-up is about to be sent, or says errHeld.
func (e *Engine) writeAttempt(ctx context.Context, tx *store.Tx, r *errand) error {
	term, holds := e.lease.current()
	if !holds {
		return errHeld // others may take this instance for dead
	}
	if err := e.takePlace(ctx, tx, r.job.Priority); err != nil {
		return err
	}
	if err := e.pass(ctx, tx, r.topUp.ID); err != nil {
		return err
	}
	r.number, r.term = r.topUp.Attempts+1, term
	begun, err := tx.StartAttempts(ctx, e.instanceID, r.topUp.ID)
	if err != nil {
		return err
	}
	r.attempt = &begun[0]
	return tx.Announce(ctx, store.Change{CustomerID: r.topUp.CustomerID, TopUpID: r.topUp.ID, Status: billing.StatusSending})
}

// adopt takes up the attempt of which the commit's answer was lost: it is this
// errand's own, and certainly nothing was sent for it.
func (e *Engine) adopt(ctx context.Context, tx *store.Tx, r *errand) error {
	a, err := tx.LastAttempt(ctx, r.topUp.ID)
	if err != nil {
		return err
	}
	if a.Number != r.number || a.InstanceID != e.instanceID {
		return tx.CompleteSend(ctx, r.job.ID)
	}
	if a.Outcome != "" {
		r.term = noTerm // it was declared lost meanwhile: it must not be sent any more
	}
	r.attempt = &a
	return nil
}

// noTerm is a lease that never holds.
const noTerm = -1

// takePlace refuses, with errNoPlace, when LATCOM_CONCURRENCY requests are under way
// over all instances, or the places left are for jobs of a better priority. Alone,
// this one's number of workers is the bound, and the queue keeps the order.
func (e *Engine) takePlace(ctx context.Context, tx *store.Tx, priority int) error {
	if e.instances.Load() < 2 {
		return nil
	}
	free, err := tx.FreePlaces(ctx, e.options.Concurrency)
	if err == nil && free[min(max(priority, 1), 4)] <= 0 {
		return errNoPlace
	}
	return err
}

// expired says whether a top-up that was never sent waited too long: last
// night's orders do not go out in the morning.
func (e *Engine) expired(t store.LockedTopUp) bool {
	return !e.restored.Load() && e.options.MaxWait > 0 && t.Attempts == 0 && t.AgeSeconds > e.options.MaxWait.Seconds()
}

func (e *Engine) expire(ctx context.Context, tx *store.Tx, b billing.Balance, t billing.TopUp) error {
	t.FailureCode = billing.FailureExpired
	return e.fail(ctx, tx, b, t)
}
