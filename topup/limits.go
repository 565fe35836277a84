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

// day is a business day: when it began, and the seconds that are left of it.
type day struct {
	began time.Time
	left  int
}

// refuseBeyondCap refuses, before anything is held, an order that would take the
// business day's spending beyond the customer's cap, or its API key's. The balance
// is locked: nothing of either can be ordered meanwhile but in the same group.
func (in *intake) refuseBeyondCap(ctx context.Context, account store.Account, a *arrival, price billing.USD) error {
	if account.DailyCap == nil && account.KeyCap == nil {
		return nil
	}
	if err := in.readDay(ctx); err != nil {
		return err
	}
	if account.DailyCap != nil {
		spent, err := spentOf(in.ofCustomer, account.CustomerID, func() (billing.USD, error) { return in.tx.SpentSince(ctx, account.CustomerID, in.day.began) })
		if err != nil {
			return err
		}
		limits := billing.Limits{DailyCap: account.DailyCap}
		if err := limits.WithinCap(spent, price, in.day.left); err != nil {
			return err
		}
	}
	if account.KeyCap == nil {
		return nil
	}
	key := a.orderer().KeyID
	spent, err := spentOf(in.ofKey, key, func() (billing.USD, error) { return in.tx.KeySpentSince(ctx, key, in.day.began) })
	if err != nil {
		return err
	}
	terms := billing.KeyTerms{DailyCap: account.KeyCap}
	return terms.WithinCap(spent, price, in.day.left)
}

// spentOf reads what was spent once; what the group spends is added to it.
func spentOf(known map[int64]billing.USD, of int64, read func() (billing.USD, error)) (spent billing.USD, err error) {
	spent, ok := known[of]
	if !ok {
		if spent, err = read(); err == nil {
			known[of] = spent
		}
	}
	return spent, err
}

// spend counts an order that was taken in, where a cap was asked.
func (in *intake) spend(a *arrival) {
	if spent, ok := in.ofCustomer[a.order.CustomerID]; ok {
		in.ofCustomer[a.order.CustomerID] = spent.Add(a.topUp.Price)
	}
	if key := a.orderer().KeyID; key != 0 {
		if spent, ok := in.ofKey[key]; ok {
			in.ofKey[key] = spent.Add(a.topUp.Price)
		}
	}
}

func (in *intake) readDay(ctx context.Context) error {
	if !in.day.began.IsZero() {
		return nil
	}
	now, err := in.tx.Now(ctx)
	if err != nil {
		return err
	}
	began, ends := in.engine.businessDay(now)
	in.day = day{began, int(ends.Sub(now).Seconds()) + 1}
	return nil
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
