package store

// Requests to change terms, and the terms that they change.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

const selectChanges = `
	SELECT r.id, r.kind, r.customer_id, COALESCE(c.code, '') AS customer_code, COALESCE(c.name, '') AS customer_name,
	       r.before, r.after, r.begins_at, r.note, r.state, r.one_operator, r.number,
	       r.requested_by, r.requested_at, r.expires_at, r.decided_by, r.decided_at,
	       COALESCE(o.name, '') AS requester, COALESCE(d.name, '') AS decider
	FROM change_requests r
	LEFT JOIN customers c ON c.id = r.customer_id
	LEFT JOIN operators o ON o.id = r.requested_by
	LEFT JOIN operators d ON d.id = r.decided_by`

// ChangeRequest reads one request.
func (r reader) ChangeRequest(ctx context.Context, id uuid.UUID) (billing.ChangeRequest, error) {
	return get[billing.ChangeRequest](ctx, r.q, "change request", selectChanges+` WHERE r.id = $1`, id)
}

// LockChange locks a request for its decision; what it would change is locked first.
func (tx *Tx) LockChange(ctx context.Context, id uuid.UUID) (billing.ChangeRequest, error) {
	return get[billing.ChangeRequest](ctx, tx.q, "change request", selectChanges+` WHERE r.id = $1 FOR UPDATE OF r`, id)
}

// WaitingChanges lists what waits for a second operator, the oldest first.
func (r reader) WaitingChanges(ctx context.Context) ([]billing.ChangeRequest, error) {
	return list[billing.ChangeRequest](ctx, r.q, "waiting change requests", selectChanges+`
		WHERE r.state = 'waiting' AND r.expires_at > now() ORDER BY r.requested_at LIMIT 1000`)
}

// DecidedChanges lists those that had to wait and ended since a moment, the newest
// end first.
func (r reader) DecidedChanges(ctx context.Context, since time.Time, limit int) ([]billing.ChangeRequest, error) {
	return list[billing.ChangeRequest](ctx, r.q, "decided change requests", selectChanges+`
		WHERE r.decided_at >= $1 ORDER BY r.decided_at DESC LIMIT $2`, since, limit)
}

// CustomerChanges lists the newest requests about a customer's terms, limit at most.
func (r reader) CustomerChanges(ctx context.Context, customerID int64, limit int) ([]billing.ChangeRequest, error) {
	return list[billing.ChangeRequest](ctx, r.q, "a customer's change requests", selectChanges+`
		WHERE r.customer_id = $1 ORDER BY r.requested_at DESC, r.id LIMIT $2`, customerID, limit)
}

// RateChanges lists the newest requests about the exchange rate, limit at most.
func (r reader) RateChanges(ctx context.Context, limit int) ([]billing.ChangeRequest, error) {
	return list[billing.ChangeRequest](ctx, r.q, "requests about the exchange rate", selectChanges+`
		WHERE r.kind = 'exchange_rate' AND r.customer_id IS NULL ORDER BY r.requested_at DESC, r.id LIMIT $1`, limit)
}

// OperatorChanged lists what an operator changed or asked to change since a moment.
func (r reader) OperatorChanged(ctx context.Context, operatorID int64, since time.Time) ([]billing.ChangeRequest, error) {
	return list[billing.ChangeRequest](ctx, r.q, "an operator's change requests", selectChanges+`
		WHERE r.requested_by = $1 AND r.requested_at >= $2 AND r.state IN ('done', 'waiting')
		ORDER BY r.requested_at`, operatorID, since)
}

