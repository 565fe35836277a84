package store

// What a group of orders or answers needs, read and locked at once: so a busy
// account's lock is held for a moment.

import (
	"context"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// Orderer is who orders: a customer and the API key it does it with, 0 without one.
type Orderer struct{ CustomerID, KeyID int64 }

// LockAccounts locks the balances of those who order until the transaction ends,
// in the order of their customers. With wait it waits for each; otherwise those
// that somebody else has locked are left out, and so is who has no account.
func (tx *Tx) LockAccounts(ctx context.Context, who []Orderer, wait bool) (map[Orderer]Account, error) {
	customers, keys := make([]int64, len(who)), make([]int64, len(who))
	for i, o := range who {
		customers[i], keys[i] = o.CustomerID, o.KeyID
	}
	rows, err := list[struct {
		Account
		KeyID int64 `db:"key_id"`
	}](ctx, tx.q, "accounts that order", `
		SELECT `+accountColumns+`, asked.key_id
		FROM unnest(CAST($1 AS bigint[]), CAST($2 AS bigint[])) AS asked (customer_id, key_id)
		JOIN balances b ON b.customer_id = asked.customer_id`+accountTerms+`
		LEFT JOIN api_keys k ON k.id = asked.key_id AND k.customer_id = b.customer_id
		ORDER BY b.customer_id
		FOR UPDATE OF b`+unless(wait, " SKIP LOCKED"), pq.Array(customers), pq.Array(keys))
	accounts := make(map[Orderer]Account, len(rows))
	for _, row := range rows {
		accounts[Orderer{row.CustomerID, row.KeyID}] = row.Account
	}
	return accounts, err
}

func unless(wait bool, skip string) string {
	if wait {
		return ""
	}
	return skip
}

// LockBalances is LockAccounts for who needs no terms.
func (tx *Tx) LockBalances(ctx context.Context, customers []int64, wait bool) (map[int64]billing.Balance, error) {
	rows, err := list[billing.Balance](ctx, tx.q, "balances", `
		SELECT customer_id, balance, held, credit_limit, last_number, last_hash
		FROM balances
		WHERE customer_id = ANY ($1)
		ORDER BY customer_id
		FOR UPDATE`+unless(wait, " SKIP LOCKED"), pq.Array(customers))
	balances := make(map[int64]billing.Balance, len(rows))
	for _, row := range rows {
		balances[row.CustomerID] = row
	}
	return balances, err
}

// Named is a top-up as its customer calls it.
type Named struct {
	CustomerID int64
	Reference  string
}

// TopUpsByReference reads the top-ups for which customers used these references,
// here or in the system before this one; what was never used is absent.
func (r reader) TopUpsByReference(ctx context.Context, names []Named) (map[Named]billing.TopUp, error) {
	customers, references := make([]int64, len(names)), make([]string, len(names))
	for i, name := range names {
		customers[i], references[i] = name.CustomerID, name.Reference
	}
	rows, err := list[billing.TopUp](ctx, r.q, "top-ups by reference", `
		WITH asked AS MATERIALIZED (
			SELECT * FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[])) AS a (customer_id, reference)
		)
		SELECT `+topUpColumns+`
		FROM asked
		JOIN topups t ON t.customer_id = asked.customer_id AND t.reference = asked.reference`+topUpJoins+`
		UNION ALL
		SELECT `+importedColumns+`
		FROM asked
		JOIN imported_topups i ON i.customer_id = asked.customer_id AND i.reference = asked.reference`+importedJoins, pq.Array(customers), pq.Array(references))
	found := make(map[Named]billing.TopUp, len(rows))
	for _, t := range rows {
		found[Named{t.CustomerID, t.Reference}] = t
	}
	return found, err
}
