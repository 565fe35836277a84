package handlers

// Everybody's credit: each adjustment that was asked for, whatever became of it, as
// a page and as a file.

import (
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const historyPageRows = 50

func (s *Site) creditRoutes(admin *echo.Group) {
	money := may(billing.Role.MayMoveMoney)
	admin.GET(views.CreditHistoryPath, s.listAdjustments)
	admin.GET(views.CreditHistoryCSVPath, s.exportAdjustments)
	admin.GET(views.CreditOnePath, s.askWhoseCredit, money)
	admin.GET(views.NewCreditListPath, s.newCreditList, money)
	admin.POST(views.NewCreditListPath, s.editCreditList, money)
	admin.POST(views.ReviewCreditListPath, s.reviewCreditList, money)
	admin.POST(views.CreditListsPath, s.postCreditList, money)
}

// creditQuery is a filter as it was asked for and as the store takes it.
type creditQuery struct {
	asked    views.CreditAsked
	filter   store.AdjustmentFilter
	problems map[string]string
}

func (s *Site) readCreditQuery(c echo.Context) (q creditQuery, err error) {
	r := s.reader(c)
	text := func(name string) string { return strings.TrimSpace(c.QueryParam(name)) }
	q.asked = views.CreditAsked{
		Customer: strings.ToUpper(text("customer")), Operator: text("operator"), Reason: text("reason"), State: text("state"), From: text("from"), To: text("to"),
	}
	q.problems = map[string]string{}
	q.filter = store.AdjustmentFilter{Reason: billing.Reason(q.asked.Reason), State: q.asked.State}
	if q.asked.Reason != "" && !slices.Contains(billing.Reasons(), q.filter.Reason) {
		q.problems["reason"] = r.T("Choose a reason")
	}
	if q.asked.State != "" && !slices.Contains(views.CreditStates(), q.asked.State) {
		q.problems["state"] = r.T("Choose a state")
	}
	if q.filter.From, err = s.auditDay(q.asked.From, 0); err != nil {
		q.problems["from"] = r.T("Give days as 2026-03-12")
	}
	if q.filter.To, err = s.auditDay(q.asked.To, 1); err != nil {
		q.problems["to"] = r.T("Give days as 2026-03-12")
	}
	if q.asked.Operator != "" {
		if q.filter.Operator, err = strconv.ParseInt(q.asked.Operator, 10, 64); err != nil || q.filter.Operator == 0 {
			q.problems["operator"] = r.T("Choose an operator")
		}
	}
	return q, s.readWhose(c, &q)
}

// readWhose finds the customer that the filter names.
func (s *Site) readWhose(c echo.Context, q *creditQuery) error {
	if q.asked.Customer == "" {
		return nil
	}
	customer, err := s.Store.CustomerByCode(c.Request().Context(), q.asked.Customer)
	if errors.Is(err, billing.ErrNotFound) {
		q.problems["customer"] = s.reader(c).T("No customer has the code %s", q.asked.Customer)
		return nil
	}
	q.filter.CustomerID = customer.ID
	return err
}

func (q creditQuery) query() url.Values {
	all := url.Values{}
	for name, value := range map[string]string{
		"customer": q.asked.Customer, "operator": q.asked.Operator, "reason": q.asked.Reason, "state": q.asked.State, "from": q.asked.From, "to": q.asked.To,
	} {
		if value != "" {
			all.Set(name, value)
		}
	}
	return all
}

// page is the address of the adjustments before or after one.
func (q creditQuery) page(side string, a billing.Adjustment) string {
	all := q.query()
	all.Set(side, strconv.FormatInt(a.RequestedAt.UnixMicro(), 10)+"_"+a.ID.String())
	return views.WithQuery(views.CreditHistoryPath, all)
}

// creditPlace reads a place out of the address; none is nil.
func creditPlace(text string) (*store.AdjustmentPlace, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no place is the newest
	}
	micros, name, _ := strings.Cut(text, "_")
	at, err := strconv.ParseInt(micros, 10, 64)
	if err != nil || at < 0 || at > 1<<60 {
		return nil, errCursor
	}
	id, err := uuid.Parse(name)
	if err != nil {
		return nil, errCursor
	}
	return &store.AdjustmentPlace{At: time.UnixMicro(at), ID: id}, nil
}

