package store

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

const selectCustomers = `
	SELECT c.id, c.code, c.name, c.suspended, c.discount, c.low_below, c.medium_below, c.created_at,
	       b.customer_id, b.balance, b.held, b.credit_limit
	FROM customers c
	JOIN balances b ON b.customer_id = c.id`

// Customers lists customers by name; search narrows to those whose code or name
// contains it.
func (r reader) Customers(ctx context.Context, search string) ([]billing.Customer, error) {
	return list[billing.Customer](ctx, r.q, "customers", selectCustomers+`
		WHERE $1 = '' OR strpos(lower(c.name), lower($1)) > 0 OR strpos(c.code, upper($1)) > 0
		ORDER BY lower(c.name), c.id
		LIMIT 10000`, search)
}

// CustomerByCode reads one customer by its code.
func (r reader) CustomerByCode(ctx context.Context, code string) (billing.Customer, error) {
	return get[billing.Customer](ctx, r.q, fmt.Sprintf("customer %.40q", code), selectCustomers+` WHERE c.code = $1`, code)
}

// Customer reads one customer.
func (r reader) Customer(ctx context.Context, id int64) (billing.Customer, error) {
	return get[billing.Customer](ctx, r.q, fmt.Sprintf("customer %d", id), selectCustomers+` WHERE c.id = $1`, id)
}

// InsertCustomer makes a customer with an empty account. A code in use is
// billing.ErrTaken.
func (tx *Tx) InsertCustomer(ctx context.Context, code, name string) (int64, error) {
	id, err := get[int64](ctx, tx.q, "new customer", `
		WITH customer AS (INSERT INTO customers (code, name) VALUES ($1, $2) RETURNING id)
		INSERT INTO balances (customer_id) SELECT id FROM customer RETURNING customer_id`, code, name)
	if violates(err, "customers_code_taken") {
		return 0, billing.ErrTaken
	}
	return id, err
}

// InsertAPIKey keeps the hash of a new key.
func (tx *Tx) InsertAPIKey(ctx context.Context, customerID int64, name, hint string, hash []byte) (int64, error) {
	return get[int64](ctx, tx.q, "new API key", `
		INSERT INTO api_keys (customer_id, name, hint, key_hash) VALUES ($1, $2, $3, $4) RETURNING id`,
		customerID, name, hint, hash)
}

// SetSuspended stops or allows a customer's orders.
func (tx *Tx) SetSuspended(ctx context.Context, customerID int64, suspended bool) error {
	if _, err := tx.tx.ExecContext(ctx, `UPDATE customers SET suspended = $2 WHERE id = $1`, customerID, suspended); err != nil {
		return fmt.Errorf("suspend customer %d: %w", customerID, err)
	}
	return nil
}

// SetLevels sets from when on a customer's credit is called low and medium.
func (tx *Tx) SetLevels(ctx context.Context, customerID int64, low, medium billing.USD) error {
	_, err := tx.tx.ExecContext(ctx, `UPDATE customers SET low_below = $2, medium_below = $3 WHERE id = $1`, customerID, low, medium)
	if err != nil {
		return fmt.Errorf("set the levels of customer %d: %w", customerID, err)
	}
	return nil
}
