package handlers_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheDashboardShowsBalanceAndDay(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	p.order(t, c, "r1")
	page := p.visit(t).signInAsMember("laura@envia.mx").get("/dashboard")
	for selector, want := range map[string]string{
		"#balance > p:first-child":       "97.22USD", // 97.2222: cut, never rounded up
		"#balance dl":                    "Balance97.22 Held0.00Credit limit0.00",
		"#balance > p:last-child":        "Last deposit: +100.00 USD, ",
		"#today .figures > :first-child": "Top-ups today1none yesterday by this time",
		"#today .figures":                "Delivered50.00MXN50.00 on averageCharged2.78USDnow 18.0000 MXN per USDSuccess100.0%0 failed",
		"#runway":                        "at the pace of the last 60 minutes: 2.78 USD",
		"#latest tbody tr":               "55 1234 5678r1Succeeded50.00MXN2.7778",
	} {
		if got := text(page.Find(selector)); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
	if page.Find(`[sse-connect="/dashboard/live"] [hx-trigger*="sse:change"][hx-trigger*="every 10s"][hx-target="#balance"]`).Length() != 1 {
		t.Error("the balance is not read again at each change, or not without the stream")
	}
}

func TestOneAnswerBringsAllThatMovesTogether(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	got := p.visit(t).signInAsMember("laura@envia.mx").part("/dashboard", "balance")
	if got.Find("header, h1, form").Length() != 0 || got.Find("#balance:not([hx-swap-oob])").Length() != 1 {
		t.Error("the balance does not come alone")
	}
	for _, id := range []string{"runway", "today", "latest"} {
		if got.Find("#"+id+`[hx-swap-oob="true"]`).Length() != 1 {
			t.Errorf("%s does not come along", id)
		}
	}
}

func TestADashboardWithoutAnythingSaysSo(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "0"), "ana@vacia.mx")
	page := p.visit(t).signInAsMember("ana@vacia.mx").get("/dashboard")
	for selector, want := range map[string]string{
		"#balance > p:last-child": "No deposit yet",
		"#runway":                 "Nothing available",
		"#latest":                 "No top-up yet",
		"#panel-keys":             "No API key",
	} {
		if got := text(page.Find(selector)); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
}

// The routes are the router's own: one that is added without a case here fails.
func TestNobodySeesAnythingOfAnotherCustomer(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	ours, theirs := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.addMember(t, ours, "laura@envia.mx")
	p.addMember(t, theirs, "pedro@norte.mx")
	topUp := p.order(t, theirs, "their-reference")
	cases := map[string]struct {
		path   string
		status int
	}{
		"GET /dashboard":               {"/dashboard", 200},
		"GET /dashboard/live":          {"", 0}, // TestTheStreamTellsOfACapture
		"GET /dashboard/topups":        {"/dashboard/topups?reference=their-reference", 200},
		"GET /dashboard/topups/totals": {"/dashboard/topups/totals?reference=their-reference", 200},
		"GET /dashboard/topups/newer":  {"/dashboard/topups/newer?newer=" + strings.Repeat("A", 32), 200},
		"GET /dashboard/topups.csv":    {"/dashboard/topups.csv?phone=5512345678", 200},
		"GET /dashboard/topups/:id":    {"/dashboard/topups/" + topUp.ID.String(), 404},
		"GET /dashboard/sign-in":       {"/dashboard/sign-in", 303},
		"POST /dashboard/sign-in":      {"", 0}, // names nothing of a customer
		"POST /dashboard/sign-out":     {"", 0},
	}
	laura, pedro := p.visit(t).signInAsMember("laura@envia.mx"), p.visit(t).signInAsMember("pedro@norte.mx")
	for _, route := range p.echo.Routes() {
		name := route.Method + " " + route.Path
		if !strings.HasPrefix(route.Path, "/dashboard") {
			continue
		}
		c, known := cases[name]
		if !known {
			t.Errorf("%s has no case: say what another customer's member sees there", name)
		}
		if c.path == "" {
			continue
		}
		got := laura.get(c.path)
		if got.status != c.status {
			t.Errorf("%s as another customer's member: %d, want %d", name, got.status, c.status)
		}
		page := strings.ReplaceAll(got.body, c.path, "") // the address that laura typed herself
		for _, theirThing := range []string{topUp.ID.String(), "55 1234 5678", theirs.Name, theirs.Code, "2.7778"} {
			if strings.Contains(page, theirThing) {
				t.Errorf("%s shows %q of another customer", name, theirThing)
			}
		}
		if anonymous := p.visit(t).get(c.path); !strings.HasSuffix(c.path, "sign-in") && anonymous.status != http.StatusSeeOther {
			t.Errorf("%s without signing in: %d", name, anonymous.status)
		}
	}
	if got := pedro.get("/dashboard/topups/" + topUp.ID.String()); got.status != http.StatusOK {
		t.Errorf("its own customer does not see it: %d", got.status)
	}
}

