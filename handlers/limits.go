package handlers

// A customer's limits and pricing: what is in force, and how it came to be.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const limitEventsShown = 100

func (s *Site) limitRoutes(admin *echo.Group) {
	admin.GET(views.LimitsPath(":code"), s.showLimits)
	s.termRoutes(admin, billing.ChangeCreditLimit, views.TermPath(":code", billing.ChangeCreditLimit))
	s.termRoutes(admin, billing.ChangeDiscount, views.TermPath(":code", billing.ChangeDiscount))
}

func (s *Site) showLimits(c echo.Context) error {
	v, err := s.customerView(c, views.LimitsPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	ctx, p := c.Request().Context(), views.CustomerLimits{CustomerView: v}
	account, err := s.Store.Account(ctx, v.Customer.ID)
	if err != nil {
		return err
	}
	if account.Rate != nil {
		p.Rate = *account.Rate
	}
	changes, err := s.Store.CustomerChanges(ctx, v.Customer.ID, limitEventsShown)
	if err != nil {
		return err
	}
	for _, change := range changes {
		event := views.LimitEventOf(p.Reader, change)
		p.History = append(p.History, event)
		if event.Request.Waits(p.Reader) {
			p.Open = append(p.Open, event.Request)
		}
	}
	return render(c, http.StatusOK, views.CustomerLimitsPage(p))
}
