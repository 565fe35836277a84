package handlers

// Another credit limit, discount or exchange rate: form, review, request. The
// review keeps nothing; the change is asked for once however often its form is sent.

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// term is the kind of change that a route is about, and whose it is.
type term struct {
	kind       billing.ChangeKind
	customer   billing.Customer // of a credit limit or a discount
	path, back string
	backText   string
}

// termRoutes are the form of a kind of change, its review and the change itself.
func (s *Site) termRoutes(admin *echo.Group, kind billing.ChangeKind, path string) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(path, s.ofTerm(kind, s.newTerm), money)
	admin.POST(views.EditTermPath(path), s.ofTerm(kind, s.editTerm), money)
	admin.POST(views.ReviewTermPath(path), s.ofTerm(kind, s.reviewTerm), money)
	admin.POST(path, s.ofTerm(kind, s.changeTerm), money)
}

// ofTerm reads whose term it is.
func (s *Site) ofTerm(kind billing.ChangeKind, handle func(echo.Context, term) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		if kind == billing.ChangeRate {
			return handle(c, term{kind: kind, path: views.RatePath, back: views.PricingPath, backText: s.reader(c).T("Pricing")})
		}
		customer, err := s.customerByCode(c)
		if err != nil {
			return err
		}
		return handle(c, term{
			kind: kind, customer: customer, path: views.TermPath(customer.Code, kind), back: views.LimitsPath(customer.Code), backText: customer.Name,
		})
	}
}

// inForce is what is in force now.
func (s *Site) inForce(ctx context.Context, t term) (decimal.Decimal, error) {
	switch t.kind {
	case billing.ChangeCreditLimit:
		return t.customer.CreditLimit.Decimal(), nil
	case billing.ChangeDiscount:
		return t.customer.Discount.Decimal(), nil
	default:
		rate, err := s.Store.RateAt(ctx, nil)
		return rate.Decimal(), err
	}
}

func (s *Site) newTerm(c echo.Context, t term) error {
	now, err := s.inForce(c.Request().Context(), t)
	if err != nil {
		return err
	}
	return s.renderTerm(c, http.StatusOK, t, views.TermForm{ID: uuid.NewString(), Before: now.String()}, nil)
}

// editTerm comes back from the review with what was typed.
func (s *Site) editTerm(c echo.Context, t term) error {
	return s.renderTerm(c, http.StatusOK, t, termForm(c), nil)
}

func termForm(c echo.Context) views.TermForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.TermForm{
		ID: typed("id"), Before: typed("before"), After: typed("after"), Begins: typed("begins"),
		Note: strings.ReplaceAll(typed("note"), "\r\n", "\n"),
	}
}

func (s *Site) renderTerm(c echo.Context, status int, t term, form views.TermForm, problems map[string]string) error {
	ctx := c.Request().Context()
	f, err := s.adminFrame(c, views.TermTitle(s.reader(c), t.kind), t.section())
	if err != nil {
		return err
	}
	f.Here = t.path
	now, err := s.inForce(ctx, t)
	if err != nil {
		return err
	}
	page := views.NewTerm{
		Frame: f, Kind: t.kind, Path: t.path, Back: t.back, BackText: t.backText, Customer: t.customer, Now: views.TermValue(t.kind, now),
		Form: form, Problems: problems, Limit: s.Engine.ApprovalLimit(),
	}
	if page.Waiting, err = s.waitingTerms(ctx, f.Reader, t); err != nil {
		return err
	}
	return render(c, status, views.NewTermPage(page))
}

// section is the place of the nav that a term belongs to.
func (t term) section() string {
	if t.kind == billing.ChangeRate {
		return views.PricingPath
	}
	return views.CustomersPath
}

// waitingTerms are the requests of this kind that wait.
func (s *Site) waitingTerms(ctx context.Context, r views.Reader, t term) (waiting []views.Request, err error) {
	changes, err := s.Store.WaitingChanges(ctx)
	for _, change := range changes {
		if change.Kind == t.kind && (change.CustomerID == nil || *change.CustomerID == t.customer.ID) {
			waiting = append(waiting, views.RequestOfChange(r, change))
		}
	}
	return waiting, err
}