func TestAMemberIsNoOperator(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addOperator(t, "diego")
	p.addMember(t, storetest.Customer(t, p.store, "100"), "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	planted := laura.cookie("latcom_member")
	for _, cookie := range []string{"latcom_operator=" + planted, "latcom_member=" + planted} {
		if got := p.visit(t).get("/admin", "Cookie", cookie); got.status != http.StatusSeeOther {
			t.Errorf("with %.20s… the back office says %d", cookie, got.status)
		}
	}
}

func TestTheStreamTellsOfACapture(t *testing.T) {
	t.Parallel()
	deliver := make(chan struct{})
	p := openSite(t, delivers(func(context.Context, billing.Send) billing.Answer {
		<-deliver
		return billing.Answer{Outcome: billing.OutcomeDelivered}
	}))
	c, other := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	p.addMember(t, other, "pedro@norte.mx")
	laura, pedro := p.visit(t).signInAsMember("laura@envia.mx"), p.visit(t).signInAsMember("pedro@norte.mx")
	accepted, _, err := p.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, Reference: "r1", Phone: "+525512345678", Amount: billing.MustMXN("50")})
	if err != nil {
		t.Fatal(err)
	}
	for { // sent: nothing changes before the provider answers
		if now, err := p.store.TopUp(t.Context(), accepted.ID, c.ID); err != nil || now.Status == billing.StatusSending {
			break
		}
	}
	events, theirs := laura.listen(t), pedro.listen(t)
	if e := <-events; e.name != "beat" {
		t.Fatalf("the stream begins with %q", e.name)
	}
	<-theirs
	drain(events, 600*time.Millisecond) // changes of the sending itself
	close(deliver)
	if _, err := p.engine.Wait(t.Context(), accepted); err != nil {
		t.Fatal(err)
	}
	settled := time.Now()
	select {
	case e := <-events:
		if took := time.Since(settled); e.name != "change" || e.data != "1" || took > time.Second {
			t.Errorf("%q with %q after %s", e.name, e.data, took)
		}
	case <-time.After(time.Second):
		t.Fatal("a capture is not told of within a second")
	}
	if got := text(laura.part("/dashboard", "balance").Find("#balance > p").First()); got != "97.22USD" {
		t.Errorf("the balance that is then read: %q", got)
	}
	select {
	case e := <-theirs:
		if e.name == "change" {
			t.Error("another customer's stream tells of it")
		}
	case <-time.After(500 * time.Millisecond):
	}
}

type event struct{ name, data string }

// listen opens the live stream until the test ends.
func (v visitor) listen(t *testing.T) <-chan event {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.base+"/dashboard/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := v.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream: %d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	t.Cleanup(func() { response.Body.Close() })
	events := make(chan event, 100)
	go func() {
		defer close(events)
		var e event
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				e.name = strings.TrimPrefix(line, "event: ")
			case strings.HasPrefix(line, "data: "):
				e.data = strings.TrimPrefix(line, "data: ")
			case line == "":
				events <- e
			}
		}
	}()
	return events
}

func drain(events <-chan event, quiet time.Duration) {
	for {
		select {
		case <-events:
		case <-time.After(quiet):
			return
		}
	}
}

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
