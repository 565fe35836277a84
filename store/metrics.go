package store

// What Prometheus is told of the database: each is one query from small tables or
// partial indexes.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/billing"
)

// UnknownAges counts the unknown top-ups by their age.
type UnknownAges struct {
	Fresh int64 `db:"fresh"` // up to billing.UnknownWaits
	Waits int64 `db:"waits"`
	Old   int64 `db:"old"` // above billing.UnknownOld
}

// UnknownAges counts them now.
func (r reader) UnknownAges(ctx context.Context) (UnknownAges, error) {
	return get[UnknownAges](ctx, r.q, "ages of unknown top-ups", `
		SELECT count(*) FILTER (WHERE age <= $1) AS fresh, count(*) FILTER (WHERE age > $1 AND age <= $2) AS waits, count(*) FILTER (WHERE age > $2) AS old
		FROM (
			SELECT EXTRACT(EPOCH FROM now() - COALESCE(a.finished_at, t.updated_at)) AS age
			FROM topups t
			LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
			WHERE t.status = 'unknown'
		) ages`, billing.UnknownWaits.Seconds(), billing.UnknownOld.Seconds())
}

// JobCount counts the queue's jobs of one queue in one state.
type JobCount struct {
	Queue string `db:"queue"`
	State string `db:"state"`
	Jobs  int64  `db:"jobs"`
}

// JobCounts counts those that are not over.
func (r reader) JobCounts(ctx context.Context) ([]JobCount, error) {
	return list[JobCount](ctx, r.q, "jobs of the queue", `
		SELECT queue, CAST(state AS text) AS state, count(*) AS jobs
		FROM river_job
		WHERE state IN ('available', 'running', 'retryable', 'scheduled')
		GROUP BY queue, state`)
}

// CustomersMoney is what all customers have together, in USD.
type CustomersMoney struct {
	Balance billing.USD `db:"balance"`
	Held    billing.USD `db:"held"`
}

// CustomersMoney adds it up.
func (r reader) CustomersMoney(ctx context.Context) (CustomersMoney, error) {
	return get[CustomersMoney](ctx, r.q, "what customers have", `
		SELECT COALESCE(sum(balance), 0) AS balance, COALESCE(sum(held), 0) AS held FROM balances`)
}

// AlertCount counts the open alerts of one kind.
type AlertCount struct {
	Kind     billing.AlertKind `db:"kind"`
	Severity billing.Severity  `db:"severity"`
	Open     int64             `db:"open"`
}

// AlertCounts counts them.
func (r reader) AlertCounts(ctx context.Context) ([]AlertCount, error) {
	return list[AlertCount](ctx, r.q, "open alerts by kind", `
		SELECT kind, severity, count(*) AS open FROM alerts WHERE ended_at IS NULL GROUP BY kind, severity`)
}

// MessagesWaiting is what waits to be told: to customers' programs, and to people.
type MessagesWaiting struct {
	Webhooks      int64   `db:"webhooks"`
	OldestWebhook float64 `db:"oldest_webhook"` // seconds since the oldest was due
	Notices       int64   `db:"notices"`
	Failing       int64   `db:"failing"` // channels of alerts that take nothing
}

// MessagesWaiting counts it.
func (r reader) MessagesWaiting(ctx context.Context) (MessagesWaiting, error) {
	return get[MessagesWaiting](ctx, r.q, "messages that wait", `
		SELECT (SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting') AS webhooks,
		       (SELECT GREATEST(COALESCE(EXTRACT(EPOCH FROM now() - min(next_at)), 0), 0) FROM webhook_deliveries WHERE state = 'waiting') AS oldest_webhook,
		       (SELECT count(*) FROM alert_notices WHERE state = 'waiting') AS notices,
		       (SELECT count(*) FROM alert_channels WHERE state = 'on' AND failing_since IS NOT NULL) AS failing`)
}

// TopUpsByCause counts the top-ups of some time by status and, where they failed,
// whose doing it was.
type TopUpsByCause struct {
	Status string `db:"status"`
	Cause  string `db:"cause"`
	Count  int64  `db:"count"`
}

// TopUpsByCause counts what was accepted from a moment on.
func (r reader) TopUpsByCause(ctx context.Context, from time.Time) ([]TopUpsByCause, error) {
	return list[TopUpsByCause](ctx, r.q, "top-ups by cause", `
		SELECT t.status, CASE WHEN t.status = 'failed' THEN COALESCE(NULLIF(a.fault, ''), 'provider') ELSE 'none' END AS cause, count(*) AS count
		FROM topups t
		LEFT JOIN attempts a ON t.status = 'failed' AND a.topup_id = t.id AND a.number = t.attempts
		WHERE t.created_at >= $1
		GROUP BY 1, 2`, from)
}
