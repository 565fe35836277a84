package store

import (
	"context"

	"latcom.example/latcom-billing/billing"
)

// UnknownTopUp is one whose outcome is unknown, with how its last attempt ended.
type UnknownTopUp struct {
	billing.TopUp
	Reason string `db:"reason"`
	Row    string `db:"policy_row"` // of the outcome policy, which judged it
}

// OldestUnknown lists the unknown top-ups that wait the longest.
func (r reader) OldestUnknown(ctx context.Context, limit int) ([]UnknownTopUp, error) {
	return list[UnknownTopUp](ctx, r.q, "the oldest unknown top-ups", `
		SELECT `+topUpColumns+`, COALESCE(a.reason, '') AS reason, COALESCE(a.policy_row, '') AS policy_row
		`+topUpTables+`
		LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
		WHERE t.status = 'unknown'
		ORDER BY t.created_at, t.id
		LIMIT $1`, limit)
}
