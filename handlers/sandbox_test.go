package handlers_test

// The sandbox as customers and operators see it.

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

// openSandbox is a second house on a database of its own, in which all is delivered.
func openSandbox(t *testing.T) api.House {
	t.Helper()
	books, address := storetest.NewWithURL(t)
	engine := topup.New(books, outcome(billing.OutcomeDelivered), slog.New(slog.DiscardHandler), topup.Options{
		ListenURL: address, Concurrency: 5, RetryWindow: time.Second, Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true,
		Sandbox: &topup.Sandbox{Hurry: 40, Poll: 20 * time.Millisecond},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	courier, err := webhooks.New(books, discard, webhooks.Options{SecretKey: strings.Repeat("s", 32), AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	return api.House{Store: books, Engine: engine, Courier: courier}
}

// beside opens a sandbox beside the live house.
func beside(h api.House) func(*handlers.Site) {
	return func(site *handlers.Site) {
		site.Sandbox = api.NewSandbox()
		site.Sandbox.Open(h)
	}
}

// testKey adds a key to the twin of a customer, as nobody knows it.
func testKey(t *testing.T, h api.House, of billing.Customer) (key billing.APIKey) {
	t.Helper()
	twin, err := h.Engine.Twin(t.Context(), topup.Twin{Customer: of, Rate: billing.MustRate("18")})
	if err != nil {
		t.Fatal(err)
	}
	secret, hint := billing.NewTestKey()
	err = h.Store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		key, _, err = tx.PutAPIKey(t.Context(), billing.APIKey{CustomerID: twin.ID, Name: "Point of sale", Hint: hint, KeyTerms: billing.AnyTerms()}, billing.HashSecret(secret))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sandboxCases are the routes of a customer's test keys under a path.
func sandboxCases(t *testing.T, h api.House, of billing.Customer, at, route string) map[string]accessCase {
	t.Helper()
	number := func() string { return strconv.FormatInt(testKey(t, h, of).ID, 10) }
	key, ended := at+"/sandbox/keys/"+number(), at+"/sandbox/keys/"+number()
	route, at = route+"/sandbox", at+"/sandbox"
	cases := map[string]accessCase{
		"GET " + route:                         {at, 200, false},
		"GET " + route + "/keys":               {at + "/keys", 303, false},
		"GET " + route + "/keys/new":           {at + "/keys/new", 200, true},
		"POST " + route + "/keys":              {at + "/keys", 422, true},
		"GET " + route + "/keys/:id/rotation":  {key + "/rotation", 200, true},
		"POST " + route + "/keys/:id/rotation": {key + "/rotation", 422, true},
		"GET " + route + "/keys/:id/end":       {key + "/end", 200, true},
		"POST " + route + "/keys/:id/end":      {ended + "/end", 303, true},
		"GET " + route + "/keys/:id/terms":     {key + "/terms", 200, true},
		"POST " + route + "/keys/:id/terms":    {key + "/terms", 422, true},
	}
	if !strings.HasPrefix(route, "/dashboard") {
		return cases
	}
	twin, err := h.Store.CustomerByCode(t.Context(), of.Code)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(cases, premises{courier: h.Courier}.webhookCases(t, twin, at, route))
	return cases
}

// knocksAt asks for the balance with a key and returns it.
func (p premises) knocksAt(t *testing.T, key string) (int, string) {
	t.Helper()
	got := p.knocks(t, key)
	_, balance, _ := strings.Cut(got.body, `"available":"`)
	balance, _, _ = strings.Cut(balance, `"`)
	return got.status, balance
}

func TestATestKeyIsMadeRotatedAndEndedOnBothSidesOfTheCounter(t *testing.T) {
	t.Parallel()
	h := openSandbox(t)
	p := openSite(t, outcome(billing.OutcomeDelivered), beside(h))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	office := "/admin/customers/" + c.Code + "/sandbox"
	for who, s := range map[string]side{
		"an owner":    {p.visit(t).signInAsMember("laura@envia.mx"), "/dashboard/sandbox/keys", ""},
		"an operator": {p.as(t, billing.RoleFinance), office + "/keys", ""},
	} {
		first := s.makes("Test bench")
		if !strings.HasPrefix(first, billing.TestPrefix) {
			t.Fatalf("%s is shown %q", who, first)
		}
		if status, balance := p.knocksAt(t, first); status != http.StatusOK || balance != "1000.0000" {
			t.Errorf("%s: the new key: %d %s", who, status, balance)
		}
		list := strings.TrimSuffix(s.keys, "/keys")
		href, _ := s.get(list).Find(`#keys tr:contains("` + billing.KeyHint(first) + `") a[href$="/rotation"]`).Attr("href")
		second := text(s.submit(href, href, url.Values{"overlap": {"0s"}}).follow().Find("#api-key"))
		if status, _ := p.knocksAt(t, first); status != http.StatusUnauthorized {
			t.Errorf("%s: the replaced key: %d", who, status)
		}
		if status, _ := p.knocksAt(t, second); status != http.StatusOK || !strings.HasPrefix(second, billing.TestPrefix) {
			t.Errorf("%s: the key in its place: %d", who, status)
		}
		href, _ = s.get(list).Find(`#keys tr:contains("` + billing.KeyHint(second) + `") a[href$="/end"]`).Attr("href")
		s.submit(href, href, nil)
		if status, _ := p.knocksAt(t, second); status != http.StatusUnauthorized {
			t.Errorf("%s: the ended key: %d", who, status)
		}
	}
	if n := p.count(t, `SELECT count(*) FROM api_keys`); n != 0 {
		t.Errorf("%d of them stand in the live house", n)
	}
}

func TestAnOwnerSetsThePlayBalanceAndAMemberDoesNot(t *testing.T) {
	t.Parallel()
	h := openSandbox(t)
	p := openSite(t, outcome(billing.OutcomeDelivered), beside(h))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	p.addMemberAs(t, c, "pedro@envia.mx", billing.MemberMember)
	laura, pedro := p.visit(t).signInAsMember("laura@envia.mx"), p.visit(t).signInAsMember("pedro@envia.mx")
	const page, form = "/dashboard/sandbox", "/dashboard/sandbox/balance"
	play := func(typed url.Values) string {
		got := laura.submit(page, form, typed)
		if got.status == http.StatusUnprocessableEntity {
			return text(got.Find("#play .field-error"))
		}
		return text(laura.get(page).Find("#sandbox-now .figures > *").First())
	}
	for _, step := range []struct {
		typed url.Values
		want  string
	}{
		{url.Values{"amount": {"0"}}, "0.00"},
		{url.Values{"amount": {"12.5"}}, "12.50"},
		{url.Values{"add": {"1000"}}, "1,012.50"},
		{url.Values{"amount": {"-1"}}, "Enter an amount from 0"},
		{url.Values{"amount": {"a lot"}}, "Enter an amount from 0"},
		{url.Values{"amount": {"1000001"}}, "Enter an amount from 0"},
	} {
		if got := play(step.typed); !strings.Contains(got, step.want) {
			t.Errorf("after %v: %q, want %q", step.typed, got, step.want)
		}
	}
	if got := pedro.do(http.MethodPost, form, url.Values{"id": {"x"}, "csrf": {pedro.csrf()}}); got.status != http.StatusForbidden {
		t.Errorf("a member sets it: %d", got.status)
	}
	if n := pedro.get(page).Find("form[action^='/dashboard/sandbox'], #keys a").Length(); n != 0 {
		t.Errorf("a member is offered %d changes", n)
	}
	if got, err := p.store.Customer(t.Context(), c.ID); err != nil || got.Available().String() != "100.0000" {
		t.Errorf("live money moved: %s %v", got.Available(), err)
	}
}

func TestARunOfTheCertificateIsBegunReportedToAndSeenByOperators(t *testing.T) {
	t.Parallel()
	h := openSandbox(t)
	p := openSite(t, outcome(billing.OutcomeDelivered), beside(h))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	laura, finance := p.visit(t).signInAsMember("laura@envia.mx"), p.as(t, billing.RoleViewer)
	const page = "/dashboard/sandbox"
	laura.submit(page, "/dashboard/sandbox/certificate", nil)
	plain := func(v visitor, path string) string { return text(v.get(path).Find("#case-plain")) }
	if got := plain(laura, page); !strings.Contains(got, "Open") || !strings.Contains(got, "No order with the reference") {
		t.Errorf("at first: %q", got)
	}
	twin, err := h.Store.CustomerByCode(t.Context(), c.Code)
	if err != nil {
		t.Fatal(err)
	}
	run, err := h.Engine.Certificate(t.Context(), twin.ID)
	if err != nil {
		t.Fatal(err)
	}
	reference, phone := run.Verdicts[0].Case.Reference(run.Prefix), billing.Phone("+52"+run.Verdicts[0].Case.Phone())
	if _, _, err := h.Store.NoteSandboxRequest(t.Context(), store.SandboxRequest{CustomerID: twin.ID, Reference: reference, Phone: phone, Amount: billing.MustMXN("50")}); err != nil {
		t.Fatal(err)
	}
	accepted, _, err := h.Engine.Accept(t.Context(), billing.Order{CustomerID: twin.ID, Reference: reference, Phone: phone, Amount: billing.MustMXN(sandbox.CaseAmount)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Engine.Wait(t.Context(), accepted); err != nil {
		t.Fatal(err)
	}
	report := func(total string) answer {
		return laura.submit(page, "/dashboard/sandbox/certificate/report", url.Values{"reference": {reference}, "status": {"succeeded"}, "total": {total}})
	}
	if got := report("many"); got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("#certificate")), "Enter an amount such as") {
		t.Errorf("an amount that is none: %d", got.status)
	}
	report("5.5556")
	office := "/admin/customers/" + c.Code + "/sandbox"
	for who, got := range map[string]string{"the customer": plain(laura, page), "an operator": plain(finance, office)} {
		if !strings.Contains(got, "Not passed") || !strings.Contains(got, "You booked 5.5556 USD; it cost 2.7778 USD.") {
			t.Errorf("%s sees %q", who, got)
		}
	}
	report("2.7778")
	if got := plain(finance, office); !strings.Contains(got, "Passed") || strings.Contains(got, "You booked") {
		t.Errorf("afterwards: %q", got)
	}
}

func TestWithoutASandboxThePagesSaySoAndOperatorsAreToldWhy(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered), func(site *handlers.Site) {
		site.Sandbox = api.NewSandbox()
		site.Sandbox.Fail("the role may not make databases")
	})
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	if got := text(laura.get("/dashboard/sandbox").Find("main")); !strings.Contains(got, "There is no sandbox on this server") || strings.Contains(got, "databases") {
		t.Errorf("the customer is told %q", got)
	}
	if got := text(p.as(t, billing.RoleViewer).get("/admin/customers/" + c.Code + "/sandbox").Find("main")); !strings.Contains(got, "the role may not make databases") {
		t.Errorf("an operator is told %q", got)
	}
	if got := laura.get("/dashboard/sandbox/keys/new"); got.status != http.StatusServiceUnavailable {
		t.Errorf("a new key: %d", got.status)
	}
}

func TestTheSandboxSaysNothingUntranslated(t *testing.T) {
	t.Parallel()
	h := openSandbox(t)
	p := openSite(t, outcome(billing.OutcomeDelivered), beside(h))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	testKey(t, h, c)
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	laura.submit("/dashboard/sandbox", "/dashboard/sandbox/certificate", nil)
	inPseudo(t, p, laura)
	got := laura.get("/dashboard/sandbox")
	got.Find("code, option").Remove()
	wantTranslated(t, "the sandbox", got)
	for _, v := range everyVerdict() {
		sayVerdict(t, v)
	}
}
