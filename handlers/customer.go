package handlers

// One customer: account, how it goes, top-ups, ledger, credit, audit.

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const (
	latestTopUps = 20
	ledgerRows   = 50
	auditRows    = 100
	creditRows   = 200
)

// customerView reads what all tabs of a customer show; tab is the path of this one.
func (s *Site) customerView(c echo.Context, tab func(code string) string) (v views.CustomerView, err error) {
	if v.Customer, err = s.customerByCode(c); err != nil {
		return v, err
	}
	if v.Waiting, err = s.Store.CustomerWaiting(c.Request().Context(), v.Customer.ID); err != nil {
		return v, err
	}
	if v.Pauses, err = s.pausesOf(c.Request().Context(), v.Customer.ID); err != nil {
		return v, err
	}
	if v.Today, v.Runway, err = s.dayOf(c.Request().Context(), v.Customer, time.Now()); err != nil {
		return v, err
	}
	if v.Frame, err = s.adminFrame(c, v.Customer.Name, views.CustomersPath); err != nil {
		return v, err
	}
	role := operator(c).Role
	v.MayMove, v.MayStop, v.Tab = role.MayMoveMoney(), role.MayManage(), tab(v.Customer.Code)
	return v, nil
}

// showCustomer shows how a customer goes: its day, its credit, what is open.
func (s *Site) showCustomer(c echo.Context) error {
	ctx, at := c.Request().Context(), time.Now()
	v, err := s.customerView(c, views.CustomerPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	p := views.CustomerOverview{CustomerView: v}
	open, err := s.Store.OpenNow(ctx, v.Customer.ID)
	if err != nil {
		return err
	}
	p.Queued, p.Sending, p.Unknown, p.UnknownHeld = int(open.Queued), int(open.Sending), int(open.Unknown), open.UnknownHeld
	if p.Hours, err = s.hoursOfDay(ctx, v.Customer.ID, at); err != nil {
		return err
	}
	if err := s.lineOfDay(ctx, v.Customer.ID, &p.Runway); err != nil {
		return err
	}
	if swaps(c, "customer-day") {
		return render(c, http.StatusOK, views.CustomerDay(p))
	}
	return render(c, http.StatusOK, views.CustomerOverviewPage(p))
}

func (s *Site) showCustomerTopUps(c echo.Context) error {
	v, err := s.customerView(c, views.CustomerTopUpsPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	page, err := s.Store.TopUps(c.Request().Context(), billing.TopUpFilter{CustomerID: v.Customer.ID}, billing.PageRequest{Limit: latestTopUps})
	if err != nil {
		return err
	}
	p := views.CustomerTopUps{CustomerView: v, Rows: page.TopUps}
	if swaps(c, "topup-rows") {
		return render(c, http.StatusOK, views.CustomerTopUpRows(p))
	}
	return render(c, http.StatusOK, views.CustomerTopUpsPage(p))
}

// showCredit lists the customer's adjustments, whatever became of them.
func (s *Site) showCredit(c echo.Context) error {
	v, err := s.customerView(c, views.CreditPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	adjustments, err := s.Store.CustomerAdjustments(c.Request().Context(), v.Customer.ID, creditRows)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerCreditPage(views.CustomerCredit{CustomerView: v, Adjustments: adjustments}))
}

func (s *Site) showAudit(c echo.Context) error {
	v, err := s.customerView(c, views.AuditPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	lines, err := s.Store.CustomerAudit(c.Request().Context(), v.Customer.ID, auditRows)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerAuditPage(views.CustomerAudit{CustomerView: v, Lines: lines}))
}
