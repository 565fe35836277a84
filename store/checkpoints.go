package store

// Business days that are closed, and how each account stood at their end.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// closingLock is the advisory lock under which one instance closes a day.
const closingLock = 7_205_412

// Closing is how far the business days are closed, and how far they could be.
type Closing struct {
	LastDay *time.Time `db:"last_day"` // closed, midnight UTC of its date; nil: none is
	FirstAt *time.Time `db:"first_at"` // of the first entry of any customer; nil: there is none
	Settled time.Time  `db:"settled"`  // whatever is dated before this moment is committed by now
}

// LockClosing lets one transaction at a time close days, until it ends. It does
// not wait: false means that another one is at it.
func (tx *Tx) LockClosing(ctx context.Context) (mine bool, err error) {
	return get[bool](ctx, tx.q, "the lock on closing days", `SELECT pg_try_advisory_xact_lock($1)`, closingLock)
}

// Closing says how far the days are closed. An entry carries the time at which
// its transaction began, so a moment is settled when every transaction that began
// before it has ended; ten minutes more allow for a standby's clock that is behind.
// Of other roles' sessions the database tells us only whether they are in a
// transaction: as long as one is, nothing is settled.
func (r reader) Closing(ctx context.Context) (Closing, error) {
	return get[Closing](ctx, r.q, "how far the days are closed", `
		SELECT (SELECT max(day) FROM business_days) AS last_day,
		       (SELECT min(e.created_at) FROM balances b JOIN entries e ON e.customer_id = b.customer_id AND e.number = 1) AS first_at,
		       LEAST(now() - interval '10 minutes', (
			SELECT min(CASE WHEN a.backend_type IS NULL THEN timestamptz 'epoch' ELSE a.xact_start END)
			FROM pg_stat_activity a
			WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
			  AND (a.backend_type = 'client backend'
			       OR a.backend_type IS NULL AND a.usesysid IS NOT NULL -- hidden, and not one of the server's own
			          AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'virtualxid')))) AS settled`)
}

// effects names an entry's kind as checkpoints and statements do, and gives what
// it did to its customer's balance and to what is held of it.
const effects = `
	CASE WHEN kind <> 'adjustment' THEN kind WHEN to_account = 'available' THEN 'credit' ELSE 'debit' END AS kind,
	1 AS entries,
	CASE WHEN to_account IN ('available', 'held') THEN amount ELSE 0 END - CASE WHEN from_account IN ('available', 'held') THEN amount ELSE 0 END AS balance,
	CASE WHEN to_account = 'held' THEN amount ELSE 0 END - CASE WHEN from_account = 'held' THEN amount ELSE 0 END AS held`

// CloseDay writes a business day that ended at endsAt with a checkpoint of every
// account that has an entry by then. It wants LockClosing, and the day before closed.
func (tx *Tx) CloseDay(ctx context.Context, day string, endsAt time.Time) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH closed AS (
			INSERT INTO business_days (day, ends_at) VALUES ($1, $2)
		)
		INSERT INTO checkpoints (customer_id, day, number, hash, balance, held, sums)
		SELECT b.customer_id, $1, e.number, e.hash, e.balance_after, e.held_after, summed.sums
		FROM balances b
		LEFT JOIN LATERAL (
			SELECT c.number, c.sums FROM checkpoints c WHERE c.customer_id = b.customer_id ORDER BY c.day DESC LIMIT 1
		) before ON true
		CROSS JOIN LATERAL (SELECT COALESCE((
			SELECT later.number - 1
			FROM entries later
			WHERE later.customer_id = b.customer_id AND later.number > COALESCE(before.number, 0) AND later.created_at >= $2
			ORDER BY later.number
			LIMIT 1), b.last_number) AS number
		) last
		JOIN entries e ON e.customer_id = b.customer_id AND e.number = last.number
		CROSS JOIN LATERAL (
			SELECT jsonb_object_agg(kind, jsonb_build_object('entries', entries, 'balance', balance, 'held', held)) AS sums
			FROM (
				SELECT kind, sum(entries) AS entries, sum(balance) AS balance, sum(held) AS held
				FROM (
					SELECT `+effects+`
					FROM entries
					WHERE customer_id = b.customer_id AND number > COALESCE(before.number, 0) AND number <= last.number
					UNION ALL
					SELECT key, CAST(value ->> 'entries' AS bigint), CAST(value ->> 'balance' AS numeric), CAST(value ->> 'held' AS numeric)
					FROM jsonb_each(before.sums)
				) moved
				GROUP BY kind
			) kinds
		) summed`, day, endsAt)
	if err != nil {
		return fmt.Errorf("close %s: %w", day, err)
	}
	return nil
}

// ClosedDay is a business day that is closed, with what its checkpoints say of
// all accounts together.
type ClosedDay struct {
	Day      time.Time   `db:"day"` // midnight UTC of its date
	EndsAt   time.Time   `db:"ends_at"`
	ClosedAt time.Time   `db:"closed_at"`
	Accounts int64       `db:"accounts"`
	Entries  int64       `db:"entries"` // of all accounts, from their beginning
	Balance  billing.USD `db:"balance"`
	Held     billing.USD `db:"held"`
}

// ClosedDays lists the latest closed business days, newest first, limit at most.
func (r reader) ClosedDays(ctx context.Context, limit int) ([]ClosedDay, error) {
	return list[ClosedDay](ctx, r.q, "closed days", `
		SELECT d.day, d.ends_at, d.closed_at, count(c.customer_id) AS accounts, COALESCE(sum(c.number), 0) AS entries,
		       COALESCE(sum(c.balance), 0) AS balance, COALESCE(sum(c.held), 0) AS held
		FROM (SELECT day, ends_at, closed_at FROM business_days ORDER BY day DESC LIMIT $1) d
		LEFT JOIN checkpoints c ON c.day = d.day
		GROUP BY d.day, d.ends_at, d.closed_at
		ORDER BY d.day DESC`, limit)
}
