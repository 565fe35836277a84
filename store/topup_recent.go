package store

// Top-ups of the last minutes: what an order without a name is compared with.

import (
	"context"

	"latcom.example/latcom-billing/billing"
)

// FirstTopUpSince reads the first top-up that a customer ordered of this amount for
// this phone in the last seconds, by the database's clock; billing.ErrNotFound when
// there is none.
func (r reader) FirstTopUpSince(ctx context.Context, customerID int64, phone billing.Phone, amount billing.MXN, seconds float64) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, "an earlier top-up of the same phone", `
		SELECT `+topUpColumns+topUpTables+`
		WHERE t.customer_id = $1 AND t.phone = $2 AND t.amount = $3
		  AND t.created_at > clock_timestamp() - make_interval(secs => $4)
		ORDER BY t.created_at, t.id
		LIMIT 1`, customerID, phone, amount, seconds)
}
