package handlers

// Many adjustments at once, from a file or from pasted lines: the form, the dry
// run, and the posting of exactly what it showed.

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

var adjustmentFile = listFile[billing.AdjustmentLine]{
	columns: map[string]func(*billing.AdjustmentLine, string){
		"customer": func(l *billing.AdjustmentLine, cell string) { l.Customer = strings.ToUpper(cell) },
		"amount": func(l *billing.AdjustmentLine, cell string) {
			l.Written = cell
			l.Amount, _ = readSigned(cell) // what is no amount stays zero, which no line may be
		},
		"reason": func(l *billing.AdjustmentLine, cell string) { l.Reason = billing.Reason(strings.ToUpper(cell)) },
		"note":   func(l *billing.AdjustmentLine, cell string) { l.Note = cell },
	},
	needs: func(r views.Reader, known map[string]bool) string {
		if !known["customer"] || !known["amount"] || !known["reason"] {
			return r.T("The first line names the columns. It must name customer, amount and reason")
		}
		return ""
	},
	begin: func(at int) billing.AdjustmentLine { return billing.AdjustmentLine{Line: at} },
}

// readSigned is readAmount with a sign in front; without one it is a credit.
func readSigned(text string) (billing.USD, error) {
	if below, ok := strings.CutPrefix(strings.Replace(text, "−", "-", 1), "-"); ok {
		amount, err := readAmount(strings.TrimSpace(below))
		return amount.Neg(), err
	}
	return readAmount(strings.TrimSpace(strings.TrimPrefix(text, "+")))
}

func (s *Site) newCreditList(c echo.Context) error {
	return s.renderNewCreditList(c, http.StatusOK, views.CreditListForm{}, nil)
}

// editCreditList comes back from the dry run with the lines.
func (s *Site) editCreditList(c echo.Context) error {
	return s.renderNewCreditList(c, http.StatusOK, creditListForm(c), nil)
}

func creditListForm(c echo.Context) views.CreditListForm {
	return views.CreditListForm{
		ID: c.FormValue("id"), Name: strings.TrimSpace(c.FormValue("name")), Text: c.FormValue("text"), Digest: c.FormValue("digest"),
		Note: strings.ReplaceAll(strings.TrimSpace(c.FormValue("note")), "\r\n", "\n"),
	}
}

func (s *Site) renderNewCreditList(c echo.Context, status int, form views.CreditListForm, problems map[string]string) error {
	f, err := s.adminFrame(c, s.reader(c).T("Adjust many customers"), views.CreditHistoryPath)
	if err != nil {
		return err
	}
	f.Here = views.NewCreditListPath
	return render(c, status, views.NewCreditListPage(views.NewCreditList{Frame: f, Form: form, Problems: problems, Limit: s.Engine.ApprovalLimit()}))
}

func readAdjustments(r views.Reader, text []byte, note string) ([]billing.AdjustmentLine, string) {
	lines, problem := adjustmentFile.read(r, text)
	for i := range lines {
		if lines[i].Note == "" {
			lines[i].Note = note
		}
	}
	return lines, problem
}

// reviewCreditList is the dry run. A file wins over what was pasted.
func (s *Site) reviewCreditList(c echo.Context) error {
	r, form := s.reader(c), creditListForm(c)
	name, text, err := uploaded(c)
	field := "file"
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		name, text, field = form.Name, []byte(form.Text), "text"
		if name == "" {
			name = r.T("Pasted lines")
		}
	case err != nil:
		return err
	}
	if field == "text" && strings.TrimSpace(form.Text) == "" {
		return s.renderNewCreditList(c, http.StatusUnprocessableEntity, form, map[string]string{"file": r.T("Choose a file, or paste lines below")})
	}
	problems := map[string]string{}
	if len(form.Note) > 1000 {
		problems["note"] = r.T("Use 1,000 characters at most")
	}
	lines, problem := readAdjustments(r, text, form.Note)
	if problem != "" {
		problems[field] = problem
	}
	if len(problems) > 0 {
		return s.renderNewCreditList(c, http.StatusUnprocessableEntity, form, problems)
	}
	form.ID, form.Name, form.Text = uuid.NewString(), name, string(text)
	return s.renderCreditReview(c, http.StatusOK, form, lines, views.CreditListReview{})
}

