package topup

// A database that was restored does not know what Latcom did since. Sending is
// paused by itself, and goes on when an operator has said what the gap held.

import (
	"context"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const restoredReason = "Maintenance: orders are taken again soon. Repeat this one later, with the same reference."

// program is who notices, in the audit log.
var program = billing.Actor{Kind: billing.ActorSystem, Name: "Latcom Billing"}

// lostInTheGap is the answer of an order that waited at the restored moment: what
// was sent after it is not recorded.
var lostInTheGap = billing.Answer{
	Outcome: billing.OutcomeUnknown, Fault: billing.FaultUs, Row: "engine.lost",
	Reason:   "the database was restored, and it is not recorded whether this was sent in the gap",
	Evidence: billing.Evidence{Event: "process_lost"},
}

// NoticeRestore pauses sending when the database is served from another cluster or
// timeline than before, and returns true if it did. Whoever works on a database
// calls it before anything is sent from it.
func NoticeRestore(ctx context.Context, s *store.Store) (r billing.Restore, noticed bool, err error) {
	now, err := s.Serving(ctx)
	if err != nil || now.Is == "" || now.Was == now.Is {
		return r, false, err
	}
	err = s.InTx(ctx, func(tx *store.Tx) error {
		claimed, err := tx.ClaimServing(ctx, now.Was, now.Is)
		if err != nil || !claimed || !now.Moved() {
			return err
		}
		r.Was, r.Became = now.Was, now.Is
		if noticed, err = tx.InsertRestore(ctx, &r, restoredReason, program.Name); err != nil || !noticed {
			return err
		}
		did := store.Did{Action: "restore.noticed", Subject: "all", Before: map[string]string{"cluster": r.Was}, After: map[string]string{"cluster": r.Became}}
		if err := tx.Audit(ctx, program, did); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{})
	})
	return r, noticed && err == nil, err
}

// lookForRestore is NoticeRestore while we work: a standby may have taken over.
// While a restore is not checked nothing expires and nothing is cancelled: what
// waits may have been sent in the gap.
func (e *Engine) lookForRestore(ctx context.Context) error {
	if e.options.Sandbox != nil {
		return nil // play money is not sent anywhere
	}
	r, noticed, err := NoticeRestore(ctx, e.store)
	if err != nil {
		return err
	}
	if noticed {
		e.log.ErrorContext(ctx, "the database was restored, or its standby took over: sending is paused until an operator has checked what Latcom did in the gap",
			"from", r.ReachedAt, "to", r.NoticedAt, "was", r.Was, "is", r.Became)
	}
	now, err := e.store.Serving(ctx)
	if err == nil {
		e.restored.Store(now.Unchecked)
	}
	return err
}

// CheckRestore ends the pause after a restore: the operator has compared what
// Latcom did in the gap. What waited at the restored moment goes out, or becomes a
// case of the unknown desk, as he says. One that is checked already is no error.
// Wrong fields are a billing.ValidationError.
func (e *Engine) CheckRestore(ctx context.Context, actor billing.Actor, c billing.RestoreCheck) error {
	if err := c.Check(); err != nil {
		return err
	}
	r, err := e.store.OpenRestore(ctx)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.Queued == billing.RestoredUnknown {
		if err := e.doubtWaiting(ctx, r); err != nil {
			return err
		}
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		if r, err = tx.CheckRestore(ctx, r.ID, actor.Name, c); errors.Is(err, billing.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		did := store.Did{Action: "restore.checked", Subject: "all", After: map[string]string{"note": c.Note, "queued": c.Queued}}
		if err := tx.Audit(ctx, actor, did); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{})
	})
}

// doubtWaiting makes unknown what waited at the restored moment and still does.
// Nobody else moves it meanwhile: sending is paused.
func (e *Engine) doubtWaiting(ctx context.Context, r billing.Restore) error {
	waiting, err := e.store.StillQueued(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, t := range waiting {
		if err := e.doubt(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// doubt goes the way of every attempt that a dead process left: it is written, and
// it has no answer.
func (e *Engine) doubt(ctx context.Context, t billing.TopUp) error {
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, t.ID)
		if err != nil || locked.Status != billing.StatusQueued {
			return err
		}
		begun, err := tx.StartAttempts(ctx, e.instanceID, t.ID)
		if err != nil {
			return err
		}
		if locked, err = tx.LockTopUp(ctx, t.ID); err != nil {
			return err
		}
		_, err = e.apply(ctx, tx, balance, locked, begun[0], lostInTheGap)
		return err
	})
}
