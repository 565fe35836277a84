package handlers

// A statement as CSV (RFC 4180): each entry of the month, row by row from the
// database to the browser.

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// ledgerColumn is a column of a ledger's CSV. A cell with text that somebody
// outside chose goes through csvText.
type ledgerColumn struct {
	Head string
	Cell func(store.LedgerLine) string
}

// ownLedgerColumns are the customer's: without what operators write to each other.
var ownLedgerColumns = []ledgerColumn{
	{"number", func(l store.LedgerLine) string { return strconv.FormatInt(*l.Number, 10) }},
	{"time", func(l store.LedgerLine) string { return csvTime(&l.CreatedAt) }},
	{"kind", func(l store.LedgerLine) string { return string(l.Kind) }},
	{"topup", func(l store.LedgerLine) string {
		if l.TopUpID == nil {
			return ""
		}
		return l.TopUpID.String()
	}},
	{"reference", func(l store.LedgerLine) string { return csvText(l.Reference) }},
	{"phone", func(l store.LedgerLine) string { return string(l.Phone) }},
	{"reason", func(l store.LedgerLine) string { return string(l.Reason) }},
	{"amount_usd", func(l store.LedgerLine) string { return l.Amount.StringFixed(4) }},
	{"balance_change_usd", func(l store.LedgerLine) string { return l.BalanceChange().String() }},
	{"held_change_usd", func(l store.LedgerLine) string { return l.HeldChange().String() }},
	{"balance_after_usd", func(l store.LedgerLine) string { return l.BalanceAfter.String() }},
	{"held_after_usd", func(l store.LedgerLine) string { return l.HeldAfter.String() }},
	{"hash", func(l store.LedgerLine) string { return l.Hash.String() }},
}

var operatorLedgerColumns = append(append([]ledgerColumn{}, ownLedgerColumns...),
	ledgerColumn{"note", func(l store.LedgerLine) string { return csvText(l.Note) }},
	ledgerColumn{"operator", func(l store.LedgerLine) string { return csvText(l.Operator) }},
)

// streamStatement sends the entries of a statement. An error before the first row
// is an error page; one after it breaks the connection, so that a file that is
// too short can never be taken for a whole one.
func (s *Site) streamStatement(c echo.Context, customer billing.Customer, st billing.Statement, columns []ledgerColumn) error {
	ctx := c.Request().Context()
	var w *csv.Writer
	cells := make([]string, len(columns))
	begin := func() error {
		attach(c, "text/csv; charset=utf-8; header=present", statementName(customer, st)+".csv")
		w = csv.NewWriter(c.Response())
		w.UseCRLF = true
		for i, column := range columns {
			cells[i] = column.Head
		}
		return w.Write(cells)
	}
	err := s.Store.Reading(ctx).EachLedgerLine(ctx, customer.ID, st.Opening.Number, st.Closing.Number, func(line store.LedgerLine) error {
		if w == nil {
			if err := begin(); err != nil {
				return fmt.Errorf("begin a CSV file: %w", err)
			}
		}
		for i, column := range columns {
			cells[i] = column.Cell(line)
		}
		return w.Write(cells)
	})
	if err == nil && w == nil {
		err = begin()
	}
	if err == nil {
		w.Flush()
		err = w.Error()
	}
	if err != nil && w != nil {
		s.Log.ErrorContext(ctx, "a statement was cut short", "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// statementName names the file of a statement: "statement-ENVIA-2026-03".
func statementName(customer billing.Customer, st billing.Statement) string {
	return "statement-" + customer.Code + "-" + st.From.Format("2006-01")
}
