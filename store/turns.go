package store

// Whose turn it is: requests counted by GCRA over all instances, by the database's
// clock.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Limited is who asks for a turn, and by what both are limited.
type Limited struct {
	CustomerID, KeyID int64
	Customer, Key     billing.RequestLimit

	// CountedFor is how long requests have been counted here; before that they were
	// counted elsewhere, and all that could be used then counts as used. Nil: always.
	CountedFor *time.Duration
}

// Any says whether there is a limit at all.
func (l Limited) Any() bool { return l.Customer.PerMinute > 0 || l.Key.PerMinute > 0 }

// The limits that a Turn tells of.
const (
	TurnOfKey      = "key"
	TurnOfCustomer = "customer"
)

// Turn is how a limit stands.
type Turn struct {
	Limit   string  `db:"limit_name"` // TurnOfKey, TurnOfCustomer
	Allowed bool    `db:"allowed"`
	Ahead   float64 `db:"ahead"` // seconds until the whole quota is there again
}

// A request moves a row's moment by the time of one request ($2, $4), and not beyond
// that of the whole quota ($5, $6), all in seconds; 0: no limit. One that is beyond
// takes nothing. Where it was counted elsewhere until $7 seconds ago, the whole quota
// was used then.
const (
	customerTurn = `
		INSERT INTO request_turns AS t (customer_id, next_at, allowed)
		SELECT $1, from_when + CASE WHEN fits THEN make_interval(secs => $2) ELSE '0' END, fits
		FROM (SELECT now() + make_interval(secs => GREATEST(0, CAST($5 AS float8) - CAST($7 AS float8))) AS from_when, CAST($2 AS float8) <= LEAST(CAST($5 AS float8), CAST($7 AS float8)) AS fits) fresh
		WHERE $2 > 0 AND NOT EXISTS (SELECT FROM of_key WHERE NOT allowed)
		ON CONFLICT (customer_id) DO UPDATE SET
			allowed = GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($5 AS float8) - CAST($7 AS float8)))) + make_interval(secs => $2) <= now() + make_interval(secs => $5),
			next_at = GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($5 AS float8) - CAST($7 AS float8))))
			        + CASE WHEN GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($5 AS float8) - CAST($7 AS float8)))) + make_interval(secs => $2) <= now() + make_interval(secs => $5)
			          THEN make_interval(secs => $2) ELSE '0' END
		RETURNING next_at, allowed`
	keyTurn = `
		INSERT INTO key_turns AS t (api_key_id, next_at, allowed)
		SELECT $3, from_when + CASE WHEN fits THEN make_interval(secs => $4) ELSE '0' END, fits
		FROM (SELECT now() + make_interval(secs => GREATEST(0, CAST($6 AS float8) - CAST($7 AS float8))) AS from_when, CAST($4 AS float8) <= LEAST(CAST($6 AS float8), CAST($7 AS float8)) AS fits) fresh
		WHERE $4 > 0
		ON CONFLICT (api_key_id) DO UPDATE SET
			allowed = GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($6 AS float8) - CAST($7 AS float8)))) + make_interval(secs => $4) <= now() + make_interval(secs => $6),
			next_at = GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($6 AS float8) - CAST($7 AS float8))))
			        + CASE WHEN GREATEST(t.next_at, now() + make_interval(secs => GREATEST(0, CAST($6 AS float8) - CAST($7 AS float8)))) + make_interval(secs => $4) <= now() + make_interval(secs => $6)
			          THEN make_interval(secs => $4) ELSE '0' END
		RETURNING next_at, allowed`
)

// always is longer than any quota lasts, in seconds.
const always = 1e9

// counted is how long requests have been counted here, in seconds.
func (l Limited) counted() float64 {
	if l.CountedFor == nil {
		return always
	}
	return max(0, l.CountedFor.Seconds())
}

// seconds are the times of one request and of the whole quota, with a little
// for what their rounding loses.
func seconds(l billing.RequestLimit) (one, all float64) {
	one = l.Every().Seconds()
	return one, one*float64(l.Quota()) + 1e-5
}

// TakeTurn counts a request against its key's limit and then its customer's, in one
// round trip, and says how they stand: the request is allowed if both say so. What
// its key refuses takes nothing from the customer's other keys.
func (s *Store) TakeTurn(ctx context.Context, l Limited) ([]Turn, error) {
	one, all := seconds(l.Customer)
	oneOfKey, allOfKey := seconds(l.Key)
	return list[Turn](ctx, s.q, "turns", `
		WITH of_key AS (`+keyTurn+`), of_customer AS (`+customerTurn+`)
		SELECT 'key' AS limit_name, allowed, EXTRACT(EPOCH FROM next_at - now()) AS ahead FROM of_key
		UNION ALL
		SELECT 'customer', allowed, EXTRACT(EPOCH FROM next_at - now()) FROM of_customer`,
		l.CustomerID, one, l.KeyID, oneOfKey, all, allOfKey, l.counted())
}

// Turns says how the limits stand, and counts nothing. A limit under which nobody
// asked yet is not listed.
func (r reader) Turns(ctx context.Context, l Limited) ([]Turn, error) {
	return list[Turn](ctx, r.q, "turns", `
		SELECT 'key' AS limit_name, true AS allowed, GREATEST(EXTRACT(EPOCH FROM next_at - now()), 0) AS ahead FROM key_turns WHERE api_key_id = $1 AND $2 > 0
		UNION ALL
		SELECT 'customer', true, GREATEST(EXTRACT(EPOCH FROM next_at - now()), 0) FROM request_turns WHERE customer_id = $3 AND $4 > 0`,
		l.KeyID, l.Key.PerMinute, l.CustomerID, l.Customer.PerMinute)
}

// TurnsUnderWay says whether requests were counted here so lately that it matters:
// some quota is not wholly there again.
func (r reader) TurnsUnderWay(ctx context.Context) (bool, error) {
	return get[bool](ctx, r.q, "turns under way", `
		SELECT EXISTS (SELECT FROM request_turns WHERE next_at > now()) OR EXISTS (SELECT FROM key_turns WHERE next_at > now())`)
}
