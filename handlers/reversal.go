package handlers

// The reversal of a succeeded top-up, with the same care as a case: one operator
// proposes it here, another confirms it at the desk.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func (s *Site) showReversal(c echo.Context) error {
	return s.renderReversal(c, http.StatusOK, func(*views.CaseDetail) {})
}

func (s *Site) proposeReversal(c echo.Context) error { return s.propose(c, s.renderReversal) }

// renderReversal shows the top-up's evidence and the form, as change left it.
// Anything but a reversal is decided at the desk.
func (s *Site) renderReversal(c echo.Context, status int, change func(*views.CaseDetail)) error {
	id, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return err
	}
	d, err := s.caseDetail(c, id)
	if err != nil {
		return err
	}
	if len(d.Decision.Choices) > 0 && d.Decision.Choices[0] == billing.VerdictReverse {
		d.Decision.Choices = d.Decision.Choices[:1]
	}
	d.Decision.Place = views.ReversalPath(id.String())
	change(d)
	if d.Frame, err = s.adminFrame(c, s.reader(c).T("Reverse a top-up"), views.AdminTopUpsPath); err != nil {
		return err
	}
	return render(c, status, views.ReversalPage(*d))
}
