package store

// The queue's order between customers: a job's priority is its top-up's place in
// its own customer's line. So the first orders of one customer stand before the
// later ones of another, whoever came first, and nobody waits behind a flood.

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
)

// bandOf is the priority of a job whose customer has "ahead" top-ups before it, at
// $1 places at Latcom: 1 for a quarter of them, 2 up to as many, 3 up to four
// times as many, 4 for the rest. The queue takes up the lowest first, and within
// one the longest due.
const bandOf = `CASE WHEN ahead < GREATEST($1 / 4, 1) THEN 1 WHEN ahead < $1 THEN 2 WHEN ahead < 4 * $1 THEN 3 ELSE 4 END`

// EnqueueSend queues a top-up in the caller's transaction, behind those of its
// customer that wait: no commit, no job. places is LATCOM_CONCURRENCY.
func (tx *Tx) EnqueueSend(ctx context.Context, id billing.TopUpID, places int) error {
	job := SendJob{TopUp: id.UUID}
	args, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("queue top-up %s: %w", id, err)
	}
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at, priority)
		SELECT $2, CAST($3 AS jsonb), $4, 'available', 1000, now(), now(), `+bandOf+`
		FROM (
			SELECT count(*) AS ahead
			FROM (
				SELECT
				FROM topups
				WHERE status = 'queued' AND customer_id = (SELECT customer_id FROM topups WHERE id = $5) AND id <> $5
				LIMIT 4 * $1
			) waiting
		) line`, places, job.Kind(), string(args), river.QueueDefault, id)
	if err != nil {
		return fmt.Errorf("queue top-up %s: %w", id, err)
	}
	return nil
}

// sharesLock is the advisory lock of the instance that shares the queue out.
const sharesLock = 7_205_414

// ShareQueue raises the jobs whose top-ups have come forward in their customers'
// lines, so that nobody stays behind for ever. It never lowers one. Another
// instance that is at it does it for all.
func (s *Store) ShareQueue(ctx context.Context, places int) error {
	_, err := s.db.ExecContext(ctx, `
		WITH alone AS MATERIALIZED (
			SELECT pg_try_advisory_xact_lock($2) AS ours
		), line AS (
			SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY created_at, id) - 1 AS ahead
			FROM topups
			WHERE status = 'queued' AND (SELECT ours FROM alone)
		), due AS (
			SELECT j.id, `+bandOf+` AS band
			FROM line
			JOIN river_job j ON j.kind = 'topup_send' AND j.queue = 'default' AND j.state = 'available' AND j.args ->> 'topup' = CAST(line.id AS text)
			WHERE j.priority > `+bandOf+`
			FOR UPDATE OF j SKIP LOCKED
		)
		UPDATE river_job SET priority = due.band FROM due WHERE river_job.id = due.id`, places, sharesLock)
	if err != nil {
		return fmt.Errorf("share the queue out: %w", err)
	}
	return nil
}

// WaitingOf is how many top-ups of a customer are queued.
type WaitingOf struct {
	CustomerID int64 `db:"customer_id"`
	Queued     int   `db:"queued"`
}

// WaitingByCustomer lists the customers of which a top-up waits to be sent.
func (r reader) WaitingByCustomer(ctx context.Context) ([]WaitingOf, error) {
	return list[WaitingOf](ctx, r.q, "what waits, by customer", `
		SELECT customer_id, count(*) AS queued FROM topups WHERE status = 'queued' GROUP BY customer_id`)
}
