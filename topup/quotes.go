package topup

// Prices that are promised, and what an order with a price of its own costs.

import (
	"context"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// PromiseQuote prices a face value and keeps the price for one order of the
// customer, for a while. It holds nothing. Errors: those of Quote.
func (e *Engine) PromiseQuote(ctx context.Context, customerID int64, face billing.MXN) (billing.PromisedQuote, error) {
	q := billing.PromisedQuote{ID: billing.NewQuoteID(), CustomerID: customerID, Amount: face}
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		account, err := tx.Account(ctx, customerID)
		if err != nil {
			return err
		}
		terms, err := e.terms(ctx, tx, account)
		if err != nil {
			return err
		}
		now, err := terms.Quote(face)
		if err != nil {
			return err
		}
		q.Price, q.Rate, q.Discount = now.Price, now.Rate, now.Discount
		return tx.InsertQuote(ctx, &q)
	})
	return q, err
}

// quoteReader is what an order is priced with, under the lock or, for a look,
// without it.
type quoteReader interface {
	productReader
	Quote(ctx context.Context, customerID int64, id billing.QuoteID) (billing.PromisedQuote, error)
}

// quoteOf prices an order: by the quote that it names, else as things stand, and
// not above what it may cost.
func (e *Engine) quoteOf(ctx context.Context, r quoteReader, account store.Account, o billing.Order) (billing.Quote, error) {
	terms, err := e.terms(ctx, r, account)
	if err != nil {
		return billing.Quote{}, err
	}
	quote, err := terms.Quote(o.Amount)
	if err != nil {
		return quote, err
	}
	if o.Quote != nil {
		promised, err := r.Quote(ctx, o.CustomerID, *o.Quote)
		if errors.Is(err, billing.ErrNotFound) {
			return quote, billing.ErrQuoteMismatch
		}
		if err != nil {
			return quote, err
		}
		if quote, err = promised.Promise(quote); err != nil {
			return quote, err
		}
	}
	return quote, o.MayCost(quote.Price)
}

// useQuote takes up the quote of an order that was entered.
func useQuote(ctx context.Context, tx *store.Tx, o billing.Order, id billing.TopUpID) error {
	if o.Quote == nil {
		return nil
	}
	return tx.UseQuote(ctx, *o.Quote, id)
}
