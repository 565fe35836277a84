package store

// Accounts of customers and the ledger.

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// Account is a customer's account with the terms its orders are priced by.
type Account struct {
	billing.Balance
	Suspended bool             `db:"suspended"`
	Discount  billing.Fraction `db:"discount"`
	Min       *billing.MXN     `db:"min_amount"` // nil: the general range
	Max       *billing.MXN     `db:"max_amount"`
	DailyCap  *billing.USD     `db:"daily_cap"` // nil: none
	LowBelow  billing.USD      `db:"low_below"` // available below it is low
	KeyCap    *billing.USD     `db:"key_cap"`   // of the API key that orders; nil: none
	KeyEnded  bool             `db:"key_ended"` // that key opens nothing any more

	GuardMinutes int `db:"guard_minutes"` // 0: off

	Rate     *billing.Rate   `db:"rate"`     // nil: none is set
	Product  billing.Product `db:"product"`  // the open range
	Products pq.StringArray  `db:"products"` // codes of those that may be ordered; none: the open range alone
}

// accountColumns are the balance b, the terms and the rate in force at once.
const accountColumns = `
	b.customer_id, b.balance, b.held, b.credit_limit, b.last_number, b.last_hash,
	c.suspended, c.discount, c.min_amount, c.max_amount, c.daily_cap, c.low_below, c.products, COALESCE(c.guard_minutes, 0) AS guard_minutes, r.mxn_per_usd AS rate,
	k.daily_cap AS key_cap, ` + keyEnded + ` AS key_ended,
	p.code AS "product.code", p.vat_rule AS "product.vat_rule", p.sent_places AS "product.sent_places",
	p.adds_vat AS "product.adds_vat", p.cost_fraction AS "product.cost_fraction"`

// accountTerms joins the terms to balances b. It has no subquery around b: who
// waits for its lock has to see the balance as it is then.
const accountTerms = `
	JOIN customers c ON c.id = b.customer_id
	JOIN products p ON p.code = '` + billing.OpenRange + `'
	LEFT JOIN LATERAL (
		SELECT mxn_per_usd FROM exchange_rates
		WHERE effective_from <= now()
		ORDER BY effective_from DESC, id DESC
		LIMIT 1
	) r ON true`

const selectAccount = `
	SELECT ` + accountColumns + `
	FROM balances b` + accountTerms + `
	LEFT JOIN api_keys k ON k.id = $2 AND k.customer_id = b.customer_id
	WHERE b.customer_id = $1`

// Account reads a customer's account without locking it: for quotes and screens,
// never to decide whether money may move.
func (r reader) Account(ctx context.Context, customerID int64) (Account, error) {
	return get[Account](ctx, r.q, fmt.Sprintf("account of customer %d", customerID), selectAccount, customerID, nil)
}

// AccountForKey is Account with the terms of the API key that would order.
func (r reader) AccountForKey(ctx context.Context, customerID, keyID int64) (Account, error) {
	return get[Account](ctx, r.q, fmt.Sprintf("account of customer %d", customerID), selectAccount, customerID, keyID)
}

// LockBalance locks a customer's balance until the transaction ends.
func (tx *Tx) LockBalance(ctx context.Context, customerID int64) (billing.Balance, error) {
	return get[billing.Balance](ctx, tx.q, fmt.Sprintf("balance of customer %d", customerID), `
		SELECT customer_id, balance, held, credit_limit, last_number, last_hash
		FROM balances
		WHERE customer_id = $1
		FOR UPDATE`, customerID)
}

// Post adds entries to the ledger, in their order, and moves the balances and the
// ends of the chains with those of customers; these balances have to be locked, and
// the entries of each made one from what the other left. Entries between house
// accounts keep no balance. A second settlement is billing.ErrAlreadySettled; an
// entry made from a balance that was not the last one is refused by
// entries_number_taken.
func (tx *Tx) Post(ctx context.Context, entries ...billing.Entry) error {
	rows, err := rowsOf(entries)
	if err != nil {
		return err
	}
	_, err = tx.tx.ExecContext(ctx, `
		WITH posted AS MATERIALIZED (
			SELECT * FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS e (
				place int, kind text, currency text, amount numeric, from_account text, to_account text, customer_id bigint, topup_id uuid,
				adjustment_id uuid, float_deposit_id uuid, balance_after numeric, held_after numeric, number bigint, previous_hash bytea, hash bytea)
		), entered AS (
			INSERT INTO entries (kind, currency, amount, from_account, to_account, customer_id, topup_id, adjustment_id, float_deposit_id,
			                     balance_after, held_after, number, previous_hash, hash)
			SELECT kind, currency, amount, from_account, to_account, customer_id, topup_id, adjustment_id, float_deposit_id,
			       balance_after, held_after, number, previous_hash, hash
			FROM posted
			ORDER BY place
		)
		UPDATE balances b
		SET balance = last.balance_after, held = last.held_after, last_number = last.number, last_hash = last.hash
		FROM (SELECT DISTINCT ON (customer_id) * FROM posted WHERE customer_id IS NOT NULL ORDER BY customer_id, number DESC) last
		WHERE b.customer_id = last.customer_id`, rows)
	return postError(entries, err)
}

