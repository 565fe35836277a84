package store

// Orders that came again under a reference that was used.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// NoteRepeat keeps that o came although its reference is that of top-up id. After
// billing.MostRepeats nothing more is kept of that top-up, and nothing of one of the
// system before this one.
func (s *Store) NoteRepeat(ctx context.Context, id billing.TopUpID, o billing.Order) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO repeats (topup_id, api_key_id, from_address, phone, amount)
		SELECT $1, $2, $3, $4, $5
		WHERE (SELECT count(*) FROM repeats WHERE topup_id = $1) < $6 AND EXISTS (SELECT FROM topups WHERE id = $1)`,
		id, o.APIKeyID, o.FromAddress, o.Phone, o.Amount, billing.MostRepeats)
	if err != nil {
		return fmt.Errorf("note the repeat of top-up %s: %w", id, err)
	}
	return nil
}

// Repeats lists what came again of a top-up, in the order in which it came.
func (r reader) Repeats(ctx context.Context, id billing.TopUpID) ([]billing.Repeat, error) {
	return list[billing.Repeat](ctx, r.q, "repeats", `
		SELECT r.at, COALESCE(k.hint, '') AS key_hint, r.from_address, r.phone, r.amount
		FROM repeats r
		LEFT JOIN api_keys k ON k.id = r.api_key_id
		WHERE r.topup_id = $1
		ORDER BY r.id`, id)
}
