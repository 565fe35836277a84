package topup

import (
	"context"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// Whatever a hand does in the queue's tables, an open top-up is taken up.
func TestAHandInTheQueueLosesNoTopUp(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"deletes the job":               `DELETE FROM river_job`,
		"discards it":                   `UPDATE river_job SET state = 'discarded', finalized_at = now()`,
		"cancels it":                    `UPDATE river_job SET state = 'cancelled', finalized_at = now()`,
		"says that it is done":          `UPDATE river_job SET state = 'completed', finalized_at = now()`,
		"lets it wait for ever":         `UPDATE river_job SET state = 'pending'`,
		"puts it off for a year":        `UPDATE river_job SET scheduled_at = now() + interval '1 year'`,
		"schedules it for a year":       `UPDATE river_job SET state = 'scheduled', scheduled_at = now() + interval '1 year'`,
		"moves it to another queue":     `UPDATE river_job SET queue = 'elsewhere'`,
		"empties it":                    `UPDATE river_job SET args = '{}'`,
		"makes nonsense of it":          `UPDATE river_job SET args = '{"topup": "no top-up"}'`,
		"says that somebody works":      `UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = '{nobody}'`,
		"says that nobody works":        `UPDATE river_job SET state = 'running', attempted_at = NULL, attempted_by = '{}'`,
		"empties the tables":            `TRUNCATE river_job, river_leader, river_queue`,
		"adds a job twice":              `INSERT INTO river_job (kind, args, queue, max_attempts) SELECT kind, args, queue, max_attempts FROM river_job`,
		"pauses the queue":              `INSERT INTO river_queue (name, paused_at, updated_at) VALUES ('default', now(), now()) ON CONFLICT (name) DO UPDATE SET paused_at = now()`,
		"adds jobs that name nothing":   `INSERT INTO river_job (kind, args, queue, max_attempts) SELECT kind, '{"topup": null}', queue, max_attempts FROM river_job; DELETE FROM river_job WHERE args ->> 'topup' IS NOT NULL`,
		"takes away all of its retries": `UPDATE river_job SET max_attempts = 1, attempt = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			c := storetest.Customer(t, s, "10")
			topUp := queueByHand(t, s, order(c, "r1"))
			storetest.Owner(s).MustExecContext(t.Context(), query)
			provider := &counting{}
			e := start(t, s, url, provider)
			if got := wait(t, e, topUp); got.Status != billing.StatusSucceeded {
				t.Errorf("got %s", got.Status)
			}
			if sent, all := provider.times(topUp); sent != 1 || all != 1 {
				t.Errorf("sent %d times, %d in all", sent, all)
			}
		})
	}
}

// The same while the request is under way: the answer is written all the same.
func TestAHandInTheQueueDoesNotTouchARequestUnderWay(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"deletes the job":          `DELETE FROM river_job`,
		"discards it":              `UPDATE river_job SET state = 'discarded', finalized_at = now()`,
		"cancels it":               `UPDATE river_job SET state = 'cancelled', finalized_at = now(), metadata = '{"cancel_attempted_at": "2026-01-01T00:00:00Z"}'`,
		"makes it available again": `UPDATE river_job SET state = 'available', attempted_by = '{}'`,
		"says that another works":  `UPDATE river_job SET attempted_by = '{nobody}'`,
		"adds it once more":        `INSERT INTO river_job (kind, args, queue, max_attempts) SELECT kind, args, queue, max_attempts FROM river_job`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			c := storetest.Customer(t, s, "10")
			reached, answer := make(chan struct{}), make(chan struct{})
			var sent atomic.Int32
			e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
				if sent.Add(1) == 1 {
					close(reached)
				}
				<-answer
				return answers(billing.OutcomeDelivered)(ctx, send)
			}))
			topUp := accept(t, e, order(c, "r1"))
			<-reached
			storetest.Owner(s).MustExecContext(t.Context(), query)
			if err := e.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
			close(answer)
			if got := wait(t, e, topUp); got.Status != billing.StatusSucceeded || got.Attempts != 1 || sent.Load() != 1 {
				t.Errorf("got %s after %d attempts, sent %d times", got.Status, got.Attempts, sent.Load())
			}
			if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "7.2222" {
				t.Errorf("balance %s, held %s", b.Posted, b.Held)
			}
		})
	}
}

// What waits too long fails also when no worker comes to it.
func TestAnOrderExpiresThoughEveryPlaceIsTaken(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	reached, answer := make(chan struct{}), make(chan struct{})
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(reached)
		<-answer
		return answers(billing.OutcomeDelivered)(ctx, send)
	}), func(o *Options) { o.Concurrency = 1 })
	first := accept(t, e, order(c, "r1"))
	<-reached
	second := accept(t, e, order(c, "r2"))
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE topups DISABLE TRIGGER topups_legal_move`)
	storetest.Owner(s).MustExecContext(t.Context(), `UPDATE topups SET created_at = now() - interval '16 minutes' WHERE id = $1`, second.ID)
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE topups ENABLE TRIGGER topups_legal_move`)
	if got := wait(t, e, second); got.Status != billing.StatusFailed || got.FailureCode != billing.FailureExpired {
		t.Errorf("got %s, %s", got.Status, got.FailureCode)
	}
	close(answer)
	if got := wait(t, e, first); got.Status != billing.StatusSucceeded {
		t.Errorf("got %s", got.Status)
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "7.2222" {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
}
