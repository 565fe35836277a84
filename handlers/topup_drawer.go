package handlers

// One top-up in the drawer beside its list, with its neighbours there.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// showDrawer draws the drawer alone, or what takes its place when it is closed.
func (s *Site) showDrawer(c echo.Context, q *topUpQuery) error {
	if q.Open == "" || q.wrong() {
		return render(c, http.StatusOK, views.NoDrawer(false))
	}
	d, err := s.drawer(c, q)
	if err != nil {
		return err
	}
	d.Reader, d.Simulator, d.Money = s.reader(c), s.Simulator, operator(c).Role.MayMoveMoney()
	if swaps(c, "drawer-parts") {
		return render(c, http.StatusOK, views.TopUpDrawerParts(d))
	}
	return render(c, http.StatusOK, d.Show())
}

func (s *Site) drawer(c echo.Context, q *topUpQuery) (*views.TopUpDrawer, error) {
	detail, err := s.topUpDetail(c, q.Open)
	if err != nil {
		return nil, err
	}
	here := func(id string) string { return views.WithQuery(q.Path, q.opened(id)) }
	d := &views.TopUpDrawer{TopUpDetail: detail, Again: here(q.Open), Closed: here("")}
	at := &billing.Cursor{CreatedAt: detail.TopUp.CreatedAt, ID: detail.TopUp.ID}
	newer, err := s.neighbour(c, q, billing.PageRequest{Newer: at, Limit: 1})
	if err != nil {
		return nil, err
	}
	older, err := s.neighbour(c, q, billing.PageRequest{Older: at, Limit: 1})
	if err != nil {
		return nil, err
	}
	for _, to := range []struct {
		href *string
		id   string
	}{{&d.Newer, newer}, {&d.Older, older}} {
		if to.id != "" {
			*to.href = here(to.id)
		}
	}
	return d, nil
}

// neighbour is the top-up beside another in the list; "" at its end.
func (s *Site) neighbour(c echo.Context, q *topUpQuery, p billing.PageRequest) (string, error) {
	page, err := s.Store.Reading(c.Request().Context()).TopUps(c.Request().Context(), q.Filter, p)
	if err != nil || len(page.TopUps) == 0 {
		return "", err
	}
	return page.TopUps[0].ID.String(), nil
}
