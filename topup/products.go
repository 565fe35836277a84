package topup

// The rule of a product: what is sent for a face value, and what Latcom takes.

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
