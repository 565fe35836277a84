package store

// Top-ups as cells of text, for files: the database writes them, so that a million
// rows cost little time and no memory here.

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"latcom.example/latcom-billing/billing"
)

// exportCells are the cells of a row by name, in order. Texts of strangers lose
// the separator, should it be in one.
var exportCells = []struct{ name, sql string }{
	{"id", `t.id`},
	{"created_at", exportTime("t.created_at")},
	{"completed_at", exportTime("t.completed_at")},
	{"customer", `c.code`},
	{"customer_name", exportText("c.name")},
	{"reference", exportText("t.reference")},
	{"phone", `t.phone`},
	{"status", `t.status`},
	{"amount_mxn", `t.amount`},
	{"price_usd", `t.price`},
	{"charged_usd", exportCharged},
	{"exchange_rate", `t.rate`},
	{"discount", `t.discount`},
	{"product", `t.product`},
	{"sent_mxn", `t.sent`},
	{"cost_mxn", `CAST(t.cost AS numeric(16,2))`},
	{"attempts", `t.attempts`},
	{"failure_code", `t.failure_code`},
	{"failure_reason", exportText("t.failure_reason")},
	{"provider_transaction_id", exportText("t.provider_transaction_id")},
	{"carrier_transaction_id", exportText("t.carrier_transaction_id")},
	{"our_transaction_id", `t.dist_transid`},
	{"api_key", exportText("COALESCE(k.hint, '')")},
}

const exportCharged = `CASE t.status WHEN 'succeeded' THEN t.price ELSE 0.0000 END`

func exportTime(column string) string {
	return `COALESCE(to_char(` + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '')`
}

func exportText(expression string) string { return `translate(` + expression + `, E'\x1f', ' ')` }

// ExportCells names the cells of a row in their order.
func ExportCells() []string {
	names := make([]string, len(exportCells))
	for i, cell := range exportCells {
		names[i] = cell.name
	}
	return names
}

// ExportRows is what a file is written from. Begin, if any, is told what the rows
// add up to by status before the first one; Row gets the cells of each, newest
// first, which are only good until it returns. Both see the same moment.
type ExportRows struct {
	Begin func([]billing.ExportTotal) error
	Row   func(cells [][]byte) error
}

// EachExportRow reads all top-ups that f matches, one after the other.
func (r Reader) EachExportRow(ctx context.Context, f billing.TopUpFilter, to ExportRows) error {
	return r.look(ctx, fileLimit, func(q sqlx.ExtContext) error {
		c := topUpConditions(f)
		if to.Begin != nil {
			totals, err := exportTotals(ctx, q, c)
			if err != nil {
				return err
			}
			if err := to.Begin(totals); err != nil {
				return readerError{err}
			}
		}
		return eachExportRow(ctx, q, c, to.Row)
	})
}

func exportTotals(ctx context.Context, tx sqlx.ExtContext, c *conditions) ([]billing.ExportTotal, error) {
	return list[billing.ExportTotal](ctx, tx, "control totals", bound(`
		SELECT t.status, count(*) AS rows, sum(t.amount) AS amount, sum(`+exportCharged+`) AS charged
		FROM topups t`+c.sql.String()+`
		GROUP BY t.status ORDER BY t.status`), c.args...)
}

func eachExportRow(ctx context.Context, tx sqlx.ExtContext, c *conditions, fn func([][]byte) error) error {
	var line strings.Builder
	for _, cell := range exportCells {
		line.WriteString(", " + cell.sql)
	}
	rows, err := tx.QueryContext(ctx, bound(`SELECT concat_ws(E'\x1f'`+line.String()+`)`+topUpTables+c.sql.String()+` ORDER BY `+newestFirst), c.args...)
	if err != nil {
		return fmt.Errorf("read top-ups for a file: %w", err)
	}
	defer rows.Close()
	cells := make([][]byte, len(exportCells))
	for rows.Next() {
		var line sql.RawBytes
		if err := rows.Scan(&line); err != nil {
			return fmt.Errorf("read a top-up for a file: %w", err)
		}
		if err := splitCells(line, cells); err != nil {
			return err
		}
		if err := fn(cells); err != nil {
			return readerError{err}
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read top-ups for a file: %w", err)
	}
	return nil
}

func splitCells(line []byte, cells [][]byte) error {
	for i := range cells {
		cell, rest, more := bytes.Cut(line, []byte{0x1f})
		if more == (i == len(cells)-1) {
			return fmt.Errorf("a row for a file has not %d cells", len(cells))
		}
		cells[i], line = cell, rest
	}
	return nil
}
