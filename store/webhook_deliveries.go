package store

// Events on their way to endpoints: what is due, what was answered, what was lost.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// DueDelivery is everything that a try needs, and the moment by the database's clock.
type DueDelivery struct {
	ID            int64                 `db:"id"`
	EventID       billing.EventID       `db:"event_id"`
	Body          string                `db:"body"`
	Tries         int                   `db:"tries"`
	State         billing.DeliveryState `db:"state"`
	Due           bool                  `db:"due"`
	EndpointID    uuid.UUID             `db:"endpoint_id"`
	CustomerID    int64                 `db:"customer_id"`
	URL           string                `db:"url"`
	EndpointState billing.EndpointState `db:"endpoint_state"`
	Secret        []byte                `db:"secret"`
	OldSecret     []byte                `db:"old_secret"` // nil: none, or its time is over
	Now           time.Time             `db:"now"`
}

// DueDelivery reads a delivery for its next try.
func (r reader) DueDelivery(ctx context.Context, id int64) (DueDelivery, error) {
	return get[DueDelivery](ctx, r.q, fmt.Sprintf("webhook delivery %d", id), `
		SELECT d.id, d.event_id, e.body, d.tries, d.state, COALESCE(d.next_at <= now() + interval '1 second', false) AS due,
		       p.id AS endpoint_id, p.customer_id, p.url, p.state AS endpoint_state, p.secret,
		       CASE WHEN p.old_secret_until > now() THEN p.old_secret END AS old_secret, now() AS now
		FROM webhook_deliveries d
		JOIN webhook_events e ON e.id = d.event_id
		JOIN webhook_endpoints p ON p.id = d.endpoint_id
		WHERE d.id = $1`, id)
}

// PostponeWebhook gives a job that is worked back to the queue, for a pause by the
// database's clock. One that was taken away meanwhile is no error.
func (s *Store) PostponeWebhook(ctx context.Context, jobID int64, pause time.Duration) error {
	if _, err := s.db.ExecContext(ctx, postponeJob, jobID, pause.Seconds()); err != nil {
		return fmt.Errorf("postpone a webhook: %w", err)
	}
	return nil
}

// TriedWebhook is what a try did to its delivery.
type TriedWebhook struct {
	Delivery DueDelivery
	Try      billing.WebhookTry
	State    billing.DeliveryState // after it
	Pause    time.Duration         // until the next one, while it waits
}

// RecordWebhookTry keeps a try and what it did: to its delivery, to the endpoint,
// with a job for the next try. A delivery that was tried, ended or replayed by
// others meanwhile is left as it is; the try is kept all the same.
func (tx *Tx) RecordWebhookTry(ctx context.Context, t TriedWebhook) error {
	if err := tx.noteEndpoint(ctx, t); err != nil {
		return err
	}
	waits := t.State == billing.DeliveryWaiting
	moved, err := get[int64](ctx, tx.q, "webhook delivery", `
		UPDATE webhook_deliveries
		SET state = $3, tries = tries + 1,
		    next_at = CASE WHEN $4 THEN now() + make_interval(secs => $5) END, ended_at = CASE WHEN NOT $4 THEN now() END
		WHERE id = $1 AND tries = $2 AND state = 'waiting'
		RETURNING id`, t.Delivery.ID, t.Delivery.Tries, string(t.State), waits, t.Pause.Seconds())
	overtaken := errors.Is(err, billing.ErrNotFound)
	if err != nil && !overtaken {
		return err
	}
	next := waits && !overtaken
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO webhook_tries (delivery_id, began_at, took_ms, request_headers, status, response_headers, response_body, problem, detail, next_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10 THEN now() + make_interval(secs => $11) END)`,
		t.Delivery.ID, t.Try.BeganAt, t.Try.TookMS, clean(t.Try.RequestHeaders), t.Try.Status, clean(t.Try.ResponseHeaders),
		clean(t.Try.ResponseBody), string(t.Try.Problem), clean(t.Try.Detail), next, t.Pause.Seconds())
	if err != nil {
		return fmt.Errorf("keep a try of webhook delivery %d: %w", t.Delivery.ID, err)
	}
	if !next {
		return nil
	}
	return tx.enqueue(ctx, WebhookJob{Delivery: moved}, WebhookQueue, t.Pause)
}

// noteEndpoint says how an endpoint does. Its row is written when that changes, and
// once a minute: many deliveries at once do not wait for each other.
func (tx *Tx) noteEndpoint(ctx context.Context, t TriedWebhook) error {
	query := `
		UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, now()), given_up_at = CASE WHEN $2 THEN now() ELSE given_up_at END
		WHERE id = $1 AND (failing_since IS NULL OR $2)`
	if t.State == billing.DeliveryDelivered {
		query = `
			UPDATE webhook_endpoints SET failing_since = NULL, given_up_at = NULL, delivered_at = now()
			WHERE id = $1 AND ($2 OR failing_since IS NOT NULL OR delivered_at IS NULL OR delivered_at < now() - interval '1 minute')`
	}
	if _, err := tx.tx.ExecContext(ctx, query, t.Delivery.EndpointID, t.State == billing.DeliveryFailed); err != nil {
		return fmt.Errorf("note how webhook endpoint %s does: %w", t.Delivery.EndpointID, err)
	}
	return nil
}

// EndpointGone ends an endpoint that wants nothing more, unless it was told another
// address meanwhile, with all that waits for it.
func (tx *Tx) EndpointGone(ctx context.Context, d DueDelivery) error {
	_, err := tx.tx.ExecContext(ctx, `UPDATE webhook_endpoints SET state = 'gone' WHERE id = $1 AND url = $2 AND state = 'on'`, d.EndpointID, d.URL)
	if err != nil {
		return fmt.Errorf("end webhook endpoint %s: %w", d.EndpointID, err)
	}
	return tx.EndWaitingWebhooks(ctx, d.EndpointID)
}

// EndWaitingWebhooks ends what waits for an endpoint that is not on.
func (tx *Tx) EndWaitingWebhooks(ctx context.Context, endpointID uuid.UUID) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE webhook_deliveries d SET state = 'ended', next_at = NULL, ended_at = now()
		FROM webhook_endpoints p
		WHERE d.endpoint_id = $1 AND d.state = 'waiting' AND p.id = d.endpoint_id AND p.state <> 'on'`, endpointID)
	if err != nil {
		return fmt.Errorf("end what waits for webhook endpoint %s: %w", endpointID, err)
	}
	return nil
}