// InsertChange records a request as done or waiting; one that is done gets its
// number, so what it changes has to be locked. One that is there already is false:
// the form was sent twice. Another one waiting about the same is billing.ErrTaken.
func (tx *Tx) InsertChange(ctx context.Context, c billing.ChangeRequest) (bool, error) {
	c.Note = clean(c.Note)
	res, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO change_requests (id, kind, customer_id, before, after, begins_at, note, state, one_operator, requested_by, number, expires_at)
		VALUES (:id, :kind, :customer_id, :before, :after, :begins_at, :note, :state, :one_operator, :requested_by,
		        CASE WHEN :state = 'done' THEN (`+nextNumber+`) END,
		        CASE WHEN :state = 'waiting' THEN now() + make_interval(secs => :approval_seconds) END)
		ON CONFLICT (id) DO NOTHING`, struct {
		billing.ChangeRequest
		ApprovalSeconds float64 `db:"approval_seconds"`
	}{c, billing.ApprovalTime.Seconds()})
	if violates(err, "change_requests_one_waiting") {
		return false, billing.ErrTaken
	}
	if err != nil {
		return false, fmt.Errorf("insert a change request: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("insert a change request: %w", err)
	}
	return n == 1, nil
}

// nextNumber counts on among the requests of :kind about :customer_id.
const nextNumber = `
	SELECT COALESCE(max(number), 0) + 1 FROM change_requests
	WHERE kind = :kind AND customer_id IS NOT DISTINCT FROM :customer_id AND number IS NOT NULL`

// EndChange writes the second operator's word. One that is decided, or waited too
// long, is billing.ErrAlreadyDecided; the requester's own is ErrOwnRequest.
func (tx *Tx) EndChange(ctx context.Context, c billing.ChangeRequest, state billing.ChangeState, decidedBy int64) error {
	c.State, c.DecidedBy = state, &decidedBy
	res, err := sqlx.NamedExecContext(ctx, tx.q, `
		UPDATE change_requests
		SET state = :state, decided_by = :decided_by, decided_at = now(), number = CASE WHEN :state = 'done' THEN (`+nextNumber+`) END
		WHERE id = :id AND state = 'waiting' AND expires_at > now()`, c)
	if violates(err, "change_requests_decided_by_another") {
		return billing.ErrOwnRequest
	}
	if err != nil {
		return fmt.Errorf("decide change request %s: %w", c.ID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("decide change request %s: %w", c.ID, err)
	}
	if n == 0 {
		return billing.ErrAlreadyDecided
	}
	return nil
}

// SmallStepsBegan is the value that the small steps of the last day began with:
// what was before the first change since the last one that a second operator
// approved. Without such a step it is billing.ErrNotFound.
func (r reader) SmallStepsBegan(ctx context.Context, c billing.ChangeRequest) (decimal.Decimal, error) {
	return get[decimal.Decimal](ctx, r.q, "small changes", `
		SELECT before
		FROM change_requests
		WHERE kind = $1 AND customer_id IS NOT DISTINCT FROM $2 AND state = 'done' AND decided_by IS NULL
		  AND requested_at > now() - interval '1 day'
		  AND number > (SELECT COALESCE(max(number), 0) FROM change_requests
		                WHERE kind = $1 AND customer_id IS NOT DISTINCT FROM $2 AND state = 'done' AND decided_by IS NOT NULL)
		ORDER BY number
		LIMIT 1`, c.Kind, c.CustomerID)
}

// SetCreditLimit puts a customer's credit limit in force; the balance is locked.
// One that leaves less than nothing available is refused by the database, too.
func (tx *Tx) SetCreditLimit(ctx context.Context, customerID int64, limit billing.USD) error {
	return tx.update(ctx, fmt.Sprintf("set the credit limit of customer %d", customerID), `UPDATE balances SET credit_limit = $2 WHERE customer_id = $1`, customerID, limit)
}

// SetDiscount puts a customer's discount in force; the balance is locked.
func (tx *Tx) SetDiscount(ctx context.Context, customerID int64, discount billing.Fraction) error {
	return tx.update(ctx, fmt.Sprintf("set the discount of customer %d", customerID), `UPDATE customers SET discount = $2 WHERE id = $1`, customerID, discount)
}

// update runs a statement that has nothing to say but that it failed.
func (tx *Tx) update(ctx context.Context, what, query string, args ...any) error {
	if _, err := tx.tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
