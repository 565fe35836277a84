package store

// Who looked at a top-up's details: once an hour each.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// TopUpView is one operator's look at a top-up.
type TopUpView struct {
	Name    string    `db:"name"`
	Address string    `db:"address"`
	At      time.Time `db:"at"` // first of the hour
}

// NoteTopUpView keeps that an operator looks at a top-up, at most once an hour.
func (s *Store) NoteTopUpView(ctx context.Context, id billing.TopUpID, operatorID int64, address string) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO topup_views (topup_id, operator_id, hour, address) VALUES ($1, $2, date_trunc('hour', now(), 'UTC'), $3)
		ON CONFLICT (topup_id, operator_id, hour) DO NOTHING`, id, operatorID, address)
	if err != nil {
		return fmt.Errorf("note who looks at top-up %s: %w", id, err)
	}
	return nil
}

// TopUpViews lists who looked at a top-up, the latest first, at most limit.
func (r reader) TopUpViews(ctx context.Context, id billing.TopUpID, limit int) ([]TopUpView, error) {
	return list[TopUpView](ctx, r.q, "who looked at a top-up", `
		SELECT o.name, v.address, v.at
		FROM topup_views v
		JOIN operators o ON o.id = v.operator_id
		WHERE v.topup_id = $1
		ORDER BY v.at DESC, o.name
		LIMIT $2`, id, limit)
}