// ReplayWebhook queues a delivery anew, with the same webhook-id and all of its
// tries before it. One that waits is tried at once.
func (tx *Tx) ReplayWebhook(ctx context.Context, endpointID uuid.UUID, id int64) error {
	_, err := get[int64](ctx, tx.q, "webhook delivery", `
		UPDATE webhook_deliveries SET state = 'waiting', tries = 0, next_at = now(), ended_at = NULL
		WHERE id = $1 AND endpoint_id = $2
		RETURNING id`, id, endpointID)
	if err != nil {
		return err
	}
	return tx.enqueue(ctx, WebhookJob{Delivery: id}, WebhookQueue, 0)
}

// MostReplays is how many failed deliveries are replayed at once.
const MostReplays = 10000

// ReplayFailedWebhooks queues anew what was given up or ended at an endpoint since a
// moment, the oldest first, MostReplays at most. It returns how many.
func (tx *Tx) ReplayFailedWebhooks(ctx context.Context, endpointID uuid.UUID, since time.Time) (int, error) {
	result, err := tx.tx.ExecContext(ctx, `
		WITH lost AS (
			SELECT id FROM webhook_deliveries
			WHERE endpoint_id = $1 AND state IN ('failed', 'ended') AND created_at >= $2
			ORDER BY id
			LIMIT $3
			FOR UPDATE
		), delivery AS (
			UPDATE webhook_deliveries d SET state = 'waiting', tries = 0, next_at = now(), ended_at = NULL
			FROM lost WHERE d.id = lost.id
			RETURNING d.id
		)`+insertWebhookJobs, endpointID, since, MostReplays)
	if err != nil {
		return 0, fmt.Errorf("replay what failed at webhook endpoint %s: %w", endpointID, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("replay what failed at webhook endpoint %s: %w", endpointID, err)
	}
	return int(n), nil
}

// RequeueLostWebhooks ends the jobs of webhooks that nobody works on any more, and
// gives each delivery that no job will take up a new one. It returns how many.
func (s *Store) RequeueLostWebhooks(ctx context.Context) (requeued int, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `
			UPDATE river_job j
			SET state = 'discarded', finalized_at = now()
			WHERE j.kind = 'webhook_deliver' AND j.state = 'running'
			  AND (NOT EXISTS (
					SELECT FROM instances i
					WHERE i.id = j.attempted_by[array_upper(j.attempted_by, 1)] AND i.seen_at > now() - `+deadAfter+`)
				OR COALESCE(j.attempted_at, '-infinity') < now() - interval '2 minutes')`)
		if err != nil {
			return fmt.Errorf("end lost jobs of webhooks: %w", err)
		}
		if _, err := tx.tx.ExecContext(ctx, `UPDATE river_queue SET paused_at = NULL, updated_at = now() WHERE paused_at IS NOT NULL AND name = $1`, WebhookQueue); err != nil {
			return fmt.Errorf("open the queue of webhooks: %w", err)
		}
		result, err := tx.tx.ExecContext(ctx, `
			WITH delivery AS (
				SELECT d.id FROM webhook_deliveries d
				WHERE d.state = 'waiting' AND d.next_at < now() - interval '5 seconds'
				  AND NOT EXISTS (
					SELECT FROM river_job j
					WHERE j.kind = 'webhook_deliver' AND j.queue = 'webhooks' AND j.state IN ('available', 'running', 'retryable', 'scheduled')
					  AND j.args ->> 'delivery' = CAST(d.id AS text) AND j.scheduled_at < now() + interval '2 minutes')
				ORDER BY d.next_at
				LIMIT 1000
				FOR UPDATE OF d SKIP LOCKED
			)`+insertWebhookJobs)
		if err != nil {
			return fmt.Errorf("queue lost webhooks again: %w", err)
		}
		n, err := result.RowsAffected()
		requeued = int(n)
		if err != nil {
			return fmt.Errorf("queue lost webhooks again: %w", err)
		}
		return nil
	})
	return requeued, err
}

// ForgetWebhookTries removes tries that are older than billing.WebhookTriesKept,
// 20,000 at most.
func (s *Store) ForgetWebhookTries(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		DELETE FROM webhook_tries WHERE id IN (
			SELECT id FROM webhook_tries WHERE began_at < now() - make_interval(secs => $1) ORDER BY began_at LIMIT 20000)`,
		billing.WebhookTriesKept.Seconds())
	if err != nil {
		return fmt.Errorf("forget old tries of webhooks: %w", err)
	}
	return nil
}
