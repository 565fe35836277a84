package store

// How one customer's day goes, for its dashboard.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/billing"
)

// CustomerDay is what a customer ordered today, against the day before.
type CustomerDay struct {
	Count     int64       `db:"count"`
	Succeeded int64       `db:"succeeded"`
	Failed    int64       `db:"failed"`
	Unknown   int64       `db:"unknown"`
	Delivered billing.MXN `db:"delivered"`
	Charged   billing.USD `db:"charged"`
	Before    int64       `db:"before"`    // accepted the day before, up to the same time
	LastHour  billing.USD `db:"last_hour"` // price of what was accepted within 60 minutes and has not failed
	Spent     billing.USD `db:"spent"`     // the same since the day began
}

// CustomerDay counts a customer's top-ups since start, and those of the day
// before up to now less a day: these from the index alone.
func (r reader) CustomerDay(ctx context.Context, customerID int64, start, now time.Time) (CustomerDay, error) {
	return get[CustomerDay](ctx, r.q, "a customer's day", `
		SELECT count(*) FILTER (WHERE today) AS count,
		       count(*) FILTER (WHERE today AND status IN ('succeeded', 'reversed')) AS succeeded,
		       count(*) FILTER (WHERE today AND status = 'failed') AS failed,
		       count(*) FILTER (WHERE today AND status = 'unknown') AS unknown,
		       COALESCE(sum(amount) FILTER (WHERE today AND status = 'succeeded'), 0) AS delivered,
		       COALESCE(sum(price) FILTER (WHERE today AND status = 'succeeded'), 0) AS charged,
		       COALESCE(sum(price) FILTER (WHERE created_at >= $5 AND spends), 0) AS last_hour,
		       COALESCE(sum(price) FILTER (WHERE today AND spends), 0) AS spent,
		       (SELECT count(*) FROM topups WHERE customer_id = $1 AND created_at >= $3 AND created_at < $4) AS before
		FROM (
			SELECT status, amount, price, created_at, created_at >= $2 AS today, status NOT IN ('failed', 'reversed') AS spends
			FROM topups
			WHERE customer_id = $1 AND created_at >= LEAST(CAST($2 AS timestamptz), $5)
		) lately`, customerID, start, start.AddDate(0, 0, -1), now.AddDate(0, 0, -1), now.Add(-time.Hour))
}

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
			JOIN entries e ON e.adjustment_id = a.id
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
