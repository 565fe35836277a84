package handlers_test

// The overview: figures, charts, what needs somebody, and its three fragments.

import (
	"context"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheOverviewAddsUpTheDay(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	storetest.Customer(t, p.store, "9000")
	p.order(t, c, "r1")
	p.order(t, c, "r2")
	page := p.as(t, billing.RoleViewer).get("/admin")
	for selector, want := range map[string]string{
		"#overview-bands .figures:first-of-type": "Top-ups2was 0Delivered100.00MXNwas 0.00Charged5.56USDwas 0.00Success rate100.0%",
		"#overview-bands .figures:last-of-type":  "In flight0of 5 placesQueued0",
		"#panel-volume caption":                  "Top-ups by hour",
		"#panel-causes":                          "Nothing failed today",
		"#panel-unknown":                         "Every outcome is known",
		"#panel-balances dl":                     "Low1Medium0Good1",
		"#panel-balances li:first-child":         c.Name + "94.44USD",
		`header [aria-current], [aria-label="Compare with"] [aria-current]`: "Yesterday",
	} {
		if got := text(page.Find(selector)); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
	if stream := page.Find(`[sse-connect="/admin/live"] [hx-trigger*="sse:change"][hx-trigger*="every"]`).Length(); stream != 3 {
		t.Errorf("%d parts are live, want 3", stream)
	}
}

func TestEachPartOfTheOverviewComesAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	for _, part := range []string{"overview-bands", "overview-charts", "overview-needs"} {
		got := v.part("/admin?compare=week", part)
		if got.status != 200 || got.Find("body > *").Length() != 1 || got.Find("#"+part).Length() != 1 {
			t.Errorf("%s: %d with %d elements", part, got.status, got.Find("body > *").Length())
		}
		if again := got.Find("#"+part).AttrOr("hx-get", ""); again != "/admin?compare=week" {
			t.Errorf("%s forgets what it compares with: %q", part, again)
		}
	}
}

// answers gives each order the same answer.
func answers(a billing.Answer) delivers {
	return func(context.Context, billing.Send) billing.Answer { return a }
}

func TestFailuresStandByCause(t *testing.T) {
	t.Parallel()
	p := openSite(t, answers(billing.Answer{Outcome: billing.OutcomeRefused, Fault: billing.FaultNumber, Reason: "Not a number of this carrier", Row: "answer.error_number"}))
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	p.order(t, c, "r2")
	v := p.as(t, billing.RoleViewer)
	if got := text(v.get("/admin").Find("#panel-causes tbody tr")); got != "NumberNot a number of this carrier, 2 2100.00 %" {
		t.Errorf("the causes say %q", got)
	}
	link, _ := v.get("/admin").Find("#panel-causes tfoot a").Attr("href")
	if rows := v.get(link).Find("#topup-rows tbody tr").Length(); rows != 2 {
		t.Errorf("the list behind the causes has %d rows", rows)
	}
}
