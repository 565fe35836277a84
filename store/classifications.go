package store

// Answers that nobody has classified, and what operators say about them.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const selectClassifications = `
	SELECT c.id, c.number, c.shape, c.was, c.outcome, c.fault, c.note, c.example_id, c.proposed_by, c.proposed_at,
	       CASE WHEN d.confirmed OR d.classification_id IS NULL AND NOT (c.was = 'unknown' AND c.outcome <> 'unknown') THEN 'in_force'
	            WHEN d.classification_id IS NULL THEN 'waiting'
	            ELSE 'rejected' END AS state,
	       d.decided_by, d.decided_at, COALESCE(d.objection, '') AS objection,
	       p.name AS proposer, COALESCE(o.name, '') AS decider
	FROM classifications c
	LEFT JOIN classification_decisions d ON d.classification_id = c.id
	JOIN operators p ON p.id = c.proposed_by
	LEFT JOIN operators o ON o.id = d.decided_by`

// inForce are the classifications that decide: of each shape the one that came
// into force last.
const inForce = `
	SELECT DISTINCT ON (shape) *
	FROM (` + selectClassifications + `) every
	WHERE state = 'in_force'
	ORDER BY shape, COALESCE(decided_at, proposed_at) DESC, number DESC`

// ClassificationsInForce lists what decides answers from now on, by shape.
func (r reader) ClassificationsInForce(ctx context.Context) ([]billing.Classification, error) {
	return list[billing.Classification](ctx, r.q, "classifications in force", inForce)
}

// Classifications lists all that were recorded, the newest first; at most 500.
func (r reader) Classifications(ctx context.Context) ([]billing.Classification, error) {
	return list[billing.Classification](ctx, r.q, "classifications", selectClassifications+` ORDER BY c.number DESC LIMIT 500`)
}

// Classification reads one.
func (r reader) Classification(ctx context.Context, id uuid.UUID) (billing.Classification, error) {
	return get[billing.Classification](ctx, r.q, "classification", selectClassifications+` WHERE c.id = $1`, id)
}

// WaitingClassification reads the one about a shape that waits for a second
// operator.
func (r reader) WaitingClassification(ctx context.Context, shape string) (billing.Classification, error) {
	return get[billing.Classification](ctx, r.q, "waiting classification", `
		SELECT * FROM (`+selectClassifications+` WHERE c.shape = $1) every WHERE state = 'waiting' ORDER BY number LIMIT 1`, shape)
}

// LockClassifications lets one operator at a time propose or decide.
func (tx *Tx) LockClassifications(ctx context.Context) error {
	return tx.lockAlone(ctx, "classifications")
}

// InsertClassification records a proposal. An id in use is billing.ErrTaken.
func (tx *Tx) InsertClassification(ctx context.Context, c billing.Classification) error {
	c.Note = clean(c.Note)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO classifications (id, shape, was, outcome, fault, note, example_id, proposed_by)
		VALUES (:id, :shape, :was, :outcome, :fault, :note, :example_id, :proposed_by)`, c)
	if violates(err, "classifications_pkey") {
		return billing.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("insert a classification: %w", err)
	}
	return nil
}

