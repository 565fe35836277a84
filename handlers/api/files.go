package api

// Lists as files: all that a question matches, as CSV or NDJSON, page by page from
// the database: a slow reader holds no connection of it, and a long list no memory.

import (
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

// fileRow is a row of a file: as JSON it is itself, as CSV its cells.
type fileRow interface{ cells() []string }

// pages gives the rows of a file a page at a time; more is false with the last one.
type pages func(ctx context.Context) (rows []fileRow, more bool, err error)

// filed answers the operations that can be asked for as a file; what opens one
// reads the request, and refuses it like any other call.
func (a *api) filed() map[string]func(echo.Context) (columns []string, next pages, err error) {
	return map[string]func(echo.Context) ([]string, pages, error){
		listOperation.OperationID:      a.topUpPages,
		ledgerOperation.OperationID:    a.ledgerPages,
		statementOperation.OperationID: a.statementPages,
	}
}

// sendFile sends the file, if one is wanted. An error before the first byte is a
// problem document; one after it breaks the connection, so that a file that is too
// short can never be taken for a whole one.
func (a *api) sendFile(c echo.Context, operationID string) (sent bool, err error) {
	open, can := a.filed()[strings.TrimSuffix(operationID, headSuffix)]
	format := fileWanted(c.Request().Header)
	if !can || format == "" {
		return false, nil
	}
	columns, next, err := open(c)
	if err != nil {
		return true, err
	}
	ctx := c.Request().Context()
	rows, more, err := next(ctx)
	if err != nil {
		return true, err
	}
	c.Response().Header().Set(echo.HeaderContentType, format)
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return true, nil
	}
	if err := writeFile(c, newFile(format, columns, c.Response()), rows, more, next); err != nil {
		if ctx.Err() == nil {
			a.Log.ErrorContext(ctx, "a file was cut short", "path", c.Path(), "error", err)
		}
		panic(http.ErrAbortHandler)
	}
	return true, nil
}

func writeFile(c echo.Context, f file, rows []fileRow, more bool, next pages) error {
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
		if !more {
			return nil
		}
		var err error
		if rows, more, err = next(c.Request().Context()); err != nil {
			return err
		}
	}
}

// file is what rows are written to.
type file interface {
	row(fileRow) error
	flush() error
}

func newFile(format string, columns []string, w io.Writer) file {
	if format == asNDJSON {
		return ndjson{json.NewEncoder(w)}
	}
	return &table{w: csv.NewWriter(w), columns: columns}
}

type ndjson struct{ to *json.Encoder }

func (n ndjson) row(row fileRow) error {
	if err := n.to.Encode(row); err != nil {
		return fmt.Errorf("write a line of NDJSON: %w", err)
	}
	return nil
}

func (ndjson) flush() error { return nil }

// table is CSV as RFC 4180 says.
type table struct {
	w       *csv.Writer
	columns []string
	begun   bool
}

func (t *table) begin() error {
	if t.begun {
		return nil
	}
	t.begun, t.w.UseCRLF = true, true
	if err := t.w.Write(t.columns); err != nil {
		return fmt.Errorf("begin a CSV file: %w", err)
	}
	return nil
}

func (t *table) row(row fileRow) error {
	if err := t.begin(); err != nil {
		return err
	}
	if err := t.w.Write(row.cells()); err != nil {
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

// textCell is a text that somebody chose, or nothing.
func textCell(s *string) string {
	if s == nil {
		return ""
	}
	return billing.SafeCell(*s)
}

// describeFiles adds them to the document.
func describeFiles(document *huma.OpenAPI) {
	for _, described := range []struct {
		op      huma.Operation
		columns []string
		row     fileRow
		summary string
	}{
		{listOperation, topUpColumns, sampleTopUp(billing.StatusSucceeded), "The whole list, without pages"},
		{ledgerOperation, entryColumns, sampleEntry, "The whole ledger, without pages"},
		{statementOperation, entryColumns, sampleEntry, "Every entry of the month, the oldest first"},
	} {
		content := document.Paths[prefix+described.op.Path].Get.Responses["200"].Content
		line, err := json.Marshal(described.row)
		if err != nil {
			panic("api: write an example: " + err.Error())
		}
		for media, body := range map[string]string{asNDJSON: string(line) + "\n", asCSV: strings.Join(described.columns, ",") + "\r\n"} {
			content[media] = &huma.MediaType{
				Schema:   &huma.Schema{Type: huma.TypeString},
				Examples: map[string]*huma.Example{"file": sample(described.summary, body)},
			}
		}
	}
}
