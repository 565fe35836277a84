package api

// GET /topups as a file.

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
)

// fileFilters are the parameters of a list that a file has too: it has no pages.
var fileFilters = map[string]bool{"reference": true, "status": true, "phone": true, "from": true, "to": true}

func (a *api) topUpPages(c echo.Context) (columns []string, next pages, err error) {
	if err := checkQuery(c.Request().URL.RawQuery, fileFilters); err != nil {
		return nil, nil, err
	}
	in := listInput{
		Reference: c.QueryParam("reference"), Status: c.QueryParam("status"), Phone: c.QueryParam("phone"),
		From: c.QueryParam("from"), To: c.QueryParam("to"),
	}
	filter, page, err := in.read()
	if err != nil {
		return nil, nil, err
	}
	filter.CustomerID, page.Limit = callOf(c.Request().Context()).customerID, filePage
	return topUpColumns, func(ctx context.Context) ([]fileRow, bool, error) { return a.topUpPage(ctx, filter, &page) }, nil
}

// topUpPage reads a page of the file, and leads page to the next one.
func (a *api) topUpPage(ctx context.Context, f billing.TopUpFilter, page *billing.PageRequest) (rows []fileRow, more bool, err error) {
	found, err := within(ctx, readTime, func(ctx context.Context) (billing.TopUpPage, error) {
		return callOf(ctx).Store.Reading(ctx).TopUps(ctx, f, *page)
	})
	if err != nil || len(found.TopUps) == 0 {
		return nil, false, err
	}
	last := found.TopUps[len(found.TopUps)-1]
	page.Older = &billing.Cursor{CreatedAt: last.CreatedAt, ID: last.ID}
	shown, err := a.shown(ctx, found.TopUps...)
	for _, one := range shown {
		rows = append(rows, one)
	}
	return rows, found.HasOlder, err
}

// topUpColumns are those of a top-up. available_after is not among them: it is one
// number, not one of each row.
var topUpColumns = []string{
	"id", "reference", "status", "phone", "amount", "currency", "price", "price_currency", "exchange_rate",
	"provider_transaction_id", "carrier_transaction_id", "failure_code", "failure_message", "metadata",
	"created_at", "updated_at", "completed_at",
}

func (t TopUp) cells() []string {
	failure, completed := Failure{}, ""
	if t.Failure != nil {
		failure = *t.Failure
	}
	if t.CompletedAt != nil {
		completed = t.CompletedAt.Format(time.RFC3339Nano)
	}
	return []string{
		t.ID, billing.SafeCell(t.Reference), t.Status, t.Phone, t.Amount, t.Currency, t.Price, t.PriceCurrency, t.ExchangeRate,
		textCell(t.ProviderTransactionID), textCell(t.CarrierTransactionID), failure.Code, failure.Message, metadataCell(t.Metadata),
		t.CreatedAt.Format(time.RFC3339Nano), t.UpdatedAt.Format(time.RFC3339Nano), completed,
	}
}

func metadataCell(m json.RawMessage) string {
	if string(m) == "null" {
		return ""
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, m); err != nil {
		return string(m) // as it is: it came from a column of JSON
	}
	return compact.String() // an object: it begins with a brace
}
