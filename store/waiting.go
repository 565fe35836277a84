package store

import (
	"context"

	"latcom.example/latcom-billing/billing"
)

// Waiting counts what waits for a person.
type Waiting struct {
	Unknown   int `db:"unknown"`   // top-ups that nobody knows the end of
	Cases     int `db:"cases"`     // on the unknown desk: these, reopened ones, and proposals about others
	Approvals int `db:"approvals"` // requests for a second operator
	Alerts    int `db:"alerts"`    // open ones
}

// Waiting counts it now, from small partial indexes: it stands on every page.
func (r reader) Waiting(ctx context.Context) (Waiting, error) {
	return get[Waiting](ctx, r.q, "what waits for a person", `
		SELECT (SELECT count(*) FROM topups WHERE status = 'unknown') AS unknown,
		       (SELECT count(*) FROM (`+onTheDesk+`) AS topups) AS cases,
		       (SELECT count(*) FROM adjustments WHERE state = 'waiting' AND expires_at > now() AND list_id IS NULL)
		       + (SELECT count(*) FROM adjustment_lists WHERE state = 'waiting' AND expires_at > now())
		       + (SELECT count(*) FROM change_requests WHERE state = 'waiting' AND expires_at > now()) AS approvals,
		       (SELECT count(*) FROM alerts WHERE ended_at IS NULL) AS alerts`)
}

// CustomerWaiting lists a customer's adjustments that wait for a second
// operator, the oldest first.
func (r reader) CustomerWaiting(ctx context.Context, customerID int64) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "a customer's waiting adjustments", selectAdjustments+`
		WHERE a.state = 'waiting' AND a.expires_at > now() AND a.customer_id = $1 ORDER BY a.requested_at`, customerID)
}

// NewerLedger is where the page of a customer's ledger in front of the entry with
// the number first begins, as Ledger's before: 0 is the newest page.
func (r reader) NewerLedger(ctx context.Context, customerID, first int64, limit int) (int64, error) {
	return get[int64](ctx, r.q, "a newer page of the ledger", `
		SELECT CASE WHEN last_number >= $2 THEN $2 ELSE 0 END FROM balances WHERE customer_id = $1`, customerID, first+int64(limit)+1)
}
