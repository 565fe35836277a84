package store

// Sending that an operator stopped.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

const selectPauses = `
	SELECT p.id, COALESCE(p.product, '') AS product, COALESCE(p.customer_id, 0) AS customer_id, COALESCE(c.code, '') AS customer_code,
	       COALESCE(c.name, '') AS customer_name, p.reason, p.began_at, p.began_by, p.ended_at, COALESCE(p.ended_by, '') AS ended_by,
	       EXISTS (SELECT FROM restores r WHERE r.pause_id = p.id AND r.checked_at IS NULL) AS after_restore
	FROM pauses p
	LEFT JOIN customers c ON c.id = p.customer_id`

// Pauses lists those that hold, the oldest first.
func (r reader) Pauses(ctx context.Context) ([]billing.Pause, error) {
	return list[billing.Pause](ctx, r.q, "pauses", selectPauses+` WHERE p.ended_at IS NULL ORDER BY p.began_at, p.id`)
}

// EndedPauses lists the latest of those that are over.
func (r reader) EndedPauses(ctx context.Context, limit int) ([]billing.Pause, error) {
	return list[billing.Pause](ctx, r.q, "past pauses", selectPauses+` WHERE p.ended_at IS NOT NULL ORDER BY p.ended_at DESC LIMIT $1`, limit)
}

// PausesFor lists the pauses that hold back an order of a customer for a product:
// none, and it may go.
func (r reader) PausesFor(ctx context.Context, customerID int64, product string) ([]billing.Pause, error) {
	return list[billing.Pause](ctx, r.q, "pauses of an order", selectPauses+`
		WHERE p.ended_at IS NULL AND (p.product IS NULL OR p.product = $2) AND (p.customer_id IS NULL OR p.customer_id = $1)
		ORDER BY num_nonnulls(p.product, p.customer_id), p.id`, customerID, product)
}

// InsertPause begins a pause. It returns false when the same thing is paused
// already: its reason stands.
func (tx *Tx) InsertPause(ctx context.Context, p billing.Pause) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `
		INSERT INTO pauses (product, customer_id, reason, began_by) VALUES (NULLIF($1, ''), NULLIF(CAST($2 AS bigint), 0), $3, $4)
		ON CONFLICT DO NOTHING`, p.Product, p.CustomerID, clean(p.Reason), clean(p.BeganBy))
	if err != nil {
		return false, fmt.Errorf("begin a pause: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("begin a pause: %w", err)
	}
	return n == 1, nil
}

// EndPause ends one that holds, and reads it; one that is over, or was never, is
// billing.ErrNotFound, and so is one that a restore still needs.
func (tx *Tx) EndPause(ctx context.Context, id int64, by string) (billing.Pause, error) {
	return get[billing.Pause](ctx, tx.q, "pause", `
		WITH p AS (UPDATE pauses SET ended_at = now(), ended_by = $2 
			WHERE id = $1 AND ended_at IS NULL AND NOT EXISTS (SELECT FROM restores r WHERE r.pause_id = pauses.id AND r.checked_at IS NULL)
			RETURNING *)
		SELECT p.id, COALESCE(p.product, '') AS product, COALESCE(p.customer_id, 0) AS customer_id, COALESCE(c.code, '') AS customer_code,
		       COALESCE(c.name, '') AS customer_name, p.reason, p.began_at, p.began_by, p.ended_at, COALESCE(p.ended_by, '') AS ended_by
		FROM p
		LEFT JOIN customers c ON c.id = p.customer_id`, id, clean(by))
}

// ProductCodes lists Latcom's products by name.
func (r reader) ProductCodes(ctx context.Context) ([]string, error) {
	return list[string](ctx, r.q, "products", `SELECT code FROM products ORDER BY face IS NOT NULL, face, code`)
}
