package handlers

// A customer's ledger: all of it, or that of some days with what it opened and
// closed with.

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// showLedger shows the entries below the number that the address names, or the
// newest.
func (s *Site) showLedger(c echo.Context) error {
	v, err := s.customerView(c, views.LedgerPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	var before int64
	if place := c.QueryParam("before"); place != "" {
		if before, err = strconv.ParseInt(place, 10, 64); err != nil || before <= 0 {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
	}
	p := views.CustomerLedger{CustomerView: v, From: c.QueryParam("from"), To: c.QueryParam("to")}
	status := http.StatusOK
	if err := s.readPeriod(c, &p); err != nil {
		return err
	}
	if p.Problem != "" {
		status = http.StatusUnprocessableEntity
	}
	if err := s.readLedger(c, &p, before); err != nil {
		return err
	}
	return render(c, status, views.CustomerLedgerPage(p))
}

// dayOr reads a day; an empty text is the other one.
func dayOr(text string, otherwise time.Time) (day time.Time, readable bool) {
	if text == "" {
		return otherwise, true
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil
}

// readPeriod reads the days that the address asks for, if it does: one without an
// end goes up to today, one without a beginning starts with the account.
func (s *Site) readPeriod(c echo.Context, p *views.CustomerLedger) error {
	if p.From == "" && p.To == "" {
		return nil
	}
	from, readable := dayOr(p.From, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	to, alsoReadable := dayOr(p.To, s.Books.Today())
	if !readable || !alsoReadable {
		p.Problem = p.T("Give days as 2026-03-12")
		return nil
	}
	if from.After(to) {
		p.Problem = p.T("The first day is after the last one")
		return nil
	}
	st, err := s.Books.Statement(c.Request().Context(), p.Customer.ID, from, to)
	p.Period = &st
	return err
}

func (s *Site) readLedger(c echo.Context, p *views.CustomerLedger, before int64) error {
	ctx, id := c.Request().Context(), p.Customer.ID
	var lines []store.LedgerLine
	var err error
	if p.Period == nil {
		lines, err = s.Store.Reading(ctx).Ledger(ctx, id, before, ledgerRows+1)
	} else {
		lines, err = s.Store.Reading(ctx).LedgerSpan(ctx, id, p.Period.Opening.Number, p.Period.Closing.Number, before, ledgerRows+1)
	}
	if err != nil {
		return err
	}
	for _, line := range lines[:min(len(lines), ledgerRows)] {
		p.Lines = append(p.Lines, views.LedgerLine{
			Entry: line.Entry, Reference: line.Reference, Phone: line.Phone, Reason: line.Reason, Note: line.Note, Operator: line.Operator,
			OneOperator: line.OneOperator, Undoes: line.Undoes,
		})
	}
	if len(lines) > ledgerRows {
		p.OlderHref = ledgerPage(p, *p.Lines[len(p.Lines)-1].Number)
	}
	if before == 0 || len(p.Lines) == 0 {
		return nil
	}
	newer, err := s.Store.Reading(ctx).NewerLedger(ctx, id, *p.Lines[0].Number, ledgerRows)
	if p.Period != nil && newer > p.Period.Closing.Number {
		newer = 0
	}
	p.NewerHref = ledgerPage(p, newer)
	return err
}

// ledgerPage is the page of the same days that begins below an entry; 0: the
// newest.
func ledgerPage(p *views.CustomerLedger, before int64) string {
	query := url.Values{}
	if p.Period != nil {
		query = url.Values{"from": {p.From}, "to": {p.To}}
	}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	return views.WithQuery(p.Tab, query)
}
