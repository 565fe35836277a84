package store

// API keys that are made, rotated and ended.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

//nolint:gosec // G101: a query, not a key
const selectAPIKeys = `
	SELECT id, customer_id, name, hint, created_at, last_used_at, ended_at
	FROM api_keys`

// APIKey reads one key of a customer, ended or not. Another customer's is
// billing.ErrNotFound, as one that is not there.
func (r reader) APIKey(ctx context.Context, customerID, id int64) (billing.APIKey, error) {
	return get[billing.APIKey](ctx, r.q, fmt.Sprintf("API key %d", id), selectAPIKeys+` WHERE customer_id = $1 AND id = $2`, customerID, id)
}

// LockAPIKey is APIKey with a lock on its row.
func (tx *Tx) LockAPIKey(ctx context.Context, customerID, id int64) (billing.APIKey, error) {
	return get[billing.APIKey](ctx, tx.q, fmt.Sprintf("API key %d", id), selectAPIKeys+` WHERE customer_id = $1 AND id = $2 FOR UPDATE`, customerID, id)
}

// PutAPIKey keeps the hash of a new key. When the customer has this very key
// already it is returned as it is, and isNew is false; another customer's is
// billing.ErrTaken.
func (tx *Tx) PutAPIKey(ctx context.Context, k billing.APIKey, hash []byte) (kept billing.APIKey, isNew bool, err error) {
	kept, err = get[billing.APIKey](ctx, tx.q, "new API key", `
		INSERT INTO api_keys (customer_id, name, hint, key_hash) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key_hash) DO NOTHING
		RETURNING id, customer_id, name, hint, created_at, last_used_at, ended_at`, k.CustomerID, k.Name, k.Hint, hash)
	if !errors.Is(err, billing.ErrNotFound) {
		return kept, err == nil, err
	}
	kept, err = get[billing.APIKey](ctx, tx.q, "API key", selectAPIKeys+` WHERE key_hash = $1 AND customer_id = $2`, hash, k.CustomerID)
	if errors.Is(err, billing.ErrNotFound) {
		return kept, false, billing.ErrTaken
	}
	return kept, false, err
}

// EndAPIKey lets a key open nothing any more after a while; 0 is now. One that
// ends sooner anyway does so.
func (tx *Tx) EndAPIKey(ctx context.Context, id int64, after time.Duration) error {
	return tx.exec(ctx, fmt.Sprintf("end API key %d", id), `
		UPDATE api_keys SET ended_at = LEAST(ended_at, now() + make_interval(secs => $2)) WHERE id = $1`, id, after.Seconds())
}
