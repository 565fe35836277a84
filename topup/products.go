package topup

// Products: which ones a customer's orders may go out as, and the rule of each: what
// is sent for a face value, and what Latcom takes.

import (
	"context"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// ChangeProduct puts another rule in force for orders from now on; before is the
// one that its form was filled in upon. What is in force already changes nothing:
// a form sent twice does it once. Errors: billing.ValidationError, ErrNotFound,
// ErrOvertaken when it is no longer before that is in force.
func (e *Engine) ChangeProduct(ctx context.Context, actor billing.Actor, before, after billing.Product) error {
	if err := after.Check(); err != nil {
		return err
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.LockProduct(ctx, after.Code)
		if err != nil || now.SameRule(after) {
			return err
		}
		if !now.SameRule(before) {
			return billing.ErrOvertaken
		}
		if err := tx.SetProduct(ctx, after); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{Action: "product.changed", Subject: after.Code, Before: now.Facts(), After: after.Facts()})
	})
}

// Terms are what a customer's orders are priced and limited by now. Without an
// exchange rate they price nothing.
func (e *Engine) Terms(ctx context.Context, customerID int64) (billing.Terms, error) {
	account, err := e.store.Account(ctx, customerID)
	if err != nil {
		return billing.Terms{}, err
	}
	return e.terms(ctx, e.store, account)
}

// productReader reads the products that a customer has besides the open range.
type productReader interface {
	FixedProducts(ctx context.Context, codes []string) ([]billing.ListedProduct, error)
}

func (e *Engine) terms(ctx context.Context, r productReader, a store.Account) (t billing.Terms, err error) {
	t = billing.Terms{Discount: a.Discount, Products: billing.Products{Min: e.options.Min, Max: e.options.Max}}
	if a.Rate != nil {
		t.Rate = *a.Rate
	}
	if a.Min != nil {
		t.Products.Min = *a.Min
	}
	if a.Max != nil {
		t.Products.Max = *a.Max
	}
	if billing.MayOrderOpen(a.Products) {
		t.Products.Open = &a.Product
	}
	if len(a.Products) > 0 {
		t.Products.Fixed, err = r.FixedProducts(ctx, a.Products)
	}
	return t, err
}
