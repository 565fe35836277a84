package handlers

// Undoing an adjustment: the question with its effect, and the reversal.

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
)

func (s *Site) askUndo(c echo.Context) error {
	id, err := requestID(c)
	if err != nil {
		return err
	}
	return s.renderUndo(c, http.StatusOK, id, views.Undo{ID: uuid.NewString()})
}

// renderUndo shows what a reversal does to the account as it stands now.
func (s *Site) renderUndo(c echo.Context, status int, id uuid.UUID, page views.Undo) (err error) {
	ctx, me := c.Request().Context(), operator(c)
	if page.Original, err = s.Store.Adjustment(ctx, id); err != nil {
		return err
	}
	if page.Customer, err = s.Store.Customer(ctx, page.Original.CustomerID); err != nil {
		return err
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Reverse the adjustment"), views.ApprovalsPath); err != nil {
		return err
	}
	page.Here = views.UndoPath(id.String())
	page.Reversal, err = page.Original.Reversal(uuid.New(), page.Note, page.Proof)
	if err == nil {
		page.Entry, page.After, err = page.Customer.Adjust(page.Reversal)
	} else {
		page.Reversal.Amount = page.Original.Amount.Neg()
	}
	problem := notUndone(page.Reader, err)
	if err != nil && problem == "" {
		return err
	}
	page.Problem = cmp.Or(problem, page.Problem)
	page.Limit = s.Engine.ApprovalLimit()
	page.NeedsOther = page.Reversal.NeedsApproval(page.Limit)
	if page.Moved, err = s.movedToday(ctx, page.Reader, me.ID); err != nil {
		return err
	}
	page.Moved.Title = page.T("You moved today")
	if page.Others, err = s.Store.SecondOperators(ctx, me.ID); err != nil {
		return err
	}
	return render(c, status, views.UndoPage(page))
}

// notUndone says why an adjustment cannot be undone; "" for any other error.
func notUndone(r views.Reader, err error) string {
	switch {
	case errors.Is(err, billing.ErrAlreadyReversed):
		return r.T("It is undone already, or that waits for a second operator. What you sent changed nothing.")
	case errors.Is(err, billing.ErrIllegalMove):
		return r.T("Only a posted adjustment that undoes no other can be undone.")
	case errors.Is(err, billing.ErrTaken):
		return r.T("This form was used for something else. Load the page again.")
	}
	return shortOfCredit(r, err)
}

// undo posts the reversal, or asks for it. Sent twice it is done once.
func (s *Site) undo(c echo.Context) error {
	id, err := requestID(c)
	if err != nil {
		return err
	}
	page := views.Undo{
		ID: c.FormValue("id"), Note: strings.ReplaceAll(strings.TrimSpace(c.FormValue("note")), "\r\n", "\n"),
		Proof: strings.TrimSpace(c.FormValue("proof")),
	}
	newID, err := uuid.Parse(page.ID)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	reversal, err := s.Engine.ReverseAdjustment(c.Request().Context(), actor(c), topup.Undo{ID: newID, Original: id, Note: page.Note, Proof: page.Proof})
	r := s.reader(c)
	if page.Problems = fieldProblems(r, err); len(page.Problems) > 0 {
		return s.renderUndo(c, http.StatusUnprocessableEntity, id, page)
	}
	if page.Problem = notUndone(r, err); page.Problem != "" {
		return s.renderUndo(c, http.StatusConflict, id, page)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, doneToast(r, reversal)); err != nil {
		return err
	}
	return seeOther(c, views.ApprovalPath(reversal.ID.String()))
}
