package store

// What waits for a second operator, whatever it is about: who may decide it, how
// it ends by itself, and what was done without one.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// OperatorStanding reads what decides whether an operator may be the second one.
// One who was disabled is billing.ErrNotFound.
func (r reader) OperatorStanding(ctx context.Context, id int64) (billing.OperatorStanding, error) {
	return get[billing.OperatorStanding](ctx, r.q, fmt.Sprintf("operator %d", id), `
		SELECT id, made_by, approves_from, COALESCE(approves_from > now(), false) AS approves_later
		FROM operators
		WHERE id = $1 AND disabled_at IS NULL`, id)
}

// SecondOperators lists the names of those who could decide what an operator asks
// for (0: the command line asks).
func (r reader) SecondOperators(ctx context.Context, requester int64) ([]string, error) {
	return list[string](ctx, r.q, "second operators", `
		SELECT name
		FROM operators
		WHERE disabled_at IS NULL AND role IN ('finance', 'admin') AND id <> $1 AND made_by IS DISTINCT FROM $1
		  AND COALESCE(approves_from <= now(), true)
		ORDER BY lower(name), id`, requester)
}

// ExpireRequests ends the requests that nobody decided in time, and says so in the
// audit log. Those that somebody is deciding at this moment are left to him.
func (tx *Tx) ExpireRequests(ctx context.Context) (expired int, err error) {
	for _, query := range []string{expireAdjustments, expireAdjustmentLists, expireChanges} {
		res, err := tx.tx.ExecContext(ctx, query)
		if err != nil {
			return 0, fmt.Errorf("expire requests: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("expire requests: %w", err)
		}
		expired += int(n)
	}
	return expired, nil
}

const (
	expireAdjustments = `
		WITH late AS (
			SELECT id FROM adjustments WHERE state = 'waiting' AND expires_at <= now() AND list_id IS NULL FOR UPDATE SKIP LOCKED
		), ended AS (
			UPDATE adjustments a SET state = 'expired', decided_at = now() FROM late WHERE a.id = late.id
			RETURNING a.id, a.customer_id, a.amount, a.reason
		)
		INSERT INTO audit_log (actor_kind, actor_name, action, customer_id, subject, after)
		SELECT 'system', '', 'adjustment.expired', customer_id, id::text,
		       jsonb_build_object('amount', amount::text, 'reason', reason, 'state', 'expired')
		FROM ended`
	// A list and its lines end in one statement: whoever decides it locked the list.
	expireAdjustmentLists = `
		WITH late AS (
			SELECT id FROM adjustment_lists WHERE state = 'waiting' AND expires_at <= now() FOR UPDATE SKIP LOCKED
		), lists AS (
			UPDATE adjustment_lists l SET state = 'expired', decided_at = now() FROM late WHERE l.id = late.id
			RETURNING l.id, l.name
		), ended AS (
			UPDATE adjustments a SET state = 'expired', decided_at = now() FROM lists WHERE a.list_id = lists.id
			RETURNING a.id, a.customer_id, a.amount, a.reason
		), said AS (
			INSERT INTO audit_log (actor_kind, actor_name, action, customer_id, subject, after)
			SELECT 'system', '', 'adjustment.expired', customer_id, id::text,
			       jsonb_build_object('amount', amount::text, 'reason', reason, 'state', 'expired')
			FROM ended
		)
		INSERT INTO audit_log (actor_kind, actor_name, action, subject, after)
		SELECT 'system', '', 'adjustments.expired', id::text, jsonb_build_object('name', name, 'state', 'expired')
		FROM lists`
	expireChanges = `
		WITH late AS (
			SELECT id FROM change_requests WHERE state = 'waiting' AND expires_at <= now() FOR UPDATE SKIP LOCKED
		), ended AS (
			UPDATE change_requests c SET state = 'expired', decided_at = now() FROM late WHERE c.id = late.id
			RETURNING c.id, c.kind, c.customer_id, c.before, c.after
		)
		INSERT INTO audit_log (actor_kind, actor_name, action, customer_id, subject, before, after)
		SELECT 'system', '', kind || '.expired', customer_id, id::text,
		       jsonb_build_object(kind, before::text), jsonb_build_object(kind, after::text, 'state', 'expired')
		FROM ended`
)

// Alone is something that one operator did and two should have: approvals are off.
type Alone struct {
	What         string          `db:"what"`  // adjustment, adjustments (a list of them), a billing.ChangeKind or a billing.Verdict
	About        string          `db:"about"` // whose id ID is: request or topup
	ID           uuid.UUID       `db:"id"`
	At           time.Time       `db:"at"`
	Operator     string          `db:"operator"` // empty: the command line
	CustomerCode string          `db:"customer_code"`
	CustomerName string          `db:"customer_name"` // empty: everybody's
	Before       decimal.Decimal `db:"before"`        // of a change, in its unit
	After        decimal.Decimal `db:"after"`         // of a change; else USD moved
}

// DoneAlone lists what one operator did without a second one since a moment, the
// newest first: for the digest of the week.
func (r reader) DoneAlone(ctx context.Context, since time.Time) ([]Alone, error) {
	return list[Alone](ctx, r.q, "what one operator did alone", `
		SELECT it.what, it.about, it.id, it.at, COALESCE(o.name, '') AS operator, COALESCE(c.code, '') AS customer_code,
		       COALESCE(c.name, '') AS customer_name, it.before, it.after
		FROM (
			SELECT 'adjustment' AS what, 'request' AS about, id, requested_at AS at, requested_by AS by, customer_id, 0 AS before, amount AS after
			FROM adjustments
			WHERE one_operator AND requested_at >= $1
			UNION ALL
			SELECT 'adjustments', 'request', id, requested_at, requested_by, NULL, 0, credited - debited
			FROM adjustment_lists
			WHERE one_operator AND requested_at >= $1
			UNION ALL
			SELECT kind, 'request', id, requested_at, requested_by, customer_id, before, after
			FROM change_requests
			WHERE one_operator AND requested_at >= $1
			UNION ALL
			SELECT d.verdict, 'topup', d.topup_id, d.decided_at, d.decided_by, t.customer_id, 0, t.price
			FROM decisions d
			JOIN topups t ON t.id = d.topup_id
			WHERE d.one_operator AND d.state = 'confirmed' AND d.decided_at >= $1
		) it
		LEFT JOIN customers c ON c.id = it.customer_id
		LEFT JOIN operators o ON o.id = it.by
		ORDER BY it.at DESC
		LIMIT 1000`, since)
}

// CountDoneAlone counts what DoneAlone lists of the last so many seconds, by the
// database's clock.
func (r reader) CountDoneAlone(ctx context.Context, seconds float64) (int, error) {
	return get[int](ctx, r.q, "the number of things that one operator did alone", `
		WITH since AS (SELECT now() - make_interval(secs => $1) AS at)
		SELECT (SELECT count(*) FROM adjustments WHERE one_operator AND requested_at >= (SELECT at FROM since))
		       + (SELECT count(*) FROM adjustment_lists WHERE one_operator AND requested_at >= (SELECT at FROM since))
		       + (SELECT count(*) FROM change_requests WHERE one_operator AND requested_at >= (SELECT at FROM since))
		       + (SELECT count(*) FROM decisions WHERE one_operator AND state = 'confirmed' AND decided_at >= (SELECT at FROM since))`, seconds)
}
