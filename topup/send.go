package topup

// A job's way: claim, write the attempt, send, settle.

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// sendWorker works the queue's jobs.
type sendWorker struct {
	river.WorkerDefaults[store.SendJob]
	engine *Engine
}

// Timeout lets a job take as long as Latcom and a lost database do.
func (sendWorker) Timeout(*river.Job[store.SendJob]) time.Duration { return -1 }

// NextRetry is soon: an error of Work means that the database was away.
func (sendWorker) NextRetry(*river.Job[store.SendJob]) time.Time { return time.Now().Add(time.Second) }

// Work carries one top-up as far as it goes. From the moment an attempt is
// written, nothing may cut it in half: neither a shutdown nor a lost database.
func (w sendWorker) Work(ctx context.Context, job *river.Job[store.SendJob]) error {
	e := w.engine
	e.take(job.ID)
	defer e.put(job.ID)
	if e.isStopping() {
		return river.JobSnooze(0) // another instance, or the next start, takes it
	}
	t, attempt, err := e.begin(ctx, job)
	if errors.Is(err, errHeld) {
		return river.JobSnooze(heldPause) // the breaker is open, or others have all the places
	}
	if err != nil {
		return err
	}
	if attempt == nil {
		return nil // not to be sent; the job is complete
	}
	ctx = context.WithoutCancel(ctx)
	begun := time.Now()
	answer := e.send(ctx, t, begun)
	var again time.Duration
	e.insist(ctx, "record the answer for a top-up", t.ID, func(ctx context.Context) error {
		again, err = e.settle(ctx, *attempt, answer, job)
		return err
	})
	if v := judge(answer); v == saysBadly || v == saysClosed {
		if err := e.lookAtBreaker(ctx); err != nil {
			e.log.ErrorContext(ctx, "could not read the breaker", "error", err)
		}
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}

// heldPause is how long a job waits before it asks again.
const heldPause = time.Second

// begin decides whether a top-up may be sent, and if so commits the attempt. A
// nil attempt means that it may not: it is final, unknown, or in other hands.
// errHeld means not now.
func (e *Engine) begin(ctx context.Context, job *river.Job[store.SendJob]) (t billing.TopUp, attempt *billing.Attempt, err error) {
	id := job.Args.ID()
	t, err = e.store.TopUp(ctx, id, 0)
	if errors.Is(err, billing.ErrNotFound) {
		e.log.ErrorContext(ctx, "a job names a top-up that does not exist", "topup", id.String(), "job", job.ID)
		return t, nil, nil
	}
	if err != nil {
		return t, nil, err
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, id)
		if err != nil {
			return err
		}
		t, attempt = locked.TopUp, nil
		switch {
		case t.Status != billing.StatusQueued:
			return tx.CompleteSend(ctx, job)
		case e.expired(locked):
			t.FailureCode = billing.FailureExpired
			if err := e.fail(ctx, tx, balance, t); err != nil {
				return err
			}
			return tx.CompleteSend(ctx, job)
		}
		if err := e.takePlace(ctx, tx); err != nil {
			return err
		}
		if err := e.pass(ctx, tx, id); err != nil {
			return err
		}
		a, err := tx.StartAttempt(ctx, id, e.instanceID)
		if err != nil {
			return err
		}
		attempt = &a
		return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: id, Status: billing.StatusSending})
	})
	return t, attempt, err
}

// takePlace refuses, with errHeld, when LATCOM_CONCURRENCY requests are under way
// over all instances. Alone, this one's number of workers is the bound.
func (e *Engine) takePlace(ctx context.Context, tx *store.Tx) error {
	if e.instances.Load() < 2 {
		return nil
	}
	free, err := tx.FreePlace(ctx, e.options.Concurrency)
	if err == nil && !free {
		return errHeld
	}
	return err
}

func (e *Engine) countInstances(ctx context.Context) error {
	n, err := e.store.LiveInstances(ctx)
	if err == nil {
		e.instances.Store(int64(n))
	}
	return err
}

// expired says whether a top-up that was never sent waited too long: last
// night's orders do not go out in the morning.
func (e *Engine) expired(t store.LockedTopUp) bool {
	return e.options.MaxWait > 0 && t.Attempts == 0 && t.AgeSeconds > e.options.MaxWait.Seconds()
}

// pauseLimit is how long the process may stand still between writing an attempt
// and sending it. After more, others may have declared it lost.
const pauseLimit = 10 * time.Second

// send asks Latcom. No database connection is held meanwhile.
func (e *Engine) send(ctx context.Context, t billing.TopUp, begun time.Time) billing.Answer {
	if time.Since(begun) > pauseLimit { // monotonic: it counts a SIGSTOP, not a clock step
		return billing.Answer{Outcome: billing.OutcomeNotSent, Row: "engine.paused", Reason: "the process stood still before sending"}
	}
	e.inFlight.Add(1)
	defer e.inFlight.Add(-1)
	return e.provider.TopUp(ctx, billing.Send{DistTransID: t.DistTransID, Phone: t.Phone, Product: t.Product, Amount: t.Sent})
}

// insist repeats what must be recorded until the database takes it. If the
// process dies first, the attempt has no answer and becomes unknown.
func (e *Engine) insist(ctx context.Context, what string, id billing.TopUpID, fn func(context.Context) error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := fn(ctx)
		if err == nil {
			return
		}
		e.log.ErrorContext(ctx, "could not write to the database; trying again", "work", what, "topup", id.String(), "error", err)
		<-time.After(pause)
	}
}

func (e *Engine) take(jobID int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.working[jobID] = struct{}{}
}

func (e *Engine) put(jobID int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.working, jobID)
}

func (e *Engine) workingOn() []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	ids := make([]int64, 0, len(e.working))
	for id := range e.working {
		ids = append(ids, id)
	}
	return ids
}
