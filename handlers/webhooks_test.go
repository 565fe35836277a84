package handlers_test

// Webhooks: made, tried, rotated, replayed and removed, on both sides of the counter.

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/webhooks"
)

// addWebhook adds an endpoint of a customer at an address where nobody listens.
func (p premises) addWebhook(t *testing.T, c billing.Customer) (endpoint, delivery string) {
	t.Helper()
	ctx, actor := t.Context(), billing.Actor{Kind: billing.ActorSystem, Name: "a test"}
	e := billing.WebhookEndpoint{ID: uuid.New(), CustomerID: c.ID, URL: "http://127.0.0.1:9/their-company", Events: billing.EventTypes()}
	if err := p.courier.Make(ctx, actor, e, webhooks.NewSecret()); err != nil {
		t.Fatal(err)
	}
	id, err := p.courier.Test(ctx, actor, c.ID, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID.String(), strconv.FormatInt(id, 10)
}

// webhookCases are the routes of a customer's webhooks under a path.
func (p premises) webhookCases(t *testing.T, c billing.Customer, at, route string) map[string]accessCase {
	t.Helper()
	at, route = at+"/webhooks", route+"/webhooks"
	id, delivery := p.addWebhook(t, c)
	goes, _ := p.addWebhook(t, c)
	one, went := at+"/"+id, at+"/"+goes
	return map[string]accessCase{
		"GET " + route:                                       {at, 200, false},
		"GET " + route + "/new":                              {at + "/new", 200, true},
		"POST " + route:                                      {at, 422, true},
		"GET " + route + "/:id":                              {one, 200, false},
		"GET " + route + "/:id/edit":                         {one + "/edit", 200, true},
		"POST " + route + "/:id/edit":                        {one + "/edit", 422, true},
		"POST " + route + "/:id/switch":                      {one + "/switch", 303, true},
		"GET " + route + "/:id/rotation":                     {one + "/rotation", 200, true},
		"POST " + route + "/:id/rotation":                    {one + "/rotation", 422, true},
		"GET " + route + "/:id/removal":                      {one + "/removal", 200, true},
		"POST " + route + "/:id/removal":                     {went + "/removal", 303, true},
		"POST " + route + "/:id/test":                        {one + "/test", 303, true},
		"POST " + route + "/:id/replays":                     {one + "/replays", 400, true},
		"GET " + route + "/:id/deliveries/:delivery":         {one + "/deliveries/" + delivery, 200, false},
		"POST " + route + "/:id/deliveries/:delivery/replay": {one + "/deliveries/" + delivery + "/replay", 303, true},
	}
}

// listener is a customer's program that answers with a status.
func listener(t *testing.T, status int) (address string, heard chan http.Header) {
	t.Helper()
	heard = make(chan http.Header, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		heard <- r.Header.Clone()
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return server.URL, heard
}

// From nothing to a replay, on the customer's side and in the back office.
func TestAWebhookIsMadeTriedAndSentAgainOnBothSidesOfTheCounter(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "5000")
	for who, s := range p.sides(t, c) {
		at := strings.TrimSuffix(s.keys, "/keys") + "/webhooks"
		address, heard := listener(t, http.StatusTeapot)
		form := url.Values{"url": {address + "/hook"}, "description": {"Production"}, "events": {"topup.succeeded", "balance.low"}}
		made := s.submit(at+"/new", at, form)
		shown := made.follow()
		secret := text(shown.Find("#webhook-secret"))
		if !strings.HasPrefix(secret, "whsec_") {
			t.Fatalf("%s: the secret is %q: %s", who, secret, text(shown.Find("main")))
		}
		if again := s.get(made.header.Get("Location")); again.status != http.StatusSeeOther || strings.Contains(again.body, secret) {
			t.Errorf("%s: shown twice", who)
		}
		row := s.get(at).Find("#webhooks tbody tr").Last()
		page, _ := row.Find("a.rowlink").Attr("href")
		if !strings.Contains(text(row), address) || !strings.Contains(text(row), "topup.succeededbalance.low") || strings.Contains(text(row), "credit.adjusted") {
			t.Errorf("%s: the list says %s", who, text(row))
		}
		delivery := s.submit(page, page+"/test", nil).header.Get("Location")
		first := <-heard
		got := s.until(delivery, "main details")
		if said := text(got.Find("main")); !strings.Contains(said, "Answered 418") || !strings.Contains(said, "Waits") || !strings.Contains(text(got.Find("pre")), "webhook.test") {
			t.Errorf("%s: the try says %s", who, said)
		}
		s.submit(delivery, delivery+"/replay", nil).follow()
		if again := <-heard; again.Get("webhook-id") != first.Get("webhook-id") {
			t.Errorf("%s: replayed as %s, sent as %s", who, again.Get("webhook-id"), first.Get("webhook-id"))
		}
		rotated := s.submit(page+"/rotation", page+"/rotation", nil).follow()
		if fresh := text(rotated.Find("#webhook-secret")); fresh == secret || !strings.HasPrefix(fresh, "whsec_") || !strings.Contains(text(rotated.Find("main")), "signs too") {
			t.Errorf("%s: the new secret %s", who, text(rotated.Find("main")))
		}
		if off := s.submit(page, page+"/switch", nil).follow(); !strings.Contains(text(off.Find("main")), "Switched off.") {
			t.Errorf("%s: switched off: %s", who, text(off.Find("main")))
		}
		for range 2 { // the form was sent twice
			gone := s.do(http.MethodPost, page+"/removal", url.Values{"csrf": {s.csrf()}})
			if gone.status != http.StatusSeeOther || gone.header.Get("Location") != at {
				t.Errorf("%s: removed: %d", who, gone.status)
			}
		}
		if got := s.get(page); got.status != http.StatusNotFound {
			t.Errorf("%s: a removed webhook: %d", who, got.status)
		}
	}
	if n := p.count(t, `SELECT count(*) FROM audit_log WHERE action IN ('webhook.made', 'webhook.tested', 'webhook.replayed', 'webhook.rotated', 'webhook.switched_off', 'webhook.removed')`); n != 12 {
		t.Errorf("%d lines in the audit log, want 12", n)
	}
	if n := p.count(t, `SELECT count(*) FROM audit_log WHERE before::text LIKE '%whsec%' OR after::text LIKE '%whsec%'`); n != 0 {
		t.Error("the audit log has a secret")
	}
}

func TestWhatATopUpToldStandsOnItsPages(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "5000")
	address, heard := listener(t, http.StatusNoContent)
	e := billing.WebhookEndpoint{ID: uuid.New(), CustomerID: c.ID, URL: address, Events: billing.EventTypes()}
	if err := p.courier.Make(t.Context(), billing.Actor{Kind: billing.ActorSystem, Name: "a test"}, e, webhooks.NewSecret()); err != nil {
		t.Fatal(err)
	}
	top := p.order(t, c, "r1")
	<-heard
	p.addMember(t, c, "laura@envia.mx")
	for who, at := range map[string]struct {
		visitor
		path string
	}{
		"operator": {p.as(t, billing.RoleViewer), "/admin/topups/" + top.ID.String()},
		"owner":    {p.visit(t).signInAsMember("laura@envia.mx"), "/dashboard/topups/" + top.ID.String()},
	} {
		page := at.until(at.path, `a[href*="/deliveries/"]`)
		for said := ""; !strings.Contains(said, "Answered 204"); page = at.get(at.path) {
			said = text(page.Find("#topup"))
		}
		if who == "operator" && !strings.Contains(text(page.Find(".tl")), "topup.succeeded") {
			t.Errorf("the timeline says %s", text(page.Find(".tl")))
		}
		link, _ := page.Find(`a[href*="/deliveries/"]`).Attr("href")
		if got := at.get(link); got.status != http.StatusOK || !strings.Contains(text(got.Find("main")), "r1") {
			t.Errorf("%s: %s is %d", who, link, got.status)
		}
	}
}

