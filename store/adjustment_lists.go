package store

// Lists of adjustments: the file, and the decision about all of its lines.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

const selectAdjustmentLists = `
	SELECT l.id, l.name, l.sha256, l.lines, l.credited, l.debited, l.state, l.one_operator,
	       l.requested_by, l.requested_at, l.expires_at, l.decided_by, l.decided_at,
	       o.name AS requester, COALESCE(d.name, '') AS decider,
	       (SELECT count(DISTINCT a.customer_id) FROM adjustments a WHERE a.list_id = l.id) AS customers
	FROM adjustment_lists l
	JOIN operators o ON o.id = l.requested_by
	LEFT JOIN operators d ON d.id = l.decided_by`

// InsertAdjustmentList keeps a list as posted or waiting; its lines follow. One
// whose id, or whose lines as they waited or were posted, are there already is
// billing.ErrTaken.
func (tx *Tx) InsertAdjustmentList(ctx context.Context, l billing.AdjustmentList) error {
	l.Name = clean(l.Name)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		INSERT INTO adjustment_lists (id, name, sha256, lines, credited, debited, state, one_operator, requested_by, expires_at)
		VALUES (:id, :name, :sha256, :lines, :credited, :debited, :state, :one_operator, :requested_by,
		        CASE WHEN :state = 'waiting' THEN now() + make_interval(secs => :approval_seconds) END)`, struct {
		billing.AdjustmentList
		ApprovalSeconds float64 `db:"approval_seconds"`
	}{l, billing.ApprovalTime.Seconds()})
	if violates(err, "adjustment_lists_pkey") || violates(err, "adjustment_lists_sent_once") {
		return billing.ErrTaken
	}
	if err != nil {
		return fmt.Errorf("insert a list of adjustments: %w", err)
	}
	return nil
}

// AdjustmentList reads one list.
func (r reader) AdjustmentList(ctx context.Context, id uuid.UUID) (billing.AdjustmentList, error) {
	return get[billing.AdjustmentList](ctx, r.q, "list of adjustments", selectAdjustmentLists+` WHERE l.id = $1`, id)
}

// LockAdjustmentList locks a list for its decision; the balances are locked first.
func (tx *Tx) LockAdjustmentList(ctx context.Context, id uuid.UUID) (billing.AdjustmentList, error) {
	return get[billing.AdjustmentList](ctx, tx.q, "list of adjustments", selectAdjustmentLists+` WHERE l.id = $1 FOR UPDATE OF l`, id)
}

// SentAdjustmentList is the list with this digest that waits or was posted.
func (r reader) SentAdjustmentList(ctx context.Context, digest []byte) (billing.AdjustmentList, error) {
	return get[billing.AdjustmentList](ctx, r.q, "list of adjustments", selectAdjustmentLists+`
		WHERE l.sha256 = $1 AND l.state IN ('waiting', 'posted')`, digest)
}

// ListedAdjustments lists the lines of a list in the file's order.
func (r reader) ListedAdjustments(ctx context.Context, id uuid.UUID) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "adjustments of a list", selectAdjustments+`
		WHERE a.list_id = $1 ORDER BY a.list_line`, id)
}

// DecideAdjustmentList ends a waiting list and all of its lines. One that is
// decided, or waited too long, is billing.ErrAlreadyDecided; the requester's own
// is ErrOwnRequest.
func (tx *Tx) DecideAdjustmentList(ctx context.Context, id uuid.UUID, state billing.AdjustmentState, decidedBy int64) error {
	res, err := tx.tx.ExecContext(ctx, `
		WITH decided AS (
			UPDATE adjustment_lists SET state = $2, decided_by = $3, decided_at = now()
			WHERE id = $1 AND state = 'waiting' AND expires_at > now()
			RETURNING id
		)
		UPDATE adjustments a SET state = $2, decided_by = $3, decided_at = now()
		FROM decided
		WHERE a.list_id = decided.id`, id, state, decidedBy)
	if violates(err, "adjustment_lists_decided_by_another") || violates(err, "adjustments_decided_by_another") {
		return billing.ErrOwnRequest
	}
	if err != nil {
		return fmt.Errorf("decide the list of adjustments %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("decide the list of adjustments %s: %w", id, err)
	}
	if n == 0 {
		return billing.ErrAlreadyDecided
	}
	return nil
}

// WaitingAdjustmentLists lists those that wait for a second operator, the oldest
// first.
func (r reader) WaitingAdjustmentLists(ctx context.Context) ([]billing.AdjustmentList, error) {
	return list[billing.AdjustmentList](ctx, r.q, "waiting lists of adjustments", selectAdjustmentLists+`
		WHERE l.state = 'waiting' AND l.expires_at > now() ORDER BY l.requested_at LIMIT 1000`)
}

// DecidedAdjustmentLists lists those that had to wait and ended since a moment, the
// newest end first.
func (r reader) DecidedAdjustmentLists(ctx context.Context, since time.Time, limit int) ([]billing.AdjustmentList, error) {
	return list[billing.AdjustmentList](ctx, r.q, "decided lists of adjustments", selectAdjustmentLists+`
		WHERE l.decided_at >= $1 ORDER BY l.decided_at DESC LIMIT $2`, since, limit)
}

// OperatorListed lists the lists that an operator posted or asked for since a
// moment.
func (r reader) OperatorListed(ctx context.Context, operatorID int64, since time.Time) ([]billing.AdjustmentList, error) {
	return list[billing.AdjustmentList](ctx, r.q, "an operator's lists of adjustments", selectAdjustmentLists+`
		WHERE l.requested_by = $1 AND l.requested_at >= $2 AND l.state IN ('posted', 'waiting')
		ORDER BY l.requested_at`, operatorID, since)
}

// CustomersByCode reads the customers that have these codes.
func (r reader) CustomersByCode(ctx context.Context, codes []string) ([]billing.Customer, error) {
	cleaned := make([]string, len(codes))
	for i, code := range codes {
		cleaned[i] = clean(code)
	}
	return list[billing.Customer](ctx, r.q, "customers by code", selectCustomers+`
		WHERE c.code = ANY (CAST($1 AS text[])) ORDER BY c.id`, pq.Array(cleaned))
}

// UnknownHeld is how many top-ups of a customer are unknown, and what they hold.
type UnknownHeld struct {
	CustomerID int64       `db:"customer_id"`
	Count      int         `db:"count"`
	Held       billing.USD `db:"held"`
}

// UnknownOf counts the unknown top-ups of these customers; one without is left out.
func (r reader) UnknownOf(ctx context.Context, customers []int64) ([]UnknownHeld, error) {
	return list[UnknownHeld](ctx, r.q, "unknown top-ups of customers", `
		SELECT customer_id, count(*) AS count, sum(price) AS held
		FROM topups
		WHERE status = 'unknown' AND customer_id = ANY (CAST($1 AS bigint[]))
		GROUP BY customer_id`, pq.Array(customers))
}
