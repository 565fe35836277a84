package handlers

// Files that are sent at once: exactly what the filter shows, row by row from the
// database to the browser.

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/exports"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// export sends a file, or leads to where a big one is made.
func (s *Site) export(c echo.Context, d desk, format billing.ExportFormat) error {
	q, err := d.query(c)
	if err != nil {
		return err
	}
	if !q.wrong() && q.hasPlace() {
		q.Problems[""] = s.reader(c).T("An export has no pages: it holds all that the filter shows")
	}
	if q.wrong() {
		return d.wrong(c, q)
	}
	rows, err := s.Store.Reading(c.Request().Context()).CountTopUps(c.Request().Context(), q.Filter, billing.MostStreamed+1)
	if err != nil {
		return err
	}
	if rows > billing.MostStreamed {
		return seeOther(c, views.WithQuery(d.paths.New(), q.with("format", string(format))))
	}
	return s.stream(c, d, q, format)
}

// stream sends what the filter matches. An error before the first byte is an error
// page; one after it breaks the connection, so that a file that is too short can
// never be taken for a whole one.
func (s *Site) stream(c echo.Context, d desk, q *topUpQuery, format billing.ExportFormat) error {
	ctx, rows := c.Request().Context(), 0
	file := exports.NewWriter(format, d.scope(c) != 0, func() io.Writer {
		attach(c, exports.ContentType(format), "top-ups-"+time.Now().In(s.Zone).Format(fileTime)+"."+string(format))
		return c.Response()
	})
	err := s.Store.Reading(ctx).EachExportRow(ctx, q.Filter, store.ExportRows{Row: func(cells [][]byte) error {
		rows++
		return file.Row(cells)
	}})
	if err == nil {
		err = file.Close()
	}
	switch {
	case err != nil && c.Response().Committed:
		s.Log.ErrorContext(ctx, "an export was cut short", "rows", rows, "error", err)
		panic(http.ErrAbortHandler)
	case err != nil:
		c.Response().Header().Del(echo.HeaderContentDisposition)
		return err
	}
	return s.auditStream(c, d, q.Typed, format, rows)
}

// auditStream writes down who took how many rows with him. The file has arrived:
// what goes wrong now is only logged.
func (s *Site) auditStream(c echo.Context, d desk, filter url.Values, format billing.ExportFormat, rows int) error {
	ctx := c.Request().Context()
	did := store.Did{Action: "topups.exported", After: map[string]string{"format": string(format), "filter": filter.Encode(), "rows": strconv.Itoa(rows)}}
	if customerID := int64(d.scope(c)); customerID != 0 {
		did.CustomerID = &customerID
	}
	if err := s.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, d.actor(c), did) }); err != nil {
		s.Log.ErrorContext(ctx, "an export is missing in the audit log", "actor", d.actor(c).Name, "rows", rows, "error", err)
	}
	return nil
}
