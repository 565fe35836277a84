package api

// GET /ledger and GET /statements/{month} as files.

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// entryColumns are those of a line of the ledger.
var entryColumns = []string{
	"number", "kind", "amount", "balance_change", "held_change", "balance_after", "held_after", "currency",
	"topup_id", "reference", "reason", "created_at",
}

func (e Entry) cells() []string {
	return []string{
		strconv.FormatInt(e.Number, 10), e.Kind, e.Amount, e.BalanceChange, e.HeldChange, e.BalanceAfter, e.HeldAfter, e.Currency,
		textCell(e.TopUpID), textCell(e.Reference), textCell(e.Reason), e.CreatedAt.Format(time.RFC3339Nano),
	}
}

// ledgerPages reads the ledger from the newest entry downwards.
func (a *api) ledgerPages(c echo.Context) (columns []string, next pages, err error) {
	if err := checkQuery(c.Request().URL.RawQuery, nil); err != nil {
		return nil, nil, err
	}
	before := int64(0)
	return entryColumns, func(ctx context.Context) ([]fileRow, bool, error) {
		lines, err := ledgerBelow(ctx, before, filePage)
		if err != nil || len(lines) == 0 {
			return nil, false, err
		}
		before = *lines[len(lines)-1].Number
		return entryRows(lines), before > 1, nil
	}, nil
}

// ledgerBelow reads the caller's entries below a number (0: from the newest), the
// newest first.
func ledgerBelow(ctx context.Context, before int64, limit int) ([]store.LedgerLine, error) {
	return within(ctx, readTime, func(ctx context.Context) ([]store.LedgerLine, error) {
		return callOf(ctx).Store.Reading(ctx).Ledger(ctx, callOf(ctx).customerID, before, limit)
	})
}

func entryRows(lines []store.LedgerLine) []fileRow {
	rows := make([]fileRow, len(lines))
	for i, line := range lines {
		rows[i] = entryOf(line)
	}
	return rows
}

// statementPages reads a month from its first entry upwards.
func (a *api) statementPages(c echo.Context) (columns []string, next pages, err error) {
	if err := checkQuery(c.Request().URL.RawQuery, nil); err != nil {
		return nil, nil, err
	}
	s, err := statementOf(c.Request().Context(), c.Param("month"))
	if err != nil {
		return nil, nil, err
	}
	after := s.Opening.Number
	return entryColumns, func(ctx context.Context) ([]fileRow, bool, error) {
		lines, err := entriesAbove(ctx, s, after, filePage)
		if err != nil || len(lines) == 0 {
			return nil, false, err
		}
		after = *lines[len(lines)-1].Number
		return entryRows(lines), after < s.Closing.Number, nil
	}, nil
}

// entriesAbove reads the entries of a statement behind a number, the oldest first.
// They are numbered without a gap, so that the number says how far a page goes.
func entriesAbove(ctx context.Context, s billing.Statement, after int64, limit int) ([]store.LedgerLine, error) {
	after = max(after, s.Opening.Number)
	to := min(s.Closing.Number, after+int64(limit))
	if to <= after {
		return nil, nil
	}
	lines, err := within(ctx, readTime, func(ctx context.Context) ([]store.LedgerLine, error) {
		return callOf(ctx).Store.Reading(ctx).LedgerSpan(ctx, callOf(ctx).customerID, after, to, 0, limit)
	})
	slices.Reverse(lines)
	return lines, err
}
