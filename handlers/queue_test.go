package handlers_test

// The queue's page, the brakes, and what is cancelled.

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// openQuiet is a site in front of an engine that accepts and does not work: what
// is ordered waits.
func openQuiet(t *testing.T) premises {
	t.Helper()
	s, address := storetest.NewWithURL(t)
	engine := topup.New(s, outcome(billing.OutcomeDelivered), slog.New(slog.DiscardHandler), topup.Options{
		Concurrency: 5, RetryWindow: time.Minute, MaxWait: 15 * time.Minute, ApprovalLimit: billing.MustUSD("1000"),
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"),
	})
	return premises{store: s, engine: engine}.served(t, handlers.Site{
		Store: s, Engine: engine, Log: discard, AdminKey: serverKey, SecretKey: strings.Repeat("s", 32), Zone: mexico(t), Version: "test", QueueWindow: openWindow(t, address),
	})
}

// accept orders a top-up and lets it wait.
func (p premises) accept(t *testing.T, c billing.Customer, reference string) billing.TopUp {
	t.Helper()
	accepted, _, err := p.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50")})
	if err != nil {
		t.Fatal(err)
	}
	return accepted
}

func (p premises) available(t *testing.T, c billing.Customer) string {
	t.Helper()
	return storetest.Balance(t, p.store, c.ID).Available().String()
}

func TestAPauseIsSaidWhereverItMattersUntilItEnds(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c, other := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	laura, v, viewer := p.visit(t).signInAsMember("laura@envia.mx"), p.as(t, billing.RoleAdmin), p.as(t, billing.RoleViewer)
	form := url.Values{"scope": {"customer " + c.Code}, "reason": {"Maintenance until 18:00"}}
	for range 2 { // the second changes nothing
		if got := v.submit("/admin/queue", "/admin/queue/pauses", form); got.status != http.StatusSeeOther {
			t.Fatalf("pausing says %d: %s", got.status, text(got.Find(".field-error")))
		}
	}
	pauses, err := p.store.Pauses(t.Context())
	if err != nil || len(pauses) != 1 {
		t.Fatalf("%+v, %v", pauses, err)
	}
	resume := "/admin/queue/pauses/" + strconv.FormatInt(pauses[0].ID, 10) + "/resume"
	said := func(v visitor, path string) bool {
		note := v.get(path).Find("#main .note-unknown").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(text(s), "Maintenance until 18:00") })
		return note.Length() == 1
	}
	customerPage := "/admin/customers/" + c.Code
	for page, want := range map[string]bool{"/admin": true, "/admin/queue": true, customerPage: true, customerPage + "/order": true, "/admin/customers/" + other.Code: false} {
		if said(v, page) != want {
			t.Errorf("%s says it: %v", page, !want)
		}
	}
	if !said(laura, "/dashboard") || !said(laura, "/dashboard/order") {
		t.Error("the customer's people do not read it")
	}
	if !said(viewer, "/admin/queue") {
		t.Error("a viewer does not read it")
	}
	if n := viewer.get("/admin/queue").Find(`form[action^="/admin/queue/pauses"]`).Length(); n != 0 {
		t.Errorf("a viewer is offered %d brakes", n)
	}
	if got := v.submit(customerPage, resume, nil); got.status != http.StatusSeeOther || got.header.Get("Location") != customerPage {
		t.Errorf("resuming leads to %q (%d)", got.header.Get("Location"), got.status)
	}
	if said(v, "/admin/queue") || said(v, customerPage) || said(laura, "/dashboard") {
		t.Error("it is said after its end")
	}
	if past := text(v.get("/admin/queue").Find("#panel-past-pauses li")); !strings.Contains(past, "Maintenance until 18:00") {
		t.Errorf("past pauses: %q", past)
	}
	if audit := text(v.get(customerPage + "/audit").Find("#main")); !strings.Contains(audit, "Paused sending") || !strings.Contains(audit, "Resumed sending") {
		t.Error("the audit log does not tell of it")
	}
}

func TestAPauseThatCannotBeIsShownAgainWithItsFaults(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	v := p.as(t, billing.RoleAdmin)
	for name, test := range map[string]struct {
		scope, reason string
		wrong         string
	}{
		"nothing chosen":        {"", "why", "#f-scope-error"},
		"no reason":             {"all", " ", "#f-reason-error"},
		"neither":               {"", "", "#f-scope-error, #f-reason-error"},
		"a customer of nowhere": {"customer NOBODY", "why", "#f-scope-error"},
		"a product of nowhere":  {"product XOOM_1_MXN", "why", "#f-scope-error"},
		"a long reason":         {"all", strings.Repeat("x", 201), "#f-reason-error"},
	} {
		got := v.submit("/admin/queue", "/admin/queue/pauses", url.Values{"scope": {test.scope}, "reason": {test.reason}})
		if got.status != http.StatusUnprocessableEntity || got.Find(test.wrong).Length() != strings.Count(test.wrong, "#") || got.Find(".field-error").Length() != strings.Count(test.wrong, "#") {
			t.Errorf("%s: %d, %q", name, got.status, text(got.Find(".field-error")))
		}
	}
	if pauses, err := p.store.Pauses(t.Context()); err != nil || len(pauses) != 0 {
		t.Errorf("%+v, %v", pauses, err)
	}
	if chosen := v.get("/admin/queue?scope=all").Find(`#f-scope option[selected]`).AttrOr("value", ""); chosen != "all" {
		t.Errorf("a link chooses %q", chosen)
	}
}

