package store

// Top-ups of the system before this one: their references stay taken.

import (
	"context"
	"encoding/json"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// importedColumns are those of topUpColumns, in their order.
const importedColumns = `
	i.id, i.customer_id, c.code AS customer_code, c.name AS customer_name, i.reference, i.phone, i.amount, i.status,
	i.price, CASE WHEN i.price > 0 THEN round(i.amount / i.price, 6) ELSE 1 END AS rate, 0 AS discount, '' AS product, i.amount AS sent, i.amount AS expected, 0 AS cost, '' AS dist_transid,
	CAST('null' AS jsonb) AS metadata, CAST(NULL AS bigint) AS api_key_id, '' AS api_key_hint, '' AS from_address,
	CASE i.status WHEN 'failed' THEN 'refused' ELSE '' END AS failure_code, CASE i.status WHEN 'failed' THEN 'In the system before this one' ELSE '' END AS failure_reason,
	i.provider_transaction_id, '' AS carrier_transaction_id,
	0 AS attempts, CAST(NULL AS timestamptz) AS first_sent_at, i.created_at, COALESCE(i.completed_at, i.created_at) AS updated_at,
	CASE WHEN i.status <> 'unknown' THEN COALESCE(i.completed_at, i.created_at) END AS completed_at`

const importedTables = `
	FROM imported_topups i` + importedJoins

const importedJoins = `
	JOIN customers c ON c.id = i.customer_id`

// PutImported keeps top-ups of the past, at most some thousands at once, and returns
// how many are new and how many were changed: an unknown one that has ended since,
// and a failed one whose reference was delivered later. All others stay as they are.
func (tx *Tx) PutImported(ctx context.Context, all []billing.Imported) (added, changed int, err error) {
	type row struct {
		UUID string `json:"uuid"`
		billing.Imported
	}
	rows := make([]row, len(all))
	for i, one := range all {
		rows[i] = row{one.ID.UUID.String(), one}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return 0, 0, fmt.Errorf("write top-ups of the past: %w", err)
	}
	done, err := list[bool](ctx, tx.q, "top-ups of the past", `
		INSERT INTO imported_topups AS i (id, customer_id, reference, phone, amount, status, price, provider_transaction_id, old_id, created_at, completed_at)
		SELECT x.uuid, x.customer_id, x.reference, x.phone, x.amount, x.status, x.price, x.provider_transaction_id, x.old_id, x.created_at, x.completed_at
		FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS x (
			uuid uuid, customer_id bigint, reference text, phone text, amount numeric, status text, price numeric,
			provider_transaction_id text, old_id text, created_at timestamptz, completed_at timestamptz)
		ON CONFLICT (customer_id, reference) DO UPDATE
		SET status = EXCLUDED.status, amount = EXCLUDED.amount, phone = EXCLUDED.phone, price = EXCLUDED.price, old_id = EXCLUDED.old_id,
		    provider_transaction_id = EXCLUDED.provider_transaction_id, completed_at = EXCLUDED.completed_at
		WHERE i.status = 'unknown' AND EXCLUDED.status <> 'unknown' OR i.status = 'failed' AND EXCLUDED.status = 'succeeded'
		RETURNING xmax = 0`, string(text))
	for _, isNew := range done {
		if isNew {
			added++
		} else {
			changed++
		}
	}
	return added, changed, err
}

// UsedReferences says which of a customer's references are taken by top-ups of
// ours: their past is not imported over them.
func (tx *Tx) UsedReferences(ctx context.Context, customerID int64, references []string) ([]string, error) {
	text, err := json.Marshal(references)
	if err != nil {
		return nil, fmt.Errorf("write references: %w", err)
	}
	return list[string](ctx, tx.q, "references in use", `
		SELECT t.reference FROM topups t JOIN jsonb_array_elements_text(CAST($2 AS jsonb)) r ON r = t.reference
		WHERE t.customer_id = $1`, customerID, string(text))
}
