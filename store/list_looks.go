package store

// Saved views, and the columns that an operator chose.

import (
	"context"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// SavedViews lists an operator's views in the order in which they were made.
func (r reader) SavedViews(ctx context.Context, operatorID int64) ([]billing.SavedView, error) {
	return list[billing.SavedView](ctx, r.q, "saved views", `
		SELECT id, name, query FROM saved_views WHERE operator_id = $1 ORDER BY id`, operatorID)
}

// SaveView keeps a query under a name. A name in use is billing.ErrTaken, a view
// too many billing.ErrTooMany.
func (s *Store) SaveView(ctx context.Context, operatorID int64, name, query string) error {
	kept, err := get[int](ctx, s.q, "new saved view", `
		WITH kept AS (
			INSERT INTO saved_views (operator_id, name, query)
			SELECT $1, $2, $3 WHERE (SELECT count(*) FROM saved_views WHERE operator_id = $1) < $4
			RETURNING 1
		)
		SELECT count(*) FROM kept`, operatorID, name, query, billing.MostSavedViews)
	switch {
	case violates(err, "saved_views_name_taken"):
		return billing.ErrTaken
	case err == nil && kept == 0:
		return billing.ErrTooMany
	}
	return err
}

// ForgetView removes one of an operator's own views; another's is
// billing.ErrNotFound.
func (s *Store) ForgetView(ctx context.Context, operatorID, id int64) error {
	_, err := get[int64](ctx, s.q, "saved view", `DELETE FROM saved_views WHERE operator_id = $1 AND id = $2 RETURNING id`, operatorID, id)
	return err
}

// ListLook reads how an operator's list looks; found is false for who never chose.
func (r reader) ListLook(ctx context.Context, operatorID int64) (look billing.ListLook, found bool, err error) {
	row, err := get[struct {
		Columns pq.StringArray `db:"columns"`
		Roomy   bool           `db:"roomy"`
	}](ctx, r.q, "the look of a list", `SELECT columns, roomy FROM list_looks WHERE operator_id = $1`, operatorID)
	if errors.Is(err, billing.ErrNotFound) {
		return look, false, nil
	}
	return billing.ListLook{Columns: row.Columns, Roomy: row.Roomy}, err == nil, err
}

// SetListLook keeps how an operator's list looks.
func (s *Store) SetListLook(ctx context.Context, operatorID int64, look billing.ListLook) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO list_looks (operator_id, columns, roomy) VALUES ($1, $2, $3)
		ON CONFLICT (operator_id) DO UPDATE SET columns = EXCLUDED.columns, roomy = EXCLUDED.roomy`,
		operatorID, pq.Array(look.Columns), look.Roomy)
	if err != nil {
		return fmt.Errorf("keep the look of a list: %w", err)
	}
	return nil
}
