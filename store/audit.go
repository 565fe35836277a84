package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Did is one act for the audit log. Before and After are turned into JSON; nil
// says nothing.
type Did struct {
	Action     string // "customer.created", "adjustment.posted", …
	CustomerID *int64
	Subject    string
	Before     any
	After      any
}

// Audit records what an actor did, in the transaction that does it.
func (tx *Tx) Audit(ctx context.Context, actor billing.Actor, did Did) error {
	before, err := auditJSON(did.Before)
	if err != nil {
		return err
	}
	after, err := auditJSON(did.After)
	if err != nil {
		return err
	}
	_, err = tx.tx.ExecContext(ctx, `
		INSERT INTO audit_log (actor_kind, actor_id, actor_name, address, action, customer_id, subject, before, after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		actor.Kind, actor.ID, actor.Name, actor.Address, did.Action, did.CustomerID, did.Subject, before, after)
	if err != nil {
		return fmt.Errorf("write %s to the audit log: %w", did.Action, err)
	}
	return nil
}

func auditJSON(v any) (*string, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // NULL is a value here
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write to the audit log: %w", err)
	}
	s := string(b)
	return &s, nil
}

const selectAudit = `
	SELECT id, at, actor_kind, actor_id, actor_name, address, action, customer_id, subject,
	       COALESCE(before, 'null') AS before, COALESCE(after, 'null') AS after
	FROM audit_log`

// CustomerAudit lists what was done to a customer, newest first.
func (r reader) CustomerAudit(ctx context.Context, customerID int64, limit int) ([]billing.Audit, error) {
	return list[billing.Audit](ctx, r.q, "audit log", selectAudit+`
		WHERE customer_id = $1
		ORDER BY id DESC
		LIMIT $2`, customerID, limit)
}

// BrokenGlass is an account that was made or reset with ADMIN_KEY.
type BrokenGlass struct {
	At           time.Time `db:"at"`
	Name         string    `db:"actor_name"`
	SignInName   string    `db:"subject"`
	Address      string    `db:"address"`
	AccountIsNew bool      `db:"account_is_new"`
}

// BrokenGlass lists what was done with ADMIN_KEY since a while ago, the newest
// first: it stands on every page, and nobody can take it out of the audit log.
func (r reader) BrokenGlass(ctx context.Context, since time.Duration) ([]BrokenGlass, error) {
	return list[BrokenGlass](ctx, r.q, "the broken glass", `
		SELECT at, actor_name, subject, address, COALESCE((after ->> 'account_is_new')::boolean, false) AS account_is_new
		FROM audit_log
		WHERE action = 'operator.broke_glass' AND at > now() - make_interval(secs => $1)
		ORDER BY at DESC, id DESC
		LIMIT 20`, since.Seconds())
}
