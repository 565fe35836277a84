package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// StartAttempt records, before the first byte leaves, that instanceID is about
// to send a top-up, and moves it to sending. A second attempt beside one that
// may have delivered is refused by the database: billing.ErrIllegalMove.
func (tx *Tx) StartAttempt(ctx context.Context, id billing.TopUpID, instanceID string) (billing.Attempt, error) {
	a, err := get[billing.Attempt](ctx, tx.q, fmt.Sprintf("attempt for top-up %s", id), `
		WITH moved AS (
			UPDATE topups
			SET status = 'sending', attempts = attempts + 1, first_sent_at = COALESCE(first_sent_at, now()), updated_at = now()
			WHERE id = $1
			RETURNING id, attempts
		)
		INSERT INTO attempts (topup_id, number, instance_id)
		SELECT id, attempts, $2 FROM moved
		RETURNING id, topup_id, number, instance_id, started_at`, id, instanceID)
	if violates(err, "attempts_one_that_may_deliver") || violates(err, "topups_legal_move") {
		return a, fmt.Errorf("send top-up %s: %w", id, billing.ErrIllegalMove)
	}
	return a, err
}

// FinishAttempt writes what an attempt's answer proves. It returns false when
// the attempt already had a final answer, which stands.
func (tx *Tx) FinishAttempt(ctx context.Context, attemptID int64, answer billing.Answer) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `
		UPDATE attempts
		SET outcome = $2, fault = $3, policy_row = $4, reason = $5, vendor_code = $6, event = $7, http_status = $8,
		    bytes_written = $9, request = $10, response = $11, connection = $12, took_ms = $13, policy_version = $14,
		    shape = CASE WHEN shape = '' THEN $15 ELSE shape END, -- of its first answer
		    finished_at = now()
		WHERE id = $1 AND (outcome = '' OR outcome = 'unknown' AND $2 <> 'unknown')`,
		attemptID, answer.Outcome, answer.Fault, answer.Row, clean(answer.Reason), clean(answer.Code), answer.Evidence.Event,
		answer.Evidence.HTTPStatus, answer.Evidence.BytesWritten, clean(answer.Evidence.Request), clean(answer.Evidence.Response),
		clean(answer.Evidence.Connection), answer.Evidence.Took.Milliseconds(), answer.Policy, clean(answer.Shape))
	if err != nil {
		return false, fmt.Errorf("write the outcome of attempt %d: %w", attemptID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("write the outcome of attempt %d: %w", attemptID, err)
	}
	return n == 1, nil
}

// Attempts lists a top-up's attempts, the first one first.
func (r reader) Attempts(ctx context.Context, id billing.TopUpID) ([]billing.Attempt, error) {
	return list[billing.Attempt](ctx, r.q, "attempts", `
		SELECT id, topup_id, number, instance_id, started_at, finished_at, outcome, fault, policy_row, policy_version, shape, reason, vendor_code,
		       event, http_status, bytes_written, request, response, connection, took_ms
		FROM attempts
		WHERE topup_id = $1
		ORDER BY number`, id)
}

// MeanDeliverySeconds is how long Latcom took for the deliveries of the last ten
// minutes; 0 when there was none.
func (r reader) MeanDeliverySeconds(ctx context.Context) (float64, error) {
	var seconds float64
	err := sqlx.GetContext(ctx, r.q, &seconds, `
		SELECT COALESCE(avg(took_ms), 0) / 1000.0
		FROM (
			SELECT took_ms FROM attempts
			WHERE outcome = 'delivered' AND started_at > now() - interval '10 minutes'
			ORDER BY id DESC LIMIT 200
		) latest`)
	if err != nil {
		return 0, fmt.Errorf("read how long deliveries take: %w", err)
	}
	return seconds, nil
}
