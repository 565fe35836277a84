package topup

// The guard: the same phone and amount again within a customer's window is most
// likely a mistake, and asks for leave.

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// guard refuses, before anything is held, what the customer topped up a moment ago,
// unless the order brings an override that was offered for it. The balance is
// locked: of two at once the second one sees the first.
func (in *intake) guard(ctx context.Context, account store.Account, o billing.Order) error {
	if account.GuardMinutes == 0 || o.Unguarded {
		return nil
	}
	if slices.ContainsFunc(in.topUps, func(t *billing.TopUp) bool { return t.CustomerID == o.CustomerID && t.SameOrder(o.Phone, o.Amount) }) {
		return errAfter
	}
	earlier, err := in.tx.LastTopUpSince(ctx, o.CustomerID, o.Phone, o.Amount, account.GuardMinutes)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.Override != "" {
		used, err := in.tx.UseOverride(ctx, overrideOf(o, o.Override))
		if used || err != nil {
			return err
		}
	}
	return billing.RecentlyToppedUpError{Earlier: earlier}
}

func overrideOf(o billing.Order, token string) store.Override {
	return store.Override{Hash: billing.HashSecret(token), CustomerID: o.CustomerID, Phone: o.Phone, Amount: o.Amount}
}

// offerOverride adds to the guard's refusal the token with which the same order is
// taken all the same. Any other error stays as it is.
func (e *Engine) offerOverride(ctx context.Context, o billing.Order, err error) error {
	recent := billing.RecentlyToppedUpError{}
	if !errors.As(err, &recent) {
		return err
	}
	recent.Override = "ovr_" + rand.Text()
	offer := overrideOf(o, recent.Override)
	offer.Earlier = recent.Earlier.ID
	if err := e.store.OfferOverride(ctx, offer); err != nil {
		return err
	}
	return recent
}
