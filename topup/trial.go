package topup

// What would become of orders, without taking them.

import (
	"context"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Trial is a customer's account as orders would leave it, one after the other. It
// holds nothing, and knows what it was asked before.
type Trial struct {
	engine   *Engine
	account  store.Account
	spent    billing.USD // today by the customer, as far as a cap asks
	keySpent billing.USD // and by the key
	quotes   map[billing.QuoteID]bool
}

// NewTrial begins with the account as it stands, for orders with an API key.
func (e *Engine) NewTrial(ctx context.Context, customerID, keyID int64) (*Trial, error) {
	account, err := e.store.AccountForKey(ctx, customerID, keyID)
	if err != nil {
		return nil, err
	}
	t := &Trial{engine: e, account: account, quotes: map[billing.QuoteID]bool{}}
	if account.DailyCap == nil && account.KeyCap == nil {
		return t, nil
	}
	now, err := e.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	began, _ := e.businessDay(now)
	if t.spent, err = e.store.SpentSince(ctx, customerID, began); err == nil {
		t.keySpent, err = e.store.KeySpentSince(ctx, keyID, began)
	}
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
	if t.account.KeyEnded {
		return billing.Quote{}, billing.ErrKeyEnded
	}
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
	if err == nil {
		err = billing.KeyTerms{DailyCap: t.account.KeyCap}.WithinCap(t.keySpent, quote.Price, 1)
	}
	if err == nil {
		err = t.guard(ctx, o)
	}
	if err != nil {
		return quote, err
	}
	_, after, err := t.account.Hold(billing.NewTopUpID(), quote.Price)
	if err != nil {
		return quote, err
	}
	t.account.Balance, t.spent, t.keySpent = after, t.spent.Add(quote.Price), t.keySpent.Add(quote.Price)
	if o.Quote != nil {
		t.quotes[*o.Quote] = true
	}
	return quote, nil
}

// guard is the duplicate guard as it stands: it offers no override, and leaves one
// that an order brings to the order.
func (t *Trial) guard(ctx context.Context, o billing.Order) error {
	if t.account.GuardMinutes == 0 || o.Override != "" {
		return nil
	}
	earlier, err := t.engine.store.LastTopUpSince(ctx, o.CustomerID, o.Phone, o.Amount, t.account.GuardMinutes)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return billing.RecentlyToppedUpError{Earlier: earlier}
}
