package store

// Asking Latcom afterwards what became of a top-up.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// InquireJob asks a worker to inquire about a top-up whose outcome is unknown.
type InquireJob struct {
	TopUp uuid.UUID `json:"topup"`
	Round int       `json:"round"` // 0, 1, …: how often it was asked before
}

// Kind names the job in River's tables.
func (InquireJob) Kind() string { return "topup_inquire" }

// ID is the top-up's id as everybody else writes it.
func (j InquireJob) ID() billing.TopUpID { return billing.TopUpID{UUID: j.TopUp} }

// EnqueueInquiry queues the round-th inquiry about a top-up, after a pause by the
// database's clock.
func (tx *Tx) EnqueueInquiry(ctx context.Context, id billing.TopUpID, round int, after time.Duration) error {
	return tx.enqueue(ctx, InquireJob{TopUp: id.UUID, Round: round}, InquiryQueue, after)
}

// InquiryQueue is the queue of inquiries: they never wait behind orders.
const InquiryQueue = "inquiries"

// UninquiredTopUps lists the unknown top-ups that no job will inquire about within
// longest. At most 1,000, oldest first.
func (tx *Tx) UninquiredTopUps(ctx context.Context, longest time.Duration) ([]billing.TopUpID, error) {
	return list[billing.TopUpID](ctx, tx.q, "unknown top-ups without an inquiry", `
		SELECT t.id
		FROM topups t
		WHERE t.status = 'unknown'
		  AND NOT EXISTS (
			SELECT FROM river_job j
			WHERE j.kind = 'topup_inquire' AND j.queue = 'inquiries' AND j.args ->> 'topup' = CAST(t.id AS text)
			  AND `+liveJob+`)
		ORDER BY t.created_at
		LIMIT 1000
		FOR UPDATE OF t SKIP LOCKED`, longest.Seconds())
}

// Inquiry is what Latcom said when it was asked about a top-up.
type Inquiry struct {
	ID         int64           `db:"id"`
	TopUpID    billing.TopUpID `db:"topup_id"`
	At         time.Time       `db:"at"`
	Outcome    billing.Outcome `db:"outcome"`
	Row        string          `db:"policy_row"`
	Reason     string          `db:"reason"`
	HTTPStatus int             `db:"http_status"`
	Response   string          `db:"response"`
}

// InsertInquiry keeps an inquiry's answer as evidence.
func (tx *Tx) InsertInquiry(ctx context.Context, id billing.TopUpID, a billing.Answer) error {
	_, err := tx.tx.ExecContext(ctx, `
		INSERT INTO inquiries (topup_id, outcome, policy_row, policy_version, reason, http_status, response) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, a.Outcome, a.Row, a.Policy, clean(a.Reason), a.Evidence.HTTPStatus, clean(a.Evidence.Response))
	if err != nil {
		return fmt.Errorf("keep an inquiry about top-up %s: %w", id, err)
	}
	return nil
}

// Inquiries lists what was said about a top-up, the first one first.
func (r reader) Inquiries(ctx context.Context, id billing.TopUpID) ([]Inquiry, error) {
	return list[Inquiry](ctx, r.q, "inquiries", `
		SELECT id, topup_id, at, outcome, policy_row, reason, http_status, response
		FROM inquiries
		WHERE topup_id = $1
		ORDER BY id`, id)
}

// NotSeen is how often in a row Latcom said that it does not know a top-up, and
// over how long.
type NotSeen struct {
	Times   int     `db:"times"`
	Seconds float64 `db:"seconds"`
}

// NotSeen counts the inquiries of that answer since any other one.
func (r reader) NotSeen(ctx context.Context, id billing.TopUpID) (NotSeen, error) {
	return get[NotSeen](ctx, r.q, "inquiries that found nothing", `
		SELECT count(*) AS times, COALESCE(EXTRACT(EPOCH FROM max(at) - min(at)), 0) AS seconds
		FROM inquiries
		WHERE topup_id = $1 AND policy_row = 'inquiry.not_seen'
		  AND id > COALESCE((SELECT max(id) FROM inquiries WHERE topup_id = $1 AND policy_row <> 'inquiry.not_seen'), 0)`, id)
}

// LatestDelivery is Latcom's name for a top-up that it certainly delivered to us
// within the last day: a control for what its inquiry says.
func (r reader) LatestDelivery(ctx context.Context) (string, error) {
	return get[string](ctx, r.q, "a delivery of the last day", `
		SELECT t.dist_transid
		FROM attempts a
		JOIN topups t ON t.id = a.topup_id
		WHERE a.outcome = 'delivered' AND a.http_status = 200 AND a.started_at > now() - interval '1 day'
		ORDER BY a.started_at DESC
		LIMIT 1`)
}

// LastAttempt reads a top-up's newest attempt.
func (r reader) LastAttempt(ctx context.Context, id billing.TopUpID) (billing.Attempt, error) {
	return get[billing.Attempt](ctx, r.q, "attempt", `
		SELECT id, topup_id, number, instance_id, started_at, outcome
		FROM attempts
		WHERE topup_id = $1
		ORDER BY number DESC
		LIMIT 1`, id)
}
