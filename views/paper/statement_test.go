package paper_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/paper"
)

func march() billing.Statement {
	usd := billing.MustUSD
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	opening := billing.AccountDay{
		Day: time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), Number: 7, Balance: usd("-12.5"), Closed: true,
		Sums: billing.Movements{"deposit": {Entries: 7, Balance: usd("-12.5")}},
	}
	s := billing.Statement{From: day(1), To: day(31), Opening: opening}
	for d := 1; d <= 31; d++ {
		n := int64(d)
		s.Days = append(s.Days, billing.AccountDay{
			Day: day(d), Number: 7 + n, Balance: opening.Balance.Add(usd("1000")), Closed: true,
			Sums: billing.Movements{"deposit": {Entries: 7 + n, Balance: opening.Balance.Add(usd("1000"))}},
		})
	}
	s.Closing = s.Days[30]
	return s
}

// textOf is what a PDF says, page by page as it is drawn.
func textOf(t *testing.T, file []byte) string {
	t.Helper()
	var said strings.Builder
	for _, part := range bytes.Split(file, []byte("stream\n"))[1:] {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		drawn, err := io.ReadAll(r)
		if err != nil && len(drawn) == 0 {
			t.Fatal(err)
		}
		for _, text := range regexp.MustCompile(`\((.*?)\) ?Tj`).FindAllSubmatch(drawn, -1) {
			said.Write(text[1])
			said.WriteByte('\n')
		}
	}
	return said.String()
}

func draw(t *testing.T, s paper.Statement) string {
	t.Helper()
	file, err := s.PDF()
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) || len(file) > 50_000 {
		t.Fatalf("%d bytes, %v", len(file), err)
	}
	return textOf(t, file)
}

func TestAStatementOnPaperSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	customer := billing.Customer{Code: "ENVIA", Name: "EnvíaDespensa"}
	english := draw(t, paper.Statement{Reader: views.Reader{Language: views.English, Now: time.Now()}, Statement: march(), Customer: customer})
	for _, want := range []string{"Env\xedaDespensa", "1 Mar 2026 \x96 31 Mar 2026   Closed", "-12.5000", "Deposits\n31\n+1,000.0000", "Closing balance\n987.5000", "31 Mar 2026", "8 to 38", "1 / 2", "2 / 2"} {
		if !strings.Contains(english, want) {
			t.Errorf("nothing says %q:\n%s", want, english)
		}
	}
	if strings.Contains(english, "SIMULATOR") || strings.Contains(english, "does not add up") {
		t.Errorf("it says what is not so:\n%s", english)
	}
	spanish := draw(t, paper.Statement{Reader: views.Reader{Language: views.Spanish, Now: time.Now()}, Statement: march(), Customer: customer, Simulator: true})
	for _, want := range []string{"Estado de cuenta", "SIMULADOR", "Saldo final\n987.5000", "1 mar 2026", "D\xeda por d\xeda"} {
		if !strings.Contains(spanish, want) {
			t.Errorf("nothing says %q:\n%s", want, spanish)
		}
	}
}

func TestAStatementThatDoesNotAddUpSaysSoOnPaper(t *testing.T) {
	t.Parallel()
	s := march()
	s.Closing.Balance = billing.MustUSD("1")
	if said := draw(t, paper.Statement{Reader: views.Reader{Language: views.English}, Statement: s}); !strings.Contains(said, "This statement does not add up.") {
		t.Errorf("it says\n%s", said)
	}
}

// In the pseudo-language each text of the catalogue stands between marks, which
// paper cannot draw: what is left is figures, dates and names.
func TestPaperSaysNothingUntranslated(t *testing.T) {
	t.Parallel()
	said := draw(t, paper.Statement{Reader: views.Reader{Language: views.Pseudo}, Statement: march(), Customer: billing.Customer{Code: "ENVIA", Name: "Name"}, Simulator: true})
	for line := range strings.Lines(said) {
		line = regexp.MustCompile(`\.([A-Za-z][^.]*|\d+ to \d+)\.`).ReplaceAllString(line, "")
		line = strings.TrimSpace(regexp.MustCompile(`ENVIA|Name|USD|Mar 2026|March 2026|[0-9,.+/ -]+`).ReplaceAllString(line, ""))
		if regexp.MustCompile(`[A-Za-z]{2,}`).MatchString(line) && !regexp.MustCompile(`^[0-9a-f]+$`).MatchString(line) {
			t.Errorf("it says %q", line)
		}
	}
}
