package handlers

// Many decisions at once, from a file: the form, the dry run, the proposal.

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) newList(c echo.Context) error {
	return s.renderNewList(c, http.StatusOK, views.ListForm{Reason: string(billing.DecisionStatement)}, nil)
}

func (s *Site) renderNewList(c echo.Context, status int, form views.ListForm, problems map[string]string) error {
	f, err := s.adminFrame(c, s.reader(c).T("Settle from a list"), views.DeskPath)
	if err != nil {
		return err
	}
	f.Here = views.NewListPath
	return render(c, status, views.NewListPage(views.NewList{Frame: f, Form: form, Problems: problems}))
}

// listForm reads what was typed. A browser sends line ends as CRLF.
func listForm(c echo.Context) views.ListForm {
	return views.ListForm{
		ID: c.FormValue("id"), Name: strings.TrimSpace(c.FormValue("name")), Reason: c.FormValue("reason"), Text: c.FormValue("text"),
		Note: strings.ReplaceAll(strings.TrimSpace(c.FormValue("note")), "\r\n", "\n"),
	}
}

// reviewList is the dry run: what each line would do, and what is wrong.
func (s *Site) reviewList(c echo.Context) error {
	r, form := s.reader(c), listForm(c)
	problems := map[string]string{}
	if !slices.Contains(billing.DecisionReasons(), billing.DecisionReason(form.Reason)) {
		problems["reason"] = r.T("Choose a reason")
	}
	if len(form.Note) > 1000 {
		problems["note"] = r.T("Use 1,000 characters at most")
	}
	name, text, err := uploaded(c)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		problems["file"] = r.T("Choose a file")
	case err != nil:
		return err
	}
	lines, problem := readList(r, text, form.Note)
	if problem != "" && problems["file"] == "" {
		problems["file"] = problem
	}
	if len(problems) > 0 {
		return s.renderNewList(c, http.StatusUnprocessableEntity, form, problems)
	}
	form.ID, form.Name, form.Text = uuid.NewString(), name, string(text)
	return s.renderReview(c, http.StatusOK, form, lines, "")
}

// uploaded reads the file of a form, and one byte more than it may have.
func uploaded(c echo.Context) (name string, text []byte, err error) {
	header, err := c.FormFile("file")
	if err != nil {
		return "", nil, err
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(file, billing.MaxListBytes+1))
	name = header.Filename
	if len(name) > 120 || strings.TrimSpace(name) == "" {
		name = "list.csv"
	}
	return name, text, err
}

func (s *Site) renderReview(c echo.Context, status int, form views.ListForm, lines []billing.ListLine, problem string) error {
	cases, err := s.Engine.Look(c.Request().Context(), lines)
	if err != nil {
		return err
	}
	review := views.ListReview{Form: form, Cases: cases, Problem: problem}
	if review.Accounts, err = s.accountsAfter(c, cases); err != nil {
		return err
	}
	if review.Frame, err = s.adminFrame(c, s.reader(c).T("Review the list"), views.DeskPath); err != nil {
		return err
	}
	review.Here = views.NewListPath
	return render(c, status, views.ListReviewPage(review))
}

// accountsAfter is what a list does to each customer in it, in the list's order.
func (s *Site) accountsAfter(c echo.Context, cases []billing.ListedCase) ([]views.ListAccount, error) {
	var accounts []views.ListAccount
	at := map[int64]int{}
	for _, one := range cases {
		if one.Problem != "" {
			continue
		}
		i, known := at[one.Found.CustomerID]
		if !known {
			customer, err := s.Store.Customer(c.Request().Context(), one.Found.CustomerID)
			if err != nil {
				return nil, err
			}
			i, at[one.Found.CustomerID] = len(accounts), len(accounts)
			accounts = append(accounts, views.ListAccount{Customer: customer.Name, Now: customer.Balance})
		}
		accounts[i].After = one.Effect.After
	}
	return accounts, nil
}

// proposeList keeps the list that was reviewed, whole or not at all.
func (s *Site) proposeList(c echo.Context) error {
	r, form := s.reader(c), listForm(c)
	id, err := uuid.Parse(form.ID)
	if err != nil || form.Name == "" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	lines, problem := readList(r, []byte(form.Text), form.Note)
	if problem != "" {
		return s.renderNewList(c, http.StatusUnprocessableEntity, form, map[string]string{"file": problem})
	}
	sum := sha256.Sum256([]byte(form.Reason + "\n" + form.Note + "\n" + form.Text))
	err = s.Engine.ProposeList(c.Request().Context(), actor(c), billing.DecisionList{
		ID: id, Name: form.Name, SHA256: sum[:], Reason: billing.DecisionReason(form.Reason),
	}, lines)
	var wrong billing.ListError
	switch {
	case errors.As(err, &wrong):
		return s.renderReview(c, http.StatusUnprocessableEntity, form, lines, r.T("Things have changed since you reviewed it. Nothing was kept."))
	case errors.Is(err, billing.ErrTaken):
		form.ID = uuid.NewString()
		return s.renderReview(c, http.StatusConflict, form, lines, r.T("This form was used before, for another list. That stands; this one was not kept."))
	case len(fieldProblems(r, err)) > 0:
		return s.renderNewList(c, http.StatusUnprocessableEntity, form, fieldProblems(r, err))
	case err != nil:
		return err
	}
	if err := s.say(c, ui.Toast{Tone: "unknown", Icon: "hourglass", Head: r.T("Confirmation asked for"), Text: r.T("Nothing moves before another operator confirms it.")}); err != nil {
		return err
	}
	return seeOther(c, views.ListPath(id.String()))
}

// openCases are the unknown top-ups as a file to fill in: verdict and note are
// left empty, and texts that a spreadsheet would run are made safe.
func (s *Site) openCases(c echo.Context) error {
	cases, err := s.Store.Cases(c.Request().Context())
	if err != nil {
		return err
	}
	attach(c, "text/csv; charset=utf-8; header=present", "open-cases.csv")
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	rows := [][]string{{"id", "customer", "reference", "phone", "amount_mxn", "price_usd", "created_at", "dist_transid", "provider_id", "verdict", "note"}}
	for _, one := range cases {
		if one.Status == billing.StatusUnknown && one.Waiting == "" {
			rows = append(rows, []string{
				one.ID.String(), csvText(one.CustomerCode), csvText(one.Reference), string(one.Phone), one.Amount.String(), one.Price.String(),
				csvTime(&one.CreatedAt), one.DistTransID, csvText(one.ProviderTransactionID), "", "",
			})
		}
	}
	return w.WriteAll(rows)
}