// DecideClassification writes the second operator's word. The proposer's own is
// billing.ErrOwnRequest; one that is decided is ErrAlreadyDecided.
func (tx *Tx) DecideClassification(ctx context.Context, c billing.Classification, decidedBy int64, confirmed bool, objection string) error {
	_, err := tx.tx.ExecContext(ctx, `
		INSERT INTO classification_decisions (classification_id, proposed_by, decided_by, confirmed, objection) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, c.ProposedBy, decidedBy, confirmed, clean(objection))
	switch {
	case violates(err, "classifications_by_another"):
		return billing.ErrOwnRequest
	case violates(err, "classification_decisions_pkey"):
		return billing.ErrAlreadyDecided
	case err != nil:
		return fmt.Errorf("decide classification %s: %w", c.ID, err)
	}
	return nil
}

// Unclassified is a kind of answer that nobody has classified.
type Unclassified struct {
	ShapeKey string          `db:"shape"`
	Times    int             `db:"times"` // at most ManyTimes
	First    time.Time       `db:"first"`
	Last     time.Time       `db:"last"`
	Example  int64           `db:"example"`  // the last attempt with such an answer
	TopUpID  billing.TopUpID `db:"topup_id"` // its top-up
	Reason   string          `db:"reason"`   // its words
	Waiting  bool            `db:"waiting"`  // a proposal waits for a second operator
}

// ManyTimes is how far the answers of one kind are counted.
const ManyTimes = 1000

// openShapes steps from each shape to the next one in the index, however many
// answers each has, and leaves out those that are classified.
const openShapes = `
	WITH RECURSIVE shapes AS (
		(SELECT shape FROM attempts WHERE shape <> '' ORDER BY shape LIMIT 1)
		UNION ALL
		SELECT (SELECT a.shape FROM attempts a WHERE a.shape <> '' AND a.shape > s.shape ORDER BY a.shape LIMIT 1)
		FROM shapes s
		WHERE s.shape IS NOT NULL
	), open AS (
		SELECT shape FROM (SELECT shape FROM shapes WHERE shape IS NOT NULL LIMIT 500) known
		EXCEPT
		SELECT shape FROM (` + inForce + `) decided
	)`

// Unclassified lists the kinds of answers that nobody has classified, the one
// seen last first; at most 500. Each look says once more that a shape is none
// empty: without that the planner cannot know that attempts_by_shape has it.
func (r reader) Unclassified(ctx context.Context) ([]Unclassified, error) {
	return list[Unclassified](ctx, r.q, "answers that nobody has classified", openShapes+`
		SELECT open.shape, counted.times, first.started_at AS first, last.started_at AS last, last.id AS example, last.topup_id, last.reason,
		       EXISTS (
				SELECT FROM classifications c
				LEFT JOIN classification_decisions d ON d.classification_id = c.id
				WHERE c.shape = open.shape AND d.classification_id IS NULL AND c.was = 'unknown' AND c.outcome <> 'unknown') AS waiting
		FROM open
		CROSS JOIN LATERAL (SELECT id, topup_id, started_at, reason FROM attempts a WHERE a.shape <> '' AND a.shape = open.shape ORDER BY id DESC LIMIT 1) last
		CROSS JOIN LATERAL (SELECT started_at FROM attempts a WHERE a.shape <> '' AND a.shape = open.shape ORDER BY id LIMIT 1) first
		CROSS JOIN LATERAL (SELECT count(*) AS times FROM (SELECT FROM attempts a WHERE a.shape <> '' AND a.shape = open.shape LIMIT $1) counting) counted
		ORDER BY last.started_at DESC`, ManyTimes)
}

// CountUnclassified counts them; at most 500.
func (r reader) CountUnclassified(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of answers that nobody has classified", openShapes+` SELECT count(*) FROM open`)
}

// TopUpOfShape is a top-up that got an answer of some shape.
type TopUpOfShape struct {
	ID           billing.TopUpID `db:"id"`
	Phone        billing.Phone   `db:"phone"`
	Status       billing.Status  `db:"status"`
	CustomerName string          `db:"customer_name"`
	At           time.Time       `db:"at"` // of the attempt
}

// TopUpsOfShape lists the top-ups with the latest answers of a shape, the newest
// first; limit at most.
func (r reader) TopUpsOfShape(ctx context.Context, shape string, limit int) ([]TopUpOfShape, error) {
	return list[TopUpOfShape](ctx, r.q, "top-ups with an answer of a shape", `
		SELECT t.id, t.phone, t.status, c.name AS customer_name, a.started_at AS at
		FROM (SELECT topup_id, started_at, id FROM attempts WHERE shape = $1 AND shape <> '' ORDER BY id DESC LIMIT $2) a
		JOIN topups t ON t.id = a.topup_id
		JOIN customers c ON c.id = t.customer_id
		ORDER BY a.id DESC`, shape, limit)
}

// UnclassifiedAmong are those of a top-up's attempts whose answers nobody has
// classified yet.
func (r reader) UnclassifiedAmong(ctx context.Context, id billing.TopUpID) ([]int64, error) {
	return list[int64](ctx, r.q, "unclassified answers of a top-up", `
		SELECT id FROM attempts WHERE topup_id = $1 AND shape <> '' AND shape NOT IN (SELECT shape FROM (`+inForce+`) decided)`, id)
}

// AttemptExample is an attempt, as an example of its kind.
type AttemptExample struct {
	billing.Attempt
	Phone billing.Phone `db:"phone"`
}

// AttemptExample reads one attempt with the phone of its top-up.
func (r reader) AttemptExample(ctx context.Context, id int64) (AttemptExample, error) {
	return get[AttemptExample](ctx, r.q, "attempt", `
		SELECT a.id, a.topup_id, a.number, a.instance_id, a.started_at, a.finished_at, a.outcome, a.fault, a.policy_row, a.policy_version, a.shape,
		       a.reason, a.vendor_code, a.event, a.http_status, a.bytes_written, a.request, a.response, a.connection, a.took_ms, t.phone
		FROM attempts a
		JOIN topups t ON t.id = a.topup_id
		WHERE a.id = $1`, id)
}
