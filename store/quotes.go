package store

// Prices that were promised.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// InsertQuote keeps a promise and fills in from when until when it holds.
func (tx *Tx) InsertQuote(ctx context.Context, q *billing.PromisedQuote) error {
	kept, err := get[struct {
		CreatedAt time.Time `db:"created_at"`
		ExpiresAt time.Time `db:"expires_at"`
	}](ctx, tx.q, "a new quote", `
		INSERT INTO quotes (id, customer_id, amount, price, rate, discount)
		VALUES ($1, $2, $3, $4, $5, $6)
		RETURNING created_at, expires_at`, q.ID, q.CustomerID, q.Amount, q.Price, q.Rate, q.Discount)
	q.CreatedAt, q.ExpiresAt = kept.CreatedAt, kept.ExpiresAt
	return err
}

// Quote reads a customer's promise; another customer's is billing.ErrNotFound.
func (r reader) Quote(ctx context.Context, customerID int64, id billing.QuoteID) (billing.PromisedQuote, error) {
	return get[billing.PromisedQuote](ctx, r.q, fmt.Sprintf("quote %s", id), `
		SELECT id, customer_id, amount, price, rate, discount, created_at, expires_at, topup_id, expires_at < now() AS expired
		FROM quotes
		WHERE id = $1 AND customer_id = $2`, id, customerID)
}

// UseQuote gives a promise to the top-up that this transaction accepted; the
// customer's balance is locked. One that is gone is billing.ErrQuoteUsed.
func (tx *Tx) UseQuote(ctx context.Context, id billing.QuoteID, topUp billing.TopUpID) error {
	res, err := tx.tx.ExecContext(ctx, `UPDATE quotes SET topup_id = $2, used_at = now() WHERE id = $1 AND topup_id IS NULL`, id, topUp)
	if err != nil {
		return fmt.Errorf("use quote %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("use quote %s: %w", id, err)
	}
	if n == 0 {
		return billing.ErrQuoteUsed
	}
	return nil
}

// ForgetQuotes removes promises that nobody took up, a day after they expired.
func (s *Store) ForgetQuotes(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM quotes WHERE topup_id IS NULL AND expires_at < now() - interval '1 day'`)
	if err != nil {
		return fmt.Errorf("forget quotes: %w", err)
	}
	return nil
}
