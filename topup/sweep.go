package topup

// The sweep takes up what was left behind: by dead instances, by a database that
// was away, by hands in the queue's tables.

import (
	"context"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// lost is the answer of an attempt whose process died before it wrote one.
var lost = billing.Answer{
	Outcome: billing.OutcomeUnknown, Fault: billing.FaultUs, Row: "engine.lost",
	Reason:   "the process ended before it recorded an answer",
	Evidence: billing.Evidence{Event: "process_lost"},
}

// Sweep makes unknown what will never have an answer, fails what waited too long,
// and queues again open top-ups without a live job. What fails is tried again at
// the next turn and keeps nothing else from being done.
func (e *Engine) Sweep(ctx context.Context) error {
	swept, err := e.sweepAttempts(ctx)
	expired, err2 := e.sweepExpired(ctx)
	requeued, err3 := e.sweepJobs(ctx)
	err4 := e.store.ForgetDeadInstances(ctx)
	if swept+expired+requeued > 0 {
		e.log.WarnContext(ctx, "took up what was left behind", "attempts", swept, "expired", expired, "requeued", requeued)
	}
	return errors.Join(err, err2, err3, err4)
}

// sweepAttempts settles as unknown the attempts of dead instances, and those of
// this one that nobody has in hand: their worker panicked, or gave up.
func (e *Engine) sweepAttempts(ctx context.Context) (swept int, err error) {
	attempts, err := e.store.LostAttempts(ctx)
	if err != nil {
		return 0, err
	}
	own, err := e.store.OpenAttempts(ctx, e.instanceID)
	if err != nil {
		return 0, err
	}
	for _, a := range own {
		// Asked after the list was read: whoever had it in hand then has written
		// the answer, or will not.
		if !e.hands.hold(a.TopUpID) {
			attempts = append(attempts, a)
		}
	}
	var failures []error
	for _, a := range attempts {
		if err := e.settle(ctx, a, lost, nil); err != nil {
			failures = append(failures, err)
			continue
		}
		swept++
	}
	return swept, errors.Join(failures...)
}

// sweepExpired fails what was never sent within TOPUP_MAX_WAIT, also when no
// worker comes to it.
func (e *Engine) sweepExpired(ctx context.Context) (expired int, err error) {
	if e.options.MaxWait <= 0 || e.restored.Load() {
		return 0, nil
	}
	waiting, err := e.store.ExpiredTopUps(ctx, e.options.MaxWait)
	if err != nil {
		return 0, err
	}
	var failures []error
	for _, t := range waiting {
		err := e.store.InTx(ctx, func(tx *store.Tx) error {
			balance, err := tx.LockBalance(ctx, t.CustomerID)
			if err != nil {
				return err
			}
			locked, err := tx.LockTopUp(ctx, t.ID)
			if err != nil || locked.Status != billing.StatusQueued || !e.expired(locked) {
				return err
			}
			expired++
			return e.expire(ctx, tx, balance, locked.TopUp)
		})
		failures = append(failures, err)
	}
	return expired, errors.Join(failures...)
}

// sweepJobs queues again what no job will take up.
func (e *Engine) sweepJobs(ctx context.Context) (requeued int, err error) {
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DiscardLostJobs(ctx, e.instanceID, e.hands.jobs()); err != nil {
			return err
		}
		opened, err := tx.OpenQueues(ctx)
		if err != nil {
			return err
		}
		if opened {
			e.log.WarnContext(ctx, "somebody had paused the queue in its tables; it goes on")
		}
		ids, err := tx.OrphanedTopUps(ctx, max(e.options.RetryWindow, longestHeld))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.EnqueueSend(ctx, e.options.Concurrency, id); err != nil {
				return err
			}
		}
		requeued = len(ids)
		return e.inquireAgain(ctx, tx)
	})
	return requeued, err
}

// inquireAgain queues inquiries about unknown top-ups that have lost theirs.
func (e *Engine) inquireAgain(ctx context.Context, tx *store.Tx) error {
	if e.options.Inquirer == nil {
		return nil
	}
	ids, err := tx.UninquiredTopUps(ctx, 2*laterInquiries)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.EnqueueInquiry(ctx, id, len(inquiryPauses)-1, 0); err != nil {
			return err
		}
	}
	return nil
}
