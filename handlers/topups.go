package handlers

// The back office's top-ups: list, totals, what is newer.

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// adminFields are what the back office's list can be filtered by.
var adminFields = []string{
	views.FieldCustomer, views.FieldStatus, views.FieldPhone, views.FieldReference, views.FieldTransaction, views.FieldFrom, views.FieldTo,
}

func (s *Site) listTopUps(c echo.Context) error {
	if path, untidy := tidy(c); untidy {
		return seeOther(c, path)
	}
	f, err := s.adminFrame(c, s.reader(c).T("Top-ups"), views.AdminTopUpsPath)
	if err != nil {
		return err
	}
	f.Wide = true
	q, filter, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	list := views.TopUpList{
		Frame: f, Filter: filter,
		CSV: views.WithQuery(views.AdminCSVPath, q.Typed), Totals: views.WithQuery(views.AdminTotalsPath, q.Typed),
	}
	if len(q.Problems) > 0 {
		return renderTopUps(c, http.StatusUnprocessableEntity, list)
	}
	if list.Page, err = s.Store.TopUps(c.Request().Context(), q.Filter, q.Page); err != nil {
		return err
	}
	list.NewerHref, list.OlderHref, list.Reload = pagerOf(q, views.AdminTopUpsPath, list.Page)
	if q.Page.Older == nil && !list.Page.HasNewer {
		list.CountNewer = views.WithQuery(views.AdminNewerPath, q.with(views.FieldNewer, newestPlace(list.Page.TopUps)))
	}
	return renderTopUps(c, http.StatusOK, list)
}

func renderTopUps(c echo.Context, status int, list views.TopUpList) error {
	switch {
	case swaps(c, "topup-rows"):
		return render(c, status, views.TopUpRows(list))
	case swaps(c, "topups"):
		return render(c, status, views.TopUps(list))
	}
	return render(c, status, views.TopUpsPage(list))
}

// adminTopUpQuery reads the filter with the customers that it can name.
func (s *Site) adminTopUpQuery(c echo.Context) (topUpQuery, views.TopUpFilter, error) {
	customers, err := s.Store.Customers(c.Request().Context(), "")
	if err != nil {
		return topUpQuery{}, views.TopUpFilter{}, err
	}
	q := s.readTopUpQuery(c, adminFields, customers)
	filter := views.TopUpFilter{
		Path: views.AdminTopUpsPath, Typed: q.Typed, Problems: q.Problems, Names: map[string]string{}, Today: s.businessDay(time.Now()),
	}
	for _, customer := range customers {
		filter.Names[customer.Code] = customer.Name
		filter.Codes = append(filter.Codes, customer.Code)
	}
	return q, filter, nil
}

// pagerOf says where newer and older rows are, and where the same rows can be
// read again: they are those below a place just above the first.
func pagerOf(q topUpQuery, path string, page billing.TopUpPage) (newer, older, again string) {
	rows := page.TopUps
	if len(rows) == 0 {
		return "", "", ""
	}
	if page.HasNewer {
		newer = views.WithQuery(path, q.with(views.FieldNewer, writeCursor(rows[0])))
	}
	if page.HasOlder {
		older = views.WithQuery(path, q.with(views.FieldOlder, writeCursor(rows[len(rows)-1])))
	}
	above := rows[0]
	above.ID.UUID = next(above.ID.UUID)
	return newer, older, views.WithQuery(path, q.with(views.FieldOlder, writeCursor(above)))
}

// next is the id that follows in the database's order.
func next(id uuid.UUID) uuid.UUID {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i]++; id[i] != 0 {
			break
		}
	}
	return id
}

// newestPlace is the place of the first row; of an empty list the beginning of time.
func newestPlace(rows []billing.TopUp) string {
	if len(rows) == 0 {
		return writeCursor(billing.TopUp{CreatedAt: time.Unix(0, 0)})
	}
	return writeCursor(rows[0])
}

// mostNewer is how far newer rows are counted.
const mostNewer = 99

func (s *Site) countNewer(c echo.Context) error {
	q, filter, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	if len(q.Problems) > 0 || q.Page.Newer == nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	q.Page.Limit = mostNewer
	page, err := s.Store.TopUps(c.Request().Context(), q.Filter, q.Page)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.NewerTopUps(views.NewerCount{
		Reader: s.reader(c), Ask: c.Request().URL.RequestURI(), Show: views.WithQuery(views.AdminTopUpsPath, filter.Typed),
		Count: len(page.TopUps), More: page.HasNewer,
	}))
}

// showTotals adds up what the filter shows, on a request of its own.
func (s *Site) showTotals(c echo.Context) error {
	f, err := s.adminFrame(c, s.reader(c).T("Totals"), views.AdminTopUpsPath)
	if err != nil {
		return err
	}
	q, filter, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	if len(q.Problems) > 0 {
		return renderTopUps(c, http.StatusUnprocessableEntity, views.TopUpList{Frame: f, Filter: filter})
	}
	page := views.TopUpTotals{Frame: f, Filter: filter}
	if page.Totals, err = s.Store.TopUpTotals(c.Request().Context(), q.Filter); err != nil {
		return err
	}
	if swaps(c, "totals") {
		return render(c, http.StatusOK, views.Totals(page))
	}
	return render(c, http.StatusOK, views.TotalsPage(page))
}
