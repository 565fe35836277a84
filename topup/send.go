package topup

// A job's way: begin, send, settle.

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

// errand is one job's top-up on its way to Latcom.
type errand struct {
	job     *river.Job[store.SendJob]
	topUp   billing.TopUp
	attempt *billing.Attempt // nil: nothing to send
	number  int              // of the attempt that was tried to write; 0: none yet
	term    int64            // of the lease under which it was
}

// Work carries one top-up as far as it goes. From the moment an attempt is
// written, nothing may cut it in half: neither a shutdown nor a lost database.
func (w sendWorker) Work(ctx context.Context, job *river.Job[store.SendJob]) error {
	e, id := w.engine, job.Args.ID()
	if !e.hands.take(id, job.ID) {
		return nil // another job has it in hand; this one is one too many
	}
	defer e.hands.put(id)
	r := &errand{job: job}
	switch err := e.beginUntilKnown(ctx, r); {
	case errors.Is(err, errPaused):
		return e.store.InTx(ctx, func(tx *store.Tx) error { return tx.PostponeSend(ctx, job, longestHeld) })
	case errors.Is(err, errNoPlace):
		return e.store.InTx(ctx, func(tx *store.Tx) error { return tx.PostponeSend(ctx, job, placePause(job.Priority)) })
	case errors.Is(err, errHeld):
		return e.store.InTx(ctx, func(tx *store.Tx) error { return tx.PostponeSend(ctx, job, e.heldPause()) })
	case err != nil:
		return err
	case r.attempt == nil:
		return nil // not to be sent; the job is complete
	}
	ctx = context.WithoutCancel(ctx)
	answer := e.send(ctx, r)
	e.insist(ctx, "record the answer for a top-up", answer, func(ctx context.Context) error {
		if done, err := e.settleTogether(ctx, r, answer); done || err != nil {
			return err
		}
		return e.settle(ctx, *r.attempt, answer, job)
	})
	if v := judge(answer); v == saysBadly || v == saysClosed || v == saysWell && e.breaker().Open {
		if err := e.lookAtBreaker(ctx); err != nil {
			e.log.ErrorContext(ctx, "could not read the breaker", "error", err)
		}
	}
	return nil
}

// heldPause is how long a job waits before it asks again. While the breaker is
// open there is no hurry before its time has come.
func (e *Engine) heldPause() time.Duration {
	wait := time.Duration(e.breaker().RetrySeconds * float64(time.Second))
	return min(max(wait, time.Second), longestHeld)
}

const longestHeld = 5 * time.Second

// paused is the answer when others may have declared the attempt lost before its
// first byte left: then it must not leave any more.
var paused = billing.Answer{Outcome: billing.OutcomeNotSent, Row: "engine.paused", Reason: "the process stood still before sending"}

// send asks Latcom. No database connection is held meanwhile. The lease is asked
// here, and again right before the first byte: a login may take its time.
func (e *Engine) send(ctx context.Context, r *errand) billing.Answer {
	mayStart := func() bool { return e.lease.still(r.term) }
	if !mayStart() {
		return paused
	}
	e.inFlight.Add(1)
	defer e.inFlight.Add(-1)
	t := r.topUp
	return e.provider.TopUp(ctx, billing.Send{
		DistTransID: t.DistTransID, Phone: t.Phone, Product: t.Product, Amount: t.Sent, MayStart: mayStart,
	})
}

const (
	recordLimit = 30 * time.Second // one try to record an answer may take
	recordTries = 10               // of an answer that the database refuses for good
)

// insist repeats what must be recorded until the database takes it. If the
// process dies first, or the database refuses it for a reason that does not pass,
// the attempt has no answer and becomes unknown.
func (e *Engine) insist(ctx context.Context, what string, answer billing.Answer, fn func(context.Context) error) {
	refusals := 0
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		turn, cancel := context.WithTimeout(ctx, recordLimit)
		err := fn(turn)
		cancel()
		if err == nil {
			return
		}
		if !store.Away(err) {
			refusals++
		}
		e.log.ErrorContext(ctx, "could not write to the database", "work", what, "error", err, "outcome", string(answer.Outcome), "row", answer.Row,
			"provider_id", answer.ProviderTransactionID, "carrier_id", answer.CarrierTransactionID, "again", refusals < recordTries)
		if refusals >= recordTries {
			return
		}
		<-time.After(pause)
	}
}
