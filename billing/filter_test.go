package billing

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAFilterTextSaysWhatItMeans(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"": {},
		"status:failed customer:ENVIA amount>50 5512345678": {"status": "failed", "customer": "ENVIA", "amount": ">50", "find": "5512345678"},
		"  status:failed\tstatus:unknown ":                  {"status": "failed,unknown"},
		"customer:ENVIA,RNORTE,TMOVIL":                      {"customer": "ENVIA,RNORTE,TMOVIL"},
		"date:today amount>=20":                             {"date": "today", "amount": ">=20"},
		"amount>20 amount<=100":                             {"amount": ">20,<=100"},
		"amount:20..100":                                    {"amount": "20..100"},
		"amount=50":                                         {"amount": "50"},
		"date:2026-03-12":                                   {"from": "2026-03-12", "to": "2026-03-12"},
		"date:2026-03-01..2026-03-12":                       {"from": "2026-03-01", "to": "2026-03-12"},
		"date:2026-03-01..":                                 {"from": "2026-03-01"},
		"date:..2026-03-12":                                 {"to": "2026-03-12"},
		"failed today":                                      {"status": "failed", "date": "today"},
		"Fallidas hoy":                                      {"status": "failed", "date": "today"},
		"estado:fallida cliente:ENVIA monto<100 fecha:ayer": {"status": "failed", "customer": "ENVIA", "amount": "<100", "date": "yesterday"},
		"ref:ED-20260312-008841":                            {"reference": "ED-20260312-008841"},
		"tm:774120":                                         {"find": "tm:774120"}, // a reference of somebody's
		"55 1234 5678":                                      {"find": "5512345678"},
		"status:failed (55) 1234-5678":                      {"status": "failed", "find": "5512345678"},
		"+52 1 55 1234 5678":                                {"find": "5512345678"},
		"5512…":                                             {"find": "5512…"},
		"id:LT48213907 key:k7Q2":                            {"transaction": "LT48213907", "key": "k7Q2"},
		`"failed"`:                                          {"find": "failed"},
		`key:"Second key" reference:"a \"b\" \\ c"`:         {"key": "Second key", "reference": `a "b" \ c`},
		"tu_01JP5W8Q3N7K2ABCDEFGHJKMNP":                     {"find": "tu_01JP5W8Q3N7K2ABCDEFGHJKMNP"},
		"STATUS:FAILED":                                     {"status": "failed"},
		"status:nonsense":                                   {"status": "nonsense"}, // which the reader of values refuses
	} {
		got, problems := ReadFilterText(text)
		if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
			t.Errorf("%q: %v %s", text, problems, diff)
		}
	}
}

func TestAWordThatIsNotUnderstoodIsNamedWithWhatWasMeant(t *testing.T) {
	for text, want := range map[string]FilterProblem{
		"stats:failed":              {FilterUnknownWord, "stats:failed", "status:failed", "status:failed"},
		"stat:failed 5512345678":    {FilterUnknownWord, "stat:failed", "status:failed", "status:failed 5512345678"},
		"amount>20 costumer:ENVIA":  {FilterUnknownWord, "costumer:ENVIA", "customer:ENVIA", "amount>20 customer:ENVIA"},
		`referenc:"a b"`:            {FilterUnknownWord, `referenc:"a b"`, `reference:"a b"`, `reference:"a b"`},
		"faild":                     {FilterUnknownWord, "faild", "status:failed", "status:failed"},
		"customer:ENVIA yesterda":   {FilterUnknownWord, "yesterda", "date:yesterday", "customer:ENVIA date:yesterday"},
		"status:":                   {FilterNoValue, "status:", "", ""},
		`""`:                        {FilterNoValue, `""`, "", ""},
		"date:..":                   {FilterNoValue, "date:..", "", ""},
		"phone:5512345678 phone:55": {FilterTwice, "phone:55", "", ""},
		"today date:yesterday":      {FilterTwice, "date:yesterday", "", ""},
		`reference:"a b`:            {FilterOpenQuote, `reference:"a b`, "", ""},
		"ED-1 ED-2":                 {FilterManyWords, "ED-2", "", ""},
		"status>failed":             {FilterUnknownWord, "status>failed", "status:failed", "status:failed"},
		"5512345678 and something":  {FilterManyWords, "and", "", ""},
	} {
		_, problems := ReadFilterText(text)
		if len(problems) != 1 || problems[0] != want {
			t.Errorf("%q: %+v, want %+v", text, problems, want)
		}
	}
}

