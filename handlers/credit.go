package handlers

// Credit: form, review, entry. The review moves nothing; the entry is made once
// however often its form is sent.

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// typedAmount is an amount without a sign, with or without commas between
// thousands. Anything that had to be guessed is refused.
var typedAmount = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,4})?$`)

var errAmount = errors.New("not an amount")

func readAmount(text string) (billing.USD, error) {
	if !typedAmount.MatchString(text) {
		return billing.USD{}, errAmount
	}
	return billing.ParseUSD(strings.ReplaceAll(text, ",", ""))
}

func (s *Site) newCredit(c echo.Context) error {
	return s.renderCredit(c, http.StatusOK, views.CreditForm{ID: uuid.NewString(), Direction: views.DirectionCredit}, nil)
}

// editCredit comes back from the review with what was typed.
func (s *Site) editCredit(c echo.Context) error {
	return s.renderCredit(c, http.StatusOK, creditForm(c), nil)
}

func creditForm(c echo.Context) views.CreditForm {
	typed := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	return views.CreditForm{
		ID: typed("id"), Direction: typed("direction"), Amount: typed("amount"), Reason: typed("reason"),
		Note: strings.ReplaceAll(typed("note"), "\r\n", "\n"), Proof: typed("proof"),
	}
}

func (s *Site) renderCredit(c echo.Context, status int, form views.CreditForm, problems map[string]string) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	f, err := s.adminFrame(c, s.reader(c).T("Adjust credit"), views.CustomersPath)
	if err != nil {
		return err
	}
	f.Here = views.NewCreditPath(customer.Code)
	unknown, err := s.unknownHeld(c, customer.ID)
	if err != nil {
		return err
	}
	return render(c, status, views.NewCreditPage(views.NewCredit{
		Unknown: unknown, Frame: f, Customer: customer, Form: form, Problems: problems, Limit: s.Engine.ApprovalLimit(),
	}))
}

// readCredit makes an adjustment of what was typed, or says what is wrong with
// it, by field.
func readCredit(r views.Reader, customer billing.Customer, form views.CreditForm) (billing.Adjustment, map[string]string, error) {
	id, err := uuid.Parse(form.ID)
	if err != nil {
		return billing.Adjustment{}, nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	a := billing.Adjustment{ID: id, CustomerID: customer.ID, Reason: billing.Reason(form.Reason), Note: form.Note, Proof: form.Proof}
	var amountErr error
	if a.Amount, amountErr = readAmount(form.Amount); form.Direction == views.DirectionDebit {
		a.Amount = a.Amount.Neg()
	}
	problems := fieldProblems(r, a.Check())
	if amountErr != nil {
		problems["amount"] = r.T("Write an amount like 2,500.00, without a sign")
	}
	if form.Direction != views.DirectionCredit && form.Direction != views.DirectionDebit {
		problems["direction"] = r.T("Choose credit or debit")
	}
	return a, problems, nil
}

// reviewCredit shows what an adjustment does, before it does it.
func (s *Site) reviewCredit(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	form, r := creditForm(c), s.reader(c)
	a, problems, err := readCredit(r, customer, form)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.renderCredit(c, http.StatusUnprocessableEntity, form, problems)
	}
	entry, after, err := customer.Adjust(a)
	if problem := shortOfCredit(r, err); problem != "" {
		return s.renderCredit(c, http.StatusUnprocessableEntity, form, map[string]string{"amount": problem})
	}
	if err != nil {
		return err
	}
	review := views.CreditReview{
		Customer: customer, Adjustment: a, Entry: entry, Now: customer.Balance, After: after,
		NeedsOther: a.NeedsApproval(s.Engine.ApprovalLimit()), Limit: s.Engine.ApprovalLimit(), Form: form,
	}
	if err := s.fillReview(c, &review); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CreditReviewPage(review))
}

func (s *Site) fillReview(c echo.Context, review *views.CreditReview) (err error) {
	ctx, me := c.Request().Context(), operator(c)
	if review.Frame, err = s.adminFrame(c, s.reader(c).T("Review the adjustment"), views.CustomersPath); err != nil {
		return err
	}
	review.Here = views.NewCreditPath(review.Customer.Code)
	if review.Unknown, err = s.unknownHeld(c, review.Customer.ID); err != nil {
		return err
	}
	if review.Moved, err = s.movedToday(ctx, review.Reader, me.ID); err != nil {
		return err
	}
	review.Moved.Title = review.T("You moved today")
	review.Others, err = s.Store.SecondOperators(ctx, me.ID)
	return err
}

// shortOfCredit says that a debit is more than there is; "" for any other error.
func shortOfCredit(r views.Reader, err error) string {
	var short billing.InsufficientBalanceError
	if !errors.As(err, &short) {
		return ""
	}
	return r.T("Available is %s: no more can be taken", views.WithUnit(views.Money4(short.Available.Decimal()), "USD"))
}

// postCredit makes the entry, or the request for it.
func (s *Site) postCredit(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	form, r := creditForm(c), s.reader(c)
	asked, problems, err := readCredit(r, customer, form)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.renderCredit(c, http.StatusUnprocessableEntity, form, problems)
	}
	a, err := s.adjustOnce(c, asked)
	if problem := shortOfCredit(r, err); problem != "" {
		return s.renderCredit(c, http.StatusUnprocessableEntity, form, map[string]string{"amount": problem})
	}
	if err != nil {
		return err
	}
	if !sameAdjustment(a, asked) { // posted before, then changed and sent again
		form.ID = uuid.NewString()
		return s.renderCredit(c, http.StatusUnprocessableEntity, form, map[string]string{
			"": r.T("This form was used before, for %s. That stands. Review it again to make another adjustment.", signedUSD(a.Amount)),
		})
	}
	if err := s.say(c, doneToast(r, a)); err != nil {
		return err
	}
	return seeOther(c, views.LedgerPath(customer.Code))
}

// adjustOnce makes an adjustment. One that was made before is not refused because
// the money that it took is gone.
func (s *Site) adjustOnce(c echo.Context, asked billing.Adjustment) (billing.Adjustment, error) {
	a, err := s.Engine.Adjust(c.Request().Context(), actor(c), asked)
	var short billing.InsufficientBalanceError
	if errors.As(err, &short) {
		if done, lookErr := s.Store.Adjustment(c.Request().Context(), asked.ID); lookErr == nil {
			return done, nil
		}
	}
	return a, err
}

func sameAdjustment(done, asked billing.Adjustment) bool {
	return done.CustomerID == asked.CustomerID && done.Amount.Cmp(asked.Amount) == 0 && done.Reason == asked.Reason &&
		done.Note == asked.Note && done.Proof == asked.Proof
}

func doneToast(r views.Reader, a billing.Adjustment) ui.Toast {
	text := r.T("%s for %s", signedUSD(a.Amount), a.CustomerName)
	if a.State == billing.AdjustmentWaiting {
		return ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Approval asked for"), Text: text}
	}
	return ui.Toast{Head: r.T("Posted"), Text: text}
}

func signedUSD(amount billing.USD) string {
	return views.WithUnit(views.SignedShort(amount.Decimal()), "USD")
}

// unknownHeld is what stays held for a customer's unknown top-ups.
func (s *Site) unknownHeld(c echo.Context, customerID int64) (views.UnknownHeld, error) {
	open, err := s.Store.OpenNow(c.Request().Context(), customerID)
	return views.UnknownHeld{Count: int(open.Unknown), Amount: open.UnknownHeld}, err
}
