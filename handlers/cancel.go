package handlers

// Cancelling a top-up that waits to be sent: its hold goes back. Nothing that may
// have left is ever cancelled.

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) waitingTopUp(c echo.Context) (billing.TopUp, error) {
	id, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return billing.TopUp{}, err
	}
	return s.Store.TopUp(c.Request().Context(), id, 0)
}

// askCancel shows what goes back, before it does.
func (s *Site) askCancel(c echo.Context) error {
	t, err := s.waitingTopUp(c)
	if err != nil {
		return err
	}
	if t.Status != billing.StatusQueued {
		return s.tooLate(c, t)
	}
	p := views.CancelTopUp{TopUp: t}
	if p.Customer, err = s.Store.Customer(c.Request().Context(), t.CustomerID); err != nil {
		return err
	}
	p.Entry, p.After = p.Customer.Release(t.ID, t.Price)
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Cancel this top-up?"), views.AdminTopUpsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CancelPage(p))
}

// cancel cancels it, if it still waits. One that was cancelled before is not told
// apart from what was done now: a form that is sent twice does it once.
func (s *Site) cancel(c echo.Context) error {
	t, err := s.waitingTopUp(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	err = s.Engine.Cancel(c.Request().Context(), actor(c), t.ID)
	if errors.Is(err, billing.ErrIllegalMove) && t.FailureCode != billing.FailureCancelled {
		return s.tooLate(c, t)
	}
	if err != nil && !errors.Is(err, billing.ErrIllegalMove) {
		return err
	}
	back := views.WithUnit(views.Money4(t.Price.Decimal()), "USD")
	if err := s.say(c, ui.Toast{Head: r.T("Cancelled|top-up"), Text: r.T("%s are available again to %s.", back, t.CustomerName)}); err != nil {
		return err
	}
	return seeOther(c, views.AdminTopUpPath(t.ID.String()))
}

// tooLate says that nothing was cancelled: the top-up's own page tells why.
func (s *Site) tooLate(c echo.Context, t billing.TopUp) error {
	r := s.reader(c)
	said := ui.Toast{Tone: "unknown", Icon: "info", Head: r.T("It does not wait any more."), Text: r.T("Nothing was cancelled.")}
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, views.AdminTopUpPath(t.ID.String()))
}