func (s *Site) listAdjustments(c echo.Context) error {
	q, err := s.readCreditQuery(c)
	if err != nil {
		return err
	}
	p := views.CreditHistory{
		Asked: q.asked, Problems: q.problems, CSVHref: views.WithQuery(views.CreditHistoryCSVPath, q.query()), May: operator(c).Role.MayMoveMoney(),
	}
	status := http.StatusOK
	if len(q.problems) > 0 {
		status = http.StatusUnprocessableEntity
	} else if err := s.readHistoryPage(c, q, &p); err != nil {
		return err
	}
	if p.Operators, err = s.Store.Operators(c.Request().Context()); err != nil {
		return err
	}
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Credit|history"), views.CreditHistoryPath); err != nil {
		return err
	}
	return render(c, status, views.CreditHistoryPage(p))
}

func (s *Site) readHistoryPage(c echo.Context, q creditQuery, p *views.CreditHistory) error {
	ctx := c.Request().Context()
	below, err := creditPlace(c.QueryParam("before"))
	above, aboveErr := creditPlace(c.QueryParam("after"))
	if err != nil || aboveErr != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if above != nil {
		p.Lines, err = s.Store.Reading(ctx).AdjustmentsAbove(ctx, q.filter, *above, historyPageRows+1)
	} else {
		p.Lines, err = s.Store.Reading(ctx).Adjustments(ctx, q.filter, below, historyPageRows+1)
	}
	if err != nil {
		return err
	}
	more := len(p.Lines) > historyPageRows
	p.Lines = p.Lines[:min(len(p.Lines), historyPageRows)]
	if above != nil {
		slices.Reverse(p.Lines)
	}
	if len(p.Lines) == 0 {
		return nil
	}
	if above != nil || more {
		p.OlderHref = q.page("before", p.Lines[len(p.Lines)-1])
	}
	if below != nil || above != nil && more {
		p.NewerHref = q.page("after", p.Lines[0])
	}
	return nil
}

// exportAdjustments writes what the filter shows row by row. Its columns customer,
// amount, reason and note are those that a list of adjustments reads.
func (s *Site) exportAdjustments(c echo.Context) error {
	q, err := s.readCreditQuery(c)
	if err != nil {
		return err
	}
	if len(q.problems) > 0 {
		return seeOther(c, views.WithQuery(views.CreditHistoryPath, q.query()))
	}
	attach(c, "text/csv; charset=utf-8; header=present", "credit.csv")
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	err = w.Write([]string{
		"id", "customer", "amount", "currency", "reason", "note", "proof", "state", "requested_by", "requested_at", "decided_by", "decided_at",
		"one_operator", "reverses", "reversed_by", "list", "list_line",
	})
	if err != nil {
		return err
	}
	now := time.Now()
	err = s.Store.Reading(c.Request().Context()).EachAdjustment(c.Request().Context(), q.filter, func(a billing.Adjustment) error {
		return w.Write(adjustmentCells(a, now))
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

func adjustmentCells(a billing.Adjustment, now time.Time) []string {
	uid := func(id *uuid.UUID) string {
		if id == nil {
			return ""
		}
		return id.String()
	}
	line := ""
	if a.ListLine != nil {
		line = strconv.Itoa(*a.ListLine)
	}
	return []string{
		a.ID.String(), csvText(a.CustomerCode), a.Amount.String(), string(billing.CurrencyUSD), string(a.Reason), csvText(a.Note), csvText(a.Proof),
		string(a.StateAt(now)), csvText(a.Requester), csvTime(&a.RequestedAt), csvText(a.Decider), csvTime(a.DecidedAt),
		strconv.FormatBool(a.OneOperator), uid(a.Reverses), uid(a.ReversedBy), uid(a.ListID), line,
	}
}

// askWhoseCredit leads to the form of the customer that was named.
func (s *Site) askWhoseCredit(c echo.Context) error {
	code := strings.ToUpper(strings.TrimSpace(c.QueryParam("customer")))
	page, status := views.WhoseCredit{Code: code}, http.StatusOK
	if code != "" {
		customer, err := s.Store.CustomerByCode(c.Request().Context(), code)
		if err == nil {
			return seeOther(c, views.NewCreditPath(customer.Code))
		}
		if !errors.Is(err, billing.ErrNotFound) {
			return err
		}
		page.Problem, status = s.reader(c).T("No customer has the code %s", code), http.StatusUnprocessableEntity
	}
	var err error
	if page.Customers, err = s.Store.Customers(c.Request().Context(), ""); err != nil {
		return err
	}
	if page.Frame, err = s.adminFrame(c, s.reader(c).T("Adjust one customer"), views.CreditHistoryPath); err != nil {
		return err
	}
	return render(c, status, views.WhoseCreditPage(page))
}
