package handlers

// Approvals: what waits for a second operator, and the decision.

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) listApprovals(c echo.Context) error {
	f, err := s.adminFrame(c, s.reader(c).T("Approvals"), views.ApprovalsPath)
	if err != nil {
		return err
	}
	rows, err := s.Store.WaitingAdjustments(c.Request().Context())
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ApprovalsPage(views.ApprovalList{Frame: f, Rows: rows}))
}

// adjustmentID reads the address. What is no id names nothing.
func adjustmentID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return id, billing.ErrNotFound
	}
	return id, nil
}

func (s *Site) showApproval(c echo.Context) error {
	id, err := adjustmentID(c)
	if err != nil {
		return err
	}
	return s.renderApproval(c, http.StatusOK, id, "")
}

// renderApproval shows an adjustment with what it would do to the account as it
// stands now.
func (s *Site) renderApproval(c echo.Context, status int, id uuid.UUID, problem string) error {
	ctx, me := c.Request().Context(), operator(c)
	a, err := s.Store.Adjustment(ctx, id)
	if err != nil {
		return err
	}
	customer, err := s.Store.Customer(ctx, a.CustomerID)
	if err != nil {
		return err
	}
	page := views.Approval{
		Adjustment: a, Customer: customer, Now: customer.Balance, Problem: problem,
		Own: a.RequestedBy != nil && *a.RequestedBy == me.ID, MayDecide: me.Role.MayMoveMoney(),
	}
	if a.State == billing.AdjustmentWaiting && a.ExpiresAt != nil && a.ExpiresAt.After(time.Now()) {
		entry, after, err := customer.Adjust(a)
		switch short := shortOfCredit(s.reader(c), err); {
		case err == nil:
			page.Entry, page.After = entry, after
		case short == "":
			return err
		case problem == "":
			page.Problem = short
		}
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Adjustment for %s", customer.Name), views.ApprovalsPath); err != nil {
		return err
	}
	return render(c, status, views.ApprovalPage(page))
}

func (s *Site) decideApproval(c echo.Context) error {
	id, err := adjustmentID(c)
	if err != nil {
		return err
	}
	decision := c.FormValue("decision")
	if decision != "approve" && decision != "reject" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	r := s.reader(c)
	a, err := s.Engine.Decide(c.Request().Context(), actor(c), id, decision == "approve")
	if problem, lookErr := s.notTheSecond(c, err); lookErr != nil {
		return lookErr
	} else if problem != "" {
		return s.renderApproval(c, http.StatusForbidden, id, problem)
	}
	switch {
	case errors.Is(err, billing.ErrAlreadyDecided):
		return s.renderApproval(c, http.StatusConflict, id, r.T("It was decided before, or its time is over. Your decision changed nothing."))
	case shortOfCredit(r, err) != "":
		return s.renderApproval(c, http.StatusUnprocessableEntity, id, shortOfCredit(r, err))
	case err != nil:
		return err
	}
	if err := s.say(c, decidedToast(r, a)); err != nil {
		return err
	}
	return seeOther(c, views.ApprovalsPath)
}

func decidedToast(r views.Reader, a billing.Adjustment) ui.Toast {
	text := r.T("%s for %s", signedUSD(a.Amount), a.CustomerName)
	if a.State == billing.AdjustmentRejected {
		return ui.Toast{Tone: "failed", Icon: "circle-x", Head: r.T("Rejected. Nothing has moved."), Text: text}
	}
	return ui.Toast{Head: r.T("Approved and posted"), Text: text}
}
