package topup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Accept records an order, holds its price and queues it: all or nothing, in one
// transaction, which orders that come at the same time share. A reference that the
// customer used before answers the original with replayed = true, before anything
// else is looked at (contract §6).
//
// Errors: billing.ErrReferenceReused, ErrSuspended, ErrKeyEnded, ErrNoRate, AmountError,
// InsufficientBalanceError, DailyCapError, KeyCapError, RecentlyToppedUpError, UnavailableError,
// ErrQuoteExpired, ErrQuoteUsed, ErrQuoteMismatch, PriceChangedError. After any other error the order
// may or may not have been accepted: the same reference asks again safely.
func (e *Engine) Accept(ctx context.Context, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	return e.take(ctx, o, nil)
}

// take is Accept; also writes what else belongs to a new top-up, in its transaction.
func (e *Engine) take(ctx context.Context, o billing.Order, also func(*store.Tx, billing.TopUp) error) (t billing.TopUp, replayed bool, err error) {
	a := newArrival(o, also)
	e.arrivals.add(ctx, a)
	select {
	case <-a.done:
	case <-ctx.Done():
		return t, false, fmt.Errorf("take in an order: %w", ctx.Err())
	}
	if a.repeated != nil {
		e.noteRepeat(ctx, *a.repeated, o)
	}
	if a.err != nil {
		return t, false, e.offerOverride(ctx, o, a.err)
	}
	return a.topUp, a.replayed, nil
}

// originals is where an order that was seen before is found.
type originals interface {
	TopUpByReference(ctx context.Context, customerID int64, reference string) (billing.TopUp, error)
	FirstTopUpSince(ctx context.Context, customerID int64, phone billing.Phone, amount billing.MXN, seconds float64) (billing.TopUp, error)
}

// original is the top-up that an order was before; billing.ErrNotFound when it is
// a new one.
func original(ctx context.Context, r originals, o billing.Order) (billing.TopUp, error) {
	if o.Unnamed > 0 {
		return r.FirstTopUpSince(ctx, o.CustomerID, o.Phone, o.Amount, o.Unnamed.Seconds())
	}
	return r.TopUpByReference(ctx, o.CustomerID, o.Reference)
}

// Ordered says whether an order was accepted before: ordering it again answers
// the first one.
func (e *Engine) Ordered(ctx context.Context, o billing.Order) (bool, error) {
	_, err := original(ctx, e.store, o)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Quote prices a face value for a customer as an order would be now.
func (e *Engine) Quote(ctx context.Context, customerID int64, face billing.MXN) (billing.Quote, error) {
	terms, err := e.Terms(ctx, customerID)
	if err != nil {
		return billing.Quote{}, err
	}
	return terms.Quote(face)
}

// admit refuses, before anything is held, what could not be sent in time.
func (e *Engine) admit(customerID int64) error {
	if b := e.breaker(); b.Open && (b.RetrySeconds > 0 || b.Probing) {
		return unavailable(b)
	}
	wait := e.expectedWaitOf(customerID)
	if e.options.MaxWait > 0 && wait > e.options.MaxWait {
		return billing.UnavailableError{Reason: "the queue is full", RetryAfter: int((wait - e.options.MaxWait).Seconds()) + 1}
	}
	return nil
}

// replayOf answers a reference that was used before with its original.
func replayOf(original billing.TopUp, o billing.Order) (billing.TopUp, bool, error) {
	if !original.SameOrder(o.Phone, o.Amount) {
		return billing.TopUp{}, false, fmt.Errorf("reference of top-up %s: %w", original.ID, billing.ErrReferenceReused)
	}
	return original, true, nil
}

// noteRepeat keeps who repeated an order. It is for people to read: the answer does
// not depend on it.
func (e *Engine) noteRepeat(ctx context.Context, original billing.TopUpID, o billing.Order) {
	if err := e.store.NoteRepeat(ctx, original, o); err != nil {
		e.log.WarnContext(ctx, "could not note that an order was repeated", "error", err)
	}
}

// newDistTransID names a top-up towards Latcom. It is random, never from a
// sequence: a restored backup must not use one again. 130 bits in 26 characters.
func newDistTransID() string { return "LB" + rand.Text() }
