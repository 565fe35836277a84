package handlers

// A customer's limits and pricing: what is in force, and how it came to be.

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const limitEventsShown = 100

func (s *Site) limitRoutes(admin *echo.Group) {
	admin.GET(views.LimitsPath(":code"), s.showLimits)
	money, orders := may(billing.Role.MayMoveMoney), views.OrderLimitsPath(":code")
	admin.GET(orders, s.newOrderLimits, money)
	admin.POST(views.EditTermPath(orders), s.editOrderLimits, money)
	admin.POST(views.ReviewTermPath(orders), s.reviewOrderLimits, money)
	admin.POST(orders, s.setOrderLimits, money)
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
	if p.Limits, err = s.Store.Limits(ctx, v.Customer.ID); err != nil {
		return err
	}
	p.Lowest, p.Highest = s.Engine.Range()
	return s.renderLimits(c, p)
}

// renderLimits adds the history: changes of terms, and of limits from the audit log.
func (s *Site) renderLimits(c echo.Context, p views.CustomerLimits) error {
	ctx := c.Request().Context()
	changes, err := s.Store.CustomerChanges(ctx, p.Customer.ID, limitEventsShown)
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
	lines, err := s.Store.LimitChanges(ctx, p.Customer.ID, limitEventsShown)
	if err != nil {
		return err
	}
	for _, line := range lines {
		p.History = append(p.History, views.LimitEventsOf(p.Reader, line)...)
	}
	slices.SortStableFunc(p.History, func(a, b views.LimitEvent) int { return b.At.Compare(a.At) })
	return render(c, http.StatusOK, views.CustomerLimitsPage(p))
}
