package bookkeeper

// Closing the business days that are over.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/store"
)

// CloseDays closes every business day that is over and settled, the oldest first,
// and returns how many. Days that nobody closed in time are caught up. While
// another instance is at it, it does nothing.
func (k *Keeper) CloseDays(ctx context.Context) (closed int, err error) {
	for more := true; more; {
		err := k.store.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = k.closeNext(ctx, tx)
			return err
		})
		if err != nil {
			return closed, err
		}
		if more {
			closed++
		}
	}
	if closed > 0 {
		k.log.InfoContext(ctx, "closed business days", "days", closed)
	}
	return closed, nil
}

// closeNext closes the day after the last one that is closed, or the day of the
// first entry. It reports false when that one is not over yet.
func (k *Keeper) closeNext(ctx context.Context, tx *store.Tx) (closed bool, err error) {
	mine, err := tx.LockClosing(ctx)
	if err != nil || !mine {
		return false, err
	}
	c, err := tx.Closing(ctx)
	if err != nil || c.FirstAt == nil {
		return false, err
	}
	day := dateIn(*c.FirstAt, k.options.Zone)
	if c.LastDay != nil {
		day = c.LastDay.AddDate(0, 0, 1)
	}
	endsAt := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, k.options.Zone)
	if endsAt.After(c.Settled) {
		return false, nil
	}
	err = tx.CloseDay(ctx, day.Format(time.DateOnly), endsAt)
	return err == nil, err
}

// dateIn is the date of a moment in a zone, as midnight UTC.
func dateIn(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}
