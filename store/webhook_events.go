package store

// Events for customers' programs, written in the transaction in which they happen,
// with a delivery to each endpoint that is to be told, and the job of each.

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// WebhookQueue is the queue of webhooks: a slow receiver delays no order.
const WebhookQueue = "webhooks"

// WebhookJob asks a worker to try one delivery. What is due is decided by the
// delivery, never by the job.
type WebhookJob struct {
	Delivery int64 `json:"delivery"`
}

// Kind names the job in River's tables.
func (WebhookJob) Kind() string { return "webhook_deliver" }

// insertWebhookJobs follows a CTE that is called delivery.
const insertWebhookJobs = `
	INSERT INTO river_job (kind, args, queue, state, max_attempts, created_at, scheduled_at)
	SELECT 'webhook_deliver', jsonb_build_object('delivery', id), 'webhooks', 'available', 1000, now(), now() FROM delivery`

// InsertEvent keeps an event of a customer that has an endpoint, and queues it for
// each endpoint that is to be told. Without an endpoint it keeps nothing.
func (tx *Tx) InsertEvent(ctx context.Context, e billing.Event) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH event AS (
			INSERT INTO webhook_events (id, customer_id, type, topup_id, sequence, body)
			SELECT $1, $2, $3, $4, $5, $6
			WHERE EXISTS (SELECT FROM webhook_endpoints WHERE customer_id = $2 AND state <> 'removed')
			RETURNING id
		), delivery AS (
			INSERT INTO webhook_deliveries (event_id, endpoint_id)
			SELECT event.id, p.id FROM event CROSS JOIN webhook_endpoints p
			WHERE p.customer_id = $2 AND p.state = 'on' AND $3 = ANY (p.events)
			RETURNING id
		)`+insertWebhookJobs, e.ID, e.CustomerID, string(e.Type), e.TopUpID, e.Sequence, e.Body)
	if err != nil {
		return fmt.Errorf("keep event %s: %w", e.Type, err)
	}
	return nil
}

// InsertTestEvent keeps an event and queues it for one endpoint, whatever that has chosen.
func (tx *Tx) InsertTestEvent(ctx context.Context, e billing.Event, endpointID uuid.UUID) (deliveryID int64, err error) {
	deliveryID, err = get[int64](ctx, tx.q, "a test event", `
		WITH event AS (
			INSERT INTO webhook_events (id, customer_id, type, body) VALUES ($1, $2, $3, $4) RETURNING id
		)
		INSERT INTO webhook_deliveries (event_id, endpoint_id) SELECT id, $5 FROM event RETURNING id`,
		e.ID, e.CustomerID, string(e.Type), e.Body, endpointID)
	if err != nil {
		return 0, err
	}
	return deliveryID, tx.enqueue(ctx, WebhookJob{Delivery: deliveryID}, WebhookQueue, 0)
}

// LowBelow is the threshold below which a customer's available credit is low.
func (r reader) LowBelow(ctx context.Context, customerID int64) (billing.USD, error) {
	return get[billing.USD](ctx, r.q, fmt.Sprintf("the threshold of customer %d", customerID), `SELECT low_below FROM customers WHERE id = $1`, customerID)
}
