package topup

// What would become of orders, without taking them.

import (
	"context"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Trial is a customer's account as orders would leave it, one after the other. It
// holds nothing, and knows what it was asked before.
type Trial struct {
	engine  *Engine
	account store.Account
	spent   billing.USD
	quotes  map[billing.QuoteID]bool
}

// NewTrial begins with the account as it stands.
func (e *Engine) NewTrial(ctx context.Context, customerID int64) (*Trial, error) {
	account, err := e.store.Account(ctx, customerID)
	if err != nil {
		return nil, err
	}
	t := &Trial{engine: e, account: account, quotes: map[billing.QuoteID]bool{}}
	if account.DailyCap == nil {
		return t, nil
	}
	now, err := e.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	began, _ := e.businessDay(now)
	t.spent, err = e.store.SpentSince(ctx, customerID, began)
	return t, err
}

// Original is the top-up that an order was before; billing.ErrNotFound when it is
// a new one, ErrReferenceReused when its reference was another order's.
func (t *Trial) Original(ctx context.Context, o billing.Order) (billing.TopUp, error) {
	found, err := original(ctx, t.engine.store, o)
	if err != nil {
		return found, err
	}
	found, _, err = replayOf(found, o)
	return found, err
}

// Take prices a new order and takes its price from what is available in the trial.
// Errors: those of Accept.
func (t *Trial) Take(ctx context.Context, o billing.Order) (billing.Quote, error) {
	if t.account.Suspended {
		return billing.Quote{}, billing.ErrSuspended
	}
	if err := t.engine.admit(o.CustomerID); err != nil {
		return billing.Quote{}, err
	}
	if o.Quote != nil && t.quotes[*o.Quote] {
		return billing.Quote{}, billing.ErrQuoteUsed
	}
	quote, err := t.engine.quoteOf(ctx, t.engine.store, t.account, o)
	if err != nil {
		return quote, err
	}
	pauses, err := t.engine.store.PausesFor(ctx, o.CustomerID, quote.Product)
	if err == nil && len(pauses) > 0 {
		err = billing.UnavailableError{Reason: pauses[0].Reason, RetryAfter: pausedRetry, Paused: true}
	}
	if err == nil {
		err = billing.Limits{DailyCap: t.account.DailyCap}.WithinCap(t.spent, quote.Price, 1)
	}
	if err != nil {
		return quote, err
	}
	_, after, err := t.account.Hold(billing.NewTopUpID(), quote.Price)
	if err != nil {
		return quote, err
	}
	t.account.Balance, t.spent = after, t.spent.Add(quote.Price)
	if o.Quote != nil {
		t.quotes[*o.Quote] = true
	}
	return quote, nil
}
