package store

// Whose turn it is: requests counted by GCRA over all instances, by the database's
// clock.

import (
	"context"

	"latcom.example/latcom-billing/billing"
)

// Limited is who asks for a turn, and by what both are limited.
type Limited struct {
	CustomerID, KeyID int64
	Customer, Key     billing.RequestLimit
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
// changes nothing but what it was told.
const (
	customerTurn = `
		INSERT INTO request_turns AS t (customer_id, next_at, allowed)
		SELECT $1, now() + make_interval(secs => $2), true WHERE $2 > 0 AND NOT EXISTS (SELECT FROM of_key WHERE NOT allowed)
		ON CONFLICT (customer_id) DO UPDATE SET
			allowed = GREATEST(t.next_at, now()) + make_interval(secs => $2) <= now() + make_interval(secs => $5),
			next_at = CASE WHEN GREATEST(t.next_at, now()) + make_interval(secs => $2) <= now() + make_interval(secs => $5)
			          THEN GREATEST(t.next_at, now()) + make_interval(secs => $2) ELSE t.next_at END
		RETURNING next_at, allowed`
	keyTurn = `
		INSERT INTO key_turns AS t (api_key_id, next_at, allowed)
		SELECT $3, now() + make_interval(secs => $4), true WHERE $4 > 0
		ON CONFLICT (api_key_id) DO UPDATE SET
			allowed = GREATEST(t.next_at, now()) + make_interval(secs => $4) <= now() + make_interval(secs => $6),
			next_at = CASE WHEN GREATEST(t.next_at, now()) + make_interval(secs => $4) <= now() + make_interval(secs => $6)
			          THEN GREATEST(t.next_at, now()) + make_interval(secs => $4) ELSE t.next_at END
		RETURNING next_at, allowed`
)

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
		l.CustomerID, one, l.KeyID, oneOfKey, all, allOfKey)
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
