// Package paper draws statements as PDF, in the words and figures of package
// views. It shows what it was handed and knows neither the request nor the
// database. Its letters are those that every reader of PDF has, so that a file
// weighs a few kilobytes; what they lack is drawn as a full stop.
package paper

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// Statement is a month of a customer, for one reader.
type Statement struct {
	views.Reader
	billing.Statement
	Customer  billing.Customer
	Simulator bool // nothing of it is real, and it says so
}

// Measures of a Letter page, in millimetres.
const (
	margin = 18.0
	inside = 215.9 - 2*margin
	row    = 6.2
)

// sheet is a document being drawn.
type sheet struct {
	*fpdf.Fpdf
	letters func(string) string
}

// PDF draws the statement.
func (s Statement) PDF() ([]byte, error) {
	p := s.begin()
	s.head(p)
	s.lines(p)
	s.end(p)
	s.days(p)
	var file bytes.Buffer
	if err := p.Output(&file); err != nil {
		return nil, fmt.Errorf("draw a statement: %w", err)
	}
	return file.Bytes(), nil
}

func (s Statement) begin() sheet {
	pdf := fpdf.New("P", "mm", "Letter", "")
	p := sheet{pdf, letters(pdf)}
	pdf.SetTitle(s.T("Statement of %s", s.Month(s.From))+", "+s.Customer.Name, true)
	pdf.SetLang(s.Language.Tag())
	pdf.SetCreationDate(s.Now)
	pdf.SetModificationDate(s.Now)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin+6)
	pdf.AliasNbPages("{pages}")
	pdf.SetFooterFunc(func() {
		pdf.SetY(-margin)
		p.ink("", 8, 91)
		p.cell(inside*0.8, s.Customer.Name+", "+s.Month(s.From), "L")
		p.cell(inside*0.2, strconv.Itoa(pdf.PageNo())+" / {pages}", "R")
	})
	pdf.AddPage()
	return p
}

// letters turns text into what the fonts can draw.
func letters(pdf *fpdf.Fpdf) func(string) string {
	known := pdf.UnicodeTranslatorFromDescriptor("")
	plain := strings.NewReplacer("\u2212", "-", "\u00a0", " ")
	return func(text string) string { return known(plain.Replace(text)) }
}

// ink chooses a weight, a size in points and a grey (0 is black).
func (p sheet) ink(weight string, size float64, grey int) {
	p.SetFont("Helvetica", weight, size)
	p.SetTextColor(grey, grey, grey)
}

func (p sheet) cell(width float64, text, align string) {
	p.CellFormat(width, row, p.letters(text), "", 0, align, false, 0, "")
}

// line is a hairline over the whole width, where the pen stands.
func (p sheet) line(grey int) {
	p.SetDrawColor(grey, grey, grey)
	p.SetLineWidth(0.2)
	p.Line(margin, p.GetY(), margin+inside, p.GetY())
}

func (s Statement) head(p sheet) {
	if s.Simulator {
		p.ink("B", 9, 0)
		p.cell(inside, s.T("SIMULATOR: nothing in this statement is real."), "L")
		p.Ln(row + 2)
	}
	p.ink("", 9, 91)
	p.cell(inside, s.T("Statement"), "L")
	p.Ln(row)
	p.ink("B", 18, 16)
	p.CellFormat(inside, 9, p.letters(s.Customer.Name), "", 1, "L", false, 0, "")
	p.ink("", 10, 61)
	p.cell(inside, s.Customer.Code+"   "+s.BusinessDate(s.From)+" – "+s.BusinessDate(s.To)+"   "+views.StatementState(s.Reader, s.Statement), "L")
	p.Ln(row + 4)
}

// lines lead from the opening to the closing, which stands on a double rule when
// it follows from them.
func (s Statement) lines(p sheet) {
	p.ink("", 8, 91)
	p.columns("", s.T("Entries"), "USD")
	p.line(180)
	p.ink("B", 10, 16)
	p.columns(s.T("Opening balance"), "", views.Money4(s.Opening.Balance.Decimal()))
	p.ink("", 10, 16)
	for _, l := range views.BalanceLines(s.Statement) {
		p.line(228)
		p.columns(views.MovementWord(s.Reader, l.Kind), views.Integer(int(l.Entries)), views.Signed(l.Balance.Decimal(), 4))
	}
	p.line(91)
	p.ink("B", 11, 16)
	p.columns(s.T("Closing balance"), "", views.Money4(s.Closing.Balance.Decimal()))
	if s.AddsUp() {
		p.doubleRule()
	} else {
		p.ink("B", 10, 16)
		p.cell(inside, s.T("This statement does not add up."), "L")
		p.Ln(row)
	}
	p.Ln(3)
}

// columns is one line: what, how many, how much.
func (p sheet) columns(what, many, much string) {
	p.cell(inside*0.55, what, "L")
	p.cell(inside*0.15, many, "R")
	p.cell(inside*0.3, much, "R")
	p.Ln(row)
}

// doubleRule is what only a sum that adds up stands on.
func (p sheet) doubleRule() {
	p.SetDrawColor(91, 101, 115)
	p.SetLineWidth(0.25)
	for _, below := range []float64{0, 0.8} {
		p.Line(margin+inside*0.8, p.GetY()+below, margin+inside, p.GetY()+below)
	}
	p.Ln(1.5)
}

func (s Statement) end(p sheet) {
	p.ink("", 9, 61)
	for _, fact := range [][2]string{
		{s.T("Held"), views.WithUnit(views.Money4(s.Closing.Held.Decimal()), "USD") + ", " + s.T("part of the balance, for top-ups under way")},
		{s.T("Entries"), s.span()},
		{s.T("Seal"), s.Closing.Hash.String()},
	} {
		p.cell(inside*0.15, fact[0], "L")
		p.cell(inside*0.85, fact[1], "L")
		p.Ln(row - 1)
	}
	p.Ln(5)
}

func (s Statement) span() string {
	if s.Closing.Number == s.Opening.Number {
		return views.Nothing
	}
	return s.T("%s to %s", views.Integer(int(s.Opening.Number+1)), views.Integer(int(s.Closing.Number)))
}

func (s Statement) days(p sheet) {
	days := views.StatementDays(s.Statement)
	if len(days) == 0 {
		return
	}
	p.ink("B", 10, 16)
	p.cell(inside, s.T("Day by day"), "L")
	p.Ln(row)
	p.ink("", 8, 91)
	p.day(s.T("Day"), s.T("Entries"), s.T("Change, USD"), s.T("Held, USD"), s.T("Balance, USD"))
	p.ink("", 9, 16)
	for _, d := range days {
		p.line(228)
		p.day(s.BusinessDate(d.Day), views.Integer(int(d.Entries)), views.Signed(d.Change.Decimal(), 4), views.Money4(d.Held.Decimal()), views.Money4(d.Balance.Decimal()))
	}
}

func (p sheet) day(cells ...string) {
	for i, share := range []float64{0.24, 0.13, 0.22, 0.18, 0.23} {
		align := "R"
		if i == 0 {
			align = "L"
		}
		p.cell(inside*share, cells[i], align)
	}
	p.Ln(row - 0.6)
}
