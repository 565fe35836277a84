package handlers_test

// The overview: figures, charts, what needs somebody, and its three fragments.

import (
	"context"
	"strings"
	"testing"
	"time"

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
		"#panel-runways ul.grid":                 "Low1Medium0Good1",
		"#panel-runways ul.divide-y":             c.Name + "16h59minLow94.44USD",
		`header [aria-current], [aria-label="Compare with"] [aria-current]`: "Yesterday",
	} {
		if got := text(page.Find(selector)); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
	if stream := page.Find(`[sse-connect="/admin/live/overview"] [hx-trigger*="sse:change"][hx-trigger*="every"]`).Length(); stream != 3 {
		t.Errorf("%d parts are live, want 3", stream)
	}
}

func TestEachPartOfTheOverviewComesAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	for part, along := range map[string]int{"overview-bands": 1, "overview-charts": 0, "overview-needs": 0} { // the figures bring their moment
		got := v.part("/admin?compare=week", part)
		if got.status != 200 || got.Find("body > *").Length() != 1+along || got.Find("#"+part).Length() != 1 || got.Find(`#overview-up-to[hx-swap-oob="true"]`).Length() != along {
			t.Errorf("%s: %d with %d elements", part, got.status, got.Find("body > *").Length())
		}
		if again := got.Find("#"+part).AttrOr("hx-get", ""); again != "/admin?compare=week" {
			t.Errorf("%s forgets what it compares with: %q", part, again)
		}
	}
}

func TestTheOverviewIsToldOnceItsFiguresAreRead(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	v.get("/admin") // fills what all share
	events := v.listenTo("/admin/live/overview")
	<-events // the first beat
	p.order(t, c, "r1")
	for e := range events { // nothing but events makes the page read again
		if e.name == "change" && strings.Contains(tight(v.part("/admin", "overview-bands").Find(".figures").First().Text()), "Successrate100.0%") {
			return
		}
	}
	t.Error("the stream ended before the figures were told of")
}

// What was ordered an hour of another day is compared with, not with that day's end.
func TestTheOverviewComparesUpToTheSameTime(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	zone := mexico(t)
	now := time.Now()
	for _, ago := range []struct {
		days int
		off  time.Duration
	}{{1, -time.Second}, {1, time.Hour}, {7, -time.Second}, {7, -time.Second}} { // a second earlier, an hour later
		p.accepted(t, c, now.In(zone).AddDate(0, 0, -ago.days).Add(ago.off))
	}
	if started := now.In(zone); started.Hour() == 0 && started.Minute() == 0 || started.Hour() == 23 {
		t.Skip("a second ago, or in an hour, is another business day")
	}
	v := p.as(t, billing.RoleViewer)
	for path, want := range map[string]string{"/admin": "Top-ups0−100.0%was1", "/admin?compare=week": "Top-ups0−100.0%was2"} {
		if got := tight(v.get(path).Find("#overview-bands .figures").First().Text()); !strings.HasPrefix(got, want) {
			t.Errorf("%s says %q, want %q", path, got, want)
		}
	}
}

// accepted writes a delivered top-up of another day.
func (p premises) accepted(t *testing.T, c billing.Customer, at time.Time) {
	t.Helper()
	p.store.DB().MustExecContext(t.Context(), `
		INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost,
		                    dist_transid, created_at, completed_at)
		SELECT id, $1, id::text, '+525512345678', 50, 'succeeded', 2.7778, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 47,
		       left(replace(id::text, '-', ''), 32), $2, $2
		FROM gen_random_uuid() id`, c.ID, at)
}

func TestTheOverviewTellsLatcomsPercentilesOfTheDay(t *testing.T) {
	t.Parallel()
	p := openSite(t, answers(billing.Answer{Outcome: billing.OutcomeDelivered, Evidence: billing.Evidence{Took: 6449 * time.Millisecond}}))
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	page := p.as(t, billing.RoleViewer).get("/admin")
	if got := tight(page.Find("#panel-latency dl").Text()); got != "p50today6.4swas–p95today6.4swas–" {
		t.Errorf("the day's percentiles are %q", got)
	}
	if got := tight(page.Find("#panel-latency tbody").Text()); !strings.HasSuffix(got, "6.4s6.4s") {
		t.Errorf("the table behind the chart says %q", got)
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
