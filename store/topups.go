package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

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

// InsertTopUps records new top-ups as queued and fills in when they were accepted.
// A reference that its customer used before is billing.ErrReferenceReused.
func (tx *Tx) InsertTopUps(ctx context.Context, topUps ...*billing.TopUp) error {
	orders, err := ordersOf(topUps)
	if err != nil {
		return err
	}
	rows, err := list[billing.TopUp](ctx, tx.q, "new top-ups", `
		INSERT INTO topups (id, customer_id, reference, phone, amount, price, rate, discount, product, sent, expected,
		                    cost, dist_transid, metadata, api_key_id, from_address)
		SELECT id, customer_id, reference, phone, amount, price, rate, discount, product, sent, expected,
		       cost, dist_transid, NULLIF(metadata, 'null'), api_key_id, from_address
		FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS o (
			place int, id uuid, customer_id bigint, reference text, phone text, amount numeric, price numeric, rate numeric, discount numeric, product text,
			sent numeric, expected numeric, cost numeric, dist_transid text, metadata jsonb, api_key_id bigint, from_address text)
		ORDER BY place
		RETURNING id, status, created_at, updated_at`, orders)
	if violates(err, "topups_reference_taken") {
		return billing.ErrReferenceReused
	}
	if err != nil {
		return err
	}
	inserted := make(map[billing.TopUpID]billing.TopUp, len(rows))
	for _, row := range rows {
		inserted[row.ID] = row
	}
	for _, t := range topUps {
		row := inserted[t.ID]
		t.Status, t.CreatedAt, t.UpdatedAt = row.Status, row.CreatedAt, row.UpdatedAt
	}
	return nil
}

// ordersOf writes what was ordered as the columns of its rows.
func ordersOf(topUps []*billing.TopUp) (string, error) {
	type row struct {
		Place       int              `json:"place"`
		ID          uuid.UUID        `json:"id"`
		CustomerID  int64            `json:"customer_id"`
		Reference   string           `json:"reference"`
		Phone       billing.Phone    `json:"phone"`
		Amount      billing.MXN      `json:"amount"`
		Price       billing.USD      `json:"price"`
		Rate        billing.Rate     `json:"rate"`
		Discount    billing.Fraction `json:"discount"`
		Product     string           `json:"product"`
		Sent        billing.MXN      `json:"sent"`
		Expected    billing.MXN      `json:"expected"`
		Cost        billing.MXN      `json:"cost"`
		DistTransID string           `json:"dist_transid"`
		Metadata    json.RawMessage  `json:"metadata"`
		APIKeyID    *int64           `json:"api_key_id"`
		FromAddress string           `json:"from_address"`
	}
	rows := make([]row, len(topUps))
	for i, t := range topUps {
		rows[i] = row{
			i, t.ID.UUID, t.CustomerID, t.Reference, t.Phone, t.Amount, t.Price, t.Rate, t.Discount, t.Product,
			t.Sent, t.Expected, t.Cost, t.DistTransID, t.Metadata, t.APIKeyID, t.FromAddress,
		}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("write top-ups as rows: %w", err)
	}
	return string(encoded), nil
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

// LockTopUps is LockTopUp for many, in the order of their ids; what somebody else
// has locked is left out unless wait says to wait for it.
func (tx *Tx) LockTopUps(ctx context.Context, ids []billing.TopUpID, wait bool) ([]LockedTopUp, error) {
	return list[LockedTopUp](ctx, tx.q, "top-ups of a group", `
		SELECT `+topUpColumns+`,
		       EXTRACT(EPOCH FROM clock_timestamp() - t.created_at) AS age_seconds,
		       COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - t.first_sent_at), 0) AS first_sent_seconds
		`+topUpTables+`
		WHERE t.id = ANY (CAST($1 AS uuid[]))
		ORDER BY t.id
		FOR UPDATE OF t`+unless(wait, " SKIP LOCKED"), uuids(ids))
}

// Moved is what a move leaves for whoever tells of it.
type Moved struct {
	ID       billing.TopUpID `db:"id"`
	At       time.Time       `db:"at"`
	Sequence int             `db:"events"` // of the top-up's last event
	Heard    bool            `db:"heard"`  // the customer has an endpoint for events
}

// MoveTopUp is MoveTopUps for one.
func (tx *Tx) MoveTopUp(ctx context.Context, t billing.TopUp) (Moved, error) {
	moved, err := tx.MoveTopUps(ctx, t)
	if err != nil {
		return Moved{}, err
	}
	return moved[t.ID], nil
}

// MoveTopUps writes the new states of top-ups, with what came of each, and counts
// its event if the state is one. The database refuses a move that the state machine
// does not know: billing.ErrIllegalMove.
func (tx *Tx) MoveTopUps(ctx context.Context, topUps ...billing.TopUp) (map[billing.TopUpID]Moved, error) {
	type row struct {
		ID            uuid.UUID           `json:"id"`
		Status        billing.Status      `json:"status"`
		FailureCode   billing.FailureCode `json:"failure_code"`
		FailureReason string              `json:"failure_reason"`
		Provider      string              `json:"provider_transaction_id"`
		Carrier       string              `json:"carrier_transaction_id"`
	}
	rows := make([]row, len(topUps))
	for i, t := range topUps {
		rows[i] = row{t.ID.UUID, t.Status, t.FailureCode, clean(t.FailureReason), clean(t.ProviderTransactionID), clean(t.CarrierTransactionID)}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("write moves as rows: %w", err)
	}
	all, err := list[Moved](ctx, tx.q, "moves of top-ups", `
		UPDATE topups t
		SET status = n.status, failure_code = n.failure_code, failure_reason = n.failure_reason,
		    provider_transaction_id = n.provider_transaction_id, carrier_transaction_id = n.carrier_transaction_id,
		    updated_at = now(),
		    completed_at = CASE WHEN n.status IN ('succeeded', 'failed', 'reversed') THEN COALESCE(t.completed_at, now()) END,
		    events = CASE WHEN n.status IN ('queued', 'sending') THEN t.events
		             ELSE GREATEST(t.events, CASE WHEN t.status IN ('unknown', 'succeeded') THEN 1 ELSE 0 END) + 1 END
		FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS n (
			id uuid, status text, failure_code text, failure_reason text, provider_transaction_id text, carrier_transaction_id text)
		WHERE t.id = n.id
		RETURNING t.id, t.updated_at AS at, t.events,
		          EXISTS (SELECT FROM webhook_endpoints p WHERE p.customer_id = t.customer_id AND p.state <> 'removed') AS heard`, string(encoded))
	if violates(err, "topups_legal_move") {
		return nil, billing.ErrIllegalMove
	}
	moved := make(map[billing.TopUpID]Moved, len(all))
	for _, m := range all {
		moved[m.ID] = m
	}
	return moved, err
}

// CountQueued says how many top-ups wait to be sent.
func (r reader) CountQueued(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of queued top-ups", `SELECT count(*) FROM topups WHERE status = 'queued'`)
}
