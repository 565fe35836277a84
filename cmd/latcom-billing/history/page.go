package history

// Pages: what is kept in memory of the past before it is written. One is written
// while the next one is made up.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// pageSize is how many top-ups stand on a page.
const pageSize = 2000

type page struct {
	adjustments   []store.PastAdjustment
	floatDeposits []billing.FloatDeposit
	topUps        []billing.TopUp
	attempts      []billing.Attempt
	entries       []billing.Entry
}

// write copies a page, causes before their entries.
func (p page) write(ctx context.Context, past *store.Past) error {
	if err := past.Adjustments(ctx, p.adjustments); err != nil {
		return fmt.Errorf("write adjustments: %w", err)
	}
	if err := past.FloatDeposits(ctx, p.floatDeposits); err != nil {
		return fmt.Errorf("write deposits to the float: %w", err)
	}
	if err := past.TopUps(ctx, p.topUps); err != nil {
		return fmt.Errorf("write top-ups: %w", err)
	}
	if err := past.Attempts(ctx, p.attempts); err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	if err := past.Entries(ctx, p.entries); err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	return nil
}
