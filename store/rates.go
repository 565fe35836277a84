package store

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// SetFirstRate puts a rate in force if there was never one.
func (s *Store) SetFirstRate(ctx context.Context, rate billing.Rate) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO exchange_rates (mxn_per_usd)
		SELECT $1 WHERE NOT EXISTS (SELECT FROM exchange_rates)`, rate)
	if err != nil {
		return fmt.Errorf("set the first exchange rate: %w", err)
	}
	return nil
}
