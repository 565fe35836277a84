package handlers

// A list of adjustments for a second operator's eyes: all its lines, decided as one.

import (
	"errors"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// readAdjustmentList shows what each line would do as things stand now, and what keeps the
// list from being approved; of a decided one, what it did.
func (s *Site) readAdjustmentList(c echo.Context, page *views.Approval, id uuid.UUID) (requestedBy *int64, err error) {
	ctx, r := c.Request().Context(), page.Reader
	list, err := s.Store.AdjustmentList(ctx, id)
	if err != nil {
		return nil, err
	}
	kept, err := s.Store.ListedAdjustments(ctx, id)
	if err != nil {
		return nil, err
	}
	page.Request, page.Title = views.RequestOfList(r, list), r.N(list.Lines, "List of %s adjustment", "List of %s adjustments")
	page.After = views.ListAfter(r)
	if !page.Request.Waits(r) {
		page.Panel = views.ListPanel(r, list, kept)
		return &list.RequestedBy, nil
	}
	_, lines, err := s.Engine.LookAtAdjustments(ctx, linesOf(kept))
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if line.Problem != "" {
			page.Blocked = true
			page.Problem = r.T("Line %s cannot be posted as things stand: %s", views.Integer(line.Line), views.AdjustmentProblemWord(r, line))
		}
	}
	unknown, err := s.unknownOf(c, lines)
	page.Panel = views.WaitingListPanel(r, list, lines, unknown)
	return &list.RequestedBy, err
}

// linesOf are the lines that a kept list was made of.
func linesOf(kept []billing.Adjustment) []billing.AdjustmentLine {
	lines := make([]billing.AdjustmentLine, len(kept))
	for i, a := range kept {
		lines[i] = billing.AdjustmentLine{Line: *a.ListLine, Customer: a.CustomerCode, Written: a.Amount.String(), Amount: a.Amount, Reason: a.Reason, Note: a.Note}
	}
	return lines
}

func partOfList(r views.Reader) string {
	return r.T("It is a line of a list, which is decided as one.")
}

// shortLine says which line of a list takes more than there is; "" for any other
// error.
func shortLine(r views.Reader, err error) string {
	var at billing.ListLineError
	if !errors.As(err, &at) {
		return ""
	}
	return r.T("Line %s, %s: %s", views.Integer(at.Line), at.Customer, shortOfCredit(r, at.Err))
}
