package api

// GET /ledger: every entry of the caller's account, the newest first.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

var ledgerOperation = huma.Operation{
	OperationID: "list-ledger", Method: http.MethodGet, Path: "/ledger",
	Summary:     views.Term("Read the ledger"),
	Description: views.Term("Every entry of your account, newest first, a page at a time: what was held, charged, given back, paid in. Entries are numbered without a gap and never change. With Accept: text/csv or application/x-ndjson all of it is one file."),
}

type ledgerInput struct {
	Limit  string `query:"limit"`
	Cursor string `query:"cursor"`
}

// Entry is one line of a ledger.
type Entry struct {
	Number        int64     `json:"number"`
	Kind          string    `json:"kind"`
	Amount        string    `json:"amount"`
	BalanceChange string    `json:"balance_change"`
	HeldChange    string    `json:"held_change"`
	BalanceAfter  string    `json:"balance_after"`
	HeldAfter     string    `json:"held_after"`
	Currency      string    `json:"currency"`
	TopUpID       *string   `json:"topup_id"`
	Reference     *string   `json:"reference"`
	Reason        *string   `json:"reason"`
	CreatedAt     time.Time `json:"created_at"`
}

// EntryPage is one page of a ledger.
type EntryPage struct {
	Data       []Entry `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

type ledgerOutput struct{ Body EntryPage }

func (a *api) ledger(ctx context.Context, in *ledgerInput) (*ledgerOutput, error) {
	limit, before, err := in.read()
	if err != nil {
		return nil, err
	}
	lines, err := ledgerBelow(ctx, before, limit+1)
	if err != nil {
		return nil, err
	}
	page := EntryPage{Data: make([]Entry, 0, len(lines))}
	for _, line := range lines[:min(len(lines), limit)] {
		page.Data = append(page.Data, entryOf(line))
	}
	if len(lines) > limit {
		page.NextCursor = orNull(ledgerCursor(page.Data[limit-1].Number))
	}
	return &ledgerOutput{page}, nil
}

func entryOf(line store.LedgerLine) Entry {
	e := Entry{
		Kind: string(line.Kind), Amount: line.Amount.StringFixed(4),
		BalanceChange: line.BalanceChange().String(), HeldChange: line.HeldChange().String(),
		BalanceAfter: line.BalanceAfter.String(), HeldAfter: line.HeldAfter.String(), Currency: string(billing.CurrencyUSD),
		Reference: orNull(line.Reference), Reason: orNull(string(line.Reason)), CreatedAt: line.CreatedAt.UTC(),
	}
	if line.Number != nil {
		e.Number = *line.Number
	}
	if line.TopUpID != nil {
		e.TopUpID = orNull(line.TopUpID.String())
	}
	return e
}

// read gives how many entries a page has, and the number of the last one that was
// seen; 0: none.
func (in ledgerInput) read() (limit int, seen int64, err error) {
	var wrong mistakes
	limit = usualPage
	if in.Limit != "" {
		if limit, err = strconv.Atoi(in.Limit); err != nil || limit < 1 || limit > longestPage {
			wrong.add("query", "limit", fmt.Sprintf("must be a number from 1 to %d", longestPage))
		}
	}
	if in.Cursor != "" {
		if seen, err = readLedgerCursor(in.Cursor); err != nil {
			wrong.add("query", "cursor", err.Error())
		}
	}
	if len(wrong) > 0 {
		return 0, 0, invalid(wrong...)
	}
	return limit, seen, nil
}

// A ledger's cursor is the number of the last entry that was seen: entries are
// only ever added above it.
const ledgerCursorMark = "n"

func ledgerCursor(number int64) string { return ledgerCursorMark + strconv.FormatInt(number, 10) }

func readLedgerCursor(s string) (int64, error) {
	wrong := errors.New("is not a cursor that this interface gave")
	if len(s) < 2 || s[:1] != ledgerCursorMark {
		return 0, wrong
	}
	number, err := strconv.ParseInt(s[1:], 10, 64)
	if err != nil || number < 1 || ledgerCursor(number) != s {
		return 0, wrong
	}
	return number, nil
}
