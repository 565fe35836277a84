package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// StartAttempts records, before the first bytes leave, that instanceID is about to
// send top-ups, and moves them to sending. A second attempt beside one that may have
// delivered is refused by the database: billing.ErrIllegalMove.
func (tx *Tx) StartAttempts(ctx context.Context, instanceID string, ids ...billing.TopUpID) ([]billing.Attempt, error) {
	all, err := list[billing.Attempt](ctx, tx.q, "attempts", `
		WITH moved AS (
			UPDATE topups
			SET status = 'sending', attempts = attempts + 1, first_sent_at = COALESCE(first_sent_at, now()), updated_at = now()
			WHERE id = ANY (CAST($1 AS uuid[]))
			RETURNING id, attempts
		)
		INSERT INTO attempts (topup_id, number, instance_id)
		SELECT id, attempts, $2 FROM moved
		RETURNING id, topup_id, number, instance_id, started_at`, uuids(ids), instanceID)
	if violates(err, "attempts_one_that_may_deliver") || violates(err, "topups_legal_move") {
		return nil, fmt.Errorf("send %d top-ups: %w", len(ids), billing.ErrIllegalMove)
	}
	return all, err
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

// Finished is what an attempt's answer proves.
type Finished struct {
	AttemptID int64
	Answer    billing.Answer
}

// FinishAttempts writes the answers of attempts that have none yet, and says of
// which: any other answer stands.
func (tx *Tx) FinishAttempts(ctx context.Context, all []Finished) (map[int64]bool, error) {
	type row struct {
		ID         int64           `json:"id"`
		Outcome    billing.Outcome `json:"outcome"`
		Fault      billing.Fault   `json:"fault"`
		Row        string          `json:"policy_row"`
		Reason     string          `json:"reason"`
		Code       string          `json:"vendor_code"`
		Event      string          `json:"event"`
		HTTPStatus int             `json:"http_status"`
		Bytes      int64           `json:"bytes_written"`
		Request    string          `json:"request"`
		Response   string          `json:"response"`
		Connection string          `json:"connection"`
		Took       int64           `json:"took_ms"`
		Policy     int             `json:"policy_version"`
		Shape      string          `json:"shape"`
	}
	rows := make([]row, len(all))
	for i, f := range all {
		a, e := f.Answer, f.Answer.Evidence
		rows[i] = row{
			f.AttemptID, a.Outcome, a.Fault, a.Row, clean(a.Reason), clean(a.Code), e.Event, e.HTTPStatus, e.BytesWritten, clean(e.Request), clean(e.Response),
			clean(e.Connection), e.Took.Milliseconds(), a.Policy, clean(a.Shape),
		}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return nil, fmt.Errorf("write answers as rows: %w", err)
	}
	ids, err := list[int64](ctx, tx.q, "attempts that were answered", `
		UPDATE attempts a
		SET outcome = n.outcome, fault = n.fault, policy_row = n.policy_row, reason = n.reason, vendor_code = n.vendor_code, event = n.event,
		    http_status = n.http_status, bytes_written = n.bytes_written, request = n.request, response = n.response, connection = n.connection,
		    took_ms = n.took_ms, policy_version = n.policy_version, shape = n.shape, finished_at = now()
		FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS n (
			id bigint, outcome text, fault text, policy_row text, reason text, vendor_code text, event text, http_status int, bytes_written bigint,
			request text, response text, connection text, took_ms bigint, policy_version int, shape text)
		WHERE a.id = n.id AND a.outcome = ''
		RETURNING a.id`, string(encoded))
	news := make(map[int64]bool, len(ids))
	for _, id := range ids {
		news[id] = true
	}
	return news, err
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
