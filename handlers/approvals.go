package handlers

// Approvals: what waits for a second operator, one request with its effect, and
// the decision. A request is an adjustment, a list of them or a change of terms.

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const (
	digestTime   = 7 * 24 * time.Hour // what was decided, and done alone
	decidedShown = 50
)

func (s *Site) listApprovals(c echo.Context) error {
	f, err := s.adminFrame(c, s.reader(c).T("Approvals"), views.ApprovalsPath)
	if err != nil {
		return err
	}
	l := views.ApprovalList{Frame: f, Off: !s.twoDecide()}
	ctx, since := c.Request().Context(), f.Now.Add(-digestTime)
	if l.Waiting, err = s.waitingRequests(ctx, f.Reader); err != nil {
		return err
	}
	if l.Decided, err = s.decidedRequests(ctx, f.Reader, since); err != nil {
		return err
	}
	if l.Alone, err = s.doneAlone(ctx, f.Reader, since); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.ApprovalsPage(l))
}

// waitingRequests are the adjustments, lists and changes that wait, the oldest first.
func (s *Site) waitingRequests(ctx context.Context, r views.Reader) ([]views.Request, error) {
	adjustments, err := s.Store.WaitingAdjustments(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := s.Store.WaitingAdjustmentLists(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := s.Store.WaitingChanges(ctx)
	all := requestsOf(r, adjustments, lists, changes)
	slices.SortStableFunc(all, func(a, b views.Request) int { return a.RequestedAt.Compare(b.RequestedAt) })
	return all, err
}

// decidedRequests are those that ended since a moment, the newest end first.
func (s *Site) decidedRequests(ctx context.Context, r views.Reader, since time.Time) ([]views.Request, error) {
	adjustments, err := s.Store.DecidedAdjustments(ctx, since, decidedShown)
	if err != nil {
		return nil, err
	}
	lists, err := s.Store.DecidedAdjustmentLists(ctx, since, decidedShown)
	if err != nil {
		return nil, err
	}
	changes, err := s.Store.DecidedChanges(ctx, since, decidedShown)
	all := requestsOf(r, adjustments, lists, changes)
	slices.SortStableFunc(all, func(a, b views.Request) int { return cmp.Compare(b.DecidedAt.UnixNano(), a.DecidedAt.UnixNano()) })
	return all[:min(len(all), decidedShown)], err
}

func requestsOf(r views.Reader, adjustments []billing.Adjustment, lists []billing.AdjustmentList, changes []billing.ChangeRequest) (all []views.Request) {
	for _, a := range adjustments {
		all = append(all, views.RequestOfAdjustment(r, a))
	}
	for _, l := range lists {
		all = append(all, views.RequestOfList(r, l))
	}
	for _, change := range changes {
		all = append(all, views.RequestOfChange(r, change))
	}
	return all
}

// doneAlone is what one operator did since a moment and two should have.
func (s *Site) doneAlone(ctx context.Context, r views.Reader, since time.Time) (all []views.DoneAlone, err error) {
	done, err := s.Store.DoneAlone(ctx, since)
	for _, it := range done {
		line := views.DoneAlone{
			Href: views.ApprovalPath(it.ID.String()), What: views.AloneWord(r, it.What), Figure: views.AloneFigure(it.What, it.Before, it.After),
			Customer: it.CustomerName, Operator: it.Operator, At: it.At,
		}
		if it.About == "topup" {
			line.Href = views.AdminTopUpPath(billing.TopUpID{UUID: it.ID}.String())
		}
		if line.Customer == "" {
			line.Customer = r.T("All customers")
		}
		if line.Operator == "" {
			line.Operator = r.T("The command line")
		}
		all = append(all, line)
	}
	return all, err
}

// requestID reads the address. What is no id names nothing.
func requestID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return id, billing.ErrNotFound
	}
	return id, nil
}

func (s *Site) showApproval(c echo.Context) error {
	id, err := requestID(c)
	if err != nil {
		return err
	}
	return s.renderApproval(c, http.StatusOK, id, "")
}

func (s *Site) decideApproval(c echo.Context) error {
	id, err := requestID(c)
	if err != nil {
		return err
	}
	decision := c.FormValue("decision")
	if decision != "approve" && decision != "reject" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	done, err := s.decide(c, id, decision == "approve")
	if status, problem, lookErr := s.undecidedRequest(c, err); lookErr != nil {
		return lookErr
	} else if problem != "" {
		return s.renderApproval(c, status, id, problem)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, decidedToast(s.reader(c), done)); err != nil {
		return err
	}
	return seeOther(c, views.ApprovalsPath)
}

// decide lets who is signed in decide about whatever has this id.
func (s *Site) decide(c echo.Context, id uuid.UUID, approve bool) (views.Request, error) {
	ctx, r := c.Request().Context(), s.reader(c)
	a, err := s.Engine.Decide(ctx, actor(c), id, approve)
	if !errors.Is(err, billing.ErrNotFound) {
		return views.RequestOfAdjustment(r, a), err
	}
	l, err := s.Engine.DecideAdjustments(ctx, actor(c), id, approve)
	if !errors.Is(err, billing.ErrNotFound) {
		return views.RequestOfList(r, l), err
	}
	change, err := s.Engine.DecideChange(ctx, actor(c), id, approve)
	return views.RequestOfChange(r, change), err
}

// undecidedRequest says why a decision was not taken; nothing for an error that is
// ours, and for none.
func (s *Site) undecidedRequest(c echo.Context, err error) (status int, problem string, lookErr error) {
	if err == nil {
		return 0, "", nil
	}
	if problem, lookErr = s.notTheSecond(c, err); problem != "" || lookErr != nil {
		return http.StatusForbidden, problem, lookErr
	}
	r := s.reader(c)
	switch {
	case errors.Is(err, billing.ErrAlreadyDecided):
		return http.StatusConflict, r.T("It was decided before, or its time is over. Your decision changed nothing."), nil
	case errors.Is(err, billing.ErrPartOfList):
		return http.StatusConflict, partOfList(r), nil
	case errors.Is(err, billing.ErrOvertaken):
		return http.StatusConflict, overtaken(r), nil
	}
	return http.StatusUnprocessableEntity, cmp.Or(shortLine(r, err), shortOfCredit(r, err), tooLow(r, err)), nil
}

func overtaken(r views.Reader) string {
	return r.T("What it would change was changed since it was asked for. Reject it, and ask again from what is in force now.")
}

// tooLow says that a credit limit would leave less than nothing; "" for any other error.
func tooLow(r views.Reader, err error) string {
	var low billing.CreditLimitError
	if !errors.As(err, &low) {
		return ""
	}
	return r.T("The customer has used %s of its limit: it cannot be lower", views.WithUnit(views.Money4(low.Lowest.Decimal()), "USD"))
}

func decidedToast(r views.Reader, q views.Request) ui.Toast {
	text := q.Figure
	if q.Customer != "" {
		text = r.T("%s for %s", q.Figure, q.Customer)
	}
	if q.State == views.RequestRejected {
		return ui.Toast{Tone: "failed", Icon: "circle-x", Head: r.T("Rejected. Nothing has moved."), Text: text}
	}
	return ui.Toast{Head: r.T("Approved: %s", q.DoneWord), Text: text}
}
