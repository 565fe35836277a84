package exports

// XLSX (ECMA-376) without a library: a ZIP of XML that is written front to back,
// so that the first row is on its way before the last one is read and nothing is
// kept. Texts are inline: a spreadsheet never runs them as formulas. Money stays
// the decimal that it is; moments are UTC.

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// sheetRows is how many rows a sheet holds besides its head: a spreadsheet takes
// 1,048,576.
const sheetRows = 1_000_000

type xlsxWriter struct {
	open    func() io.Writer
	columns []column
	zip     *zip.Writer
	sheet   io.Writer
	sheets  int
	rows    int // of the present sheet
	scratch []byte
}

func (x *xlsxWriter) begin() error {
	if x.zip == nil {
		x.zip = zip.NewWriter(x.open())
		x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	}
	if x.sheet != nil && x.rows < sheetRows {
		return nil
	}
	if err := x.endSheet(); err != nil {
		return err
	}
	return x.beginSheet()
}

func (x *xlsxWriter) beginSheet() (err error) {
	x.sheets++
	x.rows = 0
	if x.sheet, err = x.zip.CreateHeader(entry("xl/worksheets/sheet" + strconv.Itoa(x.sheets) + ".xml")); err != nil {
		return fmt.Errorf("begin a sheet: %w", err)
	}
	x.scratch = append(x.scratch[:0], xmlHead+`<worksheet xmlns="`+mainNamespace+`"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData><row>`...)
	for _, col := range x.columns {
		x.scratch = appendText(x.scratch, []byte(col.head), styleHead)
	}
	x.scratch = append(x.scratch, `</row>`...)
	return x.flush()
}

// Row writes one row.
func (x *xlsxWriter) Row(cells [][]byte) error {
	if err := x.begin(); err != nil {
		return err
	}
	x.rows++
	x.scratch = append(x.scratch, `<row>`...)
	for _, col := range x.columns {
		x.scratch = appendXLSX(x.scratch, col.kind, cells[col.from])
	}
	x.scratch = append(x.scratch, `</row>`...)
	if len(x.scratch) < bufferSize {
		return nil
	}
	return x.flush()
}

func (x *xlsxWriter) flush() error {
	_, err := x.sheet.Write(x.scratch)
	x.scratch = x.scratch[:0]
	if err != nil {
		return fmt.Errorf("write rows of a sheet: %w", err)
	}
	return nil
}

func (x *xlsxWriter) endSheet() error {
	if x.sheet == nil {
		return nil
	}
	x.scratch = append(x.scratch, `</sheetData></worksheet>`...)
	return x.flush()
}

// Close ends the last sheet and writes what names them all.
func (x *xlsxWriter) Close() error {
	if err := x.begin(); err != nil {
		return err
	}
	if err := x.endSheet(); err != nil {
		return err
	}
	for _, part := range workbook(x.sheets) {
		w, err := x.zip.CreateHeader(entry(part.name))
		if err == nil {
			_, err = io.WriteString(w, xmlHead+part.content)
		}
		if err != nil {
			return fmt.Errorf("write %s of a spreadsheet: %w", part.name, err)
		}
	}
	if err := x.zip.Close(); err != nil {
		return fmt.Errorf("end a spreadsheet: %w", err)
	}
	return nil
}

func entry(name string) *zip.FileHeader { return &zip.FileHeader{Name: name, Method: zip.Deflate} }

// Styles, by their place in workbook's styles.
const (
	styleText   = 0
	styleMoment = 1
	styleTwo    = 2 // decimals
	styleFour   = 3
	styleAny    = 4
	styleHead   = 5
)

func appendXLSX(to []byte, k kind, cell []byte) []byte {
	switch k {
	case id:
		return appendText(to, appendTopUpID(nil, cell), styleText)
	case number:
		return appendNumber(to, cell, styleOf(cell))
	case moment:
		at, err := time.Parse(time.RFC3339, string(cell))
		if err != nil {
			return appendText(to, cell, styleText)
		}
		return appendNumber(to, serial(at), styleMoment)
	default:
		return appendText(to, cell, styleText)
	}
}

// styleOf shows as many decimals as the number has.
func styleOf(cell []byte) int {
	switch point := bytes.IndexByte(cell, '.'); {
	case point < 0:
		return styleAny
	case len(cell)-point-1 == 2:
		return styleTwo
	case len(cell)-point-1 == 4:
		return styleFour
	}
	return styleAny
}

// serial is a moment as a spreadsheet counts: days since 30 December 1899, to the
// millisecond.
func serial(at time.Time) []byte {
	const unix = 25569 // the day of 1 January 1970
	ms := at.UnixMilli() + unix*86_400_000
	fraction := strconv.FormatInt((ms%86_400_000)*10_000_000_000/86_400_000+10_000_000_000, 10)
	return []byte(strconv.FormatInt(ms/86_400_000, 10) + "." + fraction[1:])
}

func appendNumber(to, cell []byte, style int) []byte {
	if len(cell) == 0 {
		return append(to, `<c/>`...)
	}
	to = append(to, `<c s="`...)
	to = strconv.AppendInt(to, int64(style), 10)
	to = append(to, `"><v>`...)
	to = append(to, cell...)
	return append(to, `</v></c>`...)
}

func appendText(to, cell []byte, style int) []byte {
	if len(cell) == 0 {
		return append(to, `<c/>`...)
	}
	to = append(to, `<c t="inlineStr"`...)
	if style != styleText {
		to = append(to, ` s="`...)
		to = strconv.AppendInt(to, int64(style), 10)
		to = append(to, '"')
	}
	to = append(to, `><is><t xml:space="preserve">`...)
	to = appendEscaped(to, cell)
	return append(to, `</t></is></c>`...)
}

// appendEscaped writes text as XML; what XML cannot hold becomes U+FFFD.
func appendEscaped(to, cell []byte) []byte {
	simple := true
	for _, b := range cell {
		if b < ' ' || b == '<' || b == '>' || b == '&' || b == '"' || b == '\'' || b >= utf8.RuneSelf {
			simple = false
			break
		}
	}
	if simple {
		return append(to, cell...)
	}
	escaped := bytes.NewBuffer(to)
	_ = xml.EscapeText(escaped, cell) // a buffer never fails
	return escaped.Bytes()
}
