package handlers

// What two operators do at the desk: one proposes, another confirms or disagrees.

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func decisionForm(c echo.Context) views.DecisionForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.DecisionForm{
		ID: typed("id"), Verdict: typed("verdict"), Reason: typed("reason"), ProviderID: typed("provider_id"),
		Note: strings.ReplaceAll(typed("note"), "\r\n", "\n"),
	}
}

// proposeAtDesk takes the form of a case.
func (s *Site) proposeAtDesk(c echo.Context) error { return s.propose(c, s.renderCase) }

// caseRenderer shows the page that a form came from, as change left it.
type caseRenderer func(c echo.Context, status int, change func(*views.CaseDetail)) error

// propose records the verdict of a form, or shows the form again.
func (s *Site) propose(c echo.Context, again caseRenderer) error {
	topUpID, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return err
	}
	form, r := decisionForm(c), s.reader(c)
	id, err := uuid.Parse(form.ID)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	err = s.Engine.Propose(c.Request().Context(), actor(c), billing.Decision{
		ID: id, TopUpID: topUpID, Verdict: billing.Verdict(form.Verdict), Reason: billing.DecisionReason(form.Reason),
		Note: form.Note, ProviderTransactionID: form.ProviderID,
	})
	var wrong billing.ValidationError
	switch status, problem := undecided(r, err); {
	case errors.As(err, &wrong):
		return again(c, http.StatusUnprocessableEntity, func(d *views.CaseDetail) {
			d.Decision.Form, d.Decision.Problems = form, fieldProblems(r, err)
		})
	case problem != "":
		return again(c, status, func(d *views.CaseDetail) {
			form.ID = d.Decision.Form.ID // what was typed, as a new proposal
			d.Decision.Form, d.Decision.Problem = form, problem
		})
	case err != nil:
		return err
	}
	if err := s.say(c, ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Confirmation asked for"), Text: r.T("Nothing moves before another operator confirms it.")}); err != nil {
		return err
	}
	return seeOther(c, views.CasePath(topUpID.String()))
}

// undecided says why a proposal or a decision was not taken; "" for an error that
// is ours, and for none.
func undecided(r views.Reader, err error) (status int, problem string) {
	switch {
	case errors.Is(err, billing.ErrOwnRequest):
		return http.StatusForbidden, r.T("You proposed this: another operator confirms it, whichever browser you use. Nothing has moved.")
	case errors.Is(err, billing.ErrTaken):
		return http.StatusConflict, r.T("Another proposal about it came first, or this form was used before. What you sent changed nothing.")
	case errors.Is(err, billing.ErrAlreadyDecided):
		return http.StatusConflict, r.T("It was decided meanwhile. What you sent changed nothing.")
	case errors.Is(err, billing.ErrIllegalMove), errors.Is(err, billing.ErrAlreadySettled):
		return http.StatusConflict, r.T("It was settled meanwhile, and this verdict no longer fits. What you sent changed nothing.")
	case shortOfCredit(r, err) != "":
		return http.StatusUnprocessableEntity, shortOfCredit(r, err)
	}
	return 0, ""
}

// decisionAbout reads the decision that a form names: of the case of the address.
func (s *Site) decisionAbout(c echo.Context) (d billing.Decision, err error) {
	topUpID, err := billing.ParseTopUpID(c.Param("id"))
	if err != nil {
		return d, err
	}
	id, err := uuid.Parse(c.FormValue("decision"))
	if err != nil {
		return d, echo.NewHTTPError(http.StatusBadRequest)
	}
	d, err = s.Store.Decision(c.Request().Context(), id)
	if err == nil && d.TopUpID != topUpID {
		err = billing.ErrNotFound
	}
	return d, err
}

// confirmCase carries a proposal out. Sent twice by the same operator it is done once.
func (s *Site) confirmCase(c echo.Context) error {
	d, err := s.decisionAbout(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	if c.FormValue("read") != "yes" && (d.ProposedBy != operator(c).ID || !s.twoDecide()) {
		return s.renderCase(c, http.StatusUnprocessableEntity, func(page *views.CaseDetail) {
			page.Decision.Problems = map[string]string{"read": r.T("Say that you read the evidence")}
		})
	}
	err = s.Engine.Confirm(c.Request().Context(), actor(c), d.ID)
	if errors.Is(err, billing.ErrAlreadyDecided) && s.decidedBy(c, d.ID, billing.DecisionConfirmed) {
		err = nil
	}
	return s.afterDecision(c, err, ui.Toast{Head: r.T("Confirmed and booked"), Text: views.VerdictTitle(r, d.Verdict)})
}

// disagreeCase rejects a proposal.
func (s *Site) disagreeCase(c echo.Context) error {
	d, err := s.decisionAbout(c)
	if err != nil {
		return err
	}
	r := s.reader(c)
	err = s.Engine.Disagree(c.Request().Context(), actor(c), d.ID, strings.TrimSpace(c.FormValue("objection")))
	if problems := fieldProblems(r, err); len(problems) > 0 {
		return s.renderCase(c, http.StatusUnprocessableEntity, func(page *views.CaseDetail) { page.Decision.Problems = problems })
	}
	if errors.Is(err, billing.ErrAlreadyDecided) && s.decidedBy(c, d.ID, billing.DecisionRejected) {
		err = nil
	}
	return s.afterDecision(c, err, ui.Toast{Tone: "failed", Icon: "circle-x", Head: r.T("Rejected. Nothing has moved."), Text: r.T("The case stays open.")})
}

// decidedBy says whether it was the reader who decided it, and how.
func (s *Site) decidedBy(c echo.Context, id uuid.UUID, state billing.DecisionState) bool {
	d, err := s.Store.Decision(c.Request().Context(), id)
	return err == nil && d.State == state && d.DecidedBy != nil && *d.DecidedBy == operator(c).ID
}

// afterDecision leads back to the list, or shows the case with why nothing was done.
func (s *Site) afterDecision(c echo.Context, err error, done ui.Toast) error {
	status, problem := undecided(s.reader(c), err)
	if problem == "" {
		said, lookErr := s.notTheSecond(c, err)
		if lookErr != nil {
			return lookErr
		}
		status, problem = http.StatusForbidden, said
	}
	if problem != "" {
		return s.renderCase(c, status, func(page *views.CaseDetail) { page.Decision.Problem = problem })
	}
	if err != nil {
		return err
	}
	if err := s.say(c, done); err != nil {
		return err
	}
	return seeOther(c, views.DeskPath)
}
