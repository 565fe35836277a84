package topup

// A customer's own limits: setting them, and the cap of a day.

import (
	"context"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// SetLimits puts a customer's limits in force for orders from now on; before are
// those that its form was filled in upon. What is in force already changes nothing:
// a form sent twice does it once. Errors: billing.ValidationError, ErrOvertaken when
// they are no longer before that are in force.
func (e *Engine) SetLimits(ctx context.Context, actor billing.Actor, c billing.Customer, before, after billing.Limits) error {
	if err := after.Check(e.options.Min, e.options.Max); err != nil {
		return err
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockBalance(ctx, c.ID); err != nil {
			return err
		}
		if err := checkProducts(ctx, tx, after.Products); err != nil {
			return err
		}
		now, err := tx.Limits(ctx, c.ID)
		if err != nil || now.Same(after) {
			return err
		}
		if !now.Same(before) {
			return billing.ErrOvertaken
		}
		if err := tx.SetLimits(ctx, c.ID, after); err != nil {
			return err
		}
		did := store.Did{Action: "customer.limits", CustomerID: &c.ID, Subject: c.Code, Before: now.Facts(), After: after.Facts()}
		if err := tx.Audit(ctx, actor, did); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{CustomerID: c.ID})
	})
}

// checkProducts refuses codes that are no product's.
func checkProducts(ctx context.Context, tx *store.Tx, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	known, err := tx.Products(ctx)
	if err != nil {
		return err
	}
	if _, wrong := billing.ParseProducts(strings.Join(codes, ","), known); wrong != "" {
		return billing.ValidationError{"products": "Choose products of the list"}
	}
	return nil
}

// refuseBeyondCap refuses, before anything is held, an order that would take the
// business day's spending beyond the customer's cap, or its API key's. The balance
// is locked: nothing of either can be ordered meanwhile.
func (e *Engine) refuseBeyondCap(ctx context.Context, tx *store.Tx, account store.Account, t billing.TopUp) error {
	if account.DailyCap == nil && account.KeyCap == nil {
		return nil
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	began, ends := e.businessDay(now)
	left := int(ends.Sub(now).Seconds()) + 1
	if account.DailyCap != nil {
		spent, err := tx.SpentSince(ctx, account.CustomerID, began)
		if err != nil {
			return err
		}
		limits := billing.Limits{DailyCap: account.DailyCap}
		if err := limits.WithinCap(spent, t.Price, left); err != nil {
			return err
		}
	}
	if account.KeyCap == nil {
		return nil
	}
	spent, err := tx.KeySpentSince(ctx, *t.APIKeyID, began)
	if err != nil {
		return err
	}
	terms := billing.KeyTerms{DailyCap: account.KeyCap}
	return terms.WithinCap(spent, t.Price, left)
}

// businessDay is when the day of a moment began and ends.
func (e *Engine) businessDay(at time.Time) (began, ends time.Time) {
	zone := e.options.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
