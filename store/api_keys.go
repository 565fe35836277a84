package store

// API keys that are made, rotated and ended.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const selectAPIKeys = `
	SELECT ` + keyColumns + `
	FROM api_keys k`

// APIKeys lists a customer's keys, the newest first and those that have ended last.
func (r reader) APIKeys(ctx context.Context, customerID int64) ([]billing.APIKey, error) {
	return listKeys(ctx, r, selectAPIKeys+`
		WHERE k.customer_id = $1
		ORDER BY `+keyEnded+`, k.id DESC`, customerID)
}

// APIKeysEnding lists the keys whose last characters are one of ends, of one
// customer or of all (0), those that have ended included; 100 at most.
func (r reader) APIKeysEnding(ctx context.Context, customerID int64, ends []string) ([]billing.APIKey, error) {
	return listKeys(ctx, r, selectAPIKeys+`
		WHERE ($1 = 0 OR k.customer_id = $1) AND EXISTS (SELECT FROM unnest($2::text[]) AS given WHERE right(k.hint, length(given)) = given)
		ORDER BY k.id DESC
		LIMIT 100`, customerID, pq.Array(ends))
}

// ShownKey is a key that a program shows.
type ShownKey struct {
	billing.APIKey
	Ended bool `db:"ended"` // it opens nothing any more
}

// shownRow reads a key that a program shows.
type shownRow struct {
	keyRow
	Ended bool `db:"ended"`
}

func (row shownRow) shown() (ShownKey, error) {
	key, err := row.key()
	return ShownKey{APIKey: key, Ended: row.Ended}, err
}

// APIKeyByHash finds the key with this hash, ended or not. The look-up compares
// hashes of secrets, so its time tells nothing about a key.
func (r reader) APIKeyByHash(ctx context.Context, hash []byte) (ShownKey, error) {
	row, err := get[shownRow](ctx, r.q, "API key", `SELECT `+keyColumns+`, `+keyEnded+` AS ended FROM api_keys k WHERE k.key_hash = $1`, hash)
	if err != nil {
		return ShownKey{}, err
	}
	return row.shown()
}

// TouchAPIKey notes that a key was used, and from where, at most once a minute.
func (s *Store) TouchAPIKey(ctx context.Context, id int64, address string) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE api_keys SET last_used_at = now(), last_used_from = $2
		WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`, id, address)
	if err != nil {
		return fmt.Errorf("note the use of API key %d: %w", id, err)
	}
	return nil
}

// APIKey reads one key of a customer, ended or not. Another customer's is
// billing.ErrNotFound, as one that is not there.
func (r reader) APIKey(ctx context.Context, customerID, id int64) (billing.APIKey, error) {
	return getKey(ctx, r, fmt.Sprintf("API key %d", id), selectAPIKeys+` WHERE k.customer_id = $1 AND k.id = $2`, customerID, id)
}

// LockAPIKey is APIKey with a lock on its row.
func (tx *Tx) LockAPIKey(ctx context.Context, customerID, id int64) (billing.APIKey, error) {
	return getKey(ctx, tx.reader, fmt.Sprintf("API key %d", id), selectAPIKeys+` WHERE k.customer_id = $1 AND k.id = $2 FOR UPDATE`, customerID, id)
}

// PutAPIKey keeps the hash of a new key. When the customer has this very key
// already it is returned as it is, and isNew is false; another customer's is
// billing.ErrTaken.
func (tx *Tx) PutAPIKey(ctx context.Context, k billing.APIKey, hash []byte) (kept billing.APIKey, isNew bool, err error) {
	kept, err = getKey(ctx, tx.reader, "new API key", `
		INSERT INTO api_keys AS k (customer_id, name, hint, key_hash, expires_at, scopes, allowed_networks, daily_cap, requests_per_minute, requests_burst)
		VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS cidr[]), $8, NULLIF(CAST($9 AS int), 0), NULLIF(CAST($10 AS int), 0))
		ON CONFLICT (key_hash) DO NOTHING
		RETURNING `+keyColumns,
		k.CustomerID, k.Name, k.Hint, hash, k.ExpiresAt, pq.Array(k.Scopes), textsOf(k.Networks), k.DailyCap, k.PerMinute, k.Burst)
	if !errors.Is(err, billing.ErrNotFound) {
		return kept, err == nil, err
	}
	kept, err = getKey(ctx, tx.reader, "API key", selectAPIKeys+` WHERE k.key_hash = $1 AND k.customer_id = $2`, hash, k.CustomerID)
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
