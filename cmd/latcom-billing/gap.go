package main

// Latcom's statement against the books, after a restore: what they did in the gap.

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"latcom.example/latcom-billing/billing"
)

type gapCommand struct {
	Statement string `arg:"" help:"Latcom's statement as CSV with a line of headings. - is standard input."`
}

// Help says what is read of it.
func (gapCommand) Help() string {
	return `Lines are matched by our number (a column dist_transid or distTransid), else by Latcom's (transId, transaction_id). A column status tells what was delivered: success, or fail; without it every line counts as delivered. Each difference is a line; nothing is changed.

  missing   they delivered it, and the books do not know it: ask the customer for its reference, keep it with "import" and charge it with "customer credit CODE -PRICE"
  waits     they delivered it, and here it is queued, sending or unknown: settle it on the unknown desk as delivered
  contrary  they and the books say different ends: the unknown desk, with their statement as evidence`
}

// statementLine is one delivery or refusal that Latcom tells of.
type statementLine struct {
	number         int // of the line in the file
	ours, theirs   string
	delivered      bool
	phone, told    string
	amount, moment string
}

// Run prints the differences; it ends with 1 when there are some.
func (g gapCommand) Run(ctx context.Context, std streams) (err error) {
	lines, err := g.read()
	if err != nil {
		return err
	}
	b, err := openCurrentBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	differences := 0
	for _, line := range lines {
		t, err := b.TopUpOfProvider(ctx, line.ours, line.theirs)
		if err != nil && !errors.Is(err, billing.ErrNotFound) {
			return err
		}
		said := line.difference(t, err == nil)
		if said == "" {
			continue
		}
		differences++
		if err := std.print("%s\n", said); err != nil {
			return err
		}
	}
	std.note("%d lines compared, %d differences\n", len(lines), differences)
	if differences > 0 {
		return fmt.Errorf("the statement of Latcom and the books differ in %d lines", differences)
	}
	return nil
}

// difference is empty when the books say the same.
func (l statementLine) difference(t billing.TopUp, known bool) string {
	about := strings.Join(slices.DeleteFunc([]string{"line " + strconv.Itoa(l.number), l.ours, l.theirs, l.phone, l.amount, l.moment}, func(s string) bool { return s == "" }), " ")
	switch {
	case !known && !l.delivered:
		return ""
	case !known:
		return "missing   " + about
	case !t.Status.Final():
		return fmt.Sprintf("waits     %s: top-up %s of %s is %s, they say %s", about, t.ID, t.CustomerCode, t.Status, l.told)
	case (t.Status == billing.StatusFailed) == l.delivered:
		return fmt.Sprintf("contrary  %s: top-up %s of %s is %s, they say %s", about, t.ID, t.CustomerCode, t.Status, l.told)
	}
	return ""
}

func (g gapCommand) read() (lines []statementLine, err error) {
	var from io.Reader = os.Stdin
	if g.Statement != "-" {
		file, err := os.Open(g.Statement)
		if err != nil {
			return nil, fmt.Errorf("read the statement: %w", err)
		}
		defer file.Close()
		from = file
	}
	rows := csv.NewReader(from)
	rows.FieldsPerRecord, rows.TrimLeadingSpace = -1, true
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the statement's headings: %w", err)
	}
	columns := headings(head)
	if _, ours := columns["disttransid"]; !ours {
		if _, theirs := columns["transid"]; !theirs {
			return nil, errors.New("the statement has neither a column dist_transid nor transId: nothing can be matched")
		}
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the statement: %w", err)
		}
		number, _ := rows.FieldPos(0)
		line, err := statementLineOf(number, func(name string) string { return cell(row, columns, name) })
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
}

// headings are the columns' places, by names that writing does not change.
func headings(head []string) map[string]int {
	same := map[string]string{"transactionid": "transid", "targetmsisdn": "phone", "msisdn": "phone", "createdat": "date", "timestamp": "date"}
	columns := map[string]int{}
	for place, name := range head {
		name = strings.ToLower(strings.Map(func(r rune) rune {
			if strings.ContainsRune(" _-\ufeff", r) {
				return -1
			}
			return r
		}, name))
		if other := same[name]; other != "" {
			name = other
		}
		columns[name] = place
	}
	return columns
}

func cell(row []string, columns map[string]int, name string) string {
	place, is := columns[name]
	if !is || place >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[place])
}

func statementLineOf(number int, cell func(string) string) (statementLine, error) {
	l := statementLine{
		number: number, ours: cell("disttransid"), theirs: cell("transid"), told: strings.ToLower(cell("status")),
		phone: cell("phone"), amount: cell("amount"), moment: cell("date"),
	}
	switch l.told {
	case "", "success":
		l.told, l.delivered = "success", true
	case "fail", "failed":
	default:
		return l, fmt.Errorf("line %d of the statement has the status %q: success, fail and failed are known", number, l.told)
	}
	if l.ours == "" && l.theirs == "" {
		return l, fmt.Errorf("line %d of the statement has neither our number nor theirs", number)
	}
	return l, nil
}
