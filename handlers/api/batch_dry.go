package api

// A batch's dry run: everything is checked and priced, and nothing accepted.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/topup"
)

// tryAll tries one order after the other on an account that only this run sees.
func (run *batchRun) tryAll(ctx context.Context, orders []json.RawMessage) error {
	trial, err := within(ctx, readTime, func(ctx context.Context) (*topup.Trial, error) {
		return run.who.Engine.NewTrial(ctx, run.who.customerID, run.who.keyID)
	})
	if err != nil {
		return err
	}
	before := map[string]int{} // the place of the order that took a reference
	for i, raw := range orders {
		o, ok := run.read(ctx, i, raw)
		if !ok {
			continue
		}
		if run.gone || ctx.Err() != nil {
			run.refuse(ctx, i, notReached())
			continue
		}
		if first, taken := before[o.Reference]; taken {
			run.tryAgain(ctx, i, first, o, orders[first])
			continue
		}
		if err := run.try(ctx, trial, i, o); err != nil {
			run.gone = run.gone || away(err)
			run.refuse(ctx, i, err)
			continue
		}
		before[o.Reference] = i
	}
	return nil
}

// try prices a new order, or finds the top-up that it was before.
func (run *batchRun) try(ctx context.Context, trial *topup.Trial, i int, o billing.Order) error {
	found, err := within(ctx, readTime, func(ctx context.Context) (billing.TopUp, error) { return trial.Original(ctx, o) })
	if err == nil {
		run.took(i, found, true)
		return nil
	}
	if !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	quote, err := within(ctx, readTime, func(ctx context.Context) (billing.Quote, error) { return trial.Take(ctx, o) })
	if err != nil {
		return err
	}
	run.prices = run.prices.Add(quote.Price)
	run.results[i].Status, run.results[i].Price = http.StatusAccepted, orNull(quote.Price.String())
	return nil
}

// tryAgain answers a reference that an order before it in the batch has.
func (run *batchRun) tryAgain(ctx context.Context, i, first int, o billing.Order, raw json.RawMessage) {
	other, err := parseOrder(raw)
	if err != nil || other.Phone != o.Phone || other.Amount.Cmp(o.Amount) != 0 {
		run.refuse(ctx, i, billing.ErrReferenceReused)
		return
	}
	was := run.results[first]
	run.results[i].Status, run.results[i].Price, run.results[i].Replayed = was.Status, was.Price, true
	if t, ok := run.topUps[first]; ok {
		run.topUps[i] = t
	}
}
