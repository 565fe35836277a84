package store

// Writing the past of a demonstration: weeks of top-ups with their attempts and
// entries, copied in bulk. Constraints and triggers see every row as usual.

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// Past writes what happened before anybody used this database. It is only ever
// handed out on one without customers, so it can alter nobody's books.
type Past struct{ tx *Tx }

// WritePast calls write on an empty database: all of what it writes is kept, or
// nothing. On a database with a customer it does nothing and returns false.
func (s *Store) WritePast(ctx context.Context, write func(*Past) error) (written bool, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, `LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return fmt.Errorf("lock the customers: %w", err)
		}
		used, err := get[bool](ctx, tx.q, "whether there are customers", `SELECT EXISTS (SELECT FROM customers)`)
		if err != nil || used {
			return err
		}
		if err := write(&Past{tx}); err != nil {
			return err
		}
		written = true
		_, err = tx.tx.ExecContext(ctx, `ANALYZE customers, balances, topups, attempts, adjustments, float_deposits, entries`)
		return err
	})
	return written && err == nil, err
}

// Rate puts a rate in force from a moment in the past.
func (p *Past) Rate(ctx context.Context, rate billing.Rate, from time.Time) error {
	_, err := p.tx.tx.ExecContext(ctx, `
		INSERT INTO exchange_rates (mxn_per_usd, effective_from, created_at) VALUES ($1, $2, $2)`, rate, from)
	if err != nil {
		return fmt.Errorf("insert a past exchange rate: %w", err)
	}
	return nil
}

// PastCustomer is a customer as it was made, with one API key.
type PastCustomer struct {
	Code, Name    string
	Discount      billing.Fraction
	KeyHint       string
	KeyHash       []byte
	KeyLastUsedAt time.Time
	CreatedAt     time.Time
}

// Customer adds a customer with its key and returns its account and the key's id.
func (p *Past) Customer(ctx context.Context, c PastCustomer) (Account, int64, error) {
	made, err := get[struct {
		ID    int64 `db:"id"`
		KeyID int64 `db:"key_id"`
	}](ctx, p.tx.q, "new customer", `
		WITH customer AS (
			INSERT INTO customers (code, name, discount, created_at) VALUES ($1, $2, $3, $4) RETURNING id
		), balance AS (
			INSERT INTO balances (customer_id) SELECT id FROM customer
		), discount AS (
			INSERT INTO change_requests (id, kind, customer_id, before, after, note, state, number, requested_at)
			SELECT gen_random_uuid(), 'discount', id, 0, $3, 'Agreed when the customer was made', 'done', 1, $4 FROM customer WHERE $3 > 0
		), key AS (
			INSERT INTO api_keys (customer_id, name, hint, key_hash, created_at, last_used_at)
			SELECT id, 'First key', $5, $6, $4, $7 FROM customer
			RETURNING id
		), audit AS (
			INSERT INTO audit_log (at, actor_kind, actor_name, action, customer_id, subject, after)
			SELECT $4, 'system', 'demo', 'customer.created', id, $1,
			       jsonb_build_object('code', $1::text, 'name', $2::text, 'api_key', $5::text)
			FROM customer
		)
		SELECT customer.id, key.id AS key_id FROM customer, key`,
		c.Code, c.Name, c.Discount, c.CreatedAt, c.KeyHint, c.KeyHash, c.KeyLastUsedAt)
	if err != nil {
		return Account{}, 0, err
	}
	account, err := p.tx.Account(ctx, made.ID)
	return account, made.KeyID, err
}

// PastAdjustment is a posted adjustment, with the balances around it for the
// audit log.
type PastAdjustment struct {
	billing.Adjustment
	Before, After billing.Balance
}

// Adjustments copies posted adjustments, ahead of their entries.
func (p *Past) Adjustments(ctx context.Context, rows []PastAdjustment) error {
	err := copyRows(ctx, p.tx.tx, `COPY adjustments (id, customer_id, amount, reason, note, proof, state, requested_at) FROM STDIN`, rows,
		func(a PastAdjustment) []any {
			return []any{a.ID, a.CustomerID, a.Amount, a.Reason, a.Note, a.Proof, a.State, a.RequestedAt}
		})
	if err != nil {
		return err
	}
	return copyRows(ctx, p.tx.tx, `COPY audit_log (at, actor_kind, actor_name, action, customer_id, subject, before, after) FROM STDIN`, rows,
		func(a PastAdjustment) []any {
			before := map[string]string{"balance": a.Before.Posted.String()}
			after := map[string]any{"balance": a.After.Posted.String(), "adjustment": a.Facts()}
			return []any{a.RequestedAt, billing.ActorSystem, "demo", "adjustment.posted", a.CustomerID, a.ID.String(), mustJSON(before), mustJSON(after)}
		})
}

// FloatDeposits copies deposits to the float and corrections, ahead of their entries.
func (p *Past) FloatDeposits(ctx context.Context, rows []billing.FloatDeposit) error {
	err := copyRows(ctx, p.tx.tx, `COPY float_deposits (id, amount, reference, proof, note, corrects, recorded_at) FROM STDIN`, rows,
		func(d billing.FloatDeposit) []any {
			return []any{d.ID, d.Amount, d.Reference, d.Proof, d.Note, d.Corrects, d.RecordedAt}
		})
	if err != nil {
		return err
	}
	return copyRows(ctx, p.tx.tx, `COPY audit_log (at, actor_kind, actor_name, action, subject, after) FROM STDIN`, rows,
		func(d billing.FloatDeposit) []any {
			action := "float.deposited"
			if d.Corrects != nil {
				action = "float.corrected"
			}
			return []any{d.RecordedAt, billing.ActorSystem, "demo", action, d.ID.String(), mustJSON(d.Facts())}
		})
}

// mustJSON writes maps of text, which always can be.
func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// SetBalance leaves a customer's account as its last entry left it.
func (p *Past) SetBalance(ctx context.Context, b billing.Balance) error {
	_, err := p.tx.tx.ExecContext(ctx, `
		UPDATE balances SET balance = $2, held = $3, last_number = $4, last_hash = $5 WHERE customer_id = $1`,
		b.CustomerID, b.Posted, b.Held, b.LastNumber, b.LastHash)
	if err != nil {
		return fmt.Errorf("set the balance of customer %d: %w", b.CustomerID, err)
	}
	return nil
}

// TopUps copies top-ups as they ended, ahead of their attempts and entries.
func (p *Past) TopUps(ctx context.Context, rows []billing.TopUp) error {
	return copyRows(ctx, p.tx.tx, `COPY topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent,
		expected, cost, dist_transid, metadata, api_key_id, from_address, failure_code, failure_reason, provider_transaction_id,
		carrier_transaction_id, attempts, first_sent_at, created_at, updated_at, completed_at) FROM STDIN`, rows, func(t billing.TopUp) []any {
		return []any{
			t.ID, t.CustomerID, t.Reference, t.Phone, t.Amount, t.Status, t.Price, t.Rate, t.Discount, t.Product, t.Sent,
			t.Expected, t.Cost, t.DistTransID, orNull(string(t.Metadata)), t.APIKeyID, t.FromAddress, t.FailureCode, t.FailureReason,
			t.ProviderTransactionID, t.CarrierTransactionID, t.Attempts, t.FirstSentAt, t.CreatedAt, t.UpdatedAt, t.CompletedAt,
		}
	})
}

// Attempts copies attempts, after their top-ups.
func (p *Past) Attempts(ctx context.Context, rows []billing.Attempt) error {
	return copyRows(ctx, p.tx.tx, `COPY attempts (topup_id, number, instance_id, started_at, finished_at, outcome, fault, policy_row, policy_version, shape, reason,
		vendor_code, event, http_status, bytes_written, request, response, connection, took_ms) FROM STDIN`, rows, func(a billing.Attempt) []any {
		return []any{
			a.TopUpID, a.Number, a.InstanceID, a.StartedAt, a.FinishedAt, a.Outcome, a.Fault, a.Row, a.Policy, a.Shape, a.Reason,
			a.Code, a.Event, a.HTTPStatus, a.BytesWritten, a.Request, a.Response, a.Connection, a.TookMillis,
		}
	})
}

// Entries copies entries in the order in which they were posted: that of their ids.
func (p *Past) Entries(ctx context.Context, rows []billing.Entry) error {
	return copyRows(ctx, p.tx.tx, `COPY entries (kind, currency, amount, from_account, to_account, customer_id, topup_id, adjustment_id, float_deposit_id,
		balance_after, held_after, number, previous_hash, hash, created_at) FROM STDIN`, rows, func(e billing.Entry) []any {
		return []any{
			e.Kind, e.Currency, e.Amount, e.From, e.To, e.CustomerID, e.TopUpID, e.AdjustmentID, e.FloatDepositID,
			e.BalanceAfter, e.HeldAfter, e.Number, e.PreviousHash, e.Hash, e.CreatedAt,
		}
	})
}

func copyRows[T any](ctx context.Context, tx *sqlx.Tx, query string, rows []T, values func(T) []any) error {
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return fmt.Errorf("begin to copy: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // the end of the copy said it
	for _, row := range rows {
		if _, err := stmt.ExecContext(ctx, values(row)...); err != nil {
			return fmt.Errorf("copy a row: %w", err)
		}
	}
	if _, err := stmt.ExecContext(ctx); err != nil { // without values: the end
		return fmt.Errorf("copy rows: %w", err)
	}
	return nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Visitor is who may come in to a demonstration: a program and a person of one
// customer. The database keeps hashes alone, so that the demo renews them when
// what it had written down is gone.
type Visitor struct {
	Code         string // of the customer
	KeyHint      string
	KeyHash      []byte
	Email, Name  string
	PasswordHash string
}

// Admit makes the visitor's key and membership what they should be.
func (s *Store) Admit(ctx context.Context, v Visitor) error {
	_, err := s.db.ExecContext(ctx, `
		WITH customer AS (
			SELECT id FROM customers WHERE code = $1
		), key AS (
			INSERT INTO api_keys (customer_id, name, hint, key_hash)
			SELECT id, 'Demo key', $2, $3 FROM customer
			ON CONFLICT (key_hash) DO NOTHING
		)
		INSERT INTO members (customer_id, email, name, role, password_hash)
		SELECT id, lower($4), $5, 'owner', $6 FROM customer
		ON CONFLICT (email) DO UPDATE SET password_hash = EXCLUDED.password_hash, disabled_at = NULL`,
		v.Code, v.KeyHint, v.KeyHash, v.Email, v.Name, v.PasswordHash)
	if err != nil {
		return fmt.Errorf("let the demo's visitors in: %w", err)
	}
	return nil
}
