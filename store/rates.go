package store

// Exchange rates: each is in force from its moment until the next one begins.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// SetFirstRate puts a rate in force if there was never one.
func (s *Store) SetFirstRate(ctx context.Context, rate billing.Rate) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO exchange_rates (mxn_per_usd)
		SELECT $1 WHERE NOT EXISTS (SELECT FROM exchange_rates)`, rate)
	if err != nil {
		return fmt.Errorf("set the first exchange rate: %w", err)
	}
	return nil
}

// LockRates keeps others from setting a rate until the transaction ends. Orders go
// on with the rate that is in force.
func (tx *Tx) LockRates(ctx context.Context) error {
	return tx.lockAlone(ctx, "exchange rates")
}

// RateAt reads the rate that will be in force at a moment, as things are planned;
// at one that has passed, or nil, the rate in force now. None is billing.ErrNotFound.
func (r reader) RateAt(ctx context.Context, at *time.Time) (billing.Rate, error) {
	return get[billing.Rate](ctx, r.q, "the exchange rate", `
		SELECT mxn_per_usd
		FROM exchange_rates
		WHERE effective_from <= GREATEST($1, clock_timestamp())
		ORDER BY effective_from DESC, id DESC
		LIMIT 1`, at)
}

// InsertRate puts the rate of a request in force from its moment, or from now when
// that has passed: what was sold is not priced again. Two rates cannot begin at
// once, so one that takes another's place begins a microsecond after it. Others
// have to be locked out.
func (tx *Tx) InsertRate(ctx context.Context, c billing.ChangeRequest) error {
	_, rate := c.Rates()
	return tx.update(ctx, "set the exchange rate", `
		INSERT INTO exchange_rates (mxn_per_usd, effective_from, set_by, request_id)
		SELECT $1, GREATEST(wanted, taken + interval '1 microsecond'), $2, $3
		FROM (SELECT GREATEST(CAST($4 AS timestamptz), clock_timestamp()) AS wanted) w
		CROSS JOIN LATERAL (
			SELECT max(effective_from) AS taken FROM exchange_rates
			WHERE effective_from >= wanted AND effective_from < wanted + interval '1 second'
		) t`, rate, c.RequestedBy, c.ID, c.BeginsAt)
}

// RateRow is a rate with where it came from.
type RateRow struct {
	ID            int64        `db:"id"`
	Rate          billing.Rate `db:"mxn_per_usd"`
	EffectiveFrom time.Time    `db:"effective_from"`
	EndsAt        *time.Time   `db:"ends_at"` // when the next one begins; nil: none does
	Begun         bool         `db:"begun"`   // by the database's clock
	RequestID     *uuid.UUID   `db:"request_id"`
	SetBy         string       `db:"set_by"`      // who asked for it; empty: a setting
	ApprovedBy    string       `db:"approved_by"` // empty: nobody had to
	Note          string       `db:"note"`
	OneOperator   bool         `db:"one_operator"`
}

// Rates lists the newest rates by when they begin, the last one first, limit at most.
func (r reader) Rates(ctx context.Context, limit int) ([]RateRow, error) {
	return list[RateRow](ctx, r.q, "exchange rates", `
		SELECT e.id, e.mxn_per_usd, e.effective_from, e.ends_at, e.effective_from <= now() AS begun, e.request_id,
		       COALESCE(o.name, '') AS set_by, COALESCE(d.name, '') AS approved_by, COALESCE(c.note, '') AS note,
		       COALESCE(c.one_operator, false) AS one_operator
		FROM (
			SELECT id, mxn_per_usd, effective_from, set_by, request_id,
			       lag(effective_from) OVER (ORDER BY effective_from DESC, id DESC) AS ends_at
			FROM exchange_rates
			ORDER BY effective_from DESC, id DESC
			LIMIT $1
		) e
		LEFT JOIN change_requests c ON c.id = e.request_id
		LEFT JOIN operators o ON o.id = e.set_by
		LEFT JOIN operators d ON d.id = c.decided_by
		ORDER BY e.effective_from DESC, e.id DESC`, limit)
}
