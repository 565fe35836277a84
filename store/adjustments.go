package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const selectAdjustments = `
	SELECT a.id, a.customer_id, c.code AS customer_code, c.name AS customer_name, a.amount, a.reason, a.note, a.proof, a.state,
	       a.requested_by, a.requested_at, a.expires_at, a.decided_by, a.decided_at,
	       COALESCE(o.name, '') AS requester, COALESCE(d.name, '') AS decider,
	       a.one_operator, a.reverses, COALESCE(u.reason, '') AS undoes, r.id AS reversed_by, COALESCE(r.state = 'posted', false) AS reversed,
	       a.list_id, a.list_line, COALESCE(l.name, '') AS list_name
	FROM adjustments a
	JOIN customers c ON c.id = a.customer_id
	LEFT JOIN operators o ON o.id = a.requested_by
	LEFT JOIN operators d ON d.id = a.decided_by
	LEFT JOIN adjustments u ON u.id = a.reverses
	LEFT JOIN adjustments r ON r.reverses = a.id AND r.state IN ('waiting', 'posted')
	LEFT JOIN adjustment_lists l ON l.id = a.list_id`

// InsertAdjustment records an adjustment as posted or waiting. It returns false
// when one with this id is there already: the form was sent twice. A second one
// that undoes the same adjustment is billing.ErrAlreadyReversed.
func (tx *Tx) InsertAdjustment(ctx context.Context, a billing.Adjustment) (bool, error) {
	a.Note, a.Proof = clean(a.Note), clean(a.Proof)
	res, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO adjustments (id, customer_id, amount, reason, note, proof, state, requested_by, one_operator, reverses, list_id, list_line, expires_at)
		VALUES (:id, :customer_id, :amount, :reason, :note, :proof, :state, :requested_by, :one_operator, :reverses, :list_id, :list_line,
		        CASE WHEN :state = 'waiting' THEN now() + make_interval(secs => :approval_seconds) END)
		ON CONFLICT (id) DO NOTHING`, struct {
		billing.Adjustment
		ApprovalSeconds float64 `db:"approval_seconds"`
	}{a, billing.ApprovalTime.Seconds()})
	if violates(err, "adjustments_reversed_once") {
		return false, billing.ErrAlreadyReversed
	}
	if err != nil {
		return false, fmt.Errorf("insert an adjustment: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("insert an adjustment: %w", err)
	}
	return n == 1, nil
}

// Adjustment reads one adjustment.
func (r reader) Adjustment(ctx context.Context, id uuid.UUID) (billing.Adjustment, error) {
	return get[billing.Adjustment](ctx, r.q, "adjustment", selectAdjustments+` WHERE a.id = $1`, id)
}

// LockAdjustment locks a request for its decision; the balance is locked first.
func (tx *Tx) LockAdjustment(ctx context.Context, id uuid.UUID) (billing.Adjustment, error) {
	return get[billing.Adjustment](ctx, tx.q, "adjustment", selectAdjustments+` WHERE a.id = $1 FOR UPDATE OF a`, id)
}

// DecideAdjustment ends a waiting request. One that is decided, or waited too
// long, is billing.ErrAlreadyDecided; the requester's own is ErrOwnRequest.
func (tx *Tx) DecideAdjustment(ctx context.Context, id uuid.UUID, state billing.AdjustmentState, decidedBy int64) error {
	res, err := tx.tx.ExecContext(ctx, `
		UPDATE adjustments SET state = $2, decided_by = $3, decided_at = now()
		WHERE id = $1 AND state = 'waiting' AND expires_at > now()`, id, state, decidedBy)
	if violates(err, "adjustments_decided_by_another") {
		return billing.ErrOwnRequest
	}
	if err != nil {
		return fmt.Errorf("decide adjustment %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("decide adjustment %s: %w", id, err)
	}
	if n == 0 {
		return billing.ErrAlreadyDecided
	}
	return nil
}

// CustomerAdjustments lists a customer's newest adjustments.
func (r reader) CustomerAdjustments(ctx context.Context, customerID int64, limit int) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "adjustments", selectAdjustments+`
		WHERE a.customer_id = $1 ORDER BY a.requested_at DESC LIMIT $2`, customerID, limit)
}

// WaitingAdjustments lists what waits for a second operator by itself, the oldest
// first.
func (r reader) WaitingAdjustments(ctx context.Context) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "waiting adjustments", selectAdjustments+`
		WHERE a.state = 'waiting' AND a.expires_at > now() AND a.list_id IS NULL ORDER BY a.requested_at LIMIT 1000`)
}

// DecidedAdjustments lists those that had to wait by themselves and ended since a
// moment, the newest end first.
func (r reader) DecidedAdjustments(ctx context.Context, since time.Time, limit int) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "decided adjustments", selectAdjustments+`
		WHERE a.decided_at >= $1 AND a.list_id IS NULL ORDER BY a.decided_at DESC LIMIT $2`, since, limit)
}

// OperatorMoved lists what an operator posted or asked for since a moment, one by
// one; OperatorListed has the lists.
func (r reader) OperatorMoved(ctx context.Context, operatorID int64, since time.Time) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "an operator's adjustments", selectAdjustments+`
		WHERE a.requested_by = $1 AND a.requested_at >= $2 AND a.state IN ('posted', 'waiting') AND a.list_id IS NULL
		ORDER BY a.requested_at`, operatorID, since)
}
