package store

// Our prepaid money at Latcom: deposits, what is left, what was spent.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// Float reads what our money at Latcom stands at, in one look: a delivery counts
// either as in flight or as spent, never as both or neither.
func (r reader) Float(ctx context.Context) (billing.Float, error) {
	return get[billing.Float](ctx, r.q, "the float", `
		SELECT EXISTS (SELECT FROM float_deposits) AS known,
		       (SELECT amount FROM float_total) + COALESCE((SELECT sum(amount) FROM float_moves), 0) AS balance,
		       COALESCE((SELECT sum(cost) FROM topups WHERE status IN ('queued', 'sending', 'unknown')), 0) AS in_flight`)
}

// RollUpFloat adds the lines that entries left to the total and removes them. When
// another instance does it just now, it does nothing.
func (tx *Tx) RollUpFloat(ctx context.Context) error {
	mine, err := list[bool](ctx, tx.q, "the float's total", `SELECT only_row FROM float_total FOR UPDATE SKIP LOCKED`)
	if err != nil || len(mine) == 0 {
		return err
	}
	_, err = tx.tx.ExecContext(ctx, `
		WITH gone AS (DELETE FROM float_moves RETURNING amount)
		UPDATE float_total SET amount = amount + (SELECT sum(amount) FROM gone)
		WHERE EXISTS (SELECT FROM gone)`)
	if err != nil {
		return fmt.Errorf("roll up the float: %w", err)
	}
	return nil
}

// FloatSpending is what Latcom took from the float, in MXN, losses included.
type FloatSpending struct {
	Today    billing.MXN `db:"today"` // since the business day began
	LastHour billing.MXN `db:"last_hour"`
}

// FloatSpending adds up what was spent since the business day began.
func (r reader) FloatSpending(ctx context.Context, dayBegan time.Time) (FloatSpending, error) {
	return get[FloatSpending](ctx, r.q, "what was spent of the float", `
		SELECT COALESCE(sum(amount) FILTER (WHERE created_at >= $1), 0) AS today,
		       COALESCE(sum(amount) FILTER (WHERE created_at > now() - interval '1 hour'), 0) AS last_hour
		FROM entries
		WHERE currency = 'MXN' AND kind IN ('cost', 'loss') AND created_at >= LEAST($1, now() - interval '1 hour')`, dayBegan)
}

const selectFloatDeposits = `
	SELECT d.id, d.amount, d.reference, d.proof, d.note, d.corrects, d.recorded_by, d.recorded_at,
	       COALESCE(o.name, '') AS recorder, c.id AS corrected_by
	FROM float_deposits d
	LEFT JOIN operators o ON o.id = d.recorded_by
	LEFT JOIN float_deposits c ON c.corrects = d.id`

// FloatDeposits lists deposits and their corrections, the newest first; limit at most.
func (r reader) FloatDeposits(ctx context.Context, limit int) ([]billing.FloatDeposit, error) {
	return list[billing.FloatDeposit](ctx, r.q, "deposits to the float", selectFloatDeposits+` ORDER BY d.recorded_at DESC, d.id DESC LIMIT $1`, limit)
}

// FloatDeposit reads one.
func (r reader) FloatDeposit(ctx context.Context, id uuid.UUID) (billing.FloatDeposit, error) {
	return get[billing.FloatDeposit](ctx, r.q, "deposit to the float", selectFloatDeposits+` WHERE d.id = $1`, id)
}

// LockFloatDeposits lets one operator at a time record.
func (tx *Tx) LockFloatDeposits(ctx context.Context) error {
	return tx.lockAlone(ctx, "deposits to the float")
}

// StandingDeposit reads the deposit with a reference that nobody has corrected.
func (r reader) StandingDeposit(ctx context.Context, reference string) (billing.FloatDeposit, error) {
	return get[billing.FloatDeposit](ctx, r.q, "deposit by reference",
		selectFloatDeposits+` WHERE d.reference = $1 AND d.corrects IS NULL AND c.id IS NULL LIMIT 1`, reference)
}

// InsertFloatDeposit records a deposit or a correction. A second correction of one
// deposit is billing.ErrAlreadySettled, and an id in use ErrTaken.
func (tx *Tx) InsertFloatDeposit(ctx context.Context, d billing.FloatDeposit) error {
	d.Reference, d.Proof, d.Note = clean(d.Reference), clean(d.Proof), clean(d.Note)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO float_deposits (id, amount, reference, proof, note, corrects, recorded_by)
		VALUES (:id, :amount, :reference, :proof, :note, :corrects, :recorded_by)`, d)
	switch {
	case violates(err, "float_deposits_corrected_once"):
		return billing.ErrAlreadySettled
	case violates(err, "float_deposits_pkey"):
		return billing.ErrTaken
	case err != nil:
		return fmt.Errorf("record a deposit to the float: %w", err)
	}
	return nil
}
