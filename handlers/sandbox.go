package handlers

// The customer's sandbox: play money, test keys, the go-live certificate. What
// operators see of it is in sandbox_office.go.

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// playedRows is how many top-ups the page shows.
const playedRows = 20

// sandboxRoutes are the customer's own.
func (s *Site) sandboxRoutes(g *echo.Group) {
	manage := mayAsMember(billing.MemberRole.MayManage)
	g.GET(views.DashboardSandboxPath, s.showOwnSandbox)
	g.POST(views.DashboardPlayPath, s.setPlay, manage)
	g.POST(views.DashboardCertificatePath, s.beginCertificate, manage)
	g.POST(views.DashboardReportPath, s.reportToCertificate, mayAsMember(billing.MemberRole.MayOrder))
	d := s.ownSandboxCustody()
	s.testKeyRoutes(g, d)
	b := switchboard{custody: d, hooks: views.OwnSandboxWebhooks, inBox: true}
	mountWebhooks(g, b, func(do func(*Site, echo.Context, switchboard) error) echo.HandlerFunc {
		return func(c echo.Context) error {
			h, err := s.Sandbox.House()
			if err != nil {
				return err
			}
			return do(s.in(h), c, b)
		}
	})
}

// testKeyRoutes are those of live keys, on the sandbox's books.
func (s *Site) testKeyRoutes(g *echo.Group, d custody) {
	at := func(do func(*Site, echo.Context, custody) error) echo.HandlerFunc {
		return func(c echo.Context) error {
			h, err := s.Sandbox.House()
			if err != nil {
				return err
			}
			return do(s.in(h), c, d)
		}
	}
	g.GET(d.routes.Keys, d.keys)
	g.GET(d.routes.NewKey(), at((*Site).newKey), d.manage)
	g.POST(d.routes.Keys, at((*Site).makeKey), d.manage)
	g.GET(d.routes.KeyRotation(":id"), at((*Site).askRotation), d.manage)
	g.POST(d.routes.KeyRotation(":id"), at((*Site).rotateKey), d.manage)
	g.GET(d.routes.KeyEnd(":id"), at((*Site).askKeyEnd), d.manage)
	g.POST(d.routes.KeyEnd(":id"), at((*Site).endKey), d.manage)
	g.GET(d.routes.KeyTerms(":id"), at((*Site).editKeyTerms), d.manage)
	g.POST(d.routes.KeyTerms(":id"), at((*Site).setKeyTerms), d.manage)
}

// in is the site with the books of another house: for what is the same in both.
func (s *Site) in(h api.House) *Site {
	site := *s
	site.Store, site.Engine, site.Courier, site.door = h.Store, h.Engine, h.Courier, access.New(h.Store, s.box)
	return &site
}

// ownSandboxCustody keeps a customer's test keys on its dashboard.
func (s *Site) ownSandboxCustody() custody {
	d := s.ownCustody()
	d.routes, d.newKey = views.OwnSandboxAccess, billing.NewTestKey
	d.paths = func(billing.Customer) views.AccessPaths { return views.OwnSandboxAccess }
	d.customer = func(c echo.Context) (billing.Customer, error) {
		live, err := s.ownCustomer(c)
		if err != nil {
			return live, err
		}
		return s.twin(c.Request().Context(), live)
	}
	d.keys = func(c echo.Context) error { return seeOther(c, views.DashboardSandboxPath) }
	d.current = func(string) string { return views.DashboardSandboxPath }
	frame := d.frame
	d.frame = func(c echo.Context, of billing.Customer, title, _ string) (views.Frame, error) {
		return frame(c, of, title, views.DashboardSandboxPath)
	}
	return d
}

// twin is the sandbox's customer of a live one; it is made when somebody first looks.
func (s *Site) twin(ctx context.Context, live billing.Customer) (billing.Customer, error) {
	h, err := s.Sandbox.House()
	if err != nil {
		return live, err
	}
	of := topup.Twin{Customer: live}
	if of.Limits, err = s.Store.Limits(ctx, live.ID); err != nil {
		return live, err
	}
	if of.Rate, err = s.Store.RateAt(ctx, nil); err != nil && !errors.Is(err, billing.ErrNotFound) {
		return live, err
	}
	return h.Engine.Twin(ctx, of)
}

// sandboxOf reads a customer's sandbox.
func (s *Site) sandboxOf(ctx context.Context, live billing.Customer) (v views.Sandbox, err error) {
	h, err := s.Sandbox.House()
	if err != nil {
		return v, err
	}
	if v.Customer, err = s.twin(ctx, live); err != nil {
		return v, err
	}
	if v.Keys.Keys, err = h.Store.APIKeys(ctx, v.Customer.ID); err != nil {
		return v, err
	}
	page, err := h.Store.TopUps(ctx, billing.TopUpFilter{CustomerID: v.Customer.ID}, billing.PageRequest{Limit: playedRows})
	if err != nil {
		return v, err
	}
	v.Latest = page.TopUps
	v.Play.ID, v.Begin = uuid.NewString(), uuid.NewString()
	return v, readCertificate(ctx, h, &v)
}

