package store

// What statements are made of: checkpoints of an account, and its entries since
// the last one.

import (
	"context"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const selectAccountDays = `SELECT day, number, hash, balance, held, sums, true AS closed FROM checkpoints WHERE customer_id = $1`

// LastAccountDay is the last closed day of a customer's account up to a date (of
// the form 2026-03-12, or infinity); billing.ErrNotFound when there is none.
func (r reader) LastAccountDay(ctx context.Context, customerID int64, upTo string) (billing.AccountDay, error) {
	return get[billing.AccountDay](ctx, r.q, "the last closed day of an account",
		selectAccountDays+` AND day <= CAST($2 AS date) ORDER BY day DESC LIMIT 1`, customerID, upTo)
}

// AccountDays lists an account's closed days from one date to another, both
// inclusive, the oldest first.
func (r reader) AccountDays(ctx context.Context, customerID int64, from, to string) ([]billing.AccountDay, error) {
	return list[billing.AccountDay](ctx, r.q, "closed days of an account",
		selectAccountDays+` AND day BETWEEN CAST($2 AS date) AND CAST($3 AS date) ORDER BY day`, customerID, from, to)
}

// AccountMonths lists the last closed day of each month of an account, the oldest
// first.
func (r reader) AccountMonths(ctx context.Context, customerID int64) ([]billing.AccountDay, error) {
	return list[billing.AccountDay](ctx, r.q, "closed months of an account", `
		SELECT DISTINCT ON (date_trunc('month', day)) day, number, hash, balance, held, sums, true AS closed
		FROM checkpoints
		WHERE customer_id = $1
		ORDER BY date_trunc('month', day), day DESC`, customerID)
}

// FirstEntryAt is when a customer's first entry was posted; billing.ErrNotFound
// when there is none.
func (r reader) FirstEntryAt(ctx context.Context, customerID int64) (time.Time, error) {
	return get[time.Time](ctx, r.q, "an account's first entry", `
		SELECT created_at FROM entries WHERE customer_id = $1 AND number = 1`, customerID)
}

// OpenDay is what was posted to an account on a day that is not closed yet.
type OpenDay struct {
	Place   int               `db:"place"` // in the beginnings that were asked for, from 0
	Number  int64             `db:"number"`
	Hash    billing.Hash      `db:"hash"`
	Balance billing.USD       `db:"balance"`
	Held    billing.USD       `db:"held"`
	Moved   billing.Movements `db:"moved"` // on that day alone
}

// OpenDays divides an account's entries behind a number among days that begin at
// these moments, as checkpoints will: an entry belongs to the day of the latest
// moment met in the account so far. Days without an entry are left out.
func (r reader) OpenDays(ctx context.Context, customerID, after int64, beginnings []time.Time) ([]OpenDay, error) {
	return list[OpenDay](ctx, r.q, "open days of an account", `
		WITH dated AS (
			SELECT number, GREATEST(width_bucket(max(created_at) OVER (ORDER BY number), CAST($3 AS timestamptz[])), 1) - 1 AS place, `+effects+`
			FROM (SELECT * FROM entries WHERE customer_id = $1 AND number > $2) e
		), moved AS (
			SELECT place, kind, sum(entries) AS entries, sum(balance) AS balance, sum(held) AS held, max(number) AS last
			FROM dated
			GROUP BY place, kind
		)
		SELECT d.place, e.number, e.hash, e.balance_after AS balance, e.held_after AS held, d.moved
		FROM (
			SELECT place, max(last) AS last,
			       jsonb_object_agg(kind, jsonb_build_object('entries', entries, 'balance', balance, 'held', held)) AS moved
			FROM moved
			GROUP BY place
		) d
		JOIN entries e ON e.customer_id = $1 AND e.number = d.last
		ORDER BY d.place`, customerID, after, pq.Array(beginnings))
}
