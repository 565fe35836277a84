package topup

// Answers that are written together. What is plain goes in groups: a delivery or a
// refusal of an order that nobody else has touched, with nothing for the breaker to
// learn. Everything else is settled on its own (settle.go).

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// answered is an answer on its way into the books.
type answered struct {
	topUp   billing.TopUp
	attempt billing.Attempt
	answer  billing.Answer
	job     int64

	settled bool // the group did it
	err     error
	done    chan struct{}
}

// plain says whether an answer does nothing but settle its top-up.
func (e *Engine) plain(answer billing.Answer) bool {
	b := e.breaker()
	if e.options.Sandbox != nil || b.Open {
		return false
	}
	switch judge(answer) {
	case saysWell:
		return b.Failures == 0
	case saysNothing:
		return answer.Outcome == billing.OutcomeRefused
	default:
		return false
	}
}

// settleTogether has a plain answer written with others. It returns false when the
// answer has to be settled on its own.
func (e *Engine) settleTogether(ctx context.Context, r *errand, answer billing.Answer) (bool, error) {
	if !e.plain(answer) {
		return false, nil
	}
	a := &answered{topUp: r.topUp, attempt: *r.attempt, answer: answer, job: r.job.ID, done: make(chan struct{})}
	e.answers.add(ctx, a)
	select {
	case <-a.done:
		return a.settled, a.err
	case <-ctx.Done():
		return false, fmt.Errorf("settle top-up %s: %w", r.topUp.ID, ctx.Err())
	}
}

// writeDown settles a group. After a fault of the database that one of it may have
// caused each is settled on its own.
func (e *Engine) writeDown(ctx context.Context, group []*answered) (left []*answered) {
	var settled map[billing.TopUpID]bool
	err := e.store.InTx(ctx, func(tx *store.Tx) (err error) {
		left, settled, err = e.writeDownIn(ctx, tx, group)
		return err
	})
	if err != nil && !store.Away(err) {
		e.log.WarnContext(ctx, "a group of answers failed; each is settled on its own", "answers", len(group), "error", err)
		settled, err = nil, nil
	}
	out := map[*answered]bool{}
	for _, a := range left {
		out[a] = true
	}
	for _, a := range group {
		if !out[a] {
			a.settled, a.err = settled[a.topUp.ID], err
			close(a.done)
		}
	}
	return left
}

// writeDownIn settles what is still as the group expects it.
func (e *Engine) writeDownIn(ctx context.Context, tx *store.Tx, group []*answered) (left []*answered, settled map[billing.TopUpID]bool, err error) {
	customers, seen := []int64{}, map[int64]bool{}
	for _, a := range group {
		if !seen[a.topUp.CustomerID] {
			seen[a.topUp.CustomerID] = true
			customers = append(customers, a.topUp.CustomerID)
		}
	}
	balances, err := tx.LockBalances(ctx, customers, len(customers) == 1)
	if err != nil {
		return nil, nil, err
	}
	mine := map[billing.TopUpID]*answered{}
	ids := make([]billing.TopUpID, 0, len(group))
	for _, a := range group {
		if _, ok := balances[a.topUp.CustomerID]; !ok && len(customers) > 1 {
			left = append(left, a)
			continue
		}
		mine[a.topUp.ID] = a
		ids = append(ids, a.topUp.ID)
	}
	settled, err = e.settleLocked(ctx, tx, balances, mine, ids)
	return left, settled, err
}

// settleLocked captures or releases, moves and tells of the top-ups whose balances
// are locked.
func (e *Engine) settleLocked(ctx context.Context, tx *store.Tx, balances map[int64]billing.Balance, mine map[billing.TopUpID]*answered, ids []billing.TopUpID) (map[billing.TopUpID]bool, error) {
	locked, err := tx.LockTopUps(ctx, ids, true)
	if err != nil {
		return nil, err
	}
	finished := []store.Finished{}
	for _, t := range locked {
		if a := mine[t.ID]; t.Status == billing.StatusSending && t.Attempts == a.attempt.Number {
			finished = append(finished, store.Finished{AttemptID: a.attempt.ID, Answer: a.answer})
		}
	}
	news, err := tx.FinishAttempts(ctx, finished)
	if err != nil {
		return nil, err
	}
	var (
		settled = map[billing.TopUpID]bool{}
		topUps  []billing.TopUp
		entries []billing.Entry
		jobs    []int64
	)
	for _, row := range locked {
		a, t := mine[row.ID], row.TopUp
		if !news[a.attempt.ID] {
			continue
		}
		t.ProviderTransactionID, t.CarrierTransactionID = a.answer.ProviderTransactionID, a.answer.CarrierTransactionID
		var entry billing.Entry
		if a.answer.Outcome == billing.OutcomeDelivered {
			t.Status, t.FailureReason = billing.StatusSucceeded, ""
			entry, balances[t.CustomerID] = balances[t.CustomerID].Capture(t.ID, t.Price)
			entries = append(entries, entry)
			if cost, ok := billing.Cost(t.ID, t.Cost); ok {
				entries = append(entries, cost)
			}
		} else {
			t.Status, t.FailureCode, t.FailureReason = billing.StatusFailed, billing.FailureRefused, a.answer.Reason
			entry, balances[t.CustomerID] = balances[t.CustomerID].Release(t.ID, t.Price)
			entries = append(entries, entry)
		}
		settled[t.ID] = true
		topUps, jobs = append(topUps, t), append(jobs, a.job)
	}
	if len(topUps) == 0 {
		return settled, nil
	}
	return settled, e.writeSettled(ctx, tx, topUps, entries, jobs)
}

func (e *Engine) writeSettled(ctx context.Context, tx *store.Tx, topUps []billing.TopUp, entries []billing.Entry, jobs []int64) error {
	if err := tx.Post(ctx, entries...); err != nil {
		return err
	}
	moved, err := tx.MoveTopUps(ctx, topUps...)
	if err != nil {
		return err
	}
	news := make([]store.Change, len(topUps))
	for i, t := range topUps {
		if err := tellMoved(ctx, tx, t, moved[t.ID]); err != nil {
			return err
		}
		news[i] = store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status}
	}
	if err := tx.CompleteSend(ctx, jobs...); err != nil {
		return err
	}
	return tx.Announce(ctx, news...)
}

// settleBroken ends the wait of answers whose group panicked: each is settled on
// its own.
func (e *Engine) settleBroken(group []*answered, err error) {
	e.log.Error("a group of answers panicked; each is settled on its own", "answers", len(group), "error", err)
	for _, a := range group {
		select {
		case <-a.done:
		default:
			close(a.done)
		}
	}
}