// readCertificate reads the newest run, and when one was passed.
func readCertificate(ctx context.Context, h api.House, v *views.Sandbox) error {
	run, err := h.Engine.Certificate(ctx, v.Customer.ID)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Run = &views.SandboxRun{Prefix: run.Prefix, StartedAt: run.StartedAt, PassedAt: run.PassedAt, Verdicts: run.Verdicts}
	passed, err := h.Store.PassedSandboxCertificate(ctx, v.Customer.ID)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	v.Passed = passed.PassedAt
	return err
}

func (s *Site) showOwnSandbox(c echo.Context) error {
	return s.drawOwnSandbox(c, http.StatusOK, func(*views.Sandbox) {})
}

// drawOwnSandbox draws the page with what was typed.
func (s *Site) drawOwnSandbox(c echo.Context, status int, typed func(*views.Sandbox)) error {
	live, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	f := s.dashboardFrame(c, live, s.reader(c).T("Sandbox"), views.DashboardSandboxPath)
	v, err := s.sandboxOf(c.Request().Context(), live)
	if none, is := errors.AsType[api.NoSandboxError](err); is {
		return render(c, http.StatusOK, views.NoSandboxPage(f, hiddenWhy(none)))
	}
	if err != nil {
		return err
	}
	v.Own, v.MayManage = true, member(c).Role.MayManage()
	v.Keys.Paths, v.Keys.MayManage, v.Keys.Own = views.OwnSandboxAccess, v.MayManage, true
	typed(&v)
	if swaps(c, "sandbox-now") {
		return render(c, http.StatusOK, views.OwnSandboxNow(f, v))
	}
	return render(c, status, views.OwnSandboxPage(f, v))
}

// hiddenWhy: a customer is told that there is no sandbox, and not why.
func hiddenWhy(e api.NoSandboxError) string {
	if e.Why == "" {
		return ""
	}
	return "hidden"
}

// ownTwin is the sandbox with the twin of who is signed in.
func (s *Site) ownTwin(c echo.Context) (h api.House, twin billing.Customer, err error) {
	if h, err = s.Sandbox.House(); err != nil {
		return h, twin, err
	}
	live, err := s.ownCustomer(c)
	if err != nil {
		return h, twin, err
	}
	twin, err = s.twin(c.Request().Context(), live)
	return h, twin, err
}

// setPlay sets the play balance, or adds to it.
func (s *Site) setPlay(c echo.Context) error {
	h, twin, err := s.ownTwin(c)
	if err != nil {
		return err
	}
	form := views.PlayForm{ID: c.FormValue("id"), Amount: typedText(c.FormValue("amount"))}
	amount, err := billing.ParseUSD(form.Amount)
	if add := c.FormValue("add"); add != "" {
		if amount, err = billing.ParseUSD(add); err == nil {
			amount = twin.Available().Add(amount)
		}
	}
	id, badID := uuid.Parse(form.ID)
	if badID != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	wrong := billing.ValidationError{"amount": "Enter an amount from 0 to 1,000,000"}
	if err == nil {
		err = h.Engine.Play(c.Request().Context(), id, twin.ID, amount)
		if err != nil && !errors.As(err, &wrong) {
			return err
		}
	}
	if err != nil {
		form.Problems = fieldProblems(s.reader(c), wrong)
		return s.drawOwnSandbox(c, http.StatusUnprocessableEntity, func(v *views.Sandbox) { v.Play = form })
	}
	r := s.reader(c)
	if err := s.say(c, ui.Toast{Head: r.T("The play balance is set"), Text: r.T("Available is %s.", views.WithUnit(views.Floor2(amount.Decimal()), "USD"))}); err != nil {
		return err
	}
	return seeOther(c, views.DashboardSandboxPath)
}

// beginCertificate begins a run.
func (s *Site) beginCertificate(c echo.Context) error {
	h, twin, err := s.ownTwin(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.FormValue("id"))
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err := h.Engine.BeginCertificate(c.Request().Context(), id, twin.ID, member(c).Name); err != nil {
		return err
	}
	return seeOther(c, views.DashboardSandboxPath+"#certificate")
}

// reportToCertificate takes what a person says was booked.
func (s *Site) reportToCertificate(c echo.Context) error {
	h, twin, err := s.ownTwin(c)
	if err != nil {
		return err
	}
	form := views.ReportForm{Reference: c.FormValue("reference"), Status: typedText(c.FormValue("status")), Total: typedText(c.FormValue("total"))}
	total, err := billing.ParseUSD(form.Total)
	if err != nil {
		form.Problems = map[string]string{"total": s.reader(c).T("Enter an amount such as 2.7778")}
		return s.drawOwnSandbox(c, http.StatusUnprocessableEntity, func(v *views.Sandbox) { v.Report = form })
	}
	err = h.Engine.Report(c.Request().Context(), twin.ID, []sandbox.Report{{Reference: form.Reference, Status: form.Status, Total: total}})
	if wrong := (billing.ValidationError{}); errors.As(err, &wrong) {
		return billing.ErrNotFound // the form offers none but the run's own
	}
	if err != nil {
		return err
	}
	return seeOther(c, views.DashboardSandboxPath+"#certificate")
}
