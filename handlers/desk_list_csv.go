package handlers

// A list of verdicts as a file: CSV with a head line. The names of its columns
// are those of our own exports, so that an export can be filled in and sent back.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// listColumns are the columns that are read, by each of their names; others are
// passed over.
var listColumns = map[string]func(*billing.ListLine, string){
	"id":                      func(l *billing.ListLine, cell string) { l.TopUp = cell },
	"customer":                func(l *billing.ListLine, cell string) { l.Customer = cell },
	"reference":               func(l *billing.ListLine, cell string) { l.Reference = cell },
	"dist_transid":            func(l *billing.ListLine, cell string) { l.DistTransID = cell },
	"our_transaction_id":      func(l *billing.ListLine, cell string) { l.DistTransID = cell },
	"provider_id":             func(l *billing.ListLine, cell string) { l.ProviderID = cell },
	"provider_transaction_id": func(l *billing.ListLine, cell string) { l.ProviderID = cell },
	"verdict":                 func(l *billing.ListLine, cell string) { l.Verdict = verdictWords[strings.ToLower(cell)] },
	"note":                    func(l *billing.ListLine, cell string) { l.Note = cell },
}

// verdictWords are what a person may write for a verdict.
var verdictWords = map[string]billing.Verdict{
	"delivered": billing.VerdictDelivered, "entregada": billing.VerdictDelivered,
	"not_delivered": billing.VerdictNotDelivered, "not delivered": billing.VerdictNotDelivered,
	"no_entregada": billing.VerdictNotDelivered, "no entregada": billing.VerdictNotDelivered,
}

// readList reads the lines of a file; a line without a note gets the list's. What
// is wrong with the file as a whole is said in words.
func readList(r views.Reader, text []byte, note string) (lines []billing.ListLine, problem string) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	switch {
	case len(text) > billing.MaxListBytes:
		return nil, r.T("The file is larger than 256 KB: send it in parts")
	case !utf8.Valid(text) || bytes.ContainsRune(text, 0):
		return nil, r.T("The file is not text in UTF-8: save it as CSV UTF-8")
	}
	file := csv.NewReader(bytes.NewReader(text))
	file.Comma, file.FieldsPerRecord, file.TrimLeadingSpace = separator(text), -1, true
	head, err := file.Read()
	if errors.Is(err, io.EOF) {
		return nil, r.T("The file is empty")
	}
	if err != nil {
		return nil, brokenCSV(r, err)
	}
	set, problem := listHead(r, head)
	for problem == "" {
		cells, err := file.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, brokenCSV(r, err)
		}
		if len(lines) == billing.MaxListLines {
			return nil, r.T("The file has more than 1,000 lines: send it in parts")
		}
		at, _ := file.FieldPos(0)
		if line, filled := listLine(at, set, cells); filled {
			if line.Note == "" {
				line.Note = note
			}
			lines = append(lines, line)
		}
	}
	if problem == "" && len(lines) == 0 {
		problem = r.T("The file has a head and no lines")
	}
	return lines, problem
}

// separator is a semicolon where the head has one and no comma, as a spreadsheet
// writes in some countries.
func separator(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.ContainsRune(head, ','):
		return ','
	case bytes.ContainsRune(head, ';'):
		return ';'
	case bytes.ContainsRune(head, '\t'):
		return '\t'
	}
	return ','
}

// listHead says what each column sets, by place; nil for one that is not read.
func listHead(r views.Reader, head []string) (set []func(*billing.ListLine, string), problem string) {
	known := map[string]bool{}
	for _, cell := range head {
		name := strings.ToLower(strings.TrimSpace(cell))
		if known[name] && listColumns[name] != nil {
			return nil, r.T("The column %s is there twice", name)
		}
		known[name] = true
		set = append(set, listColumns[name])
	}
	switch {
	case !known["verdict"]:
		return nil, r.T("The first line names the columns, and one of them is verdict: it was not found")
	case !known["id"] && (!known["customer"] || !known["reference"]) && !known["dist_transid"] && !known["our_transaction_id"] &&
		!known["provider_id"] && !known["provider_transaction_id"]:
		return nil, r.T("No column names the top-ups: id, or customer and reference, or dist_transid, or provider_id")
	}
	return set, ""
}

// listLine reads one line; one whose cells are all empty is none.
func listLine(at int, set []func(*billing.ListLine, string), cells []string) (line billing.ListLine, filled bool) {
	line.Line = at
	for i, cell := range cells {
		cell = plainCell(cell)
		filled = filled || cell != ""
		if i < len(set) && set[i] != nil {
			set[i](&line, cell)
		}
	}
	return line, filled
}

// plainCell takes away what csvText put before a text that a spreadsheet might
// have run as a formula. The rest is only ever text to us.
func plainCell(cell string) string {
	cell = strings.TrimSpace(cell)
	if plain, quoted := strings.CutPrefix(cell, "'"); quoted && csvText(plain) != plain {
		return plain
	}
	return cell
}

func brokenCSV(r views.Reader, err error) string {
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return r.T("Line %s cannot be read as CSV: a quotation mark is missing, or one too many", views.Integer(broken.Line))
	}
	return r.T("The file cannot be read as CSV")
}
