package store

// What API keys may do, and what they spend.

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// keyColumns are a key k; keyRow reads them.
const keyColumns = `
	k.id, k.customer_id, k.name, k.hint, k.created_at, k.last_used_at, k.last_used_from, k.ended_at,
	k.expires_at, k.scopes, CAST(k.allowed_networks AS text[]) AS allowed_networks, k.daily_cap,
	COALESCE(k.requests_per_minute, 0) AS requests_per_minute, COALESCE(k.requests_burst, 0) AS requests_burst`

// keyEnded is true of a key that opens nothing any more.
const keyEnded = `COALESCE(LEAST(k.ended_at, k.expires_at) <= now(), false)`

type keyRow struct {
	billing.APIKey
	ScopeNames pq.StringArray `db:"scopes"`
	NetTexts   pq.StringArray `db:"allowed_networks"`
}

func (row keyRow) key() (k billing.APIKey, err error) {
	k = row.APIKey
	for _, scope := range row.ScopeNames {
		k.Scopes = append(k.Scopes, billing.Scope(scope))
	}
	k.Networks, err = networksOf(row.NetTexts)
	return k, err
}

func networksOf(texts []string) (networks []netip.Prefix, err error) {
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read an allowed network: %w", err)
		}
		networks = append(networks, network)
	}
	return networks, nil
}

func textsOf(networks []netip.Prefix) any {
	texts := make([]string, len(networks))
	for i, network := range networks {
		texts[i] = network.String()
	}
	return pq.Array(texts)
}

func getKey(ctx context.Context, r reader, what, query string, args ...any) (billing.APIKey, error) {
	row, err := get[keyRow](ctx, r.q, what, query, args...)
	if err != nil {
		return billing.APIKey{}, err
	}
	return row.key()
}

func listKeys(ctx context.Context, r reader, query string, args ...any) ([]billing.APIKey, error) {
	rows, err := list[keyRow](ctx, r.q, "API keys", query, args...)
	if err != nil {
		return nil, err
	}
	keys := make([]billing.APIKey, len(rows))
	for i, row := range rows {
		if keys[i], err = row.key(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// SetKeyTerms gives a key another name and other terms, for what comes in from now
// on; the key is locked.
func (tx *Tx) SetKeyTerms(ctx context.Context, id int64, name string, terms billing.KeyTerms) error {
	return tx.update(ctx, fmt.Sprintf("set the terms of API key %d", id), `
		UPDATE api_keys
		SET name = $2, expires_at = $3, scopes = $4, allowed_networks = CAST($5 AS cidr[]), daily_cap = $6,
		    requests_per_minute = NULLIF(CAST($7 AS int), 0), requests_burst = NULLIF(CAST($8 AS int), 0)
		WHERE id = $1`, id, name, terms.ExpiresAt, pq.Array(terms.Scopes), textsOf(terms.Networks), terms.DailyCap, terms.PerMinute, terms.Burst)
}

// SucceedKey lets a key go on with what the one that it replaces spent.
func (tx *Tx) SucceedKey(ctx context.Context, id, replaced int64) error {
	return tx.update(ctx, fmt.Sprintf("let API key %d follow %d", id, replaced), `
		UPDATE api_keys k SET first_key = COALESCE(o.first_key, o.id) FROM api_keys o WHERE k.id = $1 AND o.id = $2`, id, replaced)
}

// EndAPIKeys lets all of a customer's keys open nothing from now on, and returns
// those that did until then.
func (tx *Tx) EndAPIKeys(ctx context.Context, customerID int64) ([]billing.APIKey, error) {
	return listKeys(ctx, tx.reader, `
		UPDATE api_keys k SET ended_at = now()
		WHERE k.customer_id = $1 AND NOT `+keyEnded+`
		RETURNING `+keyColumns, customerID)
}

// KeySpentSince is the price in USD of what a key, and those that it replaced,
// ordered since a moment, less what failed or was reversed: what is held or charged.
// With the balance locked it cannot grow.
func (r reader) KeySpentSince(ctx context.Context, keyID int64, since time.Time) (billing.USD, error) {
	return get[billing.USD](ctx, r.q, "what a key spent", `
		SELECT COALESCE(sum(t.price), 0)
		FROM api_keys k
		JOIN api_keys line ON line.customer_id = k.customer_id AND COALESCE(line.first_key, line.id) = COALESCE(k.first_key, k.id)
		JOIN topups t ON t.api_key_id = line.id AND t.created_at >= $2 AND t.status NOT IN ('failed', 'reversed')
		WHERE k.id = $1`, keyID, since)
}
