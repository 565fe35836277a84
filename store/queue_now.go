package store

// What waits, what is under way, and who works, as they stand now.

import (
	"context"
	"time"
)

// OpenOrders counts the top-ups of one customer and product that are not sent yet,
// or under way.
type OpenOrders struct {
	CustomerID   int64   `db:"customer_id"`
	CustomerCode string  `db:"customer_code"`
	CustomerName string  `db:"customer_name"`
	Product      string  `db:"product"`
	Waiting      int     `db:"waiting"` // never tried
	Again        int     `db:"again"`   // tried, certainly not sent, and scheduled again
	Sending      int     `db:"sending"`
	Oldest       float64 `db:"oldest"` // seconds that the oldest of those not sent has waited; 0: none does
}

// OpenOrders lists them, the longest wait first.
func (r reader) OpenOrders(ctx context.Context) ([]OpenOrders, error) {
	return list[OpenOrders](ctx, r.q, "orders that are not sent yet", `
		SELECT t.customer_id, c.code AS customer_code, c.name AS customer_name, t.product,
		       count(*) FILTER (WHERE t.status = 'queued' AND t.attempts = 0) AS waiting,
		       count(*) FILTER (WHERE t.status = 'queued' AND t.attempts > 0) AS again,
		       count(*) FILTER (WHERE t.status = 'sending') AS sending,
		       COALESCE(EXTRACT(EPOCH FROM now() - min(t.created_at) FILTER (WHERE t.status = 'queued')), 0) AS oldest
		FROM topups t
		JOIN customers c ON c.id = t.customer_id
		WHERE t.status IN ('queued', 'sending')
		GROUP BY t.customer_id, c.code, c.name, t.product
		ORDER BY oldest DESC, c.name, t.product
		LIMIT 200`)
}

// QueueLine counts the jobs of a kind that stand in one state, and how long the
// oldest of them has been due.
type QueueLine struct {
	Kind    string  `db:"kind"`
	State   string  `db:"state"` // as the queue names it
	Jobs    int     `db:"jobs"`
	Seconds float64 `db:"seconds"` // below 0: not due yet
}

// QueueLines tells of all jobs that are not over.
func (r reader) QueueLines(ctx context.Context) ([]QueueLine, error) {
	return list[QueueLine](ctx, r.q, "the queue", `
		SELECT kind, CAST(state AS text) AS state, count(*) AS jobs, EXTRACT(EPOCH FROM now() - min(scheduled_at)) AS seconds
		FROM river_job
		WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'pending')
		GROUP BY 1, 2
		ORDER BY 1, 2`)
}

// Instance is a process that works, or one that fell silent within a day. One that
// stopped in order is not listed.
type Instance struct {
	ID        string    `db:"id"`
	Host      string    `db:"host"`
	StartedAt time.Time `db:"started_at"`
	Silent    float64   `db:"silent"`    // seconds since its last sign of life
	Dead      bool      `db:"dead"`      // silent for so long that the others take up what it left
	UnderWay  int       `db:"under_way"` // requests to Latcom
}

// Instances lists them, the living first.
func (r reader) Instances(ctx context.Context) ([]Instance, error) {
	return list[Instance](ctx, r.q, "instances", `
		SELECT i.id, i.host, i.started_at, EXTRACT(EPOCH FROM clock_timestamp() - i.seen_at) AS silent,
		       i.seen_at <= now() - `+deadAfter+` AS dead,
		       (SELECT count(*) FROM attempts a WHERE a.instance_id = i.id AND a.outcome = '') AS under_way
		FROM instances i
		WHERE i.seen_at > now() - interval '1 day'
		ORDER BY dead, i.started_at, i.id`)
}
