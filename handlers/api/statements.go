package api

// GET /statements and GET /statements/{month}: how the account went from the
// beginning of a month to its end, in the business time zone.

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var statementsOperation = huma.Operation{
	OperationID: "list-statements", Method: http.MethodGet, Path: "/statements",
	Summary:     views.Term("List statements"),
	Description: views.Term("Every month since your first entry, newest first: opening, what moved, closing. A month opens with what the one before it closed with."),
}

var statementOperation = huma.Operation{
	OperationID: "read-statement", Method: http.MethodGet, Path: "/statements/{month}",
	Summary:     views.Term("Read a statement"),
	Description: views.Term("One month: opening, movements by kind, closing, and its entries, oldest first, a page at a time. Opening and entries add up to the closing. With Accept: text/csv or application/x-ndjson all entries are one file."),
}

type statementInput struct {
	Month  string `path:"month" example:"2026-03"`
	Limit  string `query:"limit"`
	Cursor string `query:"cursor"`
}

// StatementStanding is how an account stood at a moment.
type StatementStanding struct {
	Balance string `json:"balance"`
	Held    string `json:"held"`
	Number  int64  `json:"number"`
}

// StatementMovement is what the entries of a kind did in a month.
type StatementMovement struct {
	Kind          string `json:"kind"`
	Entries       int64  `json:"entries"`
	BalanceChange string `json:"balance_change"`
	HeldChange    string `json:"held_change"`
}

// StatementMonth is a month without its entries.
type StatementMonth struct {
	Month     string              `json:"month"`
	Currency  string              `json:"currency"`
	Closed    bool                `json:"closed"`
	Opening   StatementStanding   `json:"opening"`
	Movements []StatementMovement `json:"movements"`
	Closing   StatementStanding   `json:"closing"`
}

// StatementList is every month that there is.
type StatementList struct {
	Data []StatementMonth `json:"data"`
}

// Statement is a month with a page of its entries.
type Statement struct {
	StatementMonth
	Entries    []Entry `json:"entries"`
	NextCursor *string `json:"next_cursor"`
}

type (
	statementsOutput struct{ Body StatementList }
	statementOutput  struct{ Body Statement }
)

func (a *api) statements(ctx context.Context, _ *struct{}) (*statementsOutput, error) {
	months, err := within(ctx, readTime, func(ctx context.Context) ([]billing.Statement, error) {
		return callOf(ctx).Books.Months(ctx, callOf(ctx).customerID)
	})
	if err != nil {
		return nil, err
	}
	list := StatementList{Data: make([]StatementMonth, len(months))}
	for i, month := range months {
		list.Data[i] = monthOf(month)
	}
	return &statementsOutput{list}, nil
}

func (a *api) statement(ctx context.Context, in *statementInput) (*statementOutput, error) {
	limit, seen, err := ledgerInput{in.Limit, in.Cursor}.read()
	if err != nil {
		return nil, err
	}
	s, err := statementOf(ctx, in.Month)
	if err != nil {
		return nil, err
	}
	lines, err := entriesAbove(ctx, s, seen, limit)
	if err != nil {
		return nil, err
	}
	answer := Statement{StatementMonth: monthOf(s), Entries: make([]Entry, len(lines))}
	for i, line := range lines {
		answer.Entries[i] = entryOf(line)
	}
	if n := len(lines); n > 0 && *lines[n-1].Number < s.Closing.Number {
		answer.NextCursor = orNull(ledgerCursor(*lines[n-1].Number))
	}
	return &statementOutput{answer}, nil
}

// statementOf reads the caller's month. One that has not begun, or is before the
// account's first entry, is not there.
func statementOf(ctx context.Context, month string) (billing.Statement, error) {
	notThere := problem(codeNotFound, "There is no statement of such a month. A month is written like 2026-03.")
	books := callOf(ctx).Books
	first, err := time.Parse("2006-01", month)
	if err != nil || first.After(books.Today()) {
		return billing.Statement{}, notThere
	}
	s, err := within(ctx, readTime, func(ctx context.Context) (billing.Statement, error) {
		return books.Statement(ctx, callOf(ctx).customerID, first, first.AddDate(0, 1, -1))
	})
	if err == nil && s.Closing.Number == 0 {
		return s, notThere
	}
	return s, err
}

func monthOf(s billing.Statement) StatementMonth {
	month := StatementMonth{
		Month: s.From.Format("2006-01"), Currency: string(billing.CurrencyUSD), Closed: s.Closed(),
		Opening: standingOf(s.Opening), Closing: standingOf(s.Closing), Movements: []StatementMovement{},
	}
	for _, line := range s.Lines() {
		month.Movements = append(month.Movements, StatementMovement{
			Kind: string(line.Kind), Entries: line.Entries, BalanceChange: line.Balance.String(), HeldChange: line.Held.String(),
		})
	}
	return month
}

func standingOf(day billing.AccountDay) StatementStanding {
	return StatementStanding{Balance: day.Balance.String(), Held: day.Held.String(), Number: day.Number}
}
