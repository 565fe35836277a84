package handlers

// The customer's history: list, totals, CSV.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// dashboardFields are what a customer's history can be filtered by.
var dashboardFields = []string{
	views.FieldFind, views.FieldDate, views.FieldFrom, views.FieldTo, views.FieldStatus, views.FieldAmount, views.FieldPhone,
	views.FieldReference, views.FieldTransaction, views.FieldKey,
}

// ownTopUpQuery reads the filter, which never leaves the customer.
func (s *Site) ownTopUpQuery(c echo.Context) (*topUpQuery, error) {
	ctx, customerID := c.Request().Context(), member(c).CustomerID
	q, err := s.readTopUpQuery(c, views.DashboardTopUpsPath, knownValues{
		fields: dashboardFields,
		keys:   func(ends []string) ([]billing.APIKey, error) { return s.Store.APIKeysEnding(ctx, customerID, ends) },
	})
	if err != nil {
		return nil, err
	}
	q.Filter.CustomerID = customerID
	q.Keys, err = s.Store.APIKeys(ctx, customerID)
	return q, err
}

// history is the list without its rows.
func (s *Site) history(c echo.Context) (*topUpQuery, views.History, error) {
	q, err := s.ownTopUpQuery(c)
	if err != nil {
		return nil, views.History{}, err
	}
	h, err := s.historyOf(c, q)
	return q, h, err
}

func (s *Site) historyOf(c echo.Context, q *topUpQuery) (views.History, error) {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return views.History{}, err
	}
	return views.History{
		Frame:  s.dashboardFrame(c, customer, s.reader(c).T("Top-ups"), views.DashboardTopUpsPath),
		Filter: q.TopUpFilter, Totals: views.WithQuery(views.DashboardTotalsPath, q.Typed),
	}, nil
}

func (s *Site) listOwnTopUps(c echo.Context) error {
	if path, untidy := tidyFilter(c); untidy {
		return seeOther(c, path)
	}
	q, h, err := s.history(c)
	if err != nil {
		return err
	}
	if q.wrong() {
		return renderHistory(c, http.StatusUnprocessableEntity, h)
	}
	ctx := c.Request().Context()
	if h.Page, err = s.Store.Reading(ctx).TopUps(ctx, q.Filter, q.Page); err != nil {
		return err
	}
	h.NewerHref, h.OlderHref, h.Again = pagerOf(q, h.Page)
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
	q, err := s.ownTopUpQuery(c)
	if err != nil {
		return err
	}
	return s.renderNewer(c, q)
}

// showOwnTotals adds up what the filter shows, on a request of its own.
func (s *Site) showOwnTotals(c echo.Context) error {
	q, h, err := s.history(c)
	if err != nil {
		return err
	}
	if q.wrong() {
		return renderHistory(c, http.StatusUnprocessableEntity, h)
	}
	page := views.TopUpTotals{Frame: h.Frame, Filter: h.Filter}
	if err := s.addUp(c, q.Filter, &page); err != nil {
		return err
	}
	if swaps(c, "totals") {
		return render(c, http.StatusOK, views.Totals(page))
	}
	return render(c, http.StatusOK, views.HistoryTotals(page))
}
