package store

// How one customer's money went through the day, for its dashboard.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Available is what a customer could spend right after one ledger entry.
type Available struct {
	At      time.Time   `db:"at"`
	Before  billing.USD `db:"before"` // right before it
	After   billing.USD `db:"after"`
	Deposit bool        `db:"deposit"` // or another adjustment: the entry stands for itself
}

// AvailableSince samples a customer's available amount from its ledger: the last
// hold of each slot, and each adjustment. It reads a few index entries a slot,
// however many there are in it. Credit limits count as they are now.
func (r reader) AvailableSince(ctx context.Context, customerID int64, start time.Time, slot time.Duration) ([]Available, error) {
	return list[Available](ctx, r.q, "available amounts", `
		WITH sampled AS (
			SELECT e.*
			FROM generate_series(CAST($2 AS timestamptz), now(), make_interval(secs => $3)) AS slot (begins)
			CROSS JOIN LATERAL (
				SELECT t.id FROM topups t
				WHERE t.customer_id = $1 AND t.created_at >= slot.begins AND t.created_at < slot.begins + make_interval(secs => $3)
				ORDER BY t.created_at DESC, t.id DESC
				LIMIT 1
			) last
			JOIN entries e ON e.topup_id = last.id AND e.kind = 'hold'
			UNION ALL
			SELECT e.*
			FROM adjustments a
			CROSS JOIN LATERAL (SELECT * FROM entries WHERE adjustment_id = a.id LIMIT 1) e -- one by one: never a look at all of them
			WHERE a.customer_id = $1 AND a.state = 'posted' AND a.requested_at >= CAST($2 AS timestamptz) - interval '1 day'
		)
		SELECT e.created_at AS at, e.adjustment_id IS NOT NULL AS deposit,
		       e.balance_after - e.held_after + b.credit_limit AS after,
		       e.balance_after - e.held_after + b.credit_limit
		         + CASE WHEN e.to_account = 'available' THEN -e.amount ELSE e.amount END AS before
		FROM sampled e
		JOIN balances b ON b.customer_id = e.customer_id
		WHERE e.customer_id = $1 AND e.created_at >= $2
		ORDER BY e.id`, customerID, start, slot.Seconds())
}

// Deposit is money that a customer paid in.
type Deposit struct {
	Amount billing.USD `db:"amount"`
	At     time.Time   `db:"at"`
}

// LastDeposit is the newest credit that a customer paid in, or its opening
// balance; billing.ErrNotFound when there was none.
func (r reader) LastDeposit(ctx context.Context, customerID int64) (Deposit, error) {
	return get[Deposit](ctx, r.q, "the last deposit", `
		SELECT amount, COALESCE(decided_at, requested_at) AS at
		FROM adjustments
		WHERE customer_id = $1 AND state = 'posted' AND amount > 0 AND reason IN ('DEPOSIT', 'OPENING')
		ORDER BY requested_at DESC
		LIMIT 1`, customerID)
}
