package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

const topUpColumns = `
	t.id, t.customer_id, c.code AS customer_code, c.name AS customer_name, t.reference, t.phone, t.amount, t.status,
	t.price, t.rate, t.discount, t.product, t.sent, t.expected, t.cost, t.dist_transid,
	COALESCE(t.metadata, 'null') AS metadata, t.api_key_id, COALESCE(k.hint, '') AS api_key_hint, t.from_address,
	t.failure_code, t.failure_reason, t.provider_transaction_id, t.carrier_transaction_id,
	t.attempts, t.first_sent_at, t.created_at, t.updated_at, t.completed_at`

const topUpTables = `
	FROM topups t
	JOIN customers c ON c.id = t.customer_id
	LEFT JOIN api_keys k ON k.id = t.api_key_id`

// topUpFilter is the one meaning of a billing.TopUpFilter: the list, its totals
// and its CSV all read it, so they cannot disagree. Casts are spelled CAST,
// because sqlx reads a double colon as an escaped colon.
const topUpFilter = `
	WHERE (:customer_id = 0 OR t.customer_id = :customer_id)
	  AND (:status = '' OR t.status = :status)
	  AND (:phone = '' OR t.phone = :phone)
	  AND (:reference = '' OR t.reference = :reference)
	  AND (:provider_ref = '' OR t.provider_transaction_id = :provider_ref OR t.carrier_transaction_id = :provider_ref)
	  AND (CAST(:from AS timestamptz) IS NULL OR t.created_at >= :from)
	  AND (CAST(:to AS timestamptz) IS NULL OR t.created_at < :to)`

// TopUp reads one top-up; of another customer than customerID (0: anybody's) it
// is billing.ErrNotFound.
func (r reader) TopUp(ctx context.Context, id billing.TopUpID, customerID int64) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, fmt.Sprintf("top-up %s", id),
		`SELECT `+topUpColumns+topUpTables+` WHERE t.id = $1 AND ($2 = 0 OR t.customer_id = $2)`, id, customerID)
}

// TopUpByReference reads the top-up for which a customer used a reference.
func (r reader) TopUpByReference(ctx context.Context, customerID int64, reference string) (billing.TopUp, error) {
	return get[billing.TopUp](ctx, r.q, "top-up by reference",
		`SELECT `+topUpColumns+topUpTables+` WHERE t.customer_id = $1 AND t.reference = $2`, customerID, reference)
}

// filterPage is what a filtered page's query is bound to.
type filterPage struct {
	billing.TopUpFilter
	At    time.Time       `db:"at"`
	ID    billing.TopUpID `db:"id"`
	Limit int             `db:"limit"`
}