// readTerm makes a request of what was typed, or says what is wrong, by field.
func (s *Site) readTerm(r views.Reader, t term, form views.TermForm) (billing.ChangeRequest, map[string]string, error) {
	id, err := uuid.Parse(form.ID)
	if err != nil {
		return billing.ChangeRequest{}, nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	asked := billing.ChangeRequest{ID: id, Kind: t.kind, Note: form.Note}
	if asked.Before, err = decimal.NewFromString(form.Before); err != nil || len(form.Before) > 24 {
		return asked, nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	if t.kind != billing.ChangeRate {
		asked.CustomerID, asked.CustomerCode, asked.CustomerName = &t.customer.ID, t.customer.Code, t.customer.Name
	}
	after, unread := readTermValue(r, t.kind, form.After)
	asked.After = after
	problems := fieldProblems(r, asked.Check())
	if unread != "" {
		problems["after"] = unread
	}
	if t.kind == billing.ChangeRate && form.Begins != "" {
		begins, err := r.ReadBegins(form.Begins)
		if asked.BeginsAt = &begins; err != nil {
			problems["begins"] = r.T("Give the moment as 2026-03-12T06:00, or leave it empty")
		}
	}
	return asked, problems, nil
}

// readTermValue reads a value in the kind's unit, or says how to write one.
func readTermValue(r views.Reader, kind billing.ChangeKind, text string) (value decimal.Decimal, problem string) {
	switch kind {
	case billing.ChangeCreditLimit:
		amount, err := readAmount(text)
		if err != nil {
			return value, r.T("Write an amount like 2,500.00")
		}
		return amount.Decimal(), ""
	case billing.ChangeDiscount:
		share, err := billing.ParsePercent(text)
		if err != nil {
			return value, r.T("Write a percentage like 5 or 2.25")
		}
		return share.Decimal(), ""
	default:
		rate, err := billing.ParseRate(text)
		if err != nil {
			return value, r.T("Write a rate like 18.25, with 6 decimals at most")
		}
		return rate.Decimal(), ""
	}
}

// reviewTerm shows what a change does, before it is asked for.
func (s *Site) reviewTerm(c echo.Context, t term) error {
	ctx, form, r := c.Request().Context(), termForm(c), s.reader(c)
	asked, problems, err := s.readTerm(r, t, form)
	if err != nil {
		return err
	}
	if len(problems) == 0 {
		now, err := s.Store.Now(ctx)
		if err != nil {
			return err
		}
		problems = fieldProblems(r, asked.CheckPlan(now))
	}
	if len(problems) > 0 {
		return s.renderTerm(c, http.StatusUnprocessableEntity, t, form, problems)
	}
	waits, err := s.Engine.LookAtTerms(ctx, asked)
	if err != nil {
		return s.refuseTerm(c, t, form, err)
	}
	review := views.TermReview{Path: t.path, Back: t.back, BackText: t.backText, Form: form, NeedsOther: waits, Effect: views.ChangeEffect{Change: asked}}
	if err := s.fillTermReview(c, t, &review); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.TermReviewPage(review))
}

func (s *Site) fillTermReview(c echo.Context, t term, review *views.TermReview) (err error) {
	ctx, me := c.Request().Context(), operator(c)
	if review.Frame, err = s.adminFrame(c, s.reader(c).T("Review the change"), t.section()); err != nil {
		return err
	}
	review.Here = t.path
	review.Effect.Asked = review.T("%s, just now", review.Operator.Name)
	if _, err = s.changeEffect(ctx, &review.Effect); err != nil {
		return err
	}
	if review.Moved, err = s.movedToday(ctx, review.Reader, me.ID); err != nil {
		return err
	}
	review.Moved.Title = review.T("You moved today")
	review.Others, err = s.Store.SecondOperators(ctx, me.ID)
	return err
}

// refuseTerm shows the form again with why the change cannot be asked for. What
// is in force now takes the place of what was.
func (s *Site) refuseTerm(c echo.Context, t term, form views.TermForm, refused error) error {
	r := s.reader(c)
	var low billing.CreditLimitError
	switch {
	case errors.Is(refused, billing.ErrOvertaken):
		now, err := s.inForce(c.Request().Context(), t)
		if err != nil {
			return err
		}
		form.ID, form.Before = uuid.NewString(), now.String()
		return s.renderTerm(c, http.StatusConflict, t, form, map[string]string{"": r.T("Somebody changed it since you opened this form. It is %s now. Look at it again.", views.TermValue(t.kind, now))})
	case errors.Is(refused, billing.ErrTaken):
		return s.renderTerm(c, http.StatusConflict, t, form, map[string]string{"": r.T("Another request about it waits for a second operator. It has to be decided first.")})
	case errors.As(refused, &low):
		return s.renderTerm(c, http.StatusUnprocessableEntity, t, form, map[string]string{"after": tooLow(r, refused)})
	}
	if problems := fieldProblems(r, refused); len(problems) > 0 {
		return s.renderTerm(c, http.StatusUnprocessableEntity, t, form, problems)
	}
	return refused
}

// changeTerm does what was reviewed, or asks a second operator for it.
func (s *Site) changeTerm(c echo.Context, t term) error {
	form, r := termForm(c), s.reader(c)
	asked, problems, err := s.readTerm(r, t, form)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.renderTerm(c, http.StatusUnprocessableEntity, t, form, problems)
	}
	done, err := s.Engine.ChangeTerms(c.Request().Context(), actor(c), asked)
	if err != nil {
		return s.refuseTerm(c, t, form, err)
	}
	if !done.Same(asked) { // asked for before, then changed and sent again
		form.ID = uuid.NewString()
		return s.renderTerm(c, http.StatusConflict, t, form, map[string]string{
			"": r.T("This form was used before, for %s. That stands. Review it again to make another change.", views.TermValue(done.Kind, done.After)),
		})
	}
	if err := s.say(c, termToast(r, done)); err != nil {
		return err
	}
	return seeOther(c, t.back)
}

func termToast(r views.Reader, done billing.ChangeRequest) ui.Toast {
	q := views.RequestOfChange(r, done)
	if done.State == billing.ChangeWaiting {
		return ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Approval asked for"), Text: q.What + ": " + q.Figure}
	}
	return ui.Toast{Head: q.DoneWord, Text: q.What + ": " + q.Figure}
}
