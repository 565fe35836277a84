package handlers

// Top-ups as CSV (RFC 4180): exactly what the filter shows, row by row from the
// database to the browser. UTF-8 without a byte order mark, as the header says.

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
)

// csvColumn is a column of an export. A cell with text that somebody outside
// chose goes through csvText.
type csvColumn struct {
	Head string
	Cell func(billing.TopUp) string
}

var adminColumns = []csvColumn{
	{"id", func(t billing.TopUp) string { return t.ID.String() }},
	{"created_at", func(t billing.TopUp) string { return csvTime(&t.CreatedAt) }},
	{"completed_at", func(t billing.TopUp) string { return csvTime(t.CompletedAt) }},
	{"customer", func(t billing.TopUp) string { return csvText(t.CustomerCode) }},
	{"customer_name", func(t billing.TopUp) string { return csvText(t.CustomerName) }},
	{"reference", func(t billing.TopUp) string { return csvText(t.Reference) }},
	{"phone", func(t billing.TopUp) string { return string(t.Phone) }},
	{"status", func(t billing.TopUp) string { return string(t.Status) }},
	{"amount_mxn", func(t billing.TopUp) string { return t.Amount.String() }},
	{"price_usd", func(t billing.TopUp) string { return t.Price.String() }},
	{"charged_usd", func(t billing.TopUp) string { return t.Charged().String() }},
	{"exchange_rate", func(t billing.TopUp) string { return t.Rate.String() }},
	{"discount", func(t billing.TopUp) string { return t.Discount.String() }},
	{"product", func(t billing.TopUp) string { return t.Product }},
	{"sent_mxn", func(t billing.TopUp) string { return t.Sent.String() }},
	{"cost_mxn", func(t billing.TopUp) string { return t.Cost.String() }},
	{"attempts", func(t billing.TopUp) string { return strconv.Itoa(t.Attempts) }},
	{"failure_code", func(t billing.TopUp) string { return string(t.FailureCode) }},
	{"failure_reason", func(t billing.TopUp) string { return csvText(t.FailureReason) }},
	{"provider_transaction_id", func(t billing.TopUp) string { return csvText(t.ProviderTransactionID) }},
	{"carrier_transaction_id", func(t billing.TopUp) string { return csvText(t.CarrierTransactionID) }},
	{"our_transaction_id", func(t billing.TopUp) string { return t.DistTransID }},
	{"api_key", func(t billing.TopUp) string { return csvText(t.APIKeyHint) }},
}

func (s *Site) exportTopUps(c echo.Context) error {
	q, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	if !q.wrong() && q.hasPlace() {
		q.Problems[""] = s.reader(c).T("An export has no pages: it holds all that the filter shows")
	}
	if q.wrong() {
		list, err := s.topUpList(c, q)
		if err != nil {
			return err
		}
		return renderTopUps(c, http.StatusUnprocessableEntity, list)
	}
	return s.streamCSV(c, adminColumns, q.Filter)
}

// streamCSV sends what the filter matches. An error before the first row is an
// error page; one after it breaks the connection, so that a file that is too
// short can never be taken for a whole one.
func (s *Site) streamCSV(c echo.Context, columns []csvColumn, filter billing.TopUpFilter) error {
	ctx := c.Request().Context()
	file := csvFile{columns: columns, begin: func() *csv.Writer {
		attach(c, "text/csv; charset=utf-8; header=present", "top-ups-"+time.Now().In(s.Zone).Format("20060102-150405")+".csv")
		w := csv.NewWriter(c.Response())
		w.UseCRLF = true
		return w
	}}
	err := s.Store.EachTopUp(ctx, filter, file.add)
	if err == nil {
		err = file.end()
	}
	if err != nil && file.begun() {
		s.Log.ErrorContext(ctx, "an export was cut short", "rows", file.rows, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// csvFile begins with its first row, or at its end when there is none: until
// then the answer can still become an error page.
type csvFile struct {
	columns []csvColumn
	begin   func() *csv.Writer
	w       *csv.Writer
	cells   []string
	rows    int
}

func (f *csvFile) begun() bool { return f.w != nil }

func (f *csvFile) add(t billing.TopUp) error {
	if err := f.head(); err != nil {
		return err
	}
	for i, column := range f.columns {
		f.cells[i] = column.Cell(t)
	}
	f.rows++
	return f.write()
}

func (f *csvFile) end() error {
	if err := f.head(); err != nil {
		return err
	}
	f.w.Flush()
	if err := f.w.Error(); err != nil {
		return fmt.Errorf("send a CSV file: %w", err)
	}
	return nil
}

func (f *csvFile) head() error {
	if f.begun() {
		return nil
	}
	f.w, f.cells = f.begin(), make([]string, len(f.columns))
	for i, column := range f.columns {
		f.cells[i] = column.Head
	}
	return f.write()
}

func (f *csvFile) write() error {
	if err := f.w.Write(f.cells); err != nil {
		return fmt.Errorf("send a row of a CSV file: %w", err)
	}
	return nil
}

func csvTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
