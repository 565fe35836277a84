package store

// What two operators decide about a top-up, and evidence that came too late.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const selectDecisions = `
	SELECT d.id, d.topup_id, d.verdict, d.reason, d.note, d.provider_transaction_id, d.state,
	       d.proposed_by, d.proposed_at, d.decided_by, d.decided_at, d.objection, d.one_operator,
	       p.name AS proposer, COALESCE(o.name, '') AS decider
	FROM decisions d
	JOIN operators p ON p.id = d.proposed_by
	LEFT JOIN operators o ON o.id = d.decided_by`

// Decisions lists what was proposed and decided about a top-up, the first one first.
func (r reader) Decisions(ctx context.Context, id billing.TopUpID) ([]billing.Decision, error) {
	return list[billing.Decision](ctx, r.q, "decisions", selectDecisions+` WHERE d.topup_id = $1 ORDER BY d.proposed_at`, id)
}

// Decision reads one decision.
func (r reader) Decision(ctx context.Context, id uuid.UUID) (billing.Decision, error) {
	return get[billing.Decision](ctx, r.q, "decision", selectDecisions+` WHERE d.id = $1`, id)
}

// InsertDecision records a proposal. Another one waiting for the same top-up is
// billing.ErrTaken, and so is an id in use.
func (tx *Tx) InsertDecision(ctx context.Context, d billing.Decision) error {
	d.Note, d.ProviderTransactionID = clean(d.Note), clean(d.ProviderTransactionID)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO decisions (id, topup_id, verdict, reason, note, provider_transaction_id, proposed_by)
		VALUES (:id, :topup_id, :verdict, :reason, :note, :provider_transaction_id, :proposed_by)`, d)
	if violates(err, "decisions_one_waiting") || violates(err, "decisions_pkey") {
		return billing.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("insert a decision: %w", err)
	}
	return nil
}

// EndDecision writes the word of who decides: d's State, DecidedBy, Objection and
// OneOperator. One that is decided is billing.ErrAlreadyDecided; the proposer's
// own, when it does not say so, is ErrOwnRequest.
func (tx *Tx) EndDecision(ctx context.Context, d billing.Decision) error {
	id := d.ID
	res, err := tx.tx.ExecContext(ctx, `
		UPDATE decisions SET state = $2, decided_by = $3, objection = $4, one_operator = $5, decided_at = now()
		WHERE id = $1 AND state = 'waiting'`, id, d.State, d.DecidedBy, clean(d.Objection), d.OneOperator)
	if violates(err, "decisions_by_another") {
		return billing.ErrOwnRequest
	}
	if err != nil {
		return fmt.Errorf("end decision %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("end decision %s: %w", id, err)
	}
	if n == 0 {
		return billing.ErrAlreadyDecided
	}
	return nil
}

// OvertakeDecisions ends the proposals about a top-up that evidence has settled.
func (tx *Tx) OvertakeDecisions(ctx context.Context, id billing.TopUpID) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE decisions SET state = 'overtaken', decided_at = now() WHERE topup_id = $1 AND state = 'waiting'`, id)
	if err != nil {
		return fmt.Errorf("overtake the decisions about top-up %s: %w", id, err)
	}
	return nil
}

// InsertContradiction keeps evidence against a final top-up: the case is open again.
func (tx *Tx) InsertContradiction(ctx context.Context, t billing.TopUp, outcome billing.Outcome, evidence string) error {
	_, err := tx.tx.ExecContext(ctx, `
		INSERT INTO contradictions (topup_id, status, outcome, evidence) VALUES ($1, $2, $3, $4)`,
		t.ID, t.Status, outcome, clean(evidence))
	if err != nil {
		return fmt.Errorf("keep a contradiction about top-up %s: %w", t.ID, err)
	}
	return nil
}

// CloseContradictions says that a decision answers the evidence against a top-up.
func (tx *Tx) CloseContradictions(ctx context.Context, id billing.TopUpID, decision *uuid.UUID, note string) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE contradictions SET closed_at = now(), closed_by = $2, closed_note = $3
		WHERE topup_id = $1 AND closed_at IS NULL`, id, decision, clean(note))
	if err != nil {
		return fmt.Errorf("close the case of top-up %s: %w", id, err)
	}
	return nil
}

// Contradictions lists the evidence against a final top-up.
func (r reader) Contradictions(ctx context.Context, id billing.TopUpID) ([]billing.Contradiction, error) {
	return list[billing.Contradiction](ctx, r.q, "contradictions", `
		SELECT id, topup_id, at, status, outcome, evidence, closed_at, closed_note
		FROM contradictions WHERE topup_id = $1 ORDER BY id`, id)
}

