package store

// What is read to be kept for a moment, with when it was read.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// DatedBalance is a balance as it stood no earlier than ReadAt, by the database's
// clock.
type DatedBalance struct {
	billing.Balance
	ReadAt time.Time `db:"read_at"`
}

// DatedBalance reads a customer's balance to be shown, never to decide whether money
// may move.
func (r reader) DatedBalance(ctx context.Context, customerID int64) (DatedBalance, error) {
	return get[DatedBalance](ctx, r.q, fmt.Sprintf("balance of customer %d", customerID), `
		SELECT customer_id, balance, held, credit_limit, now() AS read_at
		FROM balances
		WHERE customer_id = $1`, customerID)
}

// Identity names this database among all others, restored copies included: what
// instances share elsewhere carries it.
func (r reader) Identity(ctx context.Context) (string, error) {
	return get[string](ctx, r.q, "the database's identity", `
		SELECT (SELECT system_identifier FROM pg_control_system()) || '.' || (SELECT oid FROM pg_database WHERE datname = current_database())`)
}
