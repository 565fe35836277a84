package store

// The log of webhooks, as people read it.

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

const selectDeliveries = `
	SELECT d.id, d.event_id, d.endpoint_id, e.type, e.body, e.topup_id, e.sequence, COALESCE(t.reference, '') AS reference, p.url,
	       d.state, d.tries, d.next_at, d.created_at, d.ended_at,
	       COALESCE(l.status, 0) AS last_status, COALESCE(l.problem, '') AS last_problem, l.began_at AS last_at, COALESCE(l.took_ms, 0) AS last_took_ms
	FROM webhook_deliveries d
	JOIN webhook_events e ON e.id = d.event_id
	JOIN webhook_endpoints p ON p.id = d.endpoint_id
	LEFT JOIN topups t ON t.id = e.topup_id
	LEFT JOIN LATERAL (
		SELECT status, problem, began_at, took_ms FROM webhook_tries WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1
	) l ON true`

// WebhookLog is a part of an endpoint's log: those below a delivery's id (0: from
// the newest), in a state or in all ("").
type WebhookLog struct {
	EndpointID uuid.UUID
	State      billing.DeliveryState
	Before     int64
	Limit      int
}

// WebhookDeliveries lists an endpoint's deliveries, the newest first. The endpoint
// has to be known to be the customer's.
func (r reader) WebhookDeliveries(ctx context.Context, l WebhookLog) ([]billing.WebhookDelivery, error) {
	return list[billing.WebhookDelivery](ctx, r.q, "webhook deliveries", selectDeliveries+`
		WHERE d.endpoint_id = $1 AND ($2 = '' OR d.state = $2) AND ($3 = 0 OR d.id < $3)
		ORDER BY d.id DESC
		LIMIT $4`, l.EndpointID, string(l.State), l.Before, l.Limit)
}

// WebhookDelivery reads one delivery of an endpoint; another's is billing.ErrNotFound.
func (r reader) WebhookDelivery(ctx context.Context, endpointID uuid.UUID, id int64) (billing.WebhookDelivery, error) {
	return get[billing.WebhookDelivery](ctx, r.q, fmt.Sprintf("webhook delivery %d", id), selectDeliveries+` WHERE d.id = $1 AND d.endpoint_id = $2`, id, endpointID)
}

// WebhookTries lists the tries of a delivery that are kept, the newest first, 100 at most.
func (r reader) WebhookTries(ctx context.Context, deliveryID int64) ([]billing.WebhookTry, error) {
	return list[billing.WebhookTry](ctx, r.q, "tries of a webhook", `
		SELECT id, delivery_id, began_at, took_ms, request_headers, status, response_headers, response_body, problem, detail, next_at
		FROM webhook_tries
		WHERE delivery_id = $1
		ORDER BY id DESC
		LIMIT 100`, deliveryID)
}

// TopUpWebhooks lists what was sent about a top-up, in the order of its events.
func (r reader) TopUpWebhooks(ctx context.Context, id billing.TopUpID) ([]billing.WebhookDelivery, error) {
	return list[billing.WebhookDelivery](ctx, r.q, "webhooks of a top-up", selectDeliveries+`
		WHERE e.topup_id = $1
		ORDER BY e.sequence, d.id
		LIMIT 100`, id)
}