func TestFieldsBecomeATextAndTheSameFieldsAgain(t *testing.T) {
	words := rapid.StringMatching(`[A-Za-z0-9._:,"\\ é-]{1,12}`).Filter(func(s string) bool { return strings.TrimSpace(s) == s })
	day := rapid.StringMatching(`20[0-9]{2}-[01][0-9]-[0-3][0-9]`)
	fields := map[string]*rapid.Generator[string]{
		FieldDate: rapid.SampledFrom(FilterDays()), FieldCustomer: rapid.StringMatching(`[A-Z]{2,6}(,[A-Z]{2,6})?`),
		FieldStatus: rapid.SampledFrom([]string{"failed", "failed,unknown", "nonsense"}),
		FieldAmount: rapid.SampledFrom([]string{"50", "20..100", ">50", ">=20,<100", "<=37.25"}),
		FieldPhone:  words, FieldReference: words, FieldTransaction: words, FieldKey: words, FieldFind: words,
	}
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{}
		for field, values := range fields {
			if rapid.Bool().Draw(t, "has "+field) {
				want[field] = values.Draw(t, field)
			}
		}
		if want[FieldDate] == "" {
			for _, field := range []string{FieldFrom, FieldTo} {
				if rapid.Bool().Draw(t, "has "+field) {
					want[field] = day.Draw(t, field)
				}
			}
		}
		text := WriteFilterText(want)
		got, problems := ReadFilterText(text)
		if len(problems) > 0 || !maps.Equal(got, want) {
			t.Fatalf("%q: %v %s", text, problems, cmp.Diff(want, got))
		}
	})
}

func FuzzAFilterText(f *testing.F) {
	for _, seed := range []string{
		"status:failed customer:ENVIA amount>50 5512…", `a:"b c" "d`, "amount>=1 amount<2", "date:1..2", "\\", `"\"`, ":::", "stats:x", "55 1234 5678", "hoy ayer", "=", "amount<=", "date:2026-",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		fields, problems := ReadFilterText(text)
		for _, p := range problems {
			if !strings.Contains(text, p.Word) {
				t.Fatalf("%q is not a word of %q", p.Word, text)
			}
		}
		if len(problems) > 0 {
			return
		}
		again, problems := ReadFilterText(WriteFilterText(fields))
		if len(problems) > 0 || !meansTheSame(fields, again) {
			t.Fatalf("%q is %v, written %q, which is %v %v", text, fields, WriteFilterText(fields), again, problems)
		}
	})
}

// meansTheSame compares amounts by what they hold.
func meansTheSame(a, b map[string]string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	for _, fields := range []map[string]string{a, b} {
		if amounts, err := ParseAmountRange(fields[FieldAmount]); err == nil {
			fields[FieldAmount] = amounts.String()
		}
	}
	return maps.Equal(a, b)
}

func TestAnAmountRangeReadsAndHolds(t *testing.T) {
	amounts := []string{"0", "19.99", "20", "20.01", "50", "99.99", "100", "100.01"}
	for text, want := range map[string]string{ // the amounts that it holds
		"50":            "50",
		"20..100":       "20 20.01 50 99.99 100",
		">20":           "20.01 50 99.99 100 100.01",
		">=20":          "20 20.01 50 99.99 100 100.01",
		"<20":           "0 19.99",
		"<=20":          "0 19.99 20",
		">20,<100":      "20.01 50 99.99",
		">= 20, <20.01": "20",
		"..20":          "0 19.99 20",
		"100..":         "100 100.01",
	} {
		r, err := ParseAmountRange(text)
		var held []string
		for _, amount := range amounts {
			if r.Contains(MustMXN(amount)) {
				held = append(held, amount)
			}
		}
		if got := strings.Join(held, " "); err != nil || got != want {
			t.Errorf("%q holds %q (%v), want %q", text, got, err, want)
		}
		if again, err := ParseAmountRange(r.String()); err != nil || again.String() != r.String() {
			t.Errorf("%q is written %q, which is read as %q, %v", text, r, again, err)
		}
	}
	for _, text := range []string{"", "..", ">", "x", "50,60", "20..10", ">50,<50", ">50,<=50", "-1", "1.234", "1e3", ">20,>30", "1,", "20..100,>50"} {
		if r, err := ParseAmountRange(text); err == nil {
			t.Errorf("%q is taken for %s", text, r)
		}
	}
}
