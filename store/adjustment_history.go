package store

// Everybody's adjustments as a filter shows them, page by page or all of them.

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// Two states that a filter knows beside those of an adjustment, and the operator
// that stands for the command line.
const (
	AdjustmentReversed       = "reversed"
	CommandLine        int64 = -1
)

// AdjustmentFilter says which adjustments are meant; what is zero says nothing.
type AdjustmentFilter struct {
	CustomerID int64
	Operator   int64 // who asked for it, or CommandLine
	Reason     billing.Reason
	State      string     // a billing.AdjustmentState as it is now, or AdjustmentReversed
	From, To   *time.Time // To is exclusive
}

// AdjustmentPlace is a place in the history: an adjustment's time and id.
type AdjustmentPlace struct {
	At time.Time
	ID uuid.UUID
}

// filteredAdjustments is what the page and the file read alike. What waited too
// long is expired, whether or not its row says so yet.
const filteredAdjustments = selectAdjustments + `
	WHERE ($1 = 0 OR a.customer_id = $1)
	  AND ($2 = 0 OR a.requested_by = $2 OR $2 = -1 AND a.requested_by IS NULL)
	  AND ($3 = '' OR a.reason = $3)
	  AND ($4 = '' OR CASE WHEN a.state = 'waiting' AND a.expires_at <= now() THEN 'expired' ELSE a.state END = $4
	       OR $4 = 'reversed' AND a.state = 'posted' AND r.state = 'posted')
	  AND (CAST($5 AS timestamptz) IS NULL OR a.requested_at >= $5)
	  AND (CAST($6 AS timestamptz) IS NULL OR a.requested_at < $6)`

func (f AdjustmentFilter) args(more ...any) []any {
	return append([]any{f.CustomerID, f.Operator, f.Reason, f.State, f.From, f.To}, more...)
}

// Adjustments lists those below a place, the newest first; nil: from the newest on.
func (r reader) Adjustments(ctx context.Context, f AdjustmentFilter, below *AdjustmentPlace, limit int) ([]billing.Adjustment, error) {
	if below == nil {
		return list[billing.Adjustment](ctx, r.q, "adjustments", filteredAdjustments+`
			ORDER BY a.requested_at DESC, a.id DESC LIMIT $7`, f.args(limit)...)
	}
	return list[billing.Adjustment](ctx, r.q, "adjustments", filteredAdjustments+`
		AND (a.requested_at, a.id) < ($7, $8)
		ORDER BY a.requested_at DESC, a.id DESC LIMIT $9`, f.args(below.At, below.ID, limit)...)
}

// AdjustmentsAbove lists those right above a place, the nearest first.
func (r reader) AdjustmentsAbove(ctx context.Context, f AdjustmentFilter, above AdjustmentPlace, limit int) ([]billing.Adjustment, error) {
	return list[billing.Adjustment](ctx, r.q, "adjustments", filteredAdjustments+`
		AND (a.requested_at, a.id) > ($7, $8)
		ORDER BY a.requested_at, a.id LIMIT $9`, f.args(above.At, above.ID, limit)...)
}

// EachAdjustment calls fn with every one, the newest first, row by row.
func (r reader) EachAdjustment(ctx context.Context, f AdjustmentFilter, fn func(billing.Adjustment) error) error {
	return r.each(ctx, "adjustments", func(rows *sqlx.Rows) error {
		var a billing.Adjustment
		if err := rows.StructScan(&a); err != nil {
			return fmt.Errorf("read adjustments: %w", err)
		}
		return fn(a)
	}, filteredAdjustments+` ORDER BY a.requested_at DESC, a.id DESC`, f.args()...)
}
