package topup

// Adjustments: an operator's credit or debit, and its approval.

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Adjust posts an adjustment, or lets it wait for a second operator when it is
// above the limit. Sent twice with the same id it is done once. Wrong fields are
// a billing.ValidationError, a debit of more than is available an
// InsufficientBalanceError.
func (e *Engine) Adjust(ctx context.Context, actor billing.Actor, a billing.Adjustment) (billing.Adjustment, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	err := e.store.InTx(ctx, func(tx *store.Tx) error { return e.adjust(ctx, tx, actor, &a) })
	if err != nil {
		return a, err
	}
	return e.store.Adjustment(ctx, a.ID)
}

// adjust is Adjust inside a transaction of the caller's.
func (e *Engine) adjust(ctx context.Context, tx *store.Tx, actor billing.Actor, a *billing.Adjustment) error {
	balance, err := tx.LockBalance(ctx, a.CustomerID)
	if err != nil {
		return err
	}
	a.State, a.RequestedBy = billing.AdjustmentPosted, nil
	if actor.Kind == billing.ActorOperator {
		a.RequestedBy = actor.ID
	}
	if a.NeedsApproval(e.options.ApprovalLimit) {
		a.State = billing.AdjustmentWaiting
	}
	a.OneOperator = a.ByOneOperator(e.options.ApprovalLimit)
	entry, after, err := balance.Adjust(*a) // a waiting one too: what can't be done now is said now
	if err != nil {
		return err
	}
	isNew, err := tx.InsertAdjustment(ctx, *a)
	if err != nil || !isNew {
		return err
	}
	if a.State == billing.AdjustmentWaiting {
		return tx.Audit(ctx, actor, store.Did{Action: "adjustment.requested", CustomerID: &a.CustomerID, Subject: a.ID.String(), After: a.Facts()})
	}
	return e.postAdjustment(ctx, tx, actor, *a, entry, balance, after)
}

func (e *Engine) postAdjustment(ctx context.Context, tx *store.Tx, actor billing.Actor, a billing.Adjustment, entry billing.Entry, before, after billing.Balance) error {
	if err := tx.Post(ctx, entry); err != nil {
		return err
	}
	did := store.Did{
		Action: "adjustment.posted", CustomerID: &a.CustomerID, Subject: a.ID.String(),
		Before: map[string]string{"balance": before.Posted.String()},
		After:  map[string]any{"balance": after.Posted.String(), "adjustment": a.Facts()},
	}
	if err := tx.Audit(ctx, actor, did); err != nil {
		return err
	}
	if err := tellAdjusted(ctx, tx, a, before, after); err != nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: a.CustomerID})
}

// Decide approves or rejects a waiting adjustment. Errors: those of
// billing.MayDecide, ErrAlreadyDecided for one that is decided or expired,
// ErrPartOfList for a line of a list.
func (e *Engine) Decide(ctx context.Context, actor billing.Actor, id uuid.UUID, approve bool) (billing.Adjustment, error) {
	a, err := e.store.Adjustment(ctx, id)
	if err != nil {
		return a, err
	}
	if a.ListID != nil {
		return a, billing.ErrPartOfList
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, a.CustomerID)
		if err != nil {
			return err
		}
		if a, err = tx.LockAdjustment(ctx, id); err != nil {
			return err
		}
		decider, err := e.mayDecide(ctx, tx, actor, a.RequestedBy)
		if err != nil {
			return err
		}
		if !approve {
			a.State = billing.AdjustmentRejected
			if err := tx.DecideAdjustment(ctx, id, a.State, decider); err != nil {
				return err
			}
			return tx.Audit(ctx, actor, store.Did{Action: "adjustment.rejected", CustomerID: &a.CustomerID, Subject: id.String(), After: a.Facts()})
		}
		if err := tx.DecideAdjustment(ctx, id, billing.AdjustmentPosted, decider); err != nil {
			return err
		}
		a.State = billing.AdjustmentPosted
		entry, after, err := balance.Adjust(a)
		if err != nil {
			return err
		}
		return e.postAdjustment(ctx, tx, actor, a, entry, balance, after)
	})
	if err != nil {
		return a, err
	}
	return e.store.Adjustment(ctx, id)
}

// NewCustomer is what makes a customer.
type NewCustomer struct {
	Code    string
	Name    string
	Opening billing.USD // zero: none
}

// AddCustomer makes a customer with one API key and, if asked for, an opening
// adjustment (which may wait for approval). The key is returned once and not
// kept. A code in use is a billing.ValidationError on "code".
func (e *Engine) AddCustomer(ctx context.Context, actor billing.Actor, n NewCustomer) (c billing.Customer, key string, err error) {
	if err := billing.CheckNewCustomer(n.Code, n.Name); err != nil {
		return c, "", err
	}
	if n.Opening.Sign() < 0 {
		return c, "", billing.ValidationError{"credit": "An opening credit is not below zero"}
	}
	key, hint := billing.NewSecretKey()
	var id int64
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		if id, err = tx.InsertCustomer(ctx, n.Code, n.Name); err != nil {
			return err
		}
		if _, err := tx.InsertAPIKey(ctx, id, "First key", hint, billing.HashSecret(key)); err != nil {
			return err
		}
		err := tx.Audit(ctx, actor, store.Did{
			Action: "customer.created", CustomerID: &id, Subject: n.Code,
			After: map[string]string{"code": n.Code, "name": n.Name, "api_key": hint},
		})
		if err != nil || n.Opening.Sign() == 0 {
			return err
		}
		opening := billing.Adjustment{
			ID: uuid.New(), CustomerID: id, Amount: n.Opening, Reason: billing.ReasonOpening, Note: "Opening balance",
		}
		return e.adjust(ctx, tx, actor, &opening)
	})
	if errors.Is(err, billing.ErrTaken) {
		return c, "", billing.ValidationError{"code": "This code is in use"}
	}
	if err != nil {
		return c, "", err
	}
	c, err = e.store.Customer(ctx, id)
	return c, key, err
}
