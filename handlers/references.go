package handlers

// Looking a reference up: what a customer's programs sent under it.

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func (s *Site) showReferences(c echo.Context) error {
	ctx := c.Request().Context()
	v := views.References{Reference: strings.TrimSpace(c.QueryParam("reference"))}
	if v.Reference != "" {
		t, err := s.Store.TopUpByReference(ctx, member(c).CustomerID, v.Reference)
		if err != nil && !errors.Is(err, billing.ErrNotFound) {
			return err
		}
		if err == nil {
			again, err := s.Store.Repeats(ctx, t.ID)
			if err != nil {
				return err
			}
			v.Found = &views.Requests{TopUp: t, Repeats: again}
		}
	}
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("Look a reference up"), views.DashboardTopUpsPath)
	return render(c, http.StatusOK, views.ReferencesPage(f, v))
}
