package store

// Keys of the system before this one, and how its integrations name themselves.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// OldCaller is who calls the way the old system was called.
type OldCaller struct {
	CustomerID int64  `db:"customer_id"`
	Code       string `db:"code"`
	Name       string `db:"name"`
	OldID      string `db:"old_customer_id"` // how it named itself there; empty: by code or id
}

// OldCaller reads the customer of a key.
func (r reader) OldCaller(ctx context.Context, keyID int64) (OldCaller, error) {
	return get[OldCaller](ctx, r.q, fmt.Sprintf("the customer of API key %d", keyID), `
		SELECT k.customer_id, c.code, c.name, k.old_customer_id
		FROM api_keys k
		JOIN customers c ON c.id = k.customer_id
		WHERE k.id = $1`, keyID)
}

// NameOldCustomer keeps how the old system's integration with this key names its
// customer.
func (tx *Tx) NameOldCustomer(ctx context.Context, key billing.APIKey, oldID string) error {
	return tx.exec(ctx, fmt.Sprintf("name the old customer of API key %d", key.ID),
		`UPDATE api_keys SET old_customer_id = $2 WHERE id = $1`, key.ID, oldID)
}