func TestTheQueueTellsWhatWaitsAndWhoWorks(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c, other := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	if page := v.get("/admin/queue"); !strings.Contains(text(page.Find("#panel-orders")), "Nothing waits") || !strings.Contains(text(page.Find("#panel-instances")), "No instance works") {
		t.Errorf("an empty queue says %q", text(page.Find("#queue")))
	}
	p.accept(t, c, "r1")
	p.accept(t, c, "r2")
	old := p.accept(t, other, "r3")
	storetest.Age(t, p.store, old.ID, 3*time.Minute)
	p.instance(t, "lives-1", "0")
	p.instance(t, "dead-1", "3600")
	page := v.part("/admin/queue", "queue")
	if page.Find("header, h1").Length() != 0 {
		t.Error("the fragment is a page")
	}
	rows := page.Find("#panel-orders tbody tr")
	for i, want := range []string{other.Name + " TFE_MXN_20_TO_2000 1waiting 0 0 3 min", c.Name + " TFE_MXN_20_TO_2000 2waiting 0 0"} {
		if got := text(rows.Eq(i)); !strings.HasPrefix(tight(got), tight(want)) {
			t.Errorf("row %d says %q, want %q", i, got, want)
		}
	}
	if got := text(page.Find(".figures")); !strings.Contains(got, "Waiting to be sent3") || !strings.Contains(got, "of 5 places") {
		t.Errorf("the figures say %q", got)
	}
	for i, want := range []string{"lives-1Lives", "dead-1DeadSilentfor1h"} {
		if got := tight(text(page.Find("#panel-instances li").Eq(i))); !strings.HasPrefix(got, want) {
			t.Errorf("instance %d: %q", i, got)
		}
	}
	if got := tight(text(page.Find("#panel-jobs tbody tr"))); !strings.HasPrefix(got, "Carryatop-uptoLatcomWaitsforaplace3") {
		t.Errorf("jobs: %q", got)
	}
	if got := text(page.Find("#panel-way")); !strings.Contains(got, "Orders go out.") {
		t.Errorf("the way to Latcom: %q", got)
	}
	if _, err := p.store.DB().ExecContext(t.Context(), `UPDATE breaker SET failures = 5, opened_at = now() - interval '90 seconds', retry_at = now() + interval '30 seconds', reason = 'the login was refused'`); err != nil {
		t.Fatal(err)
	}
	if got := text(v.get("/admin/queue").Find("#panel-way")); !strings.Contains(got, "stopped 1 min ago: the login was refused") {
		t.Errorf("an open breaker: %q", got)
	}
}

func (p premises) instance(t *testing.T, id, silent string) {
	t.Helper()
	_, err := p.store.DB().ExecContext(t.Context(), `INSERT INTO instances (id, host, started_at, seen_at)
		VALUES ($1, 'host', now() - interval '2 hours', now() - make_interval(secs => CAST($2 AS float)))`, id, silent)
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatWaitsIsCancelledAndItsCreditGoesBack(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c := storetest.Customer(t, p.store, "100")
	waits := p.accept(t, c, "r1")
	path := "/admin/topups/" + waits.ID.String()
	support, v := p.as(t, billing.RoleSupport), p.as(t, billing.RoleFinance)
	for _, page := range []string{path, "/admin/topups?open=" + waits.ID.String()} {
		if n := v.get(page).Find(`a[href="` + path + `/cancel"]`).Length(); n != 1 {
			t.Errorf("%s offers it %d times", page, n)
		}
		if n := support.get(page).Find(`a[href="` + path + `/cancel"]`).Length(); n != 0 {
			t.Errorf("%s offers it to support", page)
		}
	}
	if n := v.part("/admin/topups?open="+waits.ID.String(), "drawer-parts").Find(`a[href="` + path + `/cancel"]`).Length(); n != 1 {
		t.Errorf("the drawer alone offers it %d times", n)
	}
	ask := text(v.get(path + "/cancel").Find("#main"))
	for _, want := range []string{"97.2222", "+2.7778", "100.0000", "Cancel it and give back 2.7778 USD"} {
		if !strings.Contains(ask, want) {
			t.Errorf("the question does not say %q: %s", want, ask)
		}
	}
	for range 2 { // sent twice, it does it once
		got := v.do(http.MethodPost, path+"/cancel", url.Values{"csrf": {v.csrf()}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != path {
			t.Fatalf("cancelling: %d to %q", got.status, got.header.Get("Location"))
		}
		if toast := text(v.get(path).Find("#toasts")); !strings.Contains(toast, "Cancelled") {
			t.Errorf("it says %q", toast)
		}
	}
	if now := p.available(t, c); now != "100.0000" {
		t.Errorf("available is %s", now)
	}
	if page := text(v.get(path).Find("#topup")); !strings.Contains(page, "Failed") {
		t.Errorf("the top-up: %q", page)
	}
	if audit := text(v.get("/admin/customers/" + c.Code + "/audit").Find("#main")); strings.Count(audit, "Cancelled a top-up") != 1 {
		t.Errorf("the audit log: %q", audit)
	}
}

func TestNothingIsCancelledThatMayHaveLeft(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	done := p.order(t, c, "r1")
	path, v := "/admin/topups/"+done.ID.String(), p.as(t, billing.RoleFinance)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if got := v.do(method, path+"/cancel", url.Values{"csrf": {v.csrf()}}); got.status != http.StatusSeeOther || got.header.Get("Location") != path {
			t.Errorf("%s: %d", method, got.status)
		}
		if toast := text(v.get(path).Find("#toasts")); !strings.Contains(toast, "Nothing was cancelled.") {
			t.Errorf("%s says %q", method, toast)
		}
	}
	if now := p.available(t, c); now != "97.2222" {
		t.Errorf("available is %s", now)
	}
}
