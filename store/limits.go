package store

// What a customer's orders are limited by.

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// limitColumns are the limits of customers c; limitsRow reads them.
const limitColumns = `c.min_amount, c.max_amount, c.daily_cap, COALESCE(c.requests_per_minute, 0) AS requests_per_minute,
	COALESCE(c.requests_burst, 0) AS requests_burst, CAST(c.allowed_networks AS text[]) AS allowed_networks, c.products,
	COALESCE(c.guard_minutes, 0) AS guard_minutes`

type limitsRow struct {
	Min      *billing.MXN `db:"min_amount"`
	Max      *billing.MXN `db:"max_amount"`
	DailyCap *billing.USD `db:"daily_cap"`
	billing.RequestLimit
	Networks pq.StringArray `db:"allowed_networks"`
	Products pq.StringArray `db:"products"`
	Guard    int            `db:"guard_minutes"`
}

func (row limitsRow) limits() (billing.Limits, error) {
	networks, err := networksOf(row.Networks)
	return billing.Limits{Min: row.Min, Max: row.Max, DailyCap: row.DailyCap, RequestLimit: row.RequestLimit, Networks: networks, Products: row.Products, Guard: row.Guard}, err
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
	return tx.update(ctx, fmt.Sprintf("set the limits of customer %d", customerID), `
		UPDATE customers
		SET min_amount = $2, max_amount = $3, daily_cap = $4, requests_per_minute = NULLIF(CAST($5 AS int), 0),
		    requests_burst = NULLIF(CAST($6 AS int), 0), allowed_networks = CAST($7 AS cidr[]), products = $8,
		    guard_minutes = NULLIF(CAST($9 AS int), 0)
		WHERE id = $1`, customerID, l.Min, l.Max, l.DailyCap, l.PerMinute, l.Burst, textsOf(l.Networks), pq.Array(append([]string{}, l.Products...)), l.Guard)
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
	ReadAt time.Time // by the database's clock: nothing here is older
}

// Caller finds the key with this hash, ended or not; none is billing.ErrNotFound.
func (r reader) Caller(ctx context.Context, hash []byte) (Caller, error) {
	found, err := r.Callers(ctx, [32]byte(hash))
	if err != nil {
		return Caller{}, err
	}
	c, ok := found[[32]byte(hash)]
	if !ok {
		return c, fmt.Errorf("API key: %w", billing.ErrNotFound)
	}
	return c, nil
}

// Callers finds the keys with these hashes, ended or not; what is none's is absent.
// The look-up compares hashes of secrets, so its time tells nothing about a key.
func (r reader) Callers(ctx context.Context, hashes ...[32]byte) (map[[32]byte]Caller, error) {
	asked := make(pq.ByteaArray, len(hashes))
	for i := range hashes {
		asked[i] = hashes[i][:]
	}
	rows, err := list[callerRow](ctx, r.q, "API keys", `
		SELECT k.key_hash AS hash, `+keyColumns+`, `+keyEnded+` AS ended, now() AS read_at,
		       c.min_amount AS "limits.min_amount", c.max_amount AS "limits.max_amount", c.daily_cap AS "limits.daily_cap",
		       COALESCE(c.requests_per_minute, 0) AS "limits.requests_per_minute", COALESCE(c.requests_burst, 0) AS "limits.requests_burst",
		       CAST(c.allowed_networks AS text[]) AS "limits.allowed_networks", c.products AS "limits.products", COALESCE(c.guard_minutes, 0) AS "limits.guard_minutes"
		FROM api_keys k
		JOIN customers c ON c.id = k.customer_id
		WHERE k.key_hash = ANY ($1)`, asked)
	if err != nil {
		return nil, err
	}
	callers := make(map[[32]byte]Caller, len(rows))
	for _, row := range rows {
		caller, err := row.caller()
		if err != nil {
			return nil, err
		}
		callers[[32]byte(row.Hash)] = caller
	}
	return callers, nil
}

// callerRow reads a Caller.
type callerRow struct {
	Hash []byte `db:"hash"`
	shownRow
	Limits limitsRow `db:"limits"`
	ReadAt time.Time `db:"read_at"`
}

func (row callerRow) caller() (c Caller, err error) {
	c.ReadAt = row.ReadAt
	if c.Limits, err = row.Limits.limits(); err != nil {
		return c, err
	}
	c.ShownKey, err = row.shown()
	return c, err
}