// TopUps returns a page of f by keyset: it stays right while rows arrive.
func (r reader) TopUps(ctx context.Context, f billing.TopUpFilter, p billing.PageRequest) (billing.TopUpPage, error) {
	arg := filterPage{TopUpFilter: f, Limit: p.Limit + 1}
	query := `SELECT ` + topUpColumns + topUpTables + topUpFilter
	switch {
	case p.Newer != nil:
		arg.At, arg.ID = p.Newer.CreatedAt, p.Newer.ID
		query += ` AND (t.created_at, t.id) > (:at, :id) ORDER BY t.created_at, t.id LIMIT :limit`
	case p.Older != nil:
		arg.At, arg.ID = p.Older.CreatedAt, p.Older.ID
		query += ` AND (t.created_at, t.id) < (:at, :id) ORDER BY t.created_at DESC, t.id DESC LIMIT :limit`
	default:
		query += ` ORDER BY t.created_at DESC, t.id DESC LIMIT :limit`
	}
	var rows []billing.TopUp
	err := r.eachTopUp(ctx, query, arg, func(t billing.TopUp) error {
		rows = append(rows, t)
		return nil
	})
	if err != nil {
		return billing.TopUpPage{}, err
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	page := billing.TopUpPage{TopUps: rows, HasOlder: more, HasNewer: p.Older != nil}
	if p.Newer != nil {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
		page.HasOlder, page.HasNewer = true, more
	}
	return page, nil
}

// EachTopUp calls fn with every top-up that f matches, newest first, without
// holding them all in memory.
func (r reader) EachTopUp(ctx context.Context, f billing.TopUpFilter, fn func(billing.TopUp) error) error {
	return r.eachTopUp(ctx, `SELECT `+topUpColumns+topUpTables+topUpFilter+` ORDER BY t.created_at DESC, t.id DESC`, filterPage{TopUpFilter: f}, fn)
}

// TopUpTotals adds up what f matches.
func (r reader) TopUpTotals(ctx context.Context, f billing.TopUpFilter) (billing.TopUpTotals, error) {
	query, args, err := sqlx.Named(`
		SELECT count(*) AS count,
		       count(*) FILTER (WHERE t.status = 'succeeded') AS succeeded,
		       count(*) FILTER (WHERE t.status = 'failed') AS failed,
		       COALESCE(sum(t.amount) FILTER (WHERE t.status = 'succeeded'), 0) AS delivered,
		       COALESCE(sum(t.price) FILTER (WHERE t.status = 'succeeded'), 0) AS charged
		FROM topups t`+topUpFilter, filterPage{TopUpFilter: f})
	if err != nil {
		return billing.TopUpTotals{}, fmt.Errorf("bind the totals: %w", err)
	}
	return get[billing.TopUpTotals](ctx, r.q, "totals of top-ups", sqlx.Rebind(sqlx.DOLLAR, query), args...)
}

func (r reader) eachTopUp(ctx context.Context, query string, arg filterPage, fn func(billing.TopUp) error) error {
	rows, err := sqlx.NamedQueryContext(ctx, r.q, query, arg)
	if err != nil {
		return fmt.Errorf("list top-ups: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t billing.TopUp
		if err := rows.StructScan(&t); err != nil {
			return fmt.Errorf("read a top-up of the list: %w", err)
		}
		if err := fn(t); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("list top-ups: %w", err)
	}
	return nil
}

// InsertTopUp records t as queued and fills in when it was accepted. A reference
// that the customer used before is billing.ErrReferenceReused.
func (tx *Tx) InsertTopUp(ctx context.Context, t *billing.TopUp) error {
	query, args, err := tx.q.BindNamed(`
		INSERT INTO topups (id, customer_id, reference, phone, amount, price, rate, discount, product, sent, expected,
		                    cost, dist_transid, metadata, api_key_id, from_address)
		VALUES (:id, :customer_id, :reference, :phone, :amount, :price, :rate, :discount, :product, :sent, :expected,
		        :cost, :dist_transid, NULLIF(CAST(:metadata AS jsonb), 'null'), :api_key_id, :from_address)
		RETURNING status, created_at, updated_at`, struct {
		*billing.TopUp
		Metadata string `db:"metadata"` // as text: the bytes of JSON are not jsonb's own
	}{t, jsonText(t.Metadata)})
	if err != nil {
		return fmt.Errorf("bind a top-up: %w", err)
	}
	err = sqlx.GetContext(ctx, tx.q, t, query, args...)
	if violates(err, "topups_reference_taken") {
		return billing.ErrReferenceReused
	}
	if err != nil {
		return fmt.Errorf("insert a top-up: %w", err)
	}
	return nil
}

func jsonText(json []byte) string {
	if len(json) == 0 {
		return "null"
	}
	return string(json)
}

// LockedTopUp is a top-up whose row is locked until the transaction ends, with
// its ages by the database's clock: the only one that does not step.
type LockedTopUp struct {
	billing.TopUp
	AgeSeconds       float64 `db:"age_seconds"`        // since it was accepted
	FirstSentSeconds float64 `db:"first_sent_seconds"` // since its first attempt; 0 without one
}

// LockTopUp locks one top-up. Who also needs the balance locks that first.
func (tx *Tx) LockTopUp(ctx context.Context, id billing.TopUpID) (LockedTopUp, error) {
	return get[LockedTopUp](ctx, tx.q, fmt.Sprintf("top-up %s", id), `
		SELECT `+topUpColumns+`,
		       EXTRACT(EPOCH FROM clock_timestamp() - t.created_at) AS age_seconds,
		       COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - t.first_sent_at), 0) AS first_sent_seconds
		`+topUpTables+` WHERE t.id = $1 FOR UPDATE OF t`, id)
}

// MoveTopUp writes a top-up's new state, with what came of it. The database
// refuses a move that the state machine does not know.
func (tx *Tx) MoveTopUp(ctx context.Context, t billing.TopUp) error {
	t.FailureReason = clean(t.FailureReason)
	t.ProviderTransactionID, t.CarrierTransactionID = clean(t.ProviderTransactionID), clean(t.CarrierTransactionID)
	_, err := sqlx.NamedExecContext(ctx, tx.q, `
		UPDATE topups
		SET status = :status, failure_code = :failure_code, failure_reason = :failure_reason,
		    provider_transaction_id = :provider_transaction_id, carrier_transaction_id = :carrier_transaction_id,
		    updated_at = now(),
		    completed_at = CASE WHEN :status IN ('succeeded', 'failed', 'reversed') THEN COALESCE(completed_at, now()) END
		WHERE id = :id`, t)
	if violates(err, "topups_legal_move") {
		return billing.ErrIllegalMove
	}
	if err != nil {
		return fmt.Errorf("move top-up %s to %s: %w", t.ID, t.Status, err)
	}
	return nil
}

// CountQueued says how many top-ups wait to be sent.
func (r reader) CountQueued(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of queued top-ups", `SELECT count(*) FROM topups WHERE status = 'queued'`)
}
