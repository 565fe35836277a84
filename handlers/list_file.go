package handlers

// A list as a file: CSV with a head line that names the columns, in any order. What
// the columns are is the list's; how a file is read is the same for all.

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

// listFile is how the lines of one sort of list are read.
type listFile[Line any] struct {
	columns map[string]func(*Line, string)                             // by each of their names; others are passed over
	needs   func(r views.Reader, known map[string]bool) (wrong string) // which of them a head must name
	begin   func(at int) Line                                          // a line that stands there in the file
}

// read reads the lines of a file. What is wrong with the file as a whole is said in
// words.
func (f listFile[Line]) read(r views.Reader, text []byte) (lines []Line, problem string) {
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
	set, problem := f.head(r, head)
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
		if line, filled := f.line(at, set, cells); filled {
			lines = append(lines, line)
		}
	}
	if problem == "" && len(lines) == 0 {
		problem = r.T("The file has a head and no lines")
	}
	return lines, problem
}

// head says what each column sets, by place; nil for one that is not read.
func (f listFile[Line]) head(r views.Reader, head []string) (set []func(*Line, string), problem string) {
	known := map[string]bool{}
	for _, cell := range head {
		name := strings.ToLower(strings.TrimSpace(cell))
		if known[name] && f.columns[name] != nil {
			return nil, r.T("The column %s is there twice", name)
		}
		known[name] = true
		set = append(set, f.columns[name])
	}
	return set, f.needs(r, known)
}

// line reads one line; one whose cells are all empty is none.
func (f listFile[Line]) line(at int, set []func(*Line, string), cells []string) (line Line, filled bool) {
	line = f.begin(at)
	for i, cell := range cells {
		cell = plainCell(cell)
		filled = filled || cell != ""
		if i < len(set) && set[i] != nil {
			set[i](&line, cell)
		}
	}
	return line, filled
}

// separator is a semicolon where the head has one and no comma, as a spreadsheet
// writes in some countries; a tab where lines were copied out of one.
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
