// Package exports writes what a filter shows into files: CSV and XLSX, row by row,
// to a browser at once or in the background. It knows neither HTTP nor SQL.
package exports

import (
	"io"
	"slices"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// kind is what a column holds, and so how a cell is written.
type kind int

const (
	plain  kind = iota // ours: ids, codes, phones
	text               // what somebody else chose: never run as a formula
	id                 // a top-up's id, as the database writes it
	moment             // RFC 3339, UTC, milliseconds
	number             // a decimal, exact
)

// column is one of a file. From is its place among the store's cells.
type column struct {
	head string
	kind kind
	from int
}

var kinds = map[string]kind{
	"id": id, "created_at": moment, "completed_at": moment, "customer": text, "customer_name": text, "reference": text,
	"amount_mxn": number, "price_usd": number, "charged_usd": number, "exchange_rate": number, "discount": number, "sent_mxn": number, "cost_mxn": number, "attempts": number,
	"failure_reason": text, "provider_transaction_id": text, "carrier_transaction_id": text, "api_key": text,
}

// Between the house and the provider: no customer's file has them.
var houseOnly = []string{"customer", "customer_name", "product", "sent_mxn", "cost_mxn", "attempts", "failure_reason", "our_transaction_id"}

// columns are those of the back office's files, or of a customer's.
func columns(own bool) []column {
	var all []column
	for i, name := range store.ExportCells() {
		if !own || !slices.Contains(houseOnly, name) {
			all = append(all, column{head: name, kind: kinds[name], from: i})
		}
	}
	return all
}

// Writer writes the rows of one file. Nothing is written before the first row, or
// Close: until then the answer to a browser can still become an error.
type Writer interface {
	Row(cells [][]byte) error
	Close() error
}

// NewWriter writes a file of a format to what open returns. Own files are a
// customer's.
func NewWriter(format billing.ExportFormat, own bool, open func() io.Writer) Writer {
	if format == billing.FormatXLSX {
		return &xlsxWriter{open: open, columns: columns(own)}
	}
	return &csvWriter{open: open, columns: columns(own)}
}

// ContentType is what a browser is told about a file.
func ContentType(format billing.ExportFormat) string {
	if format == billing.FormatXLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8; header=present"
}
