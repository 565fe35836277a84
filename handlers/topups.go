package handlers

// The back office's top-ups: list, totals, what is newer.

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// adminFields are what the back office's list can be filtered by.
var adminFields = append([]string{views.FieldCustomer}, dashboardFields...)

func (s *Site) listTopUps(c echo.Context) error {
	if path, untidy := tidyFilter(c); untidy {
		return seeOther(c, path)
	}
	q, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	if swaps(c, "drawer") || swaps(c, "drawer-parts") {
		return s.showDrawer(c, q)
	}
	list, err := s.topUpList(c, q)
	if err != nil {
		return err
	}
	if q.wrong() {
		return renderTopUps(c, http.StatusUnprocessableEntity, list)
	}
	if list.Page, err = s.Store.Reading(c.Request().Context()).TopUps(c.Request().Context(), q.Filter, q.Page); err != nil {
		return err
	}
	list.NewerHref, list.OlderHref, list.Reload = pagerOf(q, list.Page)
	if q.Page.Older == nil && !list.Page.HasNewer {
		list.CountNewer = views.WithQuery(views.AdminNewerPath, q.with(views.FieldNewer, newestPlace(list.Page.TopUps)))
	}
	if q.Open != "" && !swaps(c, "topups") && !swaps(c, "topup-rows") {
		if list.Drawer, err = s.drawer(c, q); err != nil {
			return err
		}
		list.Drawer.Frame = list.Frame
	}
	return renderTopUps(c, http.StatusOK, list)
}

// topUpList is the list without its rows.
func (s *Site) topUpList(c echo.Context, q *topUpQuery) (list views.TopUpList, err error) {
	ctx, who := c.Request().Context(), operator(c).ID
	list = views.TopUpList{
		Filter: q.TopUpFilter, Opened: func(id string) string { return views.WithQuery(q.Path, q.opened(id)) },
		Totals: views.WithQuery(views.AdminTotalsPath, q.Typed),
	}
	if list.Frame, err = s.adminFrame(c, s.reader(c).T("Top-ups"), views.AdminTopUpsPath); err != nil {
		return list, err
	}
	list.Wide = true
	if list.Views, err = s.Store.SavedViews(ctx, who); err != nil {
		return list, err
	}
	if !q.wrong() {
		list.Save.Query = q.Typed.Encode()
	}
	look, chose, err := s.Store.ListLook(ctx, who)
	if list.Look = look; !chose {
		list.Look.Columns = views.UsualColumns
	}
	return list, err
}

func renderTopUps(c echo.Context, status int, list views.TopUpList) error {
	switch {
	case swaps(c, "topup-rows"):
		return render(c, status, views.TopUpRows(list))
	case swaps(c, "topups"):
		return render(c, status, views.TopUpsFragment(list))
	}
	return render(c, status, views.TopUpsPage(list))
}

// adminTopUpQuery reads the filter with the customers that it can name.
func (s *Site) adminTopUpQuery(c echo.Context) (*topUpQuery, error) {
	ctx := c.Request().Context()
	customers, err := s.Store.Customers(ctx, "")
	if err != nil {
		return nil, err
	}
	q, err := s.readTopUpQuery(c, views.AdminTopUpsPath, knownValues{
		fields: adminFields, customers: customers,
		keys: func(ends []string) ([]billing.APIKey, error) { return s.Store.APIKeysEnding(ctx, 0, ends) },
	})
	if err != nil {
		return nil, err
	}
	q.Names = map[string]string{}
	for _, customer := range customers {
		q.Names[customer.Code] = customer.Name
		q.Codes = append(q.Codes, customer.Code)
	}
	return q, nil
}

// pagerOf says where newer and older rows are, and where the same rows can be
// read again: they are those below a place just above the first.
func pagerOf(q *topUpQuery, page billing.TopUpPage) (newer, older, again string) {
	rows := page.TopUps
	if len(rows) == 0 {
		return "", "", ""
	}
	if page.HasNewer {
		newer = views.WithQuery(q.Path, q.with(views.FieldNewer, writeCursor(rows[0])))
	}
	if page.HasOlder {
		older = views.WithQuery(q.Path, q.with(views.FieldOlder, writeCursor(rows[len(rows)-1])))
	}
	above := rows[0]
	above.ID.UUID = next(above.ID.UUID)
	return newer, older, views.WithQuery(q.Path, q.with(views.FieldOlder, writeCursor(above)))
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
	q, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	return s.renderNewer(c, q)
}

// renderNewer counts what is newer than a place, of any list.
func (s *Site) renderNewer(c echo.Context, q *topUpQuery) error {
	if q.wrong() || q.Page.Newer == nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	q.Page.Limit = mostNewer
	page, err := s.Store.Reading(c.Request().Context()).TopUps(c.Request().Context(), q.Filter, q.Page)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.NewerTopUps(views.NewerCount{
		Reader: s.reader(c), Ask: c.Request().URL.RequestURI(), Show: views.WithQuery(q.Path, q.Typed),
		Count: len(page.TopUps), More: page.HasNewer,
	}))
}

// showTotals adds up what the filter shows, on a request of its own.
func (s *Site) showTotals(c echo.Context) error {
	q, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	list, err := s.topUpList(c, q)
	if err != nil {
		return err
	}
	if q.wrong() {
		return renderTopUps(c, http.StatusUnprocessableEntity, list)
	}
	list.Title = list.T("Totals")
	page := views.TopUpTotals{Frame: list.Frame, Filter: q.TopUpFilter}
	if err := s.addUp(c, q.Filter, &page); err != nil {
		return err
	}
	if swaps(c, "totals") {
		return render(c, http.StatusOK, views.Totals(page))
	}
	return render(c, http.StatusOK, views.TotalsPage(page))
}

// What is not kept as sums is counted: nobody waits for longer and for more, unless
// he asks for it.
var (
	usualPatience = store.Patience{Time: 2 * time.Second, Most: 100_000}
	morePatience  = store.Patience{Time: 20 * time.Second}
)

// addUp gives the totals up that take too long, and offers to take longer.
func (s *Site) addUp(c echo.Context, filter billing.TopUpFilter, page *views.TopUpTotals) (err error) {
	patience := usualPatience
	if c.QueryParam(views.FieldPatience) != "" {
		patience = morePatience
	} else {
		page.Longer = c.Request().URL.Path + "?" + views.WithPatience(page.Filter.Typed)
	}
	page.Totals, err = s.Store.Reading(c.Request().Context()).TopUpTotalsWithin(c.Request().Context(), filter, patience)
	if page.TooMany = errors.Is(err, billing.ErrTooMany); page.TooMany {
		return nil
	}
	return err
}
