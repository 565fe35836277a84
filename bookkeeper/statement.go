package bookkeeper

// Statements: from the checkpoints, and from the entries that none covers yet.

import (
	"context"
	"errors"
	"slices"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Today is the business day now, as midnight UTC of its date.
func (k *Keeper) Today() time.Time { return dateIn(time.Now(), k.options.Zone) }

// reading is k with one place to read a whole statement from.
func (k *Keeper) reading(ctx context.Context) *Keeper {
	at := *k
	at.reads = k.store.Reading(ctx)
	return &at
}

// Statement is how a customer's account went from one business day to another,
// both included; they are midnights UTC of their dates.
func (k *Keeper) Statement(ctx context.Context, customerID int64, from, to time.Time) (billing.Statement, error) {
	k = k.reading(ctx)
	s := billing.Statement{From: from, To: to}
	open, err := k.openDays(ctx, customerID)
	if err != nil {
		return s, err
	}
	if s.Opening, err = k.standing(ctx, customerID, from.AddDate(0, 0, -1), open); err != nil {
		return s, err
	}
	if s.Days, err = k.reads.AccountDays(ctx, customerID, from.Format(time.DateOnly), to.Format(time.DateOnly)); err != nil {
		return s, err
	}
	for _, day := range open {
		if !day.Day.Before(from) && !day.Day.After(to) {
			s.Days = append(s.Days, day)
		}
	}
	s.Closing = s.Opening
	if len(s.Days) > 0 {
		s.Closing = s.Days[len(s.Days)-1]
	}
	return s, nil
}

// Months are the statements of every month since the account's first entry, the
// newest first, without their days.
func (k *Keeper) Months(ctx context.Context, customerID int64) ([]billing.Statement, error) {
	k = k.reading(ctx)
	ends, err := k.reads.AccountMonths(ctx, customerID)
	if err != nil {
		return nil, err
	}
	open, err := k.openDays(ctx, customerID)
	if err != nil {
		return nil, err
	}
	var months []billing.Statement
	before := billing.AccountDay{}
	for _, end := range append(ends, open...) {
		first := time.Date(end.Day.Year(), end.Day.Month(), 1, 0, 0, 0, 0, time.UTC)
		if n := len(months); n > 0 && months[n-1].From.Equal(first) {
			months[n-1].Closing, before = end, end
			continue
		}
		months = append(months, billing.Statement{From: first, To: first.AddDate(0, 1, -1), Opening: before, Closing: end})
		before = end
	}
	slices.Reverse(months)
	return months, nil
}

// standing is how an account stood at the end of a day.
func (k *Keeper) standing(ctx context.Context, customerID int64, day time.Time, open []billing.AccountDay) (billing.AccountDay, error) {
	for _, d := range slices.Backward(open) {
		if !d.Day.After(day) {
			return d, nil
		}
	}
	return k.lastClosed(ctx, customerID, day.Format(time.DateOnly))
}

func (k *Keeper) lastClosed(ctx context.Context, customerID int64, upTo string) (billing.AccountDay, error) {
	day, err := k.reads.LastAccountDay(ctx, customerID, upTo)
	if errors.Is(err, billing.ErrNotFound) {
		return billing.AccountDay{}, nil
	}
	return day, err
}

// openDays are the days with entries behind the account's last checkpoint, the
// oldest first.
func (k *Keeper) openDays(ctx context.Context, customerID int64) ([]billing.AccountDay, error) {
	last, err := k.lastClosed(ctx, customerID, "infinity")
	if err != nil {
		return nil, err
	}
	first := last.Day.AddDate(0, 0, 1)
	if last.Number == 0 {
		at, err := k.reads.FirstEntryAt(ctx, customerID)
		if errors.Is(err, billing.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		first = dateIn(at, k.options.Zone)
	}
	var days []time.Time
	for day := first; !day.After(k.Today()); day = day.AddDate(0, 0, 1) {
		days = append(days, day)
	}
	if len(days) == 0 {
		days = []time.Time{first} // the database's clock is a little behind ours
	}
	return k.divide(ctx, customerID, last, days)
}

// divide gives each day its entries behind the last checkpoint.
func (k *Keeper) divide(ctx context.Context, customerID int64, last billing.AccountDay, days []time.Time) ([]billing.AccountDay, error) {
	beginnings := make([]time.Time, len(days))
	for i, day := range days {
		beginnings[i] = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, k.options.Zone)
	}
	posted, err := k.reads.OpenDays(ctx, customerID, last.Number, beginnings)
	if err != nil {
		return nil, err
	}
	open := make([]billing.AccountDay, 0, len(posted))
	sums := last.Sums
	for _, p := range posted {
		sums = sums.Plus(p.Moved)
		open = append(open, billing.AccountDay{Day: days[p.Place], Number: p.Number, Hash: p.Hash, Balance: p.Balance, Held: p.Held, Sums: sums})
	}
	return open, nil
}
