package store

// What is read to be kept for a moment, with when it was read.

import (
	"context"
	"time"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// DatedBalance is a balance as it stood no earlier than ReadAt, by the database's
// clock.
type DatedBalance struct {
	billing.Balance
	ReadAt time.Time `db:"read_at"`
}

// DatedBalances reads the balances of customers to be shown, never to decide whether
// money may move.
func (r reader) DatedBalances(ctx context.Context, customers ...int64) (map[int64]DatedBalance, error) {
	rows, err := list[DatedBalance](ctx, r.q, "balances to be shown", `
		SELECT customer_id, balance, held, credit_limit, now() AS read_at
		FROM balances
		WHERE customer_id = ANY ($1)`, pq.Array(customers))
	balances := make(map[int64]DatedBalance, len(rows))
	for _, row := range rows {
		balances[row.CustomerID] = row
	}
	return balances, err
}

// Identity names this database among all others, restored copies included: what
// instances share elsewhere carries it.
func (r reader) Identity(ctx context.Context) (string, error) {
	return get[string](ctx, r.q, "the database's identity", `
		SELECT (SELECT system_identifier FROM pg_control_system()) || '.' || (SELECT oid FROM pg_database WHERE datname = current_database())`)
}
