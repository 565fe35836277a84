package handlers

// The customer's dashboard: its routes, what surrounds its pages, the first page.
// Every read behind it takes the customer of who is signed in.

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// dashboardRoutes are the customer's, behind the members guard.
func (s *Site) dashboardRoutes(dashboard *echo.Group) {
	s.accountRoutes(dashboard, dashboardArea)
	s.accessRoutes(dashboard, s.ownCustody())
	s.webhookRoutes(dashboard, s.ownCustody(), views.OwnWebhooks)
	s.sandboxRoutes(dashboard)
	dashboard.GET(views.DashboardPath, s.showDashboard)
	dashboard.GET(views.DashboardLivePath, s.liveDashboard)
	dashboard.GET(views.DashboardTopUpsPath, s.listOwnTopUps)
	dashboard.GET(views.DashboardTotalsPath, s.showOwnTotals)
	dashboard.GET(views.DashboardNewerPath, s.countNewerOwn)
	s.exportRoutes(dashboard, s.ownDesk())
	dashboard.GET(views.DashboardTopUpPath(":id"), s.showOwnTopUp)
	dashboard.GET(views.DashboardReferencesPath, s.showReferences)
	dashboard.GET(views.DashboardStatementsPath, s.listOwnStatements)
	dashboard.GET(views.DashboardStatementPath, s.showOwnStatement)
	dashboard.GET(views.DashboardStatementCSVPath, s.exportOwnStatement)
	s.handOrderRoutes(dashboard, views.DashboardOrderPath, s.ownCounter, mayAsMember(billing.MemberRole.MayOrder))
	dashboard.GET(views.DashboardNotificationsPath, s.showOwnLevels)
	dashboard.POST(views.DashboardNotificationsPath, s.setOwnLevels)
	dashboard.POST(views.OwnWatchPath, s.setOwnWatch)
	dashboard.GET(views.DashboardStatementPDFPath, s.printOwnStatement)
}

// dashboardFrame is what surrounds a page of the dashboard.
func (s *Site) dashboardFrame(c echo.Context, customer billing.Customer, title, current string) views.Frame {
	m, f := member(c), s.frame(c, title)
	f.Current, f.Company = current, customer.Name
	f.Member = views.Person{Name: m.Name, Role: m.Email, Initials: initials(m.Name)}
	return f
}

// ownCustomer is the customer of who is signed in.
func (s *Site) ownCustomer(c echo.Context) (billing.Customer, error) {
	return s.Store.Customer(c.Request().Context(), member(c).CustomerID)
}

// liveDashboard tells an open page about the changes of its customer alone.
func (s *Site) liveDashboard(c echo.Context) error {
	hash := s.token(c, memberCookie)
	return s.live(c, stream{customerID: member(c).CustomerID, alive: func() bool {
		_, err := s.Store.MemberBySession(c.Request().Context(), hash)
		return err == nil
	}})
}

func (s *Site) showDashboard(c echo.Context) error {
	r := s.reader(c)
	switch {
	case swaps(c, "available-said"):
		customer, err := s.ownCustomer(c)
		if err != nil {
			return err
		}
		return render(c, http.StatusOK, views.DashboardAvailableSaid(r, customer))
	case swaps(c, "panel-hours"):
		hours, err := s.hoursOfDay(c.Request().Context(), member(c).CustomerID, r.Now)
		if err != nil {
			return err
		}
		return render(c, http.StatusOK, views.DashboardHoursPanel(r, hours))
	case swaps(c, "panel-keys"):
		keys, err := s.ownKeys(c)
		if err != nil {
			return err
		}
		return render(c, http.StatusOK, views.DashboardKeysPanel(r, keys))
	}
	now, err := s.dashboardNow(c, r.Now)
	if err != nil {
		return err
	}
	if swaps(c, "balance") {
		return render(c, http.StatusOK, views.DashboardParts(r, now))
	}
	page := views.Dashboard{Now: now}
	if page.Hours, err = s.hoursOfDay(c.Request().Context(), member(c).CustomerID, r.Now); err != nil {
		return err
	}
	if page.Keys, err = s.ownKeys(c); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.DashboardPage(s.dashboardFrame(c, now.Customer, r.T("Overview"), views.DashboardPath), page))
}

// latestRows is how many top-ups the first page shows.
const latestRows = 8

// dashboardNow reads what moves with each top-up.
func (s *Site) dashboardNow(c echo.Context, at time.Time) (views.DashboardNow, error) {
	ctx, customerID := c.Request().Context(), member(c).CustomerID
	var now views.DashboardNow
	customer, err := s.Store.Customer(ctx, customerID)
	if err != nil {
		return now, err
	}
	now.Customer, now.MayOrder = customer, member(c).Role.MayOrder()
	if now.Pauses, err = s.pausesOf(ctx, customerID); err != nil {
		return now, err
	}
	if now.Today, now.Runway, err = s.dayOf(ctx, now.Customer, at); err != nil {
		return now, err
	}
	if err := s.lineOfDay(ctx, customerID, &now.Runway); err != nil {
		return now, err
	}
	latest, err := s.Store.TopUps(ctx, billing.TopUpFilter{CustomerID: customerID}, billing.PageRequest{Limit: latestRows})
	if err != nil {
		return now, err
	}
	now.Latest = latest.TopUps
	if now.Failing, err = s.Store.FailingEndpoints(ctx, customerID); err != nil {
		return now, err
	}
	deposit, err := s.Store.LastDeposit(ctx, customerID)
	if errors.Is(err, billing.ErrNotFound) {
		return now, nil
	}
	now.LastDeposit = &views.DashboardDeposit{Amount: deposit.Amount, At: deposit.At}
	return now, err
}
