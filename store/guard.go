package store

// The guard against topping up the same phone twice by mistake.

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// LastTopUpSince reads the last top-up that a customer ordered of this amount for
// this phone in the last minutes, by the database's clock, of those that did not fail
// and were not reversed; billing.ErrNotFound when there is none.
func (r reader) LastTopUpSince(ctx context.Context, customerID int64, phone billing.Phone, amount billing.MXN, minutes int) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, "a recent top-up of the same phone", `
		SELECT `+topUpColumns+topUpTables+`
		WHERE t.customer_id = $1 AND t.phone = $2 AND t.amount = $3 AND t.status NOT IN ('failed', 'reversed')
		  AND t.created_at > clock_timestamp() - make_interval(mins => $4)
		ORDER BY t.created_at DESC, t.id DESC
		LIMIT 1`, customerID, phone, amount, minutes)
}

// Override is leave to order what the guard refused.
type Override struct {
	Hash       []byte // of its token
	CustomerID int64
	Phone      billing.Phone
	Amount     billing.MXN
	Earlier    billing.TopUpID
}

// OfferOverride keeps an override for ten minutes, and forgets those of the customer
// that are over.
func (s *Store) OfferOverride(ctx context.Context, o Override) error {
	_, err := s.db.ExecContext(ctx, `
		WITH over AS (DELETE FROM guard_overrides WHERE customer_id = $2 AND expires_at < now())
		INSERT INTO guard_overrides (token_hash, customer_id, phone, amount, earlier, expires_at)
		VALUES ($1, $2, $3, $4, $5, now() + interval '10 minutes')`, o.Hash, o.CustomerID, o.Phone, o.Amount, o.Earlier)
	if err != nil {
		return fmt.Errorf("offer an override: %w", err)
	}
	return nil
}

// UseOverride uses an override up, and says whether there was one for this order.
func (tx *Tx) UseOverride(ctx context.Context, o Override) (bool, error) {
	_, err := get[bool](ctx, tx.q, "an override", `
		UPDATE guard_overrides SET used_at = now()
		WHERE token_hash = $1 AND customer_id = $2 AND phone = $3 AND amount = $4 AND used_at IS NULL AND expires_at > clock_timestamp()
		RETURNING true`, o.Hash, o.CustomerID, o.Phone, o.Amount)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
