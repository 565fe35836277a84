package topup

// Customers of the system before this one: each is made once, with what it had there.

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// OldCustomer is a customer as the system before this one had it.
type OldCustomer struct {
	Code    string
	Name    string
	Opening *billing.USD // what it had there, above zero; nil: it is brought over later
}

// ImportCustomer makes a customer without a key, unless there is one with its code,
// and posts what it had as its opening balance, once however often it is called:
// above the limit for approvals that waits for a second operator. opening is how
// the adjustment stands now; its state is empty when there is none.
func (e *Engine) ImportCustomer(ctx context.Context, actor billing.Actor, old OldCustomer) (c billing.Customer, opening billing.Adjustment, err error) {
	if err := billing.CheckNewCustomer(old.Code, old.Name); err != nil {
		return c, opening, err
	}
	if c, err = e.store.CustomerByCode(ctx, old.Code); errors.Is(err, billing.ErrNotFound) {
		c, err = e.addOld(ctx, actor, old)
	}
	if err != nil || old.Opening == nil || old.Opening.Sign() <= 0 {
		return c, opening, err
	}
	opening = billing.Adjustment{
		ID: billing.OpeningID(old.Code), CustomerID: c.ID, Amount: *old.Opening, Reason: billing.ReasonOpening, Note: "Balance of the system before this one",
	}
	earlier, err := e.store.Adjustment(ctx, opening.ID)
	if err == nil {
		return c, earlier, nil
	}
	if !errors.Is(err, billing.ErrNotFound) {
		return c, opening, err
	}
	opening, err = e.Adjust(ctx, actor, opening)
	return c, opening, err
}

func (e *Engine) addOld(ctx context.Context, actor billing.Actor, old OldCustomer) (billing.Customer, error) {
	var id int64
	err := e.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if id, err = tx.InsertCustomer(ctx, old.Code, old.Name); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{
			Action: "customer.created", CustomerID: &id, Subject: old.Code, After: map[string]string{"code": old.Code, "name": old.Name},
		})
	})
	if err != nil {
		return billing.Customer{}, fmt.Errorf("import customer %s: %w", old.Code, err)
	}
	return e.store.Customer(ctx, id)
}