// Case is one line of the unknown desk.
type Case struct {
	billing.TopUp
	Reason     string          `db:"reason"`      // how the last attempt ended
	AgeSeconds float64         `db:"age_seconds"` // since it became unknown, was contradicted, or its reversal proposed
	Waiting    billing.Verdict `db:"waiting"`     // the verdict that waits for a second operator; empty: none
	ProposedBy int64           `db:"proposed_by"` // who proposed it; 0: nobody
	Reopened   bool            `db:"reopened"`    // final, and contradicted by later evidence
	Against    billing.Outcome `db:"against"`     // what that evidence says
}

// onTheDesk are the top-ups that somebody has to settle: a few among millions.
const onTheDesk = `
	SELECT id FROM topups WHERE status = 'unknown'
	UNION SELECT topup_id FROM contradictions WHERE closed_at IS NULL
	UNION SELECT topup_id FROM decisions WHERE state = 'waiting'`

// Cases lists what the unknown desk has to settle: what is unknown, then what
// later evidence contradicts, then proposals about others; of each the oldest
// first, and of two of the same age the one with more money. At most 1,000.
func (r reader) Cases(ctx context.Context) ([]Case, error) {
	return list[Case](ctx, r.q, "cases", `
		SELECT `+topUpColumns+`,
		       COALESCE(a.reason, '') AS reason, COALESCE(d.verdict, '') AS waiting, COALESCE(d.proposed_by, 0) AS proposed_by,
		       x.topup_id IS NOT NULL AS reopened, COALESCE(x.outcome, '') AS against,
		       EXTRACT(EPOCH FROM now() - CASE WHEN t.status = 'unknown' THEN COALESCE(a.finished_at, t.updated_at)
		                                       ELSE COALESCE(x.at, d.proposed_at) END) AS age_seconds
		`+topUpTables+`
		LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
		LEFT JOIN decisions d ON d.topup_id = t.id AND d.state = 'waiting'
		LEFT JOIN LATERAL (
			SELECT topup_id, at, outcome FROM contradictions
			WHERE topup_id = t.id AND closed_at IS NULL
			ORDER BY id
			LIMIT 1
		) x ON true
		WHERE t.id IN (`+onTheDesk+`)
		ORDER BY t.status <> 'unknown', x.topup_id IS NULL, age_seconds DESC, t.price DESC
		LIMIT 1000`)
}

// SimilarCases counts how cases with the same last answer ended within 30 days.
type SimilarCases struct {
	Delivered    int `db:"delivered"`
	NotDelivered int `db:"not_delivered"`
}

// SimilarCases looks for attempts that were unknown for the same reason (the row
// of the outcome policy) and are settled now.
func (r reader) SimilarCases(ctx context.Context, policyRow string, except billing.TopUpID) (SimilarCases, error) {
	return get[SimilarCases](ctx, r.q, "similar cases", `
		SELECT count(*) FILTER (WHERE d.verdict = 'delivered') AS delivered,
		       count(*) FILTER (WHERE d.verdict = 'not_delivered') AS not_delivered
		FROM attempts a
		JOIN decisions d ON d.topup_id = a.topup_id AND d.state = 'confirmed' AND d.verdict IN ('delivered', 'not_delivered')
		WHERE a.policy_row = $1 AND a.outcome = 'unknown' AND a.started_at > now() - interval '30 days' AND a.topup_id <> $2`,
		policyRow, except)
}

// SimilarCase is a settled case with the same last answer.
type SimilarCase struct {
	TopUpID      billing.TopUpID `db:"topup_id"`
	Phone        billing.Phone   `db:"phone"`
	CustomerName string          `db:"customer_name"`
	Verdict      billing.Verdict `db:"verdict"`
	DecidedAt    time.Time       `db:"decided_at"`
}

// LatestSimilar lists the newest of the cases that SimilarCases counts.
func (r reader) LatestSimilar(ctx context.Context, policyRow string, except billing.TopUpID, limit int) ([]SimilarCase, error) {
	return list[SimilarCase](ctx, r.q, "similar cases", `
		SELECT t.id AS topup_id, t.phone, c.name AS customer_name, d.verdict, d.decided_at
		FROM attempts a
		JOIN decisions d ON d.topup_id = a.topup_id AND d.state = 'confirmed' AND d.verdict IN ('delivered', 'not_delivered')
		JOIN topups t ON t.id = a.topup_id
		JOIN customers c ON c.id = t.customer_id
		WHERE a.policy_row = $1 AND a.outcome = 'unknown' AND a.started_at > now() - interval '30 days' AND a.topup_id <> $2
		ORDER BY d.decided_at DESC
		LIMIT $3`, policyRow, except, limit)
}
