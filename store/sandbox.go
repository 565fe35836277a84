package store

// What the sandbox keeps beside its books. Only a store on the sandbox's own
// database is ever asked for it.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// SandboxRequest is one order that came in, and how it was answered.
type SandboxRequest struct {
	ID         int64         `db:"id"`
	CustomerID int64         `db:"customer_id"`
	At         time.Time     `db:"at"`
	Reference  string        `db:"reference"`
	Phone      billing.Phone `db:"phone"`
	Amount     billing.MXN   `db:"amount"`
	Status     int           `db:"status"` // of HTTP; 0: no answer was given
	Code       string        `db:"code"`   // of a problem document
	Replayed   bool          `db:"replayed"`
	AnsweredAt *time.Time    `db:"answered_at"`
}

// NoteSandboxRequest keeps an order that came in and says how often its reference
// came before.
func (s *Store) NoteSandboxRequest(ctx context.Context, r SandboxRequest) (id int64, before int, err error) {
	row, err := get[struct {
		ID     int64 `db:"id"`
		Before int   `db:"before"`
	}](ctx, s.q, "a request to the sandbox", `
		WITH before AS (SELECT count(*) AS n FROM sandbox_requests WHERE customer_id = $1 AND reference = $2),
		noted AS (INSERT INTO sandbox_requests (customer_id, reference, phone, amount) VALUES ($1, $2, $3, $4) RETURNING id)
		SELECT noted.id, before.n AS before FROM noted, before`, r.CustomerID, r.Reference, r.Phone, r.Amount)
	return row.ID, row.Before, err
}

// AnswerSandboxRequest keeps how it was answered.
func (s *Store) AnswerSandboxRequest(ctx context.Context, r SandboxRequest) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE sandbox_requests SET status = $2, code = $3, replayed = $4, answered_at = clock_timestamp() WHERE id = $1`,
		r.ID, r.Status, r.Code, r.Replayed)
	if err != nil {
		return fmt.Errorf("note the answer of a request to the sandbox: %w", err)
	}
	return nil
}

// SandboxRequests lists a customer's orders since a moment, the oldest first; 5,000
// at most.
func (r reader) SandboxRequests(ctx context.Context, customerID int64, since time.Time) ([]SandboxRequest, error) {
	return list[SandboxRequest](ctx, r.q, "requests to the sandbox", `
		SELECT id, customer_id, at, reference, phone, amount, status, code, replayed, answered_at
		FROM sandbox_requests
		WHERE customer_id = $1 AND at >= $2
		ORDER BY id
		LIMIT 5000`, customerID, since)
}

// ForgetSandboxRequests removes what came in longer ago than age.
func (s *Store) ForgetSandboxRequests(ctx context.Context, age time.Duration) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM sandbox_requests WHERE at < now() - make_interval(secs => $1)`, age.Seconds())
	if err != nil {
		return fmt.Errorf("forget requests to the sandbox: %w", err)
	}
	return nil
}

// PhoneOfOrder is the phone of the top-up that is named so towards the provider.
func (r reader) PhoneOfOrder(ctx context.Context, distTransID string) (billing.Phone, error) {
	return get[billing.Phone](ctx, r.q, "the phone of an order", `SELECT phone FROM topups WHERE dist_transid = $1`, distTransID)
}

// ReverseJob asks a worker of the sandbox to take a delivery back.
type ReverseJob struct {
	TopUp uuid.UUID `json:"topup"`
}

// Kind names the job in River's tables.
func (ReverseJob) Kind() string { return "sandbox_reverse" }

// ID is the top-up's id as everybody else writes it.
func (j ReverseJob) ID() billing.TopUpID { return billing.TopUpID{UUID: j.TopUp} }

// ReversalQueue is the queue of such jobs.
const ReversalQueue = "reversals"

// EnqueueReversal queues one, after a pause by the database's clock.
func (tx *Tx) EnqueueReversal(ctx context.Context, id billing.TopUpID, after time.Duration) error {
	return tx.enqueue(ctx, ReverseJob{TopUp: id.UUID}, ReversalQueue, after)
}
