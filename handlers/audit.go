package handlers

// The audit log: what its filter shows, as a page and as a file.

import (
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const auditPageRows = 50

func (s *Site) auditRoutes(admin *echo.Group) {
	admin.GET(views.AuditLogPath, s.listAudit)
	admin.GET(views.AuditCSVPath, s.exportAudit)
}

// auditQuery is a filter as it was asked for and as the store takes it.
type auditQuery struct {
	asked    views.AuditAsked
	filter   store.AuditFilter
	problems map[string]string
}

func (s *Site) readAuditQuery(c echo.Context) (q auditQuery, err error) {
	r := s.reader(c)
	text := func(name string) string { return strings.TrimSpace(c.QueryParam(name)) }
	q.asked = views.AuditAsked{
		Who: text("who"), Action: text("action"), Customer: text("customer"), Subject: text("subject"), Address: text("address"),
		From: text("from"), To: text("to"),
	}
	q.problems = map[string]string{}
	q.filter = store.AuditFilter{Who: q.asked.Who, Action: q.asked.Action, Subject: q.asked.Subject, Address: q.asked.Address}
	if q.asked.Action != "" && !slices.Contains(views.AuditActions(), q.asked.Action) {
		q.problems["action"] = r.T("Nothing is called %s in the log", q.asked.Action)
	}
	if q.filter.From, err = s.auditDay(q.asked.From, 0); err != nil {
		q.problems["from"] = r.T("Give days as 2026-03-12")
	}
	if q.filter.To, err = s.auditDay(q.asked.To, 1); err != nil {
		q.problems["to"] = r.T("Give days as 2026-03-12")
	}
	if q.asked.Customer == "" {
		return q, nil
	}
	customer, err := s.Store.CustomerByCode(c.Request().Context(), strings.ToUpper(q.asked.Customer))
	if errors.Is(err, billing.ErrNotFound) {
		q.problems["customer"] = r.T("No customer has the code %s", q.asked.Customer)
		return q, nil
	}
	q.filter.CustomerID = customer.ID
	return q, err
}

// auditDay is the beginning of a business day, or of the one that many days later.
func (s *Site) auditDay(text string, later int) (*time.Time, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no day is a day that was not asked for
	}
	day, err := time.ParseInLocation(time.DateOnly, text, s.Zone)
	if err != nil {
		return nil, err
	}
	day = day.AddDate(0, 0, later)
	return &day, nil
}

func (q auditQuery) query() url.Values {
	all := url.Values{}
	for name, value := range map[string]string{
		"who": q.asked.Who, "action": q.asked.Action, "customer": q.asked.Customer, "subject": q.asked.Subject,
		"address": q.asked.Address, "from": q.asked.From, "to": q.asked.To,
	} {
		if value != "" {
			all.Set(name, value)
		}
	}
	return all
}

// page is the address of the lines before or after a line.
func (q auditQuery) page(side string, line store.AuditLine) string {
	all := q.query()
	all.Set(side, strconv.FormatInt(line.At.UnixMicro(), 10)+"-"+strconv.FormatInt(line.ID, 10))
	return views.WithQuery(views.AuditLogPath, all)
}

// auditPlace reads a place out of the address; none is nil.
func auditPlace(text string) (*store.AuditPlace, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no place is the newest
	}
	micros, id, _ := strings.Cut(text, "-")
	at, err := strconv.ParseInt(micros, 10, 64)
	if err != nil || at < 0 || at > 1<<60 {
		return nil, errCursor
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, errCursor
	}
	return &store.AuditPlace{At: time.UnixMicro(at), ID: number}, nil
}

func (s *Site) listAudit(c echo.Context) error {
	q, err := s.readAuditQuery(c)
	if err != nil {
		return err
	}
	p := views.AuditLog{Asked: q.asked, Problems: q.problems, CSVHref: views.WithQuery(views.AuditCSVPath, q.query())}
	status := http.StatusOK
	if len(q.problems) > 0 {
		status = http.StatusUnprocessableEntity
	} else if err := s.readAuditPage(c, q, &p); err != nil {
		return err
	}
	if p.Standing, err = s.standing(c); err != nil {
		return err
	}
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Audit log"), views.AuditLogPath); err != nil {
		return err
	}
	return render(c, status, views.AuditPage(p))
}

func (s *Site) readAuditPage(c echo.Context, q auditQuery, p *views.AuditLog) error {
	ctx := c.Request().Context()
	below, err := auditPlace(c.QueryParam("before"))
	above, aboveErr := auditPlace(c.QueryParam("after"))
	if err != nil || aboveErr != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	var lines []store.AuditLine
	if above != nil {
		lines, err = s.Store.Reading(ctx).AuditLogAbove(ctx, q.filter, *above, auditPageRows+1)
	} else {
		lines, err = s.Store.Reading(ctx).AuditLog(ctx, q.filter, below, auditPageRows+1)
	}
	if err != nil {
		return err
	}
	more := len(lines) > auditPageRows
	lines = lines[:min(len(lines), auditPageRows)]
	if above != nil {
		slices.Reverse(lines)
	}
	for _, line := range lines {
		p.Lines = append(p.Lines, views.AuditLine{Audit: line.Audit, CustomerCode: line.CustomerCode})
	}
	if len(lines) == 0 {
		return nil
	}
	if above != nil || more {
		p.OlderHref = q.page("before", lines[len(lines)-1])
	}
	if below != nil || above != nil && more {
		p.NewerHref = q.page("after", lines[0])
	}
	return nil
}

// exportAudit writes what the filter shows row by row, as the log keeps it: names
// and values are those of the data, in every language.
func (s *Site) exportAudit(c echo.Context) error {
	q, err := s.readAuditQuery(c)
	if err != nil {
		return err
	}
	if len(q.problems) > 0 {
		return seeOther(c, views.WithQuery(views.AuditLogPath, q.query()))
	}
	attach(c, "text/csv; charset=utf-8; header=present", "audit-log.csv")
	w := csv.NewWriter(c.Response())
	w.UseCRLF = true
	if err := w.Write([]string{"id", "at", "actor_kind", "actor", "address", "action", "customer", "subject", "before", "after"}); err != nil {
		return err
	}
	err = s.Store.Reading(c.Request().Context()).EachAuditLine(c.Request().Context(), q.filter, func(l store.AuditLine) error {
		return w.Write([]string{
			strconv.FormatInt(l.ID, 10), csvTime(&l.At), string(l.ActorKind), csvText(l.ActorName), l.Address, l.Action,
			csvText(l.CustomerCode), csvText(l.Subject), csvText(string(l.Before)), csvText(string(l.After)),
		})
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
