package topup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Accept records an order, holds its price and queues it: all or nothing, in one
// transaction. A reference that the customer used before answers the original
// with replayed = true, before anything else is looked at (contract §6).
//
// Errors: billing.ErrReferenceReused, ErrSuspended, ErrKeyEnded, ErrNoRate, AmountError,
// InsufficientBalanceError, DailyCapError, KeyCapError, RecentlyToppedUpError, UnavailableError,
// ErrQuoteExpired, ErrQuoteUsed, ErrQuoteMismatch, PriceChangedError. After any other error the order
// may or may not have been accepted: the same reference asks again safely.
func (e *Engine) Accept(ctx context.Context, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	return e.take(ctx, o, func(*store.Tx, billing.TopUp) error { return nil })
}

// take is Accept; accepted writes what else belongs to a new top-up, in its
// transaction.
func (e *Engine) take(ctx context.Context, o billing.Order, accepted func(*store.Tx, billing.TopUp) error) (t billing.TopUp, replayed bool, err error) {
	t, err = original(ctx, e.store, o)
	if err == nil {
		e.noteRepeat(ctx, t.ID, o)
		return replayOf(t, o)
	}
	if !errors.Is(err, billing.ErrNotFound) {
		return t, false, err
	}
	if err := e.admit(o.CustomerID); err != nil {
		return t, false, err
	}
	t = billing.TopUp{
		ID: billing.NewTopUpID(), CustomerID: o.CustomerID, Reference: o.Reference, Phone: o.Phone, Amount: o.Amount,
		DistTransID: newDistTransID(), Metadata: o.Metadata, APIKeyID: o.APIKeyID, FromAddress: o.FromAddress,
	}
	var (
		reserved billing.MXN
		repeated *billing.TopUpID // whose reference it is, seen only behind the lock
	)
	defer func() { e.float.settle(reserved, err == nil && !replayed) }()
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		account, err := tx.LockAccount(ctx, o.CustomerID, o.APIKeyID)
		if err != nil {
			return err
		}
		// All orders of a customer wait for the lock above, so this look decides.
		found, err := original(ctx, tx, o)
		if err == nil {
			repeated = &found.ID
			t, replayed, err = replayOf(found, o)
			return err
		}
		if !errors.Is(err, billing.ErrNotFound) {
			return err
		}
		quote, err := e.price(ctx, tx, account, o)
		if err != nil {
			return err
		}
		if err := e.guard(ctx, tx, account, o); err != nil {
			return err
		}
		t.PriceBy(quote)
		if err := e.float.reserve(t.Cost, time.Now()); err != nil {
			return err
		}
		reserved = t.Cost
		if err := e.enter(ctx, tx, account, &t); err != nil {
			return err
		}
		if err := useQuote(ctx, tx, o, t.ID); err != nil {
			return err
		}
		return accepted(tx, t)
	})
	if repeated != nil {
		e.noteRepeat(ctx, *repeated, o)
	}
	return t, replayed, e.offerOverride(ctx, o, err)
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

// price says what a new order costs, or why it cannot be taken. The account is locked.
func (e *Engine) price(ctx context.Context, tx *store.Tx, account store.Account, o billing.Order) (billing.Quote, error) {
	if account.KeyEnded { // since it was shown
		return billing.Quote{}, billing.ErrKeyEnded
	}
	if account.Suspended {
		return billing.Quote{}, billing.ErrSuspended
	}
	quote, err := e.quoteOf(ctx, tx, account, o)
	if err != nil {
		return quote, err
	}
	if err := refusePaused(ctx, tx, o.CustomerID, quote.Product); err != nil {
		return quote, err
	}
	priced := billing.TopUp{CustomerID: o.CustomerID, APIKeyID: o.APIKeyID}
	priced.PriceBy(quote)
	return quote, e.refuseBeyondCap(ctx, tx, account, priced)
}

// enter holds the price of a new order, records it and queues it.
func (e *Engine) enter(ctx context.Context, tx *store.Tx, account store.Account, t *billing.TopUp) error {
	hold, after, err := account.Hold(t.ID, t.Price)
	if err != nil {
		return err
	}
	if err := tx.InsertTopUp(ctx, t); err != nil {
		return err
	}
	if err := tx.Post(ctx, hold); err != nil {
		return err
	}
	if err := tellFallen(ctx, tx, account.Balance, after, account.LowBelow); err != nil {
		return err
	}
	if err := tx.EnqueueSend(ctx, t.ID, e.options.Concurrency); err != nil {
		return err
	}
	if err := e.pass(ctx, tx, t.ID); errors.Is(err, errHeld) {
		return unavailable(e.breaker())
	} else if err != nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status})
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