func TestAFailingWebhookIsToldOnTheDashboard(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "5000")
	id, _ := p.addWebhook(t, c)
	p.addMember(t, c, "laura@envia.mx")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	if strings.Contains(v.get("/dashboard").body, "webhook fails") {
		t.Error("it is told too early")
	}
	p.store.DB().MustExecContext(t.Context(), `UPDATE webhook_endpoints SET failing_since = now() - interval '4 days', given_up_at = now()`)
	if said := text(v.get("/dashboard").Find("#dashboard-notes")); !strings.Contains(said, "1 webhook fails") {
		t.Errorf("the dashboard says %q", said)
	}
	if said := text(v.get("/dashboard/webhooks/" + id).Find(".note")); !strings.Contains(said, "It fails.") {
		t.Errorf("its page says %q", said)
	}
}

func TestAWebhookThatIsFilledInWrongIsSaidBesideTheField(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "5000")
	p.addMember(t, c, "laura@envia.mx")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	got := v.submit("/dashboard/webhooks/new", "/dashboard/webhooks", url.Values{"url": {"ftp://x"}, "description": {"kept"}, "events": {"none.such"}})
	if got.status != http.StatusUnprocessableEntity || got.Find("#f-url-error").Length() != 1 || got.Find("#f-events-error").Length() != 1 || got.Find(`[name=description]`).AttrOr("value", "") != "kept" {
		t.Errorf("%d: %s", got.status, text(got.Find("main")))
	}
	for range billing.MostEndpoints {
		p.addWebhook(t, c)
	}
	form := url.Values{"url": {"https://example.com/"}, "events": {"balance.low"}}
	if got := v.submit("/dashboard/webhooks/new", "/dashboard/webhooks", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("main")), "10 webhooks are the most") {
		t.Errorf("one too many: %d %s", got.status, text(got.Find("main")))
	}
}

func TestEveryPageOfWebhooksIsTranslated(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "5000")
	id, delivery := p.addWebhook(t, c)
	p.order(t, c, "r1")
	p.addMember(t, c, "laura@envia.mx")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	v.until("/dashboard/webhooks/"+id+"/deliveries/"+delivery, "main details")
	inPseudo(t, p, v)
	for _, state := range []string{"on", "off", "gone", "failing"} {
		p.store.DB().MustExecContext(t.Context(), `UPDATE webhook_endpoints SET failing_since = now() - interval '2 hours', state = 'on', given_up_at = NULL, old_secret = secret, old_secret_until = now() + interval '1 day', delivered_at = now()`)
		switch state {
		case "failing":
			p.store.DB().MustExecContext(t.Context(), `UPDATE webhook_endpoints SET given_up_at = now()`)
		default:
			p.store.DB().MustExecContext(t.Context(), `UPDATE webhook_endpoints SET state = $1`, state)
		}
		for _, path := range []string{"", "/new", "/" + id, "/" + id + "?state=failed", "/" + id + "/edit", "/" + id + "/rotation", "/" + id + "/removal", "/" + id + "/deliveries/" + delivery} {
			got := v.get("/dashboard/webhooks" + path)
			got.Find("a.rowlink, h1").Remove() // names of events and hosts
			wantTranslated(t, path+" while "+state, got)
		}
	}
}
