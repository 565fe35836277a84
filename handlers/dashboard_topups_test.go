package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheHistoryShowsWhatTheFilterSays(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "1000")
	p.addMember(t, c, "laura@envia.mx")
	for i := range 53 {
		_, _, err := p.engine.Accept(t.Context(), billing.Order{
			CustomerID: c.ID, Reference: fmt.Sprintf("r%02d", i), Phone: billing.Phone(fmt.Sprintf("+5255123456%02d", i)), Amount: billing.MustMXN("50"),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	p.order(t, c, "the-last")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	for query, want := range map[string]int{
		"":                            50,
		"?reference=r07":              1,
		"?reference=r0":               0,
		"?phone=5512345607":           1,
		"?phone=%2B52+1+55+1234+5607": 1,
		"?phone=(55)+1234-5607":       1,
		"?from=2020-01-01":            50,
		"?to=2020-01-01":              0,
		"?status=reversed":            0,
		"?transaction=88260455&reference=the-last": 1,
	} {
		page := v.get("/dashboard/topups" + query)
		if got := page.Find("#rows tbody tr").Length(); page.status != 200 || got != want {
			t.Errorf("%q shows %d rows (%d), want %d", query, got, page.status, want)
		}
		csv := v.get(page.Find(`a[href^="/dashboard/topups.csv"]`).AttrOr("href", ""))
		lines := strings.Count(csv.body, "\r\n") - 1
		if want == 50 {
			want = 54
		}
		if csv.status != 200 || lines != want {
			t.Errorf("the CSV of %q has %d rows, want %d", query, lines, want)
		}
	}
	first := v.get("/dashboard/topups")
	older := v.get(first.Find(".pager a").Last().AttrOr("href", ""))
	if got := older.Find("#rows tbody tr").Length(); got != 4 {
		t.Errorf("the second page has %d rows, want 4", got)
	}
	newer := v.get(older.Find(".pager a").First().AttrOr("href", ""))
	if text(newer.Find("#rows")) != text(first.Find("#rows")) {
		t.Error("back on the first page the rows differ")
	}
	if got := v.part("/dashboard/topups?reference=r07", "rows"); got.Find("form").Length() != 0 || got.Find("#rows").Length() != 1 {
		t.Error("the rows do not come alone")
	}
	totals := v.part("/dashboard/topups/totals?reference=the-last", "totals")
	if got := text(totals.Find("#totals")); !strings.Contains(got, "2.78USD") {
		t.Errorf("the totals say %q", got)
	}
}

func TestAWrongFilterIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	p.order(t, c, "r1")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	for query, field := range map[string]string{
		"phone=55+1234+567":                   "phone",
		"status=lost":                         "status",
		"from=yesterday":                      "from",
		"from=2026-03-12&to=2026-03-01":       "to",
		"reference=" + url.QueryEscape("a b"): "reference",
		"reference=%00":                       "reference",
	} {
		got := v.get("/dashboard/topups?" + query)
		if got.status != http.StatusUnprocessableEntity || got.Find("#f-"+field+"-error").Length() != 1 {
			t.Errorf("%s: %d, %q", query, got.status, text(got.Find(".field-error")))
		}
		if got.Find("tbody tr").Length() != 0 {
			t.Errorf("%s shows rows that it did not ask for", query)
		}
		if csv := v.get("/dashboard/topups.csv?" + query); csv.status == http.StatusOK {
			t.Errorf("%s is exported", query)
		}
	}
	if got := v.get("/dashboard/topups?customer=OTHER"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a customer is no filter here: %d", got.status)
	}
	if got := v.get("/dashboard/topups?status=&phone=&reference=r1"); got.header.Get("Location") != "/dashboard/topups?reference=r1" {
		t.Errorf("an untidy address leads to %q", got.header.Get("Location"))
	}
}

func TestTheCSVIsSafeAndWhole(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeRefused))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	p.order(t, c, "-1+2")
	got := p.visit(t).signInAsMember("laura@envia.mx").get("/dashboard/topups.csv")
	if got.header.Get("Content-Disposition") == "" || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") {
		t.Errorf("headers %v", got.header)
	}
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	row := map[string]string{}
	for i, name := range rows[0] {
		row[name] = rows[1][i]
	}
	for name, want := range map[string]string{
		"reference": "'-1+2", "phone": "+525512345678", "status": "failed", "amount_mxn": "50.00",
		"price_usd": "2.7778", "charged_usd": "0.0000", "failure_code": "refused",
	} {
		if row[name] != want {
			t.Errorf("%s is %q, want %q", name, row[name], want)
		}
	}
	if strings.Contains(got.body, "wire-evidence") || strings.Contains(got.body, "cost") {
		t.Error("the export tells what is between us and the provider")
	}
}

func TestATopUpsPageTellsItsStory(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outcome billing.Outcome
		says    []string
		ledger  string
		held    string
	}{
		{billing.OutcomeDelivered, []string{"Accepted, 2.7778 USD held", "Sent to the carrier", "Charged, 2.7778 USD", "88260455"}, "Hold Capture", "0.0000"},
		{billing.OutcomeRefused, []string{"Nothing was charged.", "Hold given back, 2.7778 USD"}, "Hold Release", "0.0000"},
		{billing.OutcomeUnknown, []string{"Nobody knows yet.", "it is not charged twice", "2.7778 USD stay held"}, "Hold", "2.7778"},
	} {
		t.Run(string(c.outcome), func(t *testing.T) {
			t.Parallel()
			p := openSite(t, outcome(c.outcome))
			customer := storetest.Customer(t, p.store, "100")
			p.addMember(t, customer, "laura@envia.mx")
			topUp := p.order(t, customer, "r1")
			page := p.visit(t).signInAsMember("laura@envia.mx").get("/dashboard/topups/" + topUp.ID.String())
			for _, want := range c.says {
				if !strings.Contains(text(page.Find("main")), want) {
					t.Errorf("%q is not said in %q", want, text(page.Find("main")))
				}
			}
			if got := text(page.Find("#panel-ledger tbody td:first-child")); got != c.ledger && strings.ReplaceAll(c.ledger, " ", "") != got {
				t.Errorf("the ledger has %q, want %q", got, c.ledger)
			}
			if got := text(page.Find("#panel-ledger .sum")); got != c.held {
				t.Errorf("still held: %q, want %q", got, c.held)
			}
			if strings.Contains(page.body, "wire-evidence") || strings.Contains(page.body, topUp.DistTransID) {
				t.Error("the page shows what is between us and the provider")
			}
			if live := page.Find(`[hx-target="#topup"]`).Length() == 1; live == topUp.Status.Final() {
				t.Errorf("a %s top-up is followed: %v", topUp.Status, live)
			}
		})
	}
}
