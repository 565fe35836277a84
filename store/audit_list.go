package store

// Reading the audit log: what a filter shows, page by page or all of it.

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// AuditFilter says which lines are meant; what is zero says nothing.
type AuditFilter struct {
	Who        string // the actor's name, in any case
	Action     string
	Subject    string
	Address    string
	CustomerID int64
	From, To   *time.Time // To is exclusive
}

// AuditPlace is a place in the log: a line's time and id.
type AuditPlace struct {
	At time.Time
	ID int64
}

// AuditLine is a line with its customer's code, if it has one.
type AuditLine struct {
	billing.Audit
	CustomerCode string `db:"customer_code"`
}

// auditLines is what the page and the file read alike.
const auditLines = `
	SELECT a.id, a.at, a.actor_kind, a.actor_id, a.actor_name, a.address, a.action, a.customer_id, a.subject,
	       COALESCE(a.before, 'null') AS before, COALESCE(a.after, 'null') AS after, COALESCE(c.code, '') AS customer_code
	FROM audit_log a
	LEFT JOIN customers c ON c.id = a.customer_id
	WHERE ($1 = '' OR lower(a.actor_name) = lower($1))
	  AND ($2 = '' OR a.action = $2)
	  AND ($3 = '' OR a.subject = $3)
	  AND ($4 = '' OR a.address = $4)
	  AND ($5 = 0 OR a.customer_id = $5)
	  AND (CAST($6 AS timestamptz) IS NULL OR a.at >= $6)
	  AND (CAST($7 AS timestamptz) IS NULL OR a.at < $7)`

func (f AuditFilter) args(more ...any) []any {
	return append([]any{f.Who, f.Action, f.Subject, f.Address, f.CustomerID, f.From, f.To}, more...)
}

// AuditLog lists the lines below a place, the newest first; nil: from the newest on.
func (r reader) AuditLog(ctx context.Context, f AuditFilter, below *AuditPlace, limit int) ([]AuditLine, error) {
	if below == nil {
		return list[AuditLine](ctx, r.q, "the audit log", auditLines+` ORDER BY a.at DESC, a.id DESC LIMIT $8`, f.args(limit)...)
	}
	return list[AuditLine](ctx, r.q, "the audit log", auditLines+`
		AND (a.at, a.id) < ($8, $9)
		ORDER BY a.at DESC, a.id DESC LIMIT $10`, f.args(below.At, below.ID, limit)...)
}

// AuditLogAbove lists the lines right above a place, the nearest first.
func (r reader) AuditLogAbove(ctx context.Context, f AuditFilter, above AuditPlace, limit int) ([]AuditLine, error) {
	return list[AuditLine](ctx, r.q, "the audit log", auditLines+`
		AND (a.at, a.id) > ($8, $9)
		ORDER BY a.at, a.id LIMIT $10`, f.args(above.At, above.ID, limit)...)
}

// EachAuditLine calls fn with every line, the newest first, row by row.
func (r reader) EachAuditLine(ctx context.Context, f AuditFilter, fn func(AuditLine) error) error {
	return r.each(ctx, "the audit log", func(rows *sqlx.Rows) error {
		var line AuditLine
		if err := rows.StructScan(&line); err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		return fn(line)
	}, auditLines+` ORDER BY a.at DESC, a.id DESC`, f.args()...)
}
