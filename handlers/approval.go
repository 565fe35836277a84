package handlers

// One request with what it would do to the account as it stands now.

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

func (s *Site) renderApproval(c echo.Context, status int, id uuid.UUID, problem string) error {
	page, err := s.readApproval(c, id)
	if err != nil {
		return err
	}
	if problem != "" {
		page.Problem = problem
	}
	return render(c, status, views.ApprovalPage(page))
}

func (s *Site) readApproval(c echo.Context, id uuid.UUID) (page views.Approval, err error) {
	if page.Frame, err = s.adminFrame(c, "", views.ApprovalsPath); err != nil {
		return page, err
	}
	page.Here = views.ApprovalPath(id.String())
	a, err := s.Store.Adjustment(c.Request().Context(), id)
	requestedBy := a.RequestedBy
	switch {
	case err == nil:
		err = s.readAdjustment(c, &page, a)
	case errors.Is(err, billing.ErrNotFound):
		if requestedBy, err = s.readAdjustmentList(c, &page, id); errors.Is(err, billing.ErrNotFound) {
			requestedBy, err = s.readChange(c, &page, id)
		}
	}
	if err != nil {
		return page, err
	}
	return page, s.readDecider(c, &page, requestedBy)
}

// readDecider says whether who looks may decide, and what who asked moved today.
func (s *Site) readDecider(c echo.Context, page *views.Approval, requestedBy *int64) error {
	ctx, me := c.Request().Context(), operator(c)
	page.May = me.Role.MayMoveMoney()
	if page.Request.State != views.RequestWaiting {
		return nil
	}
	standing, err := s.Store.OperatorStanding(ctx, me.ID)
	if err != nil {
		return err
	}
	if page.Refused, err = s.notTheSecond(c, billing.MayDecide(requestedBy, standing)); err != nil || requestedBy == nil {
		return err
	}
	page.Moved, err = s.movedToday(ctx, page.Reader, *requestedBy)
	page.Moved.Title = page.T("%s moved today", page.Request.Requester)
	return err
}

// movedToday is what an operator moved, changed and asked for on this business day.
func (s *Site) movedToday(ctx context.Context, r views.Reader, operatorID int64) (m views.Moved, err error) {
	since := s.businessDay(r.Now)
	if m.Adjustments, err = s.Store.OperatorMoved(ctx, operatorID, since); err != nil {
		return m, err
	}
	if m.Lists, err = s.Store.OperatorListed(ctx, operatorID, since); err != nil {
		return m, err
	}
	m.Changes, err = s.Store.OperatorChanged(ctx, operatorID, since)
	return m, err
}

func (s *Site) readAdjustment(c echo.Context, page *views.Approval, a billing.Adjustment) error {
	customer, err := s.Store.Customer(c.Request().Context(), a.CustomerID)
	if err != nil {
		return err
	}
	page.Request, page.Title = views.RequestOfAdjustment(page.Reader, a), page.T("Adjustment for %s", customer.Name)
	var entry billing.Entry
	after := customer.Balance
	if page.Request.Waits(page.Reader) {
		entry, after, err = customer.Adjust(a)
		if page.Problem = shortOfCredit(page.Reader, err); err != nil && page.Problem == "" {
			return err
		}
		page.Blocked = err != nil
	}
	page.Panel = views.AdjustmentPanel(page.Reader, a, customer, entry, after)
	page.After = views.AdjustmentAfter(page.Reader, a, operator(c).Role.MayMoveMoney())
	page.Whole = views.ListOfLine(a)
	return nil
}

func (s *Site) readChange(c echo.Context, page *views.Approval, id uuid.UUID) (requestedBy *int64, err error) {
	change, err := s.Store.ChangeRequest(c.Request().Context(), id)
	if err != nil {
		return nil, err
	}
	r := page.Reader
	page.Request, page.Title = views.RequestOfChange(r, change), views.ChangeTitle(r, change)
	effect := views.ChangeEffect{Change: change, Asked: views.AskedBy(r, change), Decided: !page.Request.Waits(r)}
	now, err := s.changeEffect(c.Request().Context(), &effect)
	if err != nil {
		return nil, err
	}
	if page.Request.Waits(r) && !now.Equal(change.Before) {
		page.Problem, page.Blocked = overtaken(r), true
	}
	if page.Request.Waits(r) && change.Kind == billing.ChangeCreditLimit {
		_, limit := change.CreditLimits()
		if _, err := effect.Now.WithCreditLimit(limit); err != nil {
			page.Problem, page.Blocked = tooLow(r, err), true
		}
	}
	page.Panel = views.ChangePanel(r, effect)
	page.After = views.ChangeAfter(r, change)
	return change.RequestedBy, nil
}
