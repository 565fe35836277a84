package topup

// What an answer does to a top-up and to the customer's money.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// settle writes an attempt's answer, the top-up's new state, its ledger entries
// and the end of its job, or the time of its next try: all or nothing. job is nil
// when a sweep settles.
func (e *Engine) settle(ctx context.Context, a billing.Attempt, answer billing.Answer, job *river.Job[store.SendJob]) error {
	t, err := e.store.TopUp(ctx, a.TopUpID, 0)
	if err != nil {
		return err
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, a.TopUpID)
		if err != nil {
			return err
		}
		again, err := e.apply(ctx, tx, balance, locked, a, answer)
		switch {
		case err != nil || job == nil:
			return err
		case again > 0:
			return tx.PostponeSend(ctx, job, again)
		default:
			return tx.CompleteSend(ctx, job.ID)
		}
	})
}

// apply turns an outcome into its action (contract §2).
func (e *Engine) apply(ctx context.Context, tx *store.Tx, b billing.Balance, locked store.LockedTopUp, a billing.Attempt, answer billing.Answer) (again time.Duration, err error) {
	t := locked.TopUp
	if t.Status.Final() {
		return 0, e.contradiction(ctx, tx, t, a, answer)
	}
	news, err := tx.FinishAttempt(ctx, a.ID, answer)
	if err != nil {
		return 0, err
	}
	if !news {
		return 0, nil // an earlier answer stands
	}
	if err := e.note(ctx, tx, a, answer); err != nil {
		return 0, err
	}
	t.ProviderTransactionID, t.CarrierTransactionID = answer.ProviderTransactionID, answer.CarrierTransactionID
	t.FailureReason = answer.Reason
	switch answer.Outcome {
	case billing.OutcomeDelivered:
		return 0, e.succeed(ctx, tx, b, t)
	case billing.OutcomeRefused:
		t.FailureCode = billing.FailureRefused
		return 0, e.fail(ctx, tx, b, t)
	case billing.OutcomeNotSent:
		if t.Status == billing.StatusUnknown { // declared lost meanwhile; now it is certain that nothing left
			t.FailureCode = billing.FailureNotDelivered
			return 0, e.fail(ctx, tx, b, t)
		}
		return e.sendAgain(ctx, tx, b, locked, answer)
	default:
		return 0, e.park(ctx, tx, t)
	}
}

func (e *Engine) succeed(ctx context.Context, tx *store.Tx, b billing.Balance, t billing.TopUp) error {
	capture, _ := b.Capture(t.ID, t.Price)
	if err := tx.Post(ctx, capture); err != nil {
		return err
	}
	if cost, ok := billing.Cost(t.ID, t.Cost); ok {
		if err := tx.Post(ctx, cost); err != nil {
			return err
		}
	}
	t.FailureReason = ""
	return e.move(ctx, tx, t, billing.StatusSucceeded)
}

// fail releases the hold. t carries the failure's code and reason.
func (e *Engine) fail(ctx context.Context, tx *store.Tx, b billing.Balance, t billing.TopUp) error {
	release, _ := b.Release(t.ID, t.Price)
	if err := tx.Post(ctx, release); err != nil {
		return err
	}
	return e.move(ctx, tx, t, billing.StatusFailed)
}

// park keeps the hold: no clock ever releases it.
func (e *Engine) park(ctx context.Context, tx *store.Tx, t billing.TopUp) error {
	e.log.WarnContext(ctx, "the outcome of a top-up is unknown", "topup", t.ID.String(), "reason", t.FailureReason)
	if t.Status == billing.StatusUnknown {
		return nil
	}
	if e.options.Inquirer != nil {
		if err := tx.EnqueueInquiry(ctx, t.ID, 0, e.pauseBeforeInquiry(0)); err != nil {
			return err
		}
	}
	return e.move(ctx, tx, t, billing.StatusUnknown)
}

// sendAgain puts a top-up that certainly never reached Latcom back in the queue,
// or gives up when TOPUP_RETRY_WINDOW has passed since its first attempt.
func (e *Engine) sendAgain(ctx context.Context, tx *store.Tx, b billing.Balance, locked store.LockedTopUp, answer billing.Answer) (time.Duration, error) {
	t := locked.TopUp
	t.FailureReason = answer.Reason
	pause := max(backOff(t.Attempts), answer.RetryAfter)
	if locked.FirstSentSeconds+pause.Seconds() > e.options.RetryWindow.Seconds() {
		t.FailureCode = billing.FailureUnreachable
		return 0, e.fail(ctx, tx, b, t)
	}
	return pause, e.move(ctx, tx, t, billing.StatusQueued)
}

// backOff waits 0.5, 1, 2, 4, 8, then 10 s.
func backOff(attempts int) time.Duration {
	return min(250*time.Millisecond<<min(attempts, 10), 10*time.Second)
}

func (e *Engine) move(ctx context.Context, tx *store.Tx, t billing.TopUp, to billing.Status) error {
	if !t.Status.CanMove(to) {
		return fmt.Errorf("top-up %s from %s to %s: %w", t.ID, t.Status, to, billing.ErrIllegalMove)
	}
	wasUnknown := t.Status == billing.StatusUnknown
	t.Status = to
	moved, err := tx.MoveTopUp(ctx, t)
	if err != nil {
		return err
	}
	if err := tellMoved(ctx, tx, t, moved); err != nil {
		return err
	}
	if wasUnknown {
		if err := tx.OvertakeDecisions(ctx, t.ID); err != nil {
			return err
		}
	}
	if err := e.played(ctx, tx, t, moved); err != nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: to})
}

// contradiction keeps an answer that came after a top-up became final. The final
// answer to the reseller stands; the case is open again, and what Latcom took for
// a delivery that we had released is our loss.
func (e *Engine) contradiction(ctx context.Context, tx *store.Tx, t billing.TopUp, a billing.Attempt, answer billing.Answer) error {
	news, err := tx.FinishAttempt(ctx, a.ID, answer)
	if err != nil || !news || answer.Outcome == billing.OutcomeUnknown {
		return err
	}
	delivered := answer.Outcome == billing.OutcomeDelivered
	if delivered == (t.Status != billing.StatusFailed) {
		return nil // it agrees
	}
	e.log.ErrorContext(ctx, "an answer contradicts a top-up that is final",
		"topup", t.ID.String(), "status", string(t.Status), "outcome", string(answer.Outcome))
	if loss, ok := billing.Loss(t.ID, t.Cost); delivered && ok {
		if err := tx.Post(ctx, loss); err != nil {
			return err
		}
	}
	words := slices.DeleteFunc([]string{answer.Reason, answer.ProviderTransactionID}, func(word string) bool { return word == "" })
	return tx.InsertContradiction(ctx, t, answer.Outcome, strings.Join(words, ", "))
}
