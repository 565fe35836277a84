package api

// GET /topups as a file: all that the filter matches, as CSV or NDJSON, page by
// page from the database: a slow reader holds no connection of it, and a long list
// no memory.

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
)

const (
	asCSV    = "text/csv"
	asNDJSON = "application/x-ndjson"

	filePage = 500
	fileTime = time.Minute // for a slow reader of one page
)

// fileFilters are the parameters of a list that a file has too: it has no pages.
var fileFilters = map[string]bool{"reference": true, "status": true, "phone": true, "from": true, "to": true}

// fileWanted is the format that a client asks for before JSON; "": JSON.
func fileWanted(h http.Header) string {
	for one := range strings.SplitSeq(strings.Join(h.Values(echo.HeaderAccept), ","), ",") {
		media, parameters, err := mime.ParseMediaType(one)
		if err != nil || parameters["q"] == "0" {
			continue
		}
		switch media {
		case asCSV, asNDJSON:
			return media
		case echo.MIMEApplicationJSON:
			return ""
		}
	}
	return ""
}

// listFile sends the file, if one is wanted. An error before the first byte is a
// problem document; one after it breaks the connection, so that a file that is too
// short can never be taken for a whole one.
func (a *api) listFile(c echo.Context) (sent bool, err error) {
	format := fileWanted(c.Request().Header)
	if format == "" {
		return false, nil
	}
	if err := checkQuery(c.Request().URL.RawQuery, fileFilters); err != nil {
		return true, err
	}
	in := listInput{
		Reference: c.QueryParam("reference"), Status: c.QueryParam("status"), Phone: c.QueryParam("phone"),
		From: c.QueryParam("from"), To: c.QueryParam("to"),
	}
	filter, page, err := in.read()
	if err != nil {
		return true, err
	}
	ctx := c.Request().Context()
	filter.CustomerID, page.Limit = callOf(ctx).customerID, filePage
	first, older, err := a.filePage(ctx, filter, &page)
	if err != nil {
		return true, err
	}
	c.Response().Header().Set(echo.HeaderContentType, format)
	c.Response().WriteHeader(http.StatusOK)
	if err := a.writeFile(c, newFile(format, c.Response()), first, older, func() ([]TopUp, bool, error) { return a.filePage(ctx, filter, &page) }); err != nil {
		if ctx.Err() == nil {
			a.Log.ErrorContext(ctx, "a file of top-ups was cut short", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return true, nil
}

// filePage reads a page of the file, and leads page to the next one.
func (a *api) filePage(ctx context.Context, f billing.TopUpFilter, page *billing.PageRequest) (rows []TopUp, older bool, err error) {
	found, err := within(ctx, readTime, func(ctx context.Context) (billing.TopUpPage, error) {
		return callOf(ctx).Store.TopUps(ctx, f, *page)
	})
	if err != nil || len(found.TopUps) == 0 {
		return nil, false, err
	}
	last := found.TopUps[len(found.TopUps)-1]
	page.Older = &billing.Cursor{CreatedAt: last.CreatedAt, ID: last.ID}
	rows, err = a.shown(ctx, found.TopUps...)
	return rows, found.HasOlder, err
}

func (a *api) writeFile(c echo.Context, f file, rows []TopUp, older bool, next func() ([]TopUp, bool, error)) error {
	connection := http.NewResponseController(c.Response())
	defer func() { _ = connection.SetWriteDeadline(time.Time{}) }() // the connection may be used again
	for {
		_ = connection.SetWriteDeadline(time.Now().Add(fileTime)) // one that knows no deadline has its own way to end
		for _, row := range rows {
			if err := f.row(row); err != nil {
				return err
			}
		}
		if err := f.flush(); err != nil {
			return err
		}
		c.Response().Flush()
		if !older {
			return nil
		}
		var err error
		if rows, older, err = next(); err != nil {
			return err
		}
	}
}

// file is what rows are written to.
type file interface {
	row(TopUp) error
	flush() error
}

func newFile(format string, w io.Writer) file {
	if format == asNDJSON {
		return ndjson{json.NewEncoder(w)}
	}
	return &table{w: csv.NewWriter(w)}
}

type ndjson struct{ to *json.Encoder }

func (n ndjson) row(t TopUp) error {
	if err := n.to.Encode(t); err != nil {
		return fmt.Errorf("write a line of NDJSON: %w", err)
	}
	return nil
}

func (ndjson) flush() error { return nil }

// table is CSV as RFC 4180 says. available_after is not in it: it is one number,
// not one of each row.
type table struct {
	w     *csv.Writer
	begun bool
}

var tableColumns = []string{
	"id", "reference", "status", "phone", "amount", "currency", "price", "price_currency", "exchange_rate",
	"provider_transaction_id", "carrier_transaction_id", "failure_code", "failure_message", "metadata",
	"created_at", "updated_at", "completed_at",
}

func (t *table) begin() error {
	if t.begun {
		return nil
	}
	t.begun, t.w.UseCRLF = true, true
	if err := t.w.Write(tableColumns); err != nil {
		return fmt.Errorf("begin a CSV file: %w", err)
	}
	return nil
}

func (t *table) row(one TopUp) error {
	if err := t.begin(); err != nil {
		return err
	}
	failure, completed := Failure{}, ""
	if one.Failure != nil {
		failure = *one.Failure
	}
	if one.CompletedAt != nil {
		completed = one.CompletedAt.Format(time.RFC3339Nano)
	}
	err := t.w.Write([]string{
		one.ID, billing.SafeCell(one.Reference), one.Status, one.Phone, one.Amount, one.Currency, one.Price, one.PriceCurrency, one.ExchangeRate,
		cellOf(one.ProviderTransactionID), cellOf(one.CarrierTransactionID), failure.Code, failure.Message, metadataCell(one.Metadata),
		one.CreatedAt.Format(time.RFC3339Nano), one.UpdatedAt.Format(time.RFC3339Nano), completed,
	})
	if err != nil {
		return fmt.Errorf("write a row of CSV: %w", err)
	}
	return nil
}

func (t *table) flush() error {
	if err := t.begin(); err != nil {
		return err
	}
	t.w.Flush()
	if err := t.w.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func cellOf(s *string) string {
	if s == nil {
		return ""
	}
	return billing.SafeCell(*s)
}

func metadataCell(m json.RawMessage) string {
	if string(m) == "null" {
		return ""
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, m); err != nil {
		return string(m) // as it is: it came from a column of JSON
	}
	return compact.String() // an object: it begins with a brace
}

// describeFiles adds them to the document.
func describeFiles(document *huma.OpenAPI) {
	content := document.Paths[prefix+listOperation.Path].Get.Responses["200"].Content
	line, err := json.Marshal(sampleTopUp(billing.StatusSucceeded))
	if err != nil {
		panic("api: write an example: " + err.Error())
	}
	for media, body := range map[string]string{asNDJSON: string(line) + "\n", asCSV: strings.Join(tableColumns, ",") + "\r\n"} {
		content[media] = &huma.MediaType{
			Schema:   &huma.Schema{Type: huma.TypeString},
			Examples: map[string]*huma.Example{"file": sample("The whole list, without pages", body)},
		}
	}
}
