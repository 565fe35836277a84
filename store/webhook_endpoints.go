package store

// Where customers' programs are told of events.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

type endpointRow struct {
	billing.WebhookEndpoint
	EventNames pq.StringArray `db:"events"`
}

func (row endpointRow) endpoint() billing.WebhookEndpoint {
	e := row.WebhookEndpoint
	for _, name := range row.EventNames {
		e.Events = append(e.Events, billing.EventType(name))
	}
	return e
}

const selectEndpoints = `
	SELECT id, customer_id, url, description, events, state, secret, old_secret, old_secret_until, failing_since, given_up_at, delivered_at, created_at
	FROM webhook_endpoints
	WHERE state <> 'removed' AND customer_id = $1`

// WebhookEndpoints lists a customer's endpoints, the oldest first.
func (r reader) WebhookEndpoints(ctx context.Context, customerID int64) ([]billing.WebhookEndpoint, error) {
	rows, err := list[endpointRow](ctx, r.q, "webhook endpoints", selectEndpoints+` ORDER BY created_at, id`, customerID)
	endpoints := make([]billing.WebhookEndpoint, len(rows))
	for i, row := range rows {
		endpoints[i] = row.endpoint()
	}
	return endpoints, err
}

// WebhookEndpoint reads one endpoint of a customer. Another customer's is
// billing.ErrNotFound, as one that was removed.
func (r reader) WebhookEndpoint(ctx context.Context, customerID int64, id uuid.UUID) (billing.WebhookEndpoint, error) {
	row, err := get[endpointRow](ctx, r.q, "webhook endpoint", selectEndpoints+` AND id = $2`, customerID, id)
	return row.endpoint(), err
}

// WebhookEndpointRemoved says whether a customer had an endpoint that was removed.
func (r reader) WebhookEndpointRemoved(ctx context.Context, customerID int64, id uuid.UUID) (bool, error) {
	return get[bool](ctx, r.q, "a removed webhook endpoint", `
		SELECT EXISTS (SELECT FROM webhook_endpoints WHERE customer_id = $1 AND id = $2 AND state = 'removed')`, customerID, id)
}

// LockWebhookEndpoint is WebhookEndpoint with a lock on its row; who also needs a
// delivery locks that afterwards.
func (tx *Tx) LockWebhookEndpoint(ctx context.Context, customerID int64, id uuid.UUID) (billing.WebhookEndpoint, error) {
	row, err := get[endpointRow](ctx, tx.q, "webhook endpoint", selectEndpoints+` AND id = $2 FOR NO KEY UPDATE`, customerID, id)
	return row.endpoint(), err
}

// PutWebhookEndpoint keeps a new endpoint. One with this id that the customer has
// already is left as it is, and isNew is false; another customer's id, or one that
// was removed, is billing.ErrTaken; one more than billing.MostEndpoints is ErrTooMany.
func (tx *Tx) PutWebhookEndpoint(ctx context.Context, e billing.WebhookEndpoint) (isNew bool, err error) {
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('webhook endpoints', $1))`, e.CustomerID); err != nil {
		return false, fmt.Errorf("wait for others who make webhook endpoints: %w", err)
	}
	now, err := get[struct {
		Own    bool `db:"own"`
		Others bool `db:"others"`
		Count  int  `db:"count"`
	}](ctx, tx.q, "a customer's webhook endpoints", `
		SELECT EXISTS (SELECT FROM webhook_endpoints WHERE id = $2 AND customer_id = $1 AND state <> 'removed') AS own,
		       EXISTS (SELECT FROM webhook_endpoints WHERE id = $2 AND (customer_id <> $1 OR state = 'removed')) AS others,
		       (SELECT count(*) FROM webhook_endpoints WHERE customer_id = $1 AND state <> 'removed') AS count`, e.CustomerID, e.ID)
	switch {
	case err != nil || now.Own:
		return false, err
	case now.Others:
		return false, billing.ErrTaken
	case now.Count >= billing.MostEndpoints:
		return false, billing.ErrTooMany
	}
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO webhook_endpoints (id, customer_id, url, description, events, secret) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.ID, e.CustomerID, e.URL, clean(e.Description), eventNames(e.Events), e.Secret)
	if err != nil {
		return false, fmt.Errorf("insert a webhook endpoint: %w", err)
	}
	return true, nil
}

func eventNames(types []billing.EventType) pq.StringArray {
	names := make(pq.StringArray, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return names
}

// ChangeWebhookEndpoint writes an endpoint's address, description, events and
// state. Whoever is told at another address, or switched on again, is not failing yet.
func (tx *Tx) ChangeWebhookEndpoint(ctx context.Context, e billing.WebhookEndpoint) error {
	return tx.exec(ctx, fmt.Sprintf("change webhook endpoint %s", e.ID), `
		UPDATE webhook_endpoints
		SET failing_since = CASE WHEN url = $2 AND state = $5 THEN failing_since END,
		    given_up_at = CASE WHEN url = $2 AND state = $5 THEN given_up_at END,
		    url = $2, description = $3, events = $4, state = $5
		WHERE id = $1`, e.ID, e.URL, clean(e.Description), eventNames(e.Events), string(e.State))
}

// RotateWebhookSecret replaces an endpoint's sealed secret; the present one signs
// beside it for overlap.
func (tx *Tx) RotateWebhookSecret(ctx context.Context, id uuid.UUID, secret []byte, overlap time.Duration) error {
	return tx.exec(ctx, fmt.Sprintf("rotate the secret of webhook endpoint %s", id), `
		UPDATE webhook_endpoints
		SET old_secret = secret, old_secret_until = now() + make_interval(secs => $3), secret = $2
		WHERE id = $1`, id, secret, overlap.Seconds())
}

// ResealWebhookSecrets writes an endpoint's secrets as they are sealed with the
// present key; the very same secrets, or nothing.
func (s *Store) ResealWebhookSecrets(ctx context.Context, before, after billing.WebhookEndpoint) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE webhook_endpoints SET secret = $3, old_secret = $5
		WHERE id = $1 AND secret = $2 AND old_secret IS NOT DISTINCT FROM $4`,
		before.ID, before.Secret, after.Secret, nullable(before.OldSecret), nullable(after.OldSecret))
	if err != nil {
		return fmt.Errorf("seal the secrets of webhook endpoint %s again: %w", before.ID, err)
	}
	return nil
}

func nullable(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// FailingEndpoints counts a customer's endpoints at which an event was given up
// since one arrived, or that answered 410.
func (r reader) FailingEndpoints(ctx context.Context, customerID int64) (int, error) {
	return get[int](ctx, r.q, "failing webhook endpoints", `
		SELECT count(*) FROM webhook_endpoints
		WHERE customer_id = $1 AND (state = 'on' AND given_up_at IS NOT NULL OR state = 'gone')`, customerID)
}
