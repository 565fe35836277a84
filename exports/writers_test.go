package exports

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// row is a row of cells in which some are given by name.
func row(given map[string]string) [][]byte {
	usual := map[string]string{
		"id": "01956f5e-8c00-7abc-8def-0123456789ab", "created_at": "2026-03-12T21:42:06.123Z", "customer": "ENVIA", "reference": "ED-1", "phone": "+525512345678",
		"status": "succeeded", "amount_mxn": "50.00", "price_usd": "2.7778", "charged_usd": "2.7778", "exchange_rate": "18.000000", "attempts": "1",
	}
	var cells [][]byte
	for _, name := range store.ExportCells() {
		value, is := given[name]
		if !is {
			value = usual[name]
		}
		cells = append(cells, []byte(value))
	}
	return cells
}

func written(t *testing.T, format billing.ExportFormat, own bool, rows ...[][]byte) []byte {
	t.Helper()
	var file bytes.Buffer
	w := NewWriter(format, own, func() io.Writer { return &file })
	for _, cells := range rows {
		if err := w.Row(cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestACSVFileIsReadBackAsItWas(t *testing.T) {
	nasty := []string{``, `a,b`, `say "no"`, "two\r\nlines", ` space`, `space `, `'quote'`, `ñandú`, `\.`, `;`}
	var rows [][][]byte
	for _, value := range nasty {
		rows = append(rows, row(map[string]string{"failure_reason": value}))
	}
	file := written(t, billing.FormatCSV, false, rows...)
	if bytes.Count(file, []byte("\r\n")) != len(nasty)+2 {
		t.Error("lines do not end as RFC 4180 says")
	}
	read, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil || len(read) != len(nasty)+1 {
		t.Fatalf("%d rows, %v", len(read), err)
	}
	reason, id := slices.Index(read[0], "failure_reason"), slices.Index(read[0], "id")
	for i, value := range nasty {
		if got, want := read[i+1][reason], strings.ReplaceAll(value, "\r\n", "\n"); got != want { // the reader's own habit
			t.Errorf("%q came back as %q", value, got)
		}
		if !strings.HasPrefix(read[i+1][id], "tu_") {
			t.Errorf("the id is %q", read[i+1][id])
		}
	}
}

func TestTextOfStrangersIsNeverAFormula(t *testing.T) {
	for _, name := range []string{"customer_name", "reference", "failure_reason", "provider_transaction_id", "carrier_transaction_id", "api_key"} {
		for _, text := range []string{`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1"} {
			read, err := csv.NewReader(bytes.NewReader(written(t, billing.FormatCSV, false, row(map[string]string{name: text})))).ReadAll()
			if err != nil || read[1][slices.Index(read[0], name)] != "'"+text {
				t.Errorf("%s %q is written %q, %v", name, text, read[1][slices.Index(read[0], name)], err)
			}
		}
	}
	read, _ := csv.NewReader(bytes.NewReader(written(t, billing.FormatCSV, false, row(nil)))).ReadAll()
	if phone := read[1][slices.Index(read[0], "phone")]; phone != "+525512345678" {
		t.Errorf("the phone is %q", phone)
	}
}

func TestACustomersFileHasNothingOfTheHouse(t *testing.T) {
	read, err := csv.NewReader(bytes.NewReader(written(t, billing.FormatCSV, true, row(map[string]string{"failure_reason": "wire-evidence", "cost_mxn": "47.00"})))).ReadAll()
	want := []string{"id", "created_at", "completed_at", "reference", "phone", "status", "amount_mxn", "price_usd", "charged_usd", "exchange_rate", "discount", "failure_code", "provider_transaction_id", "carrier_transaction_id", "api_key"}
	if err != nil || !slices.Equal(read[0], want) {
		t.Errorf("%v has the columns %v", err, read[0])
	}
	if strings.Contains(strings.Join(read[1], ","), "wire-evidence") {
		t.Error("a customer reads Latcom's words")
	}
}

func TestAFileOfNothingHasItsHead(t *testing.T) {
	if got := string(written(t, billing.FormatCSV, true)); !strings.HasPrefix(got, "id,created_at,") || strings.Count(got, "\r\n") != 1 {
		t.Errorf("%q", got)
	}
	if sheets := unzip(t, written(t, billing.FormatXLSX, true)); len(sheets["xl/worksheets/sheet1.xml"].Rows) != 1 {
		t.Error("the sheet has no head")
	}
}

// The parts of a sheet that a spreadsheet reads.
type sheet struct {
	Rows []struct {
		Cells []struct {
			Type   string `xml:"t,attr"`
			Style  string `xml:"s,attr"`
			Value  string `xml:"v"`
			Inline string `xml:"is>t"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

func unzip(t *testing.T, file []byte) map[string]sheet {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]sheet{}
	for _, part := range archive.File {
		content, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		var s sheet
		if err := xml.NewDecoder(content).Decode(&s); err != nil {
			t.Fatalf("%s: %v", part.Name, err)
		}
		parts[part.Name] = s
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} {
		if _, is := parts[name]; !is {
			t.Errorf("%s is missing", name)
		}
	}
	return parts
}

func TestASpreadsheetHoldsNumbersMomentsAndTextAsText(t *testing.T) {
	parts := unzip(t, written(t, billing.FormatXLSX, false, row(map[string]string{"failure_reason": "=1+1 <&> \x01 ñ", "amount_mxn": "50.00", "completed_at": ""})))
	rows := parts["xl/worksheets/sheet1.xml"].Rows
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	cell := map[string]int{}
	for i, head := range rows[0].Cells {
		cell[head.Inline] = i
	}
	at := func(name string) (string, string, string) {
		c := rows[1].Cells[cell[name]]
		return c.Type, c.Style, c.Value + c.Inline
	}
	for name, want := range map[string][3]string{
		"failure_reason": {"inlineStr", "", "=1+1 <&> \uFFFD ñ"},
		"amount_mxn":     {"", "2", "50.00"},
		"price_usd":      {"", "3", "2.7778"},
		"exchange_rate":  {"", "4", "18.000000"},
		"phone":          {"inlineStr", "", "+525512345678"},
		"created_at":     {"", "1", "46093.9042375347"}, // 12 March 2026, 21:42:06.123 UTC
		"completed_at":   {"", "", ""},
	} {
		if kind, style, value := at(name); [3]string{kind, style, value} != want {
			t.Errorf("%s is %q %q %q, want %q", name, kind, style, value, want)
		}
	}
}

func TestASheetThatIsFullIsFollowedByAnother(t *testing.T) {
	var file bytes.Buffer
	w := &xlsxWriter{open: func() io.Writer { return &file }, columns: columns(true)}
	for range 3 {
		if err := w.Row(row(nil)); err != nil {
			t.Fatal(err)
		}
		w.rows = sheetRows // as if there had been so many
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	parts := unzip(t, file.Bytes())
	for _, name := range []string{"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"} {
		if len(parts[name].Rows) != 2 {
			t.Errorf("%s has %d rows", name, len(parts[name].Rows))
		}
	}
}

func TestTheTallyIsExact(t *testing.T) {
	sums := newTally()
	for _, given := range []map[string]string{
		{"amount_mxn": "0.10", "charged_usd": "0.0001"}, {"amount_mxn": "0.20", "charged_usd": "0.0002"}, {"status": "failed", "amount_mxn": "12345678.99", "charged_usd": "0.0000"},
	} {
		if err := sums.add(row(given)); err != nil {
			t.Fatal(err)
		}
	}
	want := []billing.ExportTotal{
		{Status: "failed", Rows: 1, Amount: billing.MustMXN("12345678.99")},
		{Status: "succeeded", Rows: 2, Amount: billing.MustMXN("0.30"), Charged: billing.MustUSD("0.0003")},
	}
	if err := same(sums.totals(), want); err != nil {
		t.Error(err)
	}
	want[1].Charged = billing.MustUSD("0.0004")
	if err := same(sums.totals(), want); !errors.Is(err, errTotals) {
		t.Errorf("a ten-thousandth less is %v", err)
	}
	for _, wrong := range []string{"", "50", "50.0", "50.000", "-1.00", "NaN", "1e3", "1.2.3"} {
		if n, err := units([]byte(wrong), 2); err == nil {
			t.Errorf("%q is read as %d", wrong, n)
		}
	}
}
