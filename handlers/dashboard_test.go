package handlers_test

import (
	"bufio"
	"context"
	"maps"
	"net/http"
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
	second := openSandbox(t)
	p := openSite(t, outcome(billing.OutcomeDelivered), beside(second))
	ours, theirs := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	topUp := p.order(t, theirs, "their-reference")
	file := "/dashboard/exports/" + p.memberExport(t, theirs).ID.String()
	cases := map[string]struct {
		path       string
		own, wrong int // what a member of the customer gets, and of another one
	}{
		"GET /dashboard":                             {"/dashboard", 200, 200},
		"GET /dashboard/live":                        {"", 0, 0}, // TestTheStreamTellsOfACapture
		"GET /dashboard/topups":                      {"/dashboard/topups?reference=their-reference", 200, 200},
		"GET /dashboard/topups/totals":               {"/dashboard/topups/totals?reference=their-reference", 200, 200},
		"GET /dashboard/topups/newer":                {"/dashboard/topups/newer?newer=" + strings.Repeat("A", 32), 200, 200},
		"GET /dashboard/topups.csv":                  {"/dashboard/topups.csv?phone=5512345678", 200, 200},
		"GET /dashboard/topups/:id":                  {"/dashboard/topups/" + topUp.ID.String(), 200, 404},
		"GET /dashboard/references":                  {"/dashboard/references?reference=their-reference", 200, 200},
		"GET /dashboard/statements":                  {"/dashboard/statements", 200, 200}, // TestAMemberSeesTheStatementsOfItsOwnCompanyAlone
		"GET /dashboard/statement":                   {"/dashboard/statement?month=" + thisMonth(t), 200, 200},
		"GET /dashboard/statement.pdf":               {"/dashboard/statement.pdf?month=" + thisMonth(t), 200, 200},
		"GET /dashboard/statement.csv":               {"/dashboard/statement.csv?month=" + thisMonth(t), 200, 200},
		"GET /dashboard/notifications":               {"/dashboard/notifications", 200, 200},
		"POST /dashboard/notifications":              {"/dashboard/notifications", 422, 422},
		"POST /dashboard/notifications/watch":        {"/dashboard/notifications/watch", 422, 422},
		"GET /dashboard/order":                       {"/dashboard/order", 200, 200}, // of one's own company: TestAnOwnerOrdersByHandAndOnceOnly
		"POST /dashboard/order":                      {"/dashboard/order", 400, 400},
		"POST /dashboard/order/edit":                 {"/dashboard/order/edit", 400, 400},
		"POST /dashboard/order/review":               {"/dashboard/order/review", 400, 400},
		"POST /dashboard/sandbox/balance":            {"/dashboard/sandbox/balance", 400, 400},
		"POST /dashboard/sandbox/certificate":        {"/dashboard/sandbox/certificate", 400, 400},
		"POST /dashboard/sandbox/certificate/report": {"/dashboard/sandbox/certificate/report", 422, 422},
		"GET /dashboard/sign-in":                     {"", 0, 0}, // names nothing of a customer
		"POST /dashboard/sign-in":                    {"", 0, 0},
		"POST /dashboard/sign-out":                   {"", 0, 0},
		"GET /dashboard/topups.xlsx":                 {"/dashboard/topups.xlsx?phone=5512345678", 200, 200},
		"GET /dashboard/exports":                     {"/dashboard/exports", 200, 200},
		"GET /dashboard/exports/new":                 {"/dashboard/exports/new", 200, 200},
		"POST /dashboard/exports":                    {"/dashboard/exports", 400, 400},
		"GET /dashboard/exports/:id":                 {file, 200, 404},
		"GET /dashboard/exports/:id/file":            {file + "/file", 200, 404},
		"POST /dashboard/exports/:id/cancel":         {file + "/cancel", 303, 404},
	}
	for name, both := range ownAccountCases {
		test := cases[name]
		test.path, test.own, test.wrong = both.path, both.status, both.status
		cases[name] = test
	}
	keeping := p.accessCases(t, theirs, "/dashboard", "/dashboard")
	maps.Copy(keeping, sandboxCases(t, second, theirs, "/dashboard", "/dashboard"))
	for name, keeps := range keeping {
		test := cases[name]
		test.path, test.own, test.wrong = keeps.path, keeps.status, keeps.status
		if strings.Contains(name, ":") {
			test.wrong = http.StatusNotFound
		}
		cases[name] = test
	}
	p.walk(t, "/dashboard", func(name string) (visit, bool) {
		test, known := cases[name]
		if strings.Contains(name, ":") && test.path != "" && test.wrong != http.StatusNotFound {
			t.Errorf("%s names something: to another customer's member it must not exist", name)
		}
		return visit{path: test.path, want: func(who string) int {
			switch who {
			case memberA:
				return test.own
			case memberB:
				return test.wrong
			}
			return http.StatusSeeOther // to sign in
		}, also: func(who string, got answer) {
			page := strings.ReplaceAll(got.body, test.path, "") // the address that he typed himself
			for _, theirThing := range []string{topUp.ID.String(), "55 1234 5678", theirs.Name, theirs.Code, "2.7778", "olga@", "their-company"} {
				if who != memberA && strings.Contains(page, theirThing) {
					t.Errorf("%s shows %q of another customer to %s", name, theirThing, who)
				}
			}
		}}, known
	}, p.everybody(t, theirs, ours))
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
	return v.listenTo("/dashboard/live")
}

func (v visitor) listenTo(stream string) <-chan event {
	t := v.t
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.base+stream, nil)
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
