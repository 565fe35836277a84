package store

// What a customer's orders are limited by.

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// limitColumns are the limits of customers c; limitsRow reads them.
const limitColumns = `c.min_amount, c.max_amount, c.daily_cap, COALESCE(c.requests_per_minute, 0) AS requests_per_minute, CAST(c.allowed_networks AS text[]) AS allowed_networks, c.products`

type limitsRow struct {
	Min      *billing.MXN   `db:"min_amount"`
	Max      *billing.MXN   `db:"max_amount"`
	DailyCap *billing.USD   `db:"daily_cap"`
	Requests int            `db:"requests_per_minute"`
	Networks pq.StringArray `db:"allowed_networks"`
	Products pq.StringArray `db:"products"`
}

func (row limitsRow) limits() (billing.Limits, error) {
	l := billing.Limits{Min: row.Min, Max: row.Max, DailyCap: row.DailyCap, RequestsPerMinute: row.Requests, Products: row.Products}
	for _, text := range row.Networks {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return l, fmt.Errorf("read an allowed network: %w", err)
		}
		l.Networks = append(l.Networks, network)
	}
	return l, nil
}

// Limits reads a customer's limits.
func (r reader) Limits(ctx context.Context, customerID int64) (billing.Limits, error) {
	row, err := get[limitsRow](ctx, r.q, fmt.Sprintf("limits of customer %d", customerID), `SELECT `+limitColumns+` FROM customers c WHERE c.id = $1`, customerID)
	if err != nil {
		return billing.Limits{}, err
	}
	return row.limits()
}

// SetLimits puts limits in force for what comes in from now on; the balance is locked.
func (tx *Tx) SetLimits(ctx context.Context, customerID int64, l billing.Limits) error {
	networks := make([]string, len(l.Networks))
	for i, network := range l.Networks {
		networks[i] = network.String()
	}
	return tx.update(ctx, fmt.Sprintf("set the limits of customer %d", customerID), `
		UPDATE customers
		SET min_amount = $2, max_amount = $3, daily_cap = $4, requests_per_minute = NULLIF(CAST($5 AS int), 0), allowed_networks = CAST($6 AS cidr[]),
		    products = $7
		WHERE id = $1`, customerID, l.Min, l.Max, l.DailyCap, l.RequestsPerMinute, pq.Array(networks), pq.Array(append([]string{}, l.Products...)))
}

// LimitChanges lists the newest changes of a customer's limits.
func (r reader) LimitChanges(ctx context.Context, customerID int64, limit int) ([]billing.Audit, error) {
	return list[billing.Audit](ctx, r.q, "changes of limits", selectAudit+`
		WHERE action = 'customer.limits' AND customer_id = $1
		ORDER BY id DESC
		LIMIT $2`, customerID, limit)
}

// SpentSince is the price in USD of what a customer ordered since a moment on a
// quarter of an hour, less what failed or was reversed. With the balance locked
// it cannot change.
func (r reader) SpentSince(ctx context.Context, customerID int64, since time.Time) (billing.USD, error) {
	return get[billing.USD](ctx, r.q, "what was spent", `
		SELECT COALESCE(sum(spent), 0) FROM quarter_hours WHERE customer_id = $1 AND began >= $2`, customerID, since)
}

// Caller is a key that a program shows, and what its customer's programs are limited by.
type Caller struct {
	ShownKey
	Limits billing.Limits
}

// Caller finds the key with this hash, ended or not. The look-up compares
// hashes of secrets, so its time tells nothing about a key.
func (r reader) Caller(ctx context.Context, hash []byte) (Caller, error) {
	row, err := get[struct {
		ShownKey
		limitsRow
	}](ctx, r.q, "API key", `
		SELECT k.id, k.customer_id, k.name, k.hint, k.created_at, k.last_used_at, k.last_used_from, k.ended_at,
		       k.ended_at IS NOT NULL AND k.ended_at <= now() AS ended, `+limitColumns+`
		FROM api_keys k
		JOIN customers c ON c.id = k.customer_id
		WHERE k.key_hash = $1`, hash)
	if err != nil {
		return Caller{}, err
	}
	limits, err := row.limits()
	return Caller{ShownKey: row.ShownKey, Limits: limits}, err
}

// TakeTurn lets a request of a customer through who may make so many a minute (as
// many of them at once), counted over all instances by the database's clock; else
// it says how long to wait.
func (s *Store) TakeTurn(ctx context.Context, customerID int64, perMinute int) (wait time.Duration, err error) {
	_, err = get[int64](ctx, s.q, "a turn", `
		INSERT INTO request_turns AS t (customer_id, next_at) VALUES ($1, clock_timestamp() + make_interval(secs => 60.0 / $2))
		ON CONFLICT (customer_id) DO UPDATE
		SET next_at = GREATEST(t.next_at, clock_timestamp()) + make_interval(secs => 60.0 / $2)
		WHERE GREATEST(t.next_at, clock_timestamp()) + make_interval(secs => 60.0 / $2) <= clock_timestamp() + interval '60 seconds'
		RETURNING customer_id`, customerID, perMinute)
	if !errors.Is(err, billing.ErrNotFound) {
		return 0, err
	}
	seconds, err := get[float64](ctx, s.q, "the next turn", `
		SELECT GREATEST(EXTRACT(EPOCH FROM next_at + make_interval(secs => 60.0 / $2) - interval '60 seconds' - clock_timestamp()), 0.001)
		FROM request_turns WHERE customer_id = $1`, customerID, perMinute)
	return time.Duration(seconds * float64(time.Second)), err
}
