package handlers

// A list that was proposed: a second operator confirms it, all at once or line by
// line.

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) showList(c echo.Context) error {
	return s.renderList(c, http.StatusOK, func(*views.ListView) {})
}

// listID reads the address. What is no id names nothing.
func listID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return id, billing.ErrNotFound
	}
	return id, nil
}

func (s *Site) renderList(c echo.Context, status int, change func(*views.ListView)) error {
	id, err := listID(c)
	if err != nil {
		return err
	}
	ctx, me := c.Request().Context(), operator(c)
	l := views.ListView{May: me.Role.MayMoveMoney()}
	if l.List, err = s.Store.DecisionList(ctx, id); err != nil {
		return err
	}
	l.Own = s.twoDecide() && l.List.ProposedBy == me.ID
	lines, err := s.Store.ListedDecisions(ctx, id)
	if err != nil {
		return err
	}
	var waiting []billing.ListedCase
	for _, line := range lines {
		l.Lines = append(l.Lines, views.ListedLine{Line: line.Line, Decision: line.Decision, TopUp: line.TopUp})
		if line.Decision.State == billing.DecisionWaiting {
			waiting = append(waiting, billing.ListedCase{ListLine: billing.ListLine{Line: line.Line, Verdict: line.Decision.Verdict}, Found: line.TopUp})
		}
	}
	if err := s.Engine.AddEffects(ctx, waiting); err != nil {
		return err
	}
	if l.Accounts, err = s.accountsAfter(c, waiting); err != nil {
		return err
	}
	if l.Others, err = s.Store.SecondOperators(ctx, me.ID); err != nil {
		return err
	}
	change(&l)
	if l.Frame, err = s.adminFrame(c, l.List.Name, views.DeskPath); err != nil {
		return err
	}
	return render(c, status, views.ListPage(l))
}

func (s *Site) confirmList(c echo.Context) error {
	id, err := listID(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	l, err := s.Store.DecisionList(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if c.FormValue("read") != "yes" && (l.ProposedBy != operator(c).ID || !s.twoDecide()) {
		return s.renderList(c, http.StatusUnprocessableEntity, func(page *views.ListView) {
			page.Problems = map[string]string{"read": r.T("Say that you compared the list")}
		})
	}
	outcome, err := s.Engine.ConfirmList(c.Request().Context(), actor(c), id)
	return s.afterList(c, outcome, err, ui.Toast{Head: r.N(outcome.Done, "%s decision confirmed and booked", "%s decisions confirmed and booked")})
}

func (s *Site) disagreeList(c echo.Context) error {
	id, err := listID(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	objection := strings.TrimSpace(c.FormValue("objection"))
	if objection == "" {
		return s.renderList(c, http.StatusUnprocessableEntity, func(page *views.ListView) {
			page.Problems = map[string]string{"objection": r.T("Say why you disagree")}
		})
	}
	outcome, err := s.Engine.DisagreeList(c.Request().Context(), actor(c), id, objection)
	return s.afterList(c, outcome, err, ui.Toast{Tone: "failed", Icon: "circle-x", Head: r.T("Rejected. Nothing has moved."), Text: r.T("The cases stay open.")})
}

// afterList says what became of the lines, on the list's own page.
func (s *Site) afterList(c echo.Context, outcome topup.ListOutcome, err error, done ui.Toast) error {
	r := s.reader(c)
	if errors.Is(err, billing.ErrOwnRequest) {
		_, problem := undecided(r, err)
		return s.renderList(c, http.StatusForbidden, func(page *views.ListView) { page.Problem = problem })
	}
	if err != nil {
		problem, lookErr := s.notTheSecond(c, err)
		if lookErr != nil || problem == "" {
			return errors.Join(err, lookErr)
		}
		return s.renderList(c, http.StatusForbidden, func(page *views.ListView) { page.Problem = problem })
	}
	if n := len(outcome.Failed); n > 0 {
		done.Text = r.N(n, "%s line was decided or settled meanwhile.", "%s lines were decided or settled meanwhile.")
	}
	if err := s.say(c, done); err != nil {
		return err
	}
	return seeOther(c, views.ListPath(c.Param("id")))
}
