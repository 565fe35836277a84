package store

// Webhooks of the sandbox's documented numbers: held back, repeated, counted.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// HoldWebhooks lets the deliveries of a top-up's event wait, in the transaction that
// wrote it, so that none of them was tried.
func (tx *Tx) HoldWebhooks(ctx context.Context, id billing.TopUpID, sequence int, by time.Duration) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH held AS (
			UPDATE webhook_deliveries d SET next_at = now() + make_interval(secs => $3)
			FROM webhook_events e
			WHERE e.topup_id = $1 AND e.sequence = $2 AND d.event_id = e.id AND d.state = 'waiting'
			RETURNING d.id
		)
		UPDATE river_job j SET scheduled_at = now() + make_interval(secs => $3)
		FROM held
		WHERE j.kind = 'webhook_deliver' AND j.state = 'available' AND j.args ->> 'delivery' = CAST(held.id AS text)`,
		id, sequence, by.Seconds())
	if err != nil {
		return fmt.Errorf("hold webhooks of top-up %s back: %w", id, err)
	}
	return nil
}

// RepeatJob asks a worker of the sandbox to send what was sent about an event again.
type RepeatJob struct {
	TopUp    uuid.UUID `json:"topup"`
	Sequence int       `json:"sequence"`
}

// Kind names the job in River's tables.
func (RepeatJob) Kind() string { return "sandbox_repeat" }

// ID is the top-up's id as everybody else writes it.
func (j RepeatJob) ID() billing.TopUpID { return billing.TopUpID{UUID: j.TopUp} }

// EnqueueRepeat queues one, after a pause by the database's clock.
func (tx *Tx) EnqueueRepeat(ctx context.Context, id billing.TopUpID, sequence int, after time.Duration) error {
	return tx.enqueue(ctx, RepeatJob{TopUp: id.UUID, Sequence: sequence}, ReversalQueue, after)
}

// SandboxDelivery is a webhook of a top-up's event.
type SandboxDelivery struct {
	ID         int64                 `db:"id"`
	EndpointID uuid.UUID             `db:"endpoint_id"`
	State      billing.DeliveryState `db:"state"`
}

// DeliveriesOf lists the webhooks of a top-up's event.
func (tx *Tx) DeliveriesOf(ctx context.Context, id billing.TopUpID, sequence int) ([]SandboxDelivery, error) {
	return list[SandboxDelivery](ctx, tx.q, "webhooks of an event", `
		SELECT d.id, d.endpoint_id, d.state
		FROM webhook_deliveries d
		JOIN webhook_events e ON e.id = d.event_id
		WHERE e.topup_id = $1 AND e.sequence = $2
		ORDER BY d.id`, id, sequence)
}

// HookCount is how many webhooks about a reference arrived.
type HookCount struct {
	Reference string `db:"reference"`
	Arrived   int    `db:"arrived"`
}

// ArrivedWebhooks counts the webhooks about a customer's top-ups since a moment that
// were answered with 2xx.
func (r reader) ArrivedWebhooks(ctx context.Context, customerID int64, since time.Time) ([]HookCount, error) {
	return list[HookCount](ctx, r.q, "webhooks of a run", `
		SELECT t.reference, count(*) AS arrived
		FROM topups t
		JOIN webhook_events e ON e.topup_id = t.id
		JOIN webhook_deliveries d ON d.event_id = e.id
		JOIN webhook_tries w ON w.delivery_id = d.id
		WHERE t.customer_id = $1 AND t.created_at >= $2 AND w.problem = ''
		GROUP BY t.reference`, customerID, since)
}

// HasWebhooks says whether a customer has an endpoint that is told of events.
func (r reader) HasWebhooks(ctx context.Context, customerID int64) (bool, error) {
	return get[bool](ctx, r.q, "whether there is an endpoint", `
		SELECT EXISTS (SELECT FROM webhook_endpoints WHERE customer_id = $1 AND state = 'on')`, customerID)
}
