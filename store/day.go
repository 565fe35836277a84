package store

// The day's figures, for the overview and the dashboard.

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// OpenTopUps is what is not final now.
type OpenTopUps struct {
	Queued       int64       `db:"queued"`
	OldestQueued float64     `db:"oldest_queued"` // seconds
	Sending      int64       `db:"sending"`
	Unknown      int64       `db:"unknown"`
	UnknownHeld  billing.USD `db:"unknown_held"`
	LastMinute   int64       `db:"last_minute"` // accepted within it
}

// OpenNow counts what is not final, of one customer or of all (0).
func (r reader) OpenNow(ctx context.Context, customerID int64) (OpenTopUps, error) {
	var o OpenTopUps
	err := sqlx.GetContext(ctx, r.q, &o, `
		SELECT count(*) FILTER (WHERE status = 'queued') AS queued,
		       COALESCE(EXTRACT(EPOCH FROM now() - min(created_at) FILTER (WHERE status = 'queued')), 0) AS oldest_queued,
		       count(*) FILTER (WHERE status = 'sending') AS sending,
		       count(*) FILTER (WHERE status = 'unknown') AS unknown,
		       COALESCE(sum(price) FILTER (WHERE status = 'unknown'), 0) AS unknown_held,
		       (SELECT count(*) FROM topups m
		        WHERE m.created_at > now() - interval '1 minute' AND ($1 = 0 OR m.customer_id = $1)) AS last_minute
		FROM topups
		WHERE status IN ('queued', 'sending', 'unknown') AND ($1 = 0 OR customer_id = $1)`, customerID)
	if err != nil {
		return o, fmt.Errorf("count what is open: %w", err)
	}
	return o, nil
}

// Cause counts failed top-ups by who was at fault.
type Cause struct {
	Fault  billing.Fault `db:"fault"`
	Mostly string        `db:"mostly"` // the most frequent reason, in Latcom's words
	Times  int64         `db:"times"`  // how often that one
	Failed int64         `db:"failed"`
}

// Causes counts the failed top-ups accepted from (inclusive) to (exclusive) by
// who was at fault, the most frequent first.
func (r reader) Causes(ctx context.Context, from, to time.Time) ([]Cause, error) {
	return list[Cause](ctx, r.q, "causes of failure", `
		WITH reasons AS (
			SELECT COALESCE(NULLIF(a.fault, ''), 'provider') AS fault,
			       COALESCE(NULLIF(t.failure_reason, ''), t.failure_code) AS reason, count(*) AS times
			FROM topups t
			LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
			WHERE t.status = 'failed' AND t.created_at >= $1 AND t.created_at < $2
			GROUP BY 1, 2
		)
		SELECT fault, (array_agg(reason ORDER BY times DESC, reason))[1] AS mostly, max(times) AS times, sum(times) AS failed
		FROM reasons
		GROUP BY fault
		ORDER BY failed DESC`, from, to)
}
