package handlers

// A deposit to the float: form, review, entry; and undoing one. The review moves
// nothing; each form does what it does once, however often it is sent.

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// typedPesos is an amount without a sign, with or without commas between thousands.
var typedPesos = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?$`)

func (s *Site) newDeposit(c echo.Context) error {
	return s.renderDeposit(c, http.StatusOK, views.DepositForm{ID: uuid.NewString()}, nil)
}

// editDeposit comes back from the review with what was typed.
func (s *Site) editDeposit(c echo.Context) error {
	return s.renderDeposit(c, http.StatusOK, depositForm(c), nil)
}

func depositForm(c echo.Context) views.DepositForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.DepositForm{
		ID: typed("id"), Amount: typed("amount"), Reference: typed("reference"), Proof: typed("proof"),
		Note: strings.ReplaceAll(typed("note"), "\r\n", "\n"),
	}
}

func (s *Site) renderDeposit(c echo.Context, status int, form views.DepositForm, problems map[string]string) error {
	figures, err := s.floatFigures(c.Request().Context(), time.Now())
	if err != nil {
		return err
	}
	f, err := s.adminFrame(c, s.reader(c).T("Record a deposit"), views.FloatPath)
	if err != nil {
		return err
	}
	f.Here = views.NewDepositPath
	return render(c, status, views.NewDepositPage(views.NewDeposit{Frame: f, Form: form, Problems: problems, Now: figures}))
}

// readDeposit makes a deposit of what was typed, or says what is wrong with it, by
// field.
func readDeposit(r views.Reader, form views.DepositForm) (billing.FloatDeposit, map[string]string, error) {
	id, err := uuid.Parse(form.ID)
	if err != nil {
		return billing.FloatDeposit{}, nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	d := billing.FloatDeposit{ID: id, Reference: form.Reference, Proof: form.Proof, Note: form.Note}
	amountErr := errAmount
	if typedPesos.MatchString(form.Amount) {
		d.Amount, amountErr = billing.ParseMXN(strings.ReplaceAll(form.Amount, ",", ""))
	}
	problems := fieldProblems(r, d.Check())
	if amountErr != nil {
		problems["amount"] = r.T("Write an amount like 250,000.00, without a sign")
	}
	return d, problems, nil
}

// reviewDeposit shows what a deposit does, before it does it.
func (s *Site) reviewDeposit(c echo.Context) error {
	form, r := depositForm(c), s.reader(c)
	d, problems, err := readDeposit(r, form)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if len(problems) == 0 {
		other, err := s.Store.StandingDeposit(ctx, d.Reference)
		if err == nil && other.ID != d.ID {
			problems["reference"] = r.T("A deposit with this reference is recorded already")
		} else if err != nil && !errors.Is(err, billing.ErrNotFound) {
			return err
		}
	}
	if len(problems) > 0 {
		return s.renderDeposit(c, http.StatusUnprocessableEntity, form, problems)
	}
	review := views.DepositReview{Form: form, Deposit: d}
	if review.Now, err = s.floatFigures(ctx, time.Now()); err != nil {
		return err
	}
	if review.Frame, err = s.adminFrame(c, r.T("Review the deposit"), views.FloatPath); err != nil {
		return err
	}
	review.Here = views.NewDepositPath
	return render(c, http.StatusOK, views.DepositReviewPage(review))
}

// recordDeposit makes the entry.
func (s *Site) recordDeposit(c echo.Context) error {
	form, r := depositForm(c), s.reader(c)
	d, problems, err := readDeposit(r, form)
	if err != nil {
		return err
	}
	if len(problems) == 0 {
		err = s.Engine.RecordFloatDeposit(c.Request().Context(), actor(c), d)
		problems = fieldProblems(r, err)
		if errors.Is(err, billing.ErrTaken) { // recorded before, then changed and sent again
			form.ID = uuid.NewString()
			problems[""] = r.T("This form was used before, for another deposit. That stands. Review it again to record one more.")
		}
	}
	if len(problems) > 0 {
		return s.renderDeposit(c, http.StatusUnprocessableEntity, form, problems)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("Recorded"), Text: r.T("%s to the float", views.SignedMXN(d.Amount))}); err != nil {
		return err
	}
	return seeOther(c, views.FloatPath)
}

// deposit is the one that the address names.
func (s *Site) deposit(c echo.Context) (billing.FloatDeposit, error) {
	id, err := requestID(c)
	if err != nil {
		return billing.FloatDeposit{}, err
	}
	return s.Store.FloatDeposit(c.Request().Context(), id)
}

func (s *Site) showDeposit(c echo.Context) error {
	d, err := s.deposit(c)
	if err != nil {
		return err
	}
	page := views.DepositDetail{Deposit: d, MayUndo: operator(c).Role.MayMoveMoney() && d.Corrects == nil && d.CorrectedBy == nil}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Deposit %s", d.Reference), views.FloatPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.DepositPage(page))
}

func (s *Site) askUndoDeposit(c echo.Context) error {
	return s.renderUndoDeposit(c, http.StatusOK, views.UndoDeposit{ID: uuid.NewString()})
}

// renderUndoDeposit shows what a correction does to the float as it stands now.
func (s *Site) renderUndoDeposit(c echo.Context, status int, page views.UndoDeposit) (err error) {
	if page.Deposit, err = s.deposit(c); err != nil {
		return err
	}
	if page.Now, err = s.floatFigures(c.Request().Context(), time.Now()); err != nil {
		return err
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Undo this deposit"), views.FloatPath); err != nil {
		return err
	}
	page.Here = views.UndoDepositPath(page.Deposit.ID.String())
	switch {
	case page.Problem != "":
	case page.Deposit.Corrects != nil:
		page.Problem = notCorrected(page.Reader, billing.ErrIllegalMove)
	case page.Deposit.CorrectedBy != nil:
		page.Problem = notCorrected(page.Reader, billing.ErrAlreadySettled)
	}
	return render(c, status, views.UndoDepositPage(page))
}

// notCorrected says why a deposit cannot be undone; "" for any other error.
func notCorrected(r views.Reader, err error) string {
	switch {
	case errors.Is(err, billing.ErrAlreadySettled):
		return r.T("It is undone already. What you sent changed nothing.")
	case errors.Is(err, billing.ErrIllegalMove):
		return r.T("This is a correction itself. Record the deposit again, if it was one after all.")
	case errors.Is(err, billing.ErrTaken):
		return r.T("This form was used for something else. Load the page again.")
	}
	return ""
}

// undoDeposit posts the correction. Sent twice it is done once.
func (s *Site) undoDeposit(c echo.Context) error {
	page := views.UndoDeposit{ID: c.FormValue("id"), Note: strings.ReplaceAll(strings.TrimSpace(c.FormValue("note")), "\r\n", "\n")}
	id, err := uuid.Parse(page.ID)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	d, err := s.deposit(c)
	if err != nil {
		return err
	}
	err = s.Engine.CorrectFloatDeposit(c.Request().Context(), actor(c), d, billing.FloatDeposit{ID: id, Note: page.Note})
	r := s.reader(c)
	if page.Problems = fieldProblems(r, err); len(page.Problems) > 0 {
		return s.renderUndoDeposit(c, http.StatusUnprocessableEntity, page)
	}
	if page.Problem = notCorrected(r, err); page.Problem != "" {
		return s.renderUndoDeposit(c, http.StatusConflict, page)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("Undone"), Text: r.T("%s to the float", views.SignedMXN(billing.MXN{}.Sub(d.Amount)))}); err != nil {
		return err
	}
	return seeOther(c, views.FloatPath)
}
