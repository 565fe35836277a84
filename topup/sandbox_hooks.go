package topup

// How webhooks behave about the documented numbers. Who carries them knows nothing
// of it: what is late is held back, what comes twice is replayed.

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
)

// leastDisorder is how long the first event is held back also in a hurried sandbox:
// the one that is to overtake it waits for its turn in the queues.
const leastDisorder = 4 * time.Second

// repeatAfter is when what is told twice is told again.
const repeatAfter = time.Second

// playHooks holds a new event of a documented number back, or has it repeated.
func (e *Engine) playHooks(ctx context.Context, tx *store.Tx, t billing.TopUp, sequence int) error {
	n, documented := sandbox.Read(string(t.Phone))
	if !documented {
		return nil
	}
	late := sandbox.Hurried(sandbox.HookDelay, e.options.Sandbox.Hurry)
	switch n.Webhook.Hook {
	case sandbox.HookLate:
		return tx.HoldWebhooks(ctx, t.ID, sequence, late)
	case sandbox.HookDisordered: // the first comes after those that follow it
		if sequence == 1 {
			return tx.HoldWebhooks(ctx, t.ID, sequence, max(late, leastDisorder))
		}
	case sandbox.HookTwice:
		return tx.EnqueueRepeat(ctx, t.ID, sequence, repeatAfter)
	case sandbox.HookOnce:
	}
	return nil
}

type repeatWorker struct {
	river.WorkerDefaults[store.RepeatJob]
	engine *Engine
}

var errNotYet = errors.New("the webhook did not arrive yet")

// NextRetry is soon: the first try is still on its way, or the database was away.
func (repeatWorker) NextRetry(*river.Job[store.RepeatJob]) time.Time {
	return time.Now().Add(2 * time.Second)
}

// longestRepeat is how long a first try is waited for.
const longestRepeat = 10 * time.Minute

// Work replays each webhook of an event that arrived; one that did not has no second.
func (w repeatWorker) Work(ctx context.Context, job *river.Job[store.RepeatJob]) error {
	return w.engine.store.InTx(ctx, func(tx *store.Tx) error {
		deliveries, err := tx.DeliveriesOf(ctx, job.Args.ID(), job.Args.Sequence)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			if d.State == billing.DeliveryWaiting && time.Since(job.CreatedAt) < longestRepeat {
				return errNotYet
			}
		}
		for _, d := range deliveries {
			if d.State != billing.DeliveryDelivered {
				continue
			}
			if err := tx.ReplayWebhook(ctx, d.EndpointID, d.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
