package topup

// Events for customers' programs, written in the transaction in which they happen:
// none is lost and none invented, whatever dies afterwards. Who carries them is not
// the engine's business.

import (
	"context"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// tellMoved tells of a top-up that came to a state that is an event.
func tellMoved(ctx context.Context, tx *store.Tx, t billing.TopUp, moved store.Moved) error {
	if _, told := t.Status.Event(); !told || !moved.Heard {
		return nil
	}
	event, err := billing.TopUpEvent(t, moved.Sequence, moved.At)
	if err != nil {
		return err
	}
	return tx.InsertEvent(ctx, event)
}

// tellAdjusted tells of a posted adjustment.
func tellAdjusted(ctx context.Context, tx *store.Tx, a billing.Adjustment, before, after billing.Balance) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	event, err := billing.AdjustedEvent(a, after, now)
	if err != nil {
		return err
	}
	if err := tx.InsertEvent(ctx, event); err != nil {
		return err
	}
	return tellLower(ctx, tx, before, after)
}

// tellLower tells of a balance that fell below the customer's threshold.
func tellLower(ctx context.Context, tx *store.Tx, before, after billing.Balance) error {
	if after.Available().Cmp(before.Available()) >= 0 {
		return nil
	}
	threshold, err := tx.LowBelow(ctx, after.CustomerID)
	if err != nil {
		return err
	}
	return tellFallen(ctx, tx, before, after, threshold)
}

// tellFallen is tellLower for who knows the threshold.
func tellFallen(ctx context.Context, tx *store.Tx, before, after billing.Balance, threshold billing.USD) error {
	if !billing.Fell(before, after, threshold) {
		return nil
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	event, err := billing.LowEvent(after, threshold, now)
	if err != nil {
		return err
	}
	return tx.InsertEvent(ctx, event)
}
