package topup

// Brakes and hands: operators stop and let go of sending, cancel what waits, and
// order for a customer.

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// errPaused means that an operator stopped the sending of an order; it stays queued.
var errPaused = fmt.Errorf("paused by an operator: %w", errHeld)

// pausedRetry is when a reseller should ask again, in seconds: nobody knows how
// long a pause lasts.
const pausedRetry = 60

// Pause stops orders: from its commit on none is accepted and none is begun to be
// sent; requests under way go on to their end. Pausing what is paused already
// changes nothing. Wrong fields are a billing.ValidationError.
func (e *Engine) Pause(ctx context.Context, actor billing.Actor, p billing.Pause) error {
	if err := p.Check(); err != nil {
		return err
	}
	p.BeganBy = actor.Name
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		begun, err := tx.InsertPause(ctx, p)
		if err != nil || !begun {
			return err
		}
		did := store.Did{Action: "sending.paused", CustomerID: customerOf(p), Subject: subjectOf(p), After: p.Facts()}
		if err := tx.Audit(ctx, actor, did); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{CustomerID: p.CustomerID})
	})
}

// Resume ends a pause. One that is over already is no error.
func (e *Engine) Resume(ctx context.Context, actor billing.Actor, id int64) error {
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.EndPause(ctx, id, actor.Name)
		if errors.Is(err, billing.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		did := store.Did{Action: "sending.resumed", CustomerID: customerOf(p), Subject: subjectOf(p), Before: p.Facts()}
		if err := tx.Audit(ctx, actor, did); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{CustomerID: p.CustomerID})
	})
}

func customerOf(p billing.Pause) *int64 {
	if p.CustomerID == 0 {
		return nil
	}
	return &p.CustomerID
}

func subjectOf(p billing.Pause) string {
	switch {
	case p.Product != "":
		return p.Product
	case p.CustomerID != 0:
		return p.CustomerCode
	}
	return "all"
}

// waitPaused lets a queued top-up wait while a pause concerns it: errPaused. One
// that was tried before does not wait beyond TOPUP_RETRY_WINDOW: the pause has then
// cancelled it, and over says so.
func (e *Engine) waitPaused(ctx context.Context, tx *store.Tx, b billing.Balance, locked store.LockedTopUp) (over bool, err error) {
	pauses, err := tx.PausesFor(ctx, locked.CustomerID, locked.Product)
	if err != nil || len(pauses) == 0 {
		return false, err
	}
	if e.restored.Load() || locked.Attempts == 0 || locked.FirstSentSeconds <= e.options.RetryWindow.Seconds() {
		return false, errPaused
	}
	t := locked.TopUp
	t.FailureCode, t.FailureReason = billing.FailureCancelled, "Paused: "+pauses[0].Reason
	return true, e.fail(ctx, tx, b, t)
}

// Cancel fails a top-up that waits to be sent and gives its hold back. One that is
// not queued any more is billing.ErrIllegalMove: nothing that may have left is ever
// cancelled.
func (e *Engine) Cancel(ctx context.Context, actor billing.Actor, id billing.TopUpID) error {
	t, err := e.store.TopUp(ctx, id, 0)
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
		if e.restored.Load() || locked.Status != billing.StatusQueued { // after a restore, it may have left
			return fmt.Errorf("cancel top-up %s, which is %s: %w", id, locked.Status, billing.ErrIllegalMove)
		}
		cancelled := locked.TopUp
		cancelled.FailureCode = billing.FailureCancelled
		if err := e.fail(ctx, tx, balance, cancelled); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{
			Action: "topup.cancelled", CustomerID: &t.CustomerID, Subject: id.String(),
			Before: map[string]string{"status": string(locked.Status), "price": locked.Price.String()},
			After:  map[string]string{"status": string(billing.StatusFailed), "failure": string(billing.FailureCancelled)},
		})
	})
}

// OrderByHand is Accept for a person: what he ordered is in the audit log if and
// only if it was accepted. The reference is made with the form, so that sending it
// twice orders once.
func (e *Engine) OrderByHand(ctx context.Context, actor billing.Actor, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	o.Unguarded = true // a person looked at it before
	return e.take(ctx, o, func(tx *store.Tx, t billing.TopUp) error {
		return tx.Audit(ctx, actor, store.Did{
			Action: "topup.ordered", CustomerID: &t.CustomerID, Subject: t.ID.String(),
			After: map[string]string{"reference": t.Reference, "phone": string(t.Phone), "amount": t.Amount.String(), "price": t.Price.String()},
		})
	})
}
