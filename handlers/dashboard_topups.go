package handlers

// The customer's history: list, totals, CSV.

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// dashboardFields are what a customer's history can be filtered by.
var dashboardFields = []string{
	views.FieldStatus, views.FieldPhone, views.FieldReference, views.FieldTransaction, views.FieldFrom, views.FieldTo,
}

// ownTopUpQuery reads the filter, which never leaves the customer.
func (s *Site) ownTopUpQuery(c echo.Context) (topUpQuery, views.TopUpFilter) {
	q := s.readTopUpQuery(c, dashboardFields, nil)
	q.Filter.CustomerID = member(c).CustomerID
	return q, views.TopUpFilter{
		Path: views.DashboardTopUpsPath, Typed: q.Typed, Problems: q.Problems, Today: s.businessDay(time.Now()),
	}
}

// history is the list without its rows.
func (s *Site) history(c echo.Context) (topUpQuery, views.History, error) {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return topUpQuery{}, views.History{}, err
	}
	q, filter := s.ownTopUpQuery(c)
	return q, views.History{
		Frame:  s.dashboardFrame(c, customer, s.reader(c).T("Top-ups"), views.DashboardTopUpsPath),
		Filter: filter,
		CSV:    views.WithQuery(views.DashboardCSVPath, q.Typed), Totals: views.WithQuery(views.DashboardTotalsPath, q.Typed),
	}, nil
}

func (s *Site) listOwnTopUps(c echo.Context) error {
	if path, untidy := tidy(c); untidy {
		return seeOther(c, path)
	}
	q, h, err := s.history(c)
	if err != nil {
		return err
	}
	if len(q.Problems) > 0 {
		return renderHistory(c, http.StatusUnprocessableEntity, h)
	}
	ctx := c.Request().Context()
	if h.Page, err = s.Store.TopUps(ctx, q.Filter, q.Page); err != nil {
		return err
	}
	h.NewerHref, h.OlderHref, h.Again = pagerOf(q, views.DashboardTopUpsPath, h.Page)
	if h.Again == "" { // the first row of an empty list comes by itself
		h.Again = views.WithQuery(views.DashboardTopUpsPath, q.Typed)
	} else if q.Page.Older == nil && q.Page.Newer == nil {
		h.CountNewer = views.WithQuery(views.DashboardNewerPath, q.with(views.FieldNewer, newestPlace(h.Page.TopUps)))
	}
	return renderHistory(c, http.StatusOK, h)
}

func renderHistory(c echo.Context, status int, h views.History) error {
	switch {
	case swaps(c, "rows"):
		return render(c, status, views.HistoryRows(h))
	case swaps(c, "history"):
		return render(c, status, views.HistoryList(h))
	}
	return render(c, status, views.HistoryPage(h))
}

// countNewerOwn counts what is newer than the rows on the page.
func (s *Site) countNewerOwn(c echo.Context) error {
	q, filter := s.ownTopUpQuery(c)
	if len(q.Problems) > 0 || q.Page.Newer == nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	q.Page.Limit = mostNewer
	page, err := s.Store.TopUps(c.Request().Context(), q.Filter, q.Page)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.NewerTopUps(views.NewerCount{
		Reader: s.reader(c), Ask: c.Request().URL.RequestURI(), Show: views.WithQuery(filter.Path, filter.Typed),
		Count: len(page.TopUps), More: page.HasNewer,
	}))
}

// showOwnTotals adds up what the filter shows, on a request of its own.
func (s *Site) showOwnTotals(c echo.Context) error {
	q, h, err := s.history(c)
	if err != nil {
		return err
	}
	if len(q.Problems) > 0 {
		return renderHistory(c, http.StatusUnprocessableEntity, h)
	}
	page := views.TopUpTotals{Frame: h.Frame, Filter: h.Filter}
	if page.Totals, err = s.Store.TopUpTotals(c.Request().Context(), q.Filter); err != nil {
		return err
	}
	if swaps(c, "totals") {
		return render(c, http.StatusOK, views.Totals(page))
	}
	return render(c, http.StatusOK, views.HistoryTotals(page))
}

// ownColumns are those of a customer's export: nothing that is between us and
// the provider.
var ownColumns = []csvColumn{
	{"id", func(t billing.TopUp) string { return t.ID.String() }},
	{"created_at", func(t billing.TopUp) string { return csvTime(&t.CreatedAt) }},
	{"completed_at", func(t billing.TopUp) string { return csvTime(t.CompletedAt) }},
	{"reference", func(t billing.TopUp) string { return csvText(t.Reference) }},
	{"phone", func(t billing.TopUp) string { return string(t.Phone) }},
	{"status", func(t billing.TopUp) string { return string(t.Status) }},
	{"amount_mxn", func(t billing.TopUp) string { return t.Amount.String() }},
	{"price_usd", func(t billing.TopUp) string { return t.Price.String() }},
	{"charged_usd", func(t billing.TopUp) string { return t.Charged().String() }},
	{"exchange_rate", func(t billing.TopUp) string { return t.Rate.String() }},
	{"discount", func(t billing.TopUp) string { return t.Discount.String() }},
	{"failure_code", func(t billing.TopUp) string { return string(t.FailureCode) }},
	{"provider_transaction_id", func(t billing.TopUp) string { return csvText(t.ProviderTransactionID) }},
	{"carrier_transaction_id", func(t billing.TopUp) string { return csvText(t.CarrierTransactionID) }},
	{"api_key", func(t billing.TopUp) string { return csvText(t.APIKeyHint) }},
}

func (s *Site) exportOwnTopUps(c echo.Context) error {
	q, h, err := s.history(c)
	if err != nil {
		return err
	}
	if len(q.Problems) == 0 && (q.Page.Older != nil || q.Page.Newer != nil) {
		q.Problems[""] = h.T("An export has no pages: it holds all that the filter shows")
	}
	if len(q.Problems) > 0 {
		return renderHistory(c, http.StatusUnprocessableEntity, h)
	}
	return s.streamCSV(c, ownColumns, q.Filter)
}
