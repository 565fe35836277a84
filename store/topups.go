package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const topUpColumns = `
	t.id, t.customer_id, c.code AS customer_code, c.name AS customer_name, t.reference, t.phone, t.amount, t.status,
	t.price, t.rate, t.discount, t.product, t.sent, t.expected, t.cost, t.dist_transid,
	COALESCE(t.metadata, 'null') AS metadata, t.api_key_id, COALESCE(k.hint, '') AS api_key_hint, t.from_address,
	t.failure_code, t.failure_reason, t.provider_transaction_id, t.carrier_transaction_id,
	t.attempts, t.first_sent_at, t.created_at, t.updated_at, t.completed_at`

const topUpTables = `
	FROM topups t` + topUpJoins

const topUpJoins = `
	JOIN customers c ON c.id = t.customer_id
	LEFT JOIN api_keys k ON k.id = t.api_key_id`

// TopUp reads one top-up, of the system before this one too; of another customer than customerID (0: anybody's) it
// is billing.ErrNotFound.
func (r reader) TopUp(ctx context.Context, id billing.TopUpID, customerID int64) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, fmt.Sprintf("top-up %s", id),
		`SELECT `+topUpColumns+topUpTables+` WHERE t.id = $1 AND ($2 = 0 OR t.customer_id = $2)
		UNION ALL SELECT `+importedColumns+importedTables+` WHERE i.id = $1 AND ($2 = 0 OR i.customer_id = $2)`, id, customerID)
}

// TopUpByReference reads the top-up for which a customer used a reference, here or
// in the system before this one.
func (r reader) TopUpByReference(ctx context.Context, customerID int64, reference string) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, "top-up by reference",
		`SELECT `+topUpColumns+topUpTables+` WHERE t.customer_id = $1 AND t.reference = $2
		UNION ALL SELECT `+importedColumns+importedTables+` WHERE i.customer_id = $1 AND i.reference = $2`, customerID, reference)
}

// InsertTopUp records t as queued and fills in when it was accepted. A reference
// that the customer used before is billing.ErrReferenceReused.
func (tx *Tx) InsertTopUp(ctx context.Context, t *billing.TopUp) error {
	query, args, err := tx.q.BindNamed(`
		INSERT INTO topups (id, customer_id, reference, phone, amount, price, rate, discount, product, sent, expected,
		                    cost, dist_transid, metadata, api_key_id, from_address)
		VALUES (:id, :customer_id, :reference, :phone, :amount, :price, :rate, :discount, :product, :sent, :expected,
		        :cost, :dist_transid, NULLIF(CAST(:metadata AS jsonb), 'null'), :api_key_id, :from_address)
		RETURNING status, created_at, updated_at`, struct {
		*billing.TopUp
		Metadata string `db:"metadata"` // as text: the bytes of JSON are not jsonb's own
	}{t, jsonText(t.Metadata)})
	if err != nil {
		return fmt.Errorf("bind a top-up: %w", err)
	}
	err = sqlx.GetContext(ctx, tx.q, t, query, args...)
	if violates(err, "topups_reference_taken") {
		return billing.ErrReferenceReused
	}
	if err != nil {
		return fmt.Errorf("insert a top-up: %w", err)
	}
	return nil
}

func jsonText(json []byte) string {
	if len(json) == 0 {
		return "null"
	}
	return string(json)
}

// LockedTopUp is a top-up whose row is locked until the transaction ends, with
// its ages by the database's clock: the only one that does not step.
type LockedTopUp struct {
	billing.TopUp
	AgeSeconds       float64 `db:"age_seconds"`        // since it was accepted
	FirstSentSeconds float64 `db:"first_sent_seconds"` // since its first attempt; 0 without one
}

// LockTopUp locks one top-up. Who also needs the balance locks that first.
func (tx *Tx) LockTopUp(ctx context.Context, id billing.TopUpID) (LockedTopUp, error) {
	return get[LockedTopUp](ctx, tx.q, fmt.Sprintf("top-up %s", id), `
		SELECT `+topUpColumns+`,
		       EXTRACT(EPOCH FROM clock_timestamp() - t.created_at) AS age_seconds,
		       COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - t.first_sent_at), 0) AS first_sent_seconds
		`+topUpTables+` WHERE t.id = $1 FOR UPDATE OF t`, id)
}

// Moved is what a move leaves for whoever tells of it.
type Moved struct {
	At       time.Time `db:"at"`
	Sequence int       `db:"events"` // of the top-up's last event
	Heard    bool      `db:"heard"`  // the customer has an endpoint for events
}

// MoveTopUp writes a top-up's new state, with what came of it, and counts its
// event if the state is one. The database refuses a move that the state machine
// does not know.
func (tx *Tx) MoveTopUp(ctx context.Context, t billing.TopUp) (moved Moved, err error) {
	t.FailureReason = clean(t.FailureReason)
	t.ProviderTransactionID, t.CarrierTransactionID = clean(t.ProviderTransactionID), clean(t.CarrierTransactionID)
	query, args, err := tx.q.BindNamed(`
		UPDATE topups t
		SET status = :status, failure_code = :failure_code, failure_reason = :failure_reason,
		    provider_transaction_id = :provider_transaction_id, carrier_transaction_id = :carrier_transaction_id,
		    updated_at = now(),
		    completed_at = CASE WHEN :status IN ('succeeded', 'failed', 'reversed') THEN COALESCE(completed_at, now()) END,
		    events = CASE WHEN :status IN ('queued', 'sending') THEN events
		             ELSE GREATEST(events, CASE WHEN status IN ('unknown', 'succeeded') THEN 1 ELSE 0 END) + 1 END
		WHERE id = :id
		RETURNING updated_at AS at, events,
		          EXISTS (SELECT FROM webhook_endpoints p WHERE p.customer_id = t.customer_id AND p.state <> 'removed') AS heard`, t)
	if err != nil {
		return moved, fmt.Errorf("bind the move of a top-up: %w", err)
	}
	err = sqlx.GetContext(ctx, tx.q, &moved, query, args...)
	if violates(err, "topups_legal_move") {
		return moved, billing.ErrIllegalMove
	}
	if err != nil {
		return moved, fmt.Errorf("move top-up %s to %s: %w", t.ID, t.Status, err)
	}
	return moved, nil
}

// CountQueued says how many top-ups wait to be sent.
func (r reader) CountQueued(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of queued top-ups", `SELECT count(*) FROM topups WHERE status = 'queued'`)
}
