package topup

// Undoing an adjustment: by another one the other way round, once.

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Undo says which adjustment is undone, and why. ID is the new adjustment's, made
// with the form: sent twice it is done once.
type Undo struct {
	ID       uuid.UUID
	Original uuid.UUID
	Note     string
	Proof    string
}

// ReverseAdjustment undoes a posted adjustment by one of the same amount the other
// way round, which waits for a second operator above the limit as any other does.
// Errors: billing.ValidationError, ErrIllegalMove for one that cannot be undone,
// ErrAlreadyReversed, InsufficientBalanceError when the customer has spent it.
func (e *Engine) ReverseAdjustment(ctx context.Context, actor billing.Actor, u Undo) (billing.Adjustment, error) {
	original, err := e.store.Adjustment(ctx, u.Original)
	if err != nil {
		return original, err
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockBalance(ctx, original.CustomerID); err != nil {
			return err
		}
		if done, err := tx.Adjustment(ctx, u.ID); !errors.Is(err, billing.ErrNotFound) {
			if err == nil && (done.Reverses == nil || *done.Reverses != u.Original) {
				return billing.ErrTaken
			}
			return err
		}
		if original, err = tx.Adjustment(ctx, u.Original); err != nil {
			return err
		}
		reversal, err := original.Reversal(u.ID, u.Note, u.Proof)
		if err != nil {
			return err
		}
		if err := reversal.Check(); err != nil {
			return err
		}
		return e.adjust(ctx, tx, actor, &reversal)
	})
	if err != nil {
		return original, err
	}
	return e.store.Adjustment(ctx, u.ID)
}