// rowsOf writes entries as the columns of their rows.
func rowsOf(entries []billing.Entry) (string, error) {
	type row struct {
		Place          int               `json:"place"`
		Kind           billing.EntryKind `json:"kind"`
		Currency       billing.Currency  `json:"currency"`
		Amount         string            `json:"amount"`
		From           billing.Account   `json:"from_account"`
		To             billing.Account   `json:"to_account"`
		CustomerID     *int64            `json:"customer_id"`
		TopUpID        *uuid.UUID        `json:"topup_id"`
		AdjustmentID   *uuid.UUID        `json:"adjustment_id"`
		FloatDepositID *uuid.UUID        `json:"float_deposit_id"`
		BalanceAfter   *billing.USD      `json:"balance_after"`
		HeldAfter      *billing.USD      `json:"held_after"`
		Number         *int64            `json:"number"`
		PreviousHash   *string           `json:"previous_hash"`
		Hash           *string           `json:"hash"`
	}
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = row{
			i, e.Kind, e.Currency, e.Amount.String(), e.From, e.To, e.CustomerID, nil, e.AdjustmentID, e.FloatDepositID,
			e.BalanceAfter, e.HeldAfter, e.Number, byteaOf(e.PreviousHash), byteaOf(e.Hash),
		}
		if e.TopUpID != nil {
			rows[i].TopUpID = &e.TopUpID.UUID
		}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("write entries as rows: %w", err)
	}
	return string(encoded), nil
}

// byteaOf is a hash as Postgres reads a BYTEA from text.
func byteaOf(h *billing.Hash) *string {
	if h == nil {
		return nil
	}
	text := `\x` + h.String()
	return &text
}

func postError(entries []billing.Entry, err error) error {
	if err == nil {
		return nil
	}
	what := "entries"
	if len(entries) == 1 {
		what = string(entries[0].Kind)
	}
	switch {
	case violates(err, "entries_one_settlement"), violates(err, "entries_one_hold"),
		violates(err, "entries_one_cost"), violates(err, "entries_one_adjustment"),
		violates(err, "entries_one_reversal"), violates(err, "entries_one_charge"), violates(err, "entries_one_loss"),
		violates(err, "entries_one_float_deposit"):
		return billing.ErrAlreadySettled
	case violates(err, "available_not_overdrawn"), violates(err, "held_not_negative"):
		return fmt.Errorf("post %s: the database refused to overdraw: %w", what, err)
	default:
		return fmt.Errorf("post %s: %w", what, err)
	}
}

// TopUpEntries lists the ledger entries that a top-up caused.
func (r reader) TopUpEntries(ctx context.Context, id billing.TopUpID) ([]billing.Entry, error) {
	return list[billing.Entry](ctx, r.q, "entries of a top-up", `
		SELECT id, kind, currency, amount, from_account, to_account, customer_id, topup_id, adjustment_id, balance_after, held_after,
		       number, previous_hash, hash, created_at
		FROM entries
		WHERE topup_id = $1
		ORDER BY id`, id)
}

// LedgerLine is an entry of a customer with what it was for.
type LedgerLine struct {
	billing.Entry
	Reference string         `db:"reference"` // of the top-up
	Phone     billing.Phone  `db:"phone"`     // of the top-up
	Reason    billing.Reason `db:"reason"`    // of the adjustment
	Note      string         `db:"note"`      // of the adjustment
	Operator  string         `db:"operator"`  // who posted the adjustment; empty: the command line

	OneOperator bool `db:"one_operator"` // the adjustment would have needed two: approvals were off
	Undoes      bool `db:"undoes"`       // the adjustment is a reversal
}

// Ledger lists a customer's entries, newest first, below the one with the number
// before (0: from the newest), limit at most.
func (r reader) Ledger(ctx context.Context, customerID, before int64, limit int) ([]LedgerLine, error) {
	return list[LedgerLine](ctx, r.q, "ledger", selectLedger+` AND ($2 = 0 OR e.number < $2)
		ORDER BY e.number DESC
		LIMIT $3`, customerID, before, limit)
}

// LedgerSpan is Ledger for the entries behind the number after and up to the
// number to alone.
func (r reader) LedgerSpan(ctx context.Context, customerID, after, to, before int64, limit int) ([]LedgerLine, error) {
	return list[LedgerLine](ctx, r.q, "ledger of some days", selectLedger+` AND e.number > $2 AND e.number <= $3 AND ($4 = 0 OR e.number < $4)
		ORDER BY e.number DESC
		LIMIT $5`, customerID, after, to, before, limit)
}

// EachLedgerLine calls fn with the entries of a customer behind the number after
// and up to the number to, the oldest first, one by one from the database.
func (r reader) EachLedgerLine(ctx context.Context, customerID, after, to int64, fn func(LedgerLine) error) error {
	return r.each(ctx, "a ledger", func(rows *sqlx.Rows) error {
		var line LedgerLine
		if err := rows.StructScan(&line); err != nil {
			return fmt.Errorf("read a ledger: %w", err)
		}
		return fn(line)
	}, selectLedger+` AND e.number > $2 AND e.number <= $3 ORDER BY e.number`, customerID, after, to)
}

// selectLedger is what a ledger's page, its span and its CSV all read.
const selectLedger = `
		SELECT e.id, e.kind, e.currency, e.amount, e.from_account, e.to_account, e.customer_id, e.topup_id, e.adjustment_id,
		       e.balance_after, e.held_after, e.number, e.previous_hash, e.hash, e.created_at,
		       COALESCE(t.reference, '') AS reference, COALESCE(t.phone, '') AS phone,
		       COALESCE(a.reason, '') AS reason, COALESCE(a.note, '') AS note, COALESCE(o.name, '') AS operator,
		       COALESCE(a.one_operator, false) AS one_operator, a.reverses IS NOT NULL AS undoes
		FROM entries e
		LEFT JOIN topups t ON t.id = e.topup_id
		LEFT JOIN adjustments a ON a.id = e.adjustment_id
		LEFT JOIN operators o ON o.id = a.requested_by
		WHERE e.customer_id = $1`

// clean makes text that came from outside storable: Postgres takes neither NUL
// nor broken UTF-8.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
