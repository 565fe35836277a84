package topup

// Inquiries: where Latcom answers questions about an order, an unknown outcome
// is settled by evidence and needs no operator.

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Inquirer answers what became of an order. Not every account at Latcom has it.
type Inquirer interface {
	Inquire(ctx context.Context, distTransID string) billing.Answer
}

// inquiryPauses are the pauses before the first inquiries; afterwards every 5 minutes.
var inquiryPauses = []time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}

const laterInquiries = 5 * time.Minute

func inquiryPause(round int) time.Duration {
	if round < len(inquiryPauses) {
		return inquiryPauses[round]
	}
	return laterInquiries
}

// rowNotSeen is the policy's row for "Latcom does not know this order".
const rowNotSeen = "inquiry.not_seen"

// Not seen is believed, and the hold released, only when it was said this often
// over this long, and the inquiry finds a delivery that certainly took place.
const (
	notSeenTimes = 3
	notSeenOver  = 30 * time.Minute
)

type inquireWorker struct {
	river.WorkerDefaults[store.InquireJob]
	engine *Engine
}

// Timeout is long enough for one inquiry and its control.
func (inquireWorker) Timeout(*river.Job[store.InquireJob]) time.Duration { return 5 * time.Minute }

// NextRetry is soon: an error of Work means that the database was away.
func (inquireWorker) NextRetry(*river.Job[store.InquireJob]) time.Time {
	return time.Now().Add(5 * time.Second)
}

// Work asks once. While the outcome stays unknown, it queues the next round.
func (w inquireWorker) Work(ctx context.Context, job *river.Job[store.InquireJob]) error {
	e := w.engine
	t, err := e.store.TopUp(ctx, job.Args.ID(), 0)
	if errors.Is(err, billing.ErrNotFound) || err == nil && t.Status != billing.StatusUnknown {
		return nil
	}
	if err != nil {
		return err
	}
	answer := e.options.Inquirer.Inquire(ctx, t.DistTransID)
	if answer.Row == rowNotSeen && e.believable(ctx, t) {
		answer.Outcome = billing.OutcomeNotSent
	}
	return e.conclude(ctx, t, answer, job.Args.Round)
}

// believable says whether one more "not seen" proves that nothing was delivered.
func (e *Engine) believable(ctx context.Context, t billing.TopUp) bool {
	seen, err := e.store.NotSeen(ctx, t.ID)
	if err != nil || seen.Times+1 < notSeenTimes || seen.Seconds < notSeenOver.Seconds() {
		return false
	}
	control, err := e.store.LatestDelivery(ctx)
	if err != nil {
		return false
	}
	return e.options.Inquirer.Inquire(ctx, control).Outcome == billing.OutcomeDelivered
}

// conclude keeps an inquiry's answer as evidence and settles by it, or asks again
// later.
func (e *Engine) conclude(ctx context.Context, t billing.TopUp, answer billing.Answer, round int) error {
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, t.ID)
		if err != nil {
			return err
		}
		if err := tx.InsertInquiry(ctx, t.ID, answer); err != nil {
			return err
		}
		if answer.Outcome == billing.OutcomeUnknown {
			if locked.Status != billing.StatusUnknown {
				return nil
			}
			return tx.EnqueueInquiry(ctx, t.ID, round+1, e.pauseBeforeInquiry(round+1))
		}
		attempt, err := tx.LastAttempt(ctx, t.ID) // of one that was decided meanwhile, it may contradict the decision
		if err != nil {
			return err
		}
		_, err = e.apply(ctx, tx, balance, locked, attempt, answer)
		return err
	})
}
