package store

// The queue's order between customers: a job's priority is its top-up's place in
// its own customer's line. So the first orders of one customer stand before the
// later ones of another, whoever came first, and nobody waits behind a flood.

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
)

// bandOf is the priority of a job whose customer has "ahead" top-ups before it, at
// $1 places at Latcom: 1 for a quarter of them, 2 up to as many, 3 up to four
// times as many, 4 for the rest. The queue takes up the lowest first, and within
// one the longest due.
const bandOf = `CASE WHEN ahead < GREATEST($1 / 4, 1) THEN 1 WHEN ahead < $1 THEN 2 WHEN ahead < 4 * $1 THEN 3 ELSE 4 END`

// EnqueueSend queues top-ups in the caller's transaction, each behind those of its
// customer that wait and those before it in ids: no commit, no job. places is
// LATCOM_CONCURRENCY.
func (tx *Tx) EnqueueSend(ctx context.Context, places int, ids ...billing.TopUpID) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH new AS MATERIALIZED (
			SELECT t.id, t.customer_id, asked.place, row_number() OVER (PARTITION BY t.customer_id ORDER BY asked.place) - 1 AS before
			FROM unnest(CAST($4 AS uuid[])) WITH ORDINALITY AS asked (id, place)
			JOIN topups t ON t.id = asked.id
		), line AS (
			SELECT customer_id, (
				SELECT count(*)
				FROM (
					SELECT
					FROM topups t
					WHERE t.status = 'queued' AND t.customer_id = of.customer_id AND t.id <> ALL (CAST($4 AS uuid[]))
					LIMIT 4 * $1
				) waiting
			) AS waits
			FROM (SELECT DISTINCT customer_id FROM new) of
		)
		INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at, priority)
		SELECT $2, jsonb_build_object('topup', id), $3, 'available', 1000, now(), now(), `+bandOf+`
		FROM (SELECT new.id, new.place, line.waits + new.before AS ahead FROM new JOIN line USING (customer_id)) ordered
		ORDER BY place`, places, SendJob{}.Kind(), river.QueueDefault, uuids(ids))
	if err != nil {
		return fmt.Errorf("queue top-ups: %w", err)
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
