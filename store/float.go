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

// FloatPace reads how fast the float goes.
func (r reader) FloatPace(ctx context.Context) (billing.FloatPace, error) {
	return get[billing.FloatPace](ctx, r.q, "how fast the float goes", `
		SELECT COALESCE(sum(amount) FILTER (WHERE created_at > now() - interval '1 hour'), 0) AS last_hour,
		       COALESCE(sum(amount), 0) AS last_day
		FROM entries
		WHERE currency = 'MXN' AND kind IN ('cost', 'loss') AND created_at > now() - interval '1 day'`)
}

// FloatMoves is what came into the float and left it within some time, in MXN:
// none is below zero.
type FloatMoves struct {
	Began     time.Time   `db:"began"`
	Deposited billing.MXN `db:"deposited"`
	Corrected billing.MXN `db:"corrected"` // deposits that were undone
	Spent     billing.MXN `db:"spent"`     // taken for deliveries, losses included
}

// Add is both together, from when m began.
func (m FloatMoves) Add(o FloatMoves) FloatMoves {
	m.Deposited, m.Corrected, m.Spent = m.Deposited.Add(o.Deposited), m.Corrected.Add(o.Corrected), m.Spent.Add(o.Spent)
	return m
}

// Net is by how much the balance rose.
func (m FloatMoves) Net() billing.MXN { return m.Deposited.Sub(m.Corrected).Sub(m.Spent) }

// FloatMoves adds up the entries from (inclusive) to (exclusive) by quarters of an
// hour, the oldest first; those without an entry are absent.
func (r reader) FloatMoves(ctx context.Context, from, to time.Time) ([]FloatMoves, error) {
	return list[FloatMoves](ctx, r.q, "what moved in the float", `
		SELECT date_bin('15 minutes', created_at, timestamptz '2000-01-01 00:00:00Z') AS began,
		       COALESCE(sum(amount) FILTER (WHERE kind = 'float_deposit'), 0) AS deposited,
		       COALESCE(sum(amount) FILTER (WHERE kind = 'float_correction'), 0) AS corrected,
		       COALESCE(sum(amount) FILTER (WHERE kind IN ('cost', 'loss')), 0) AS spent
		FROM entries
		WHERE currency = 'MXN' AND created_at >= $1 AND created_at < $2
		GROUP BY began
		ORDER BY began`, from, to)
}

const selectFloatDeposits = `
	SELECT d.id, d.amount, d.reference, d.proof, d.note, d.corrects, d.recorded_by, d.recorded_at,
	       COALESCE(o.name, '') AS recorder, c.id AS corrected_by
	FROM float_deposits d
	LEFT JOIN operators o ON o.id = d.recorded_by
	LEFT JOIN float_deposits c ON c.corrects = d.id`

// FloatDeposits lists deposits and their corrections, the newest first: those
// before the one with an id (uuid.Nil: all), limit at most.
func (r reader) FloatDeposits(ctx context.Context, before uuid.UUID, limit int) ([]billing.FloatDeposit, error) {
	return list[billing.FloatDeposit](ctx, r.q, "deposits to the float", selectFloatDeposits+`
		WHERE CAST($1 AS uuid) = CAST($2 AS uuid) OR (d.recorded_at, d.id) < (SELECT recorded_at, id FROM float_deposits WHERE id = CAST($1 AS uuid))
		ORDER BY d.recorded_at DESC, d.id DESC
		LIMIT $3`, before, uuid.Nil, limit)
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