// renderCreditReview shows what the lines would do as things stand now; the form
// goes on with the digest of just that.
func (s *Site) renderCreditReview(c echo.Context, status int, form views.CreditListForm, lines []billing.AdjustmentLine, page views.CreditListReview) error {
	ctx, me := c.Request().Context(), operator(c)
	list, spread, err := s.Engine.LookAtAdjustments(ctx, lines)
	if err != nil {
		return err
	}
	page.List, page.Lines, page.Form, page.Limit = list, spread, form, s.Engine.ApprovalLimit()
	page.Form.Digest, page.NeedsOther = hex.EncodeToString(list.SHA256), list.NeedsApproval(page.Limit)
	if page.Unknown, err = s.unknownOf(c, spread); err != nil {
		return err
	}
	if page.Others, err = s.Store.SecondOperators(ctx, me.ID); err != nil {
		return err
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Review the list"), views.CreditHistoryPath); err != nil {
		return err
	}
	page.Here = views.NewCreditListPath
	return render(c, status, views.CreditListReviewPage(page))
}

// unknownOf is what stays held for unknown top-ups of the lines' customers.
func (s *Site) unknownOf(c echo.Context, lines []billing.AdjustedLine) (map[int64]views.UnknownHeld, error) {
	var ids []int64
	for _, line := range lines {
		if line.Found.ID != 0 && line.Amount.Sign() > 0 {
			ids = append(ids, line.Found.ID)
		}
	}
	found, err := s.Store.UnknownOf(c.Request().Context(), ids)
	held := map[int64]views.UnknownHeld{}
	for _, u := range found {
		held[u.CustomerID] = views.UnknownHeld{Count: u.Count, Amount: u.Held}
	}
	return held, err
}

// postCreditList posts what was reviewed, or asks for it, whole or not at all.
func (s *Site) postCreditList(c echo.Context) error {
	r, form := s.reader(c), creditListForm(c)
	id, err := uuid.Parse(form.ID)
	digest, digestErr := hex.DecodeString(form.Digest)
	if err != nil || digestErr != nil || form.Name == "" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	lines, problem := readAdjustments(r, []byte(form.Text), form.Note)
	if problem != "" {
		return s.renderNewCreditList(c, http.StatusUnprocessableEntity, form, map[string]string{"text": problem})
	}
	list, err := s.Engine.AdjustMany(c.Request().Context(), actor(c), billing.AdjustmentList{ID: id, Name: form.Name, SHA256: digest}, lines)
	if status, page := s.listNotKept(r, err); status != 0 {
		form.ID = uuid.NewString()
		return s.renderCreditReview(c, status, form, lines, page)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, listToast(r, list)); err != nil {
		return err
	}
	return seeOther(c, views.ApprovalPath(list.ID.String()))
}

// listNotKept says why a list was not kept; no status for an error that is ours,
// and for none.
func (s *Site) listNotKept(r views.Reader, err error) (int, views.CreditListReview) {
	var sent billing.ListSentError
	var wrong billing.AdjustmentListError
	switch {
	case errors.As(err, &sent):
		return http.StatusConflict, views.CreditListReview{Sent: &sent.Before}
	case errors.As(err, &wrong), errors.Is(err, billing.ErrOvertaken):
		return http.StatusUnprocessableEntity, views.CreditListReview{Problem: r.T("Things have changed since you reviewed it. Nothing was kept.")}
	case errors.Is(err, billing.ErrTaken):
		return http.StatusConflict, views.CreditListReview{Problem: r.T("This form was used before, for another list. That stands; this one was not kept.")}
	}
	return 0, views.CreditListReview{}
}

func listToast(r views.Reader, l billing.AdjustmentList) ui.Toast {
	text := r.N(l.Lines, "%[1]s line: %[2]s", "%[1]s lines: %[2]s", views.MovedBoth(l))
	if l.State == billing.AdjustmentWaiting {
		return ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Approval asked for"), Text: text}
	}
	return ui.Toast{Head: r.T("Posted"), Text: text}
}
