package api

// The calls of the system before this one: same words, and safe.

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// oldOrder orders as an integration of the old system does.
func (s *site) oldOrder(c billing.Customer, key, body string) answer {
	s.t.Helper()
	return s.ask(http.MethodPost, "/api/enviadespensa/topup", "", body, "x-api-key", key, "x-customer-id", c.Code)
}

func oldOrderOf(phone, amount, reference string) string {
	if reference != "" {
		reference = `,"reference":` + strconv.Quote(reference)
	}
	return `{"phone":"` + phone + `","amount":` + amount + reference + `}`
}

func (a answer) transaction(name string) any {
	t, _ := a.body["transaction"].(map[string]any)
	return t[name]
}

func TestAnOldOrderIsAnsweredInItsOldWords(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("10")
	a := s.oldOrder(c, key, oldOrderOf("5512345678", "50", "order 1/é ✓"))
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	for name, want := range map[string]any{
		"status": "SUCCESS", "amount": 50.0, "phone": "5512345678", "reference": "order 1/é ✓", "operatorTransactionId": "V1", "currency": "MXN",
	} {
		if got := a.transaction(name); got != want {
			t.Errorf("transaction.%s is %v, want %v", name, got, want)
		}
	}
	if a.body["success"] != true || a.body["remaining_balance"] != 7.2222 || a.text("message") == "" || a.transaction("id") == "" || a.transaction("processedAt") == nil {
		t.Errorf("got %s", a.raw)
	}
	if !strings.Contains(a.raw, `"remaining_balance":7.2222`) || !strings.HasPrefix(a.header.Get("Deprecation"), "@") || !strings.Contains(a.header.Get("Link"), "/api/docs#old-calls") {
		t.Errorf("got %s %v", a.raw, a.header)
	}
	today := s.ask(http.MethodGet, "/api/v1/topups/"+fmt.Sprint(a.transaction("id")), key, "")
	if today.status != http.StatusOK || today.text("reference") != "order 1/é ✓" {
		t.Errorf("today's call reads %d %s", today.status, today.raw)
	}
}

func TestAnOldReferenceAnswersItsFirstResult(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("10")
	for _, reference := range []string{`"r"`, `"` + strings.Repeat("ñ", 100) + `"`, `"a\u0000b"`, `12345`} {
		body := `{"phone":"55 1234 5678","amount":"20.5","extra":1,"reference":` + reference + `}`
		first := s.oldOrder(c, key, body)
		again := s.oldOrder(c, key, strings.Replace(body, "55 1234 5678", "+52 1 55 1234 5678", 1))
		if first.status != http.StatusOK || again.status != http.StatusOK || first.transaction("id") != again.transaction("id") || first.transaction("reference") != again.transaction("reference") {
			t.Errorf("%s: %d %s, again %d %s", reference, first.status, first.raw, again.status, again.raw)
		}
		other := s.oldOrder(c, key, strings.Replace(body, "20.5", "30", 1))
		if other.status != http.StatusBadRequest || other.body["success"] != false {
			t.Errorf("%s with another amount: %d %s", reference, other.status, other.raw)
		}
	}
	if n := topUpsOf(t, s, c); n != 4 {
		t.Errorf("%d top-ups, want 4", n)
	}
	if a := s.oldOrder(c, key, oldOrderOf("5512345678", "20", strings.Repeat("r", 101))); a.status != http.StatusBadRequest {
		t.Errorf("101 characters: %d %s", a.status, a.raw)
	}
}

func topUpsOf(t *testing.T, s *site, c billing.Customer) (n int) {
	t.Helper()
	if err := s.store.DB().GetContext(t.Context(), &n, `SELECT count(*) FROM topups WHERE customer_id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFiftyOldOrdersWithoutAReferenceAreOneOnTwoInstances(t *testing.T) {
	t.Parallel()
	var sent atomic.Int32
	counts := providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		sent.Add(1)
		return delivers(ctx, send)
	})
	one := start(t, counts)
	two := startOn(t, one.store, one.url, counts)
	c, key := one.customer("100")
	ids := make([]any, 50)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			a := []*site{one, two}[i%2].oldOrder(c, key, oldOrderOf("5512345678", "50", ""))
			if ids[i] = a.transaction("id"); a.status != http.StatusOK || a.transaction("status") != "SUCCESS" {
				t.Errorf("got %d %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("several top-ups: %v and %v", id, ids[0])
		}
	}
	if sent.Load() != 1 || storetest.Balance(t, one.store, c.ID).Available().String() != "97.2222" {
		t.Errorf("%d were sent", sent.Load())
	}
	if a := one.oldOrder(c, key, oldOrderOf("5512345678", "60", "")); a.transaction("id") == ids[0] {
		t.Error("another amount is the same order")
	}
	storetest.Owner(one.store).MustExec(`SET session_replication_role = replica; UPDATE topups SET created_at = created_at - interval '5 minutes'; SET session_replication_role = DEFAULT`)
	if a := one.oldOrder(c, key, oldOrderOf("5512345678", "50", "")); a.status != http.StatusOK || a.transaction("id") == ids[0] {
		t.Errorf("after five minutes: %d %s", a.status, a.raw)
	}
}

func TestAnUnknownOldOrderIsPendingAndNeverAnError(t *testing.T) {
	t.Parallel()
	s := start(t, answers(billing.OutcomeUnknown))
	c, key := s.customer("10")
	for _, reference := range []string{"r", ""} {
		for range 2 {
			a := s.oldOrder(c, key, oldOrderOf("5512345678", "50", reference))
			if a.status != http.StatusAccepted || a.body["success"] != true || a.transaction("status") != "PENDING" || a.transaction("processedAt") != nil {
				t.Errorf("got %d %s", a.status, a.raw)
			}
		}
	}
}

func TestEveryOldRefusalIsInTheOldWords(t *testing.T) {
	t.Parallel()
	s := start(t, answers(billing.OutcomeRefused))
	c, key := s.customer("10")
	poorOne, poor := s.customer("1.2")
	s.sql(`UPDATE balances SET credit_limit = 1 WHERE customer_id = $1`, poorOne.ID)
	suspendedOne, suspended := s.customer("10")
	s.sql(`UPDATE customers SET suspended = true WHERE id = $1`, suspendedOne.ID)
	order := oldOrderOf("5512345678", "50", "r")
	tests := []struct {
		what, method, path, key, customer, body string
		status                                  int
		want                                    string
	}{
		{"no key", "POST", oldOrderPath, "", c.Code, order, 401, `{"success":false,"error":"Invalid API credentials"}`},
		{"a wrong key", "POST", oldOrderPath, "nobody", c.Code, order, 401, `{"success":false,"error":"Invalid API credentials"}`},
		{"no customer", "POST", oldOrderPath, key, "", order, 401, `{"success":false,"error":"Invalid API credentials"}`},
		{"another customer", "POST", oldOrderPath, key, poorOne.Code, order, 401, `{"success":false,"error":"Invalid API credentials"}`},
		{"the balance of another customer", "GET", oldBalancePath, key, poorOne.Code, "", 401, `{"success":false,"error":"Invalid API credentials"}`},
		{"too little", "POST", oldOrderPath, poor, poorOne.Code, order, 403, `{"success":false,"error":"Insufficient balance","current_balance":1.2,"requested":2.7778}`},
		{"suspended", "POST", oldOrderPath, suspended, suspendedOne.Code, order, 403, ""},
		{"refused by the carrier", "POST", oldOrderPath, key, c.Code, order, 400, "The carrier does not accept this phone number."},
		{"no JSON", "POST", oldOrderPath, key, c.Code, "phone=1", 400, ""},
		{"an array", "POST", oldOrderPath, key, c.Code, "[]", 400, ""},
		{"no phone", "POST", oldOrderPath, key, c.Code, `{"amount":50}`, 400, ""},
		{"no amount", "POST", oldOrderPath, key, c.Code, `{"phone":"5512345678"}`, 400, ""},
		{"two phones", "POST", oldOrderPath, key, c.Code, `{"phone":"5512345678","phone":"5512345679","amount":50}`, 400, ""},
		{"a foreign phone", "POST", oldOrderPath, key, c.Code, oldOrderOf("+1 212 555 0100", "50", ""), 400, ""},
		{"too much", "POST", oldOrderPath, key, c.Code, oldOrderOf("5512345678", "500", ""), 400, ""},
		{"too fine", "POST", oldOrderPath, key, c.Code, oldOrderOf("5512345678", "50.001", ""), 400, ""},
		{"too long", "POST", oldOrderPath, key, c.Code, order + strings.Repeat(" ", maxBody), 413, ""},
		{"another method", "GET", oldOrderPath, key, c.Code, "", 405, ""},
		{"another path", "POST", "/api/enviadespensa/other", key, c.Code, order, 404, ""},
	}
	for _, tt := range tests {
		a := s.ask(tt.method, tt.path, "", tt.body, "X-API-Key", tt.key, "X-Customer-ID", tt.customer)
		if a.status != tt.status || a.body["success"] != false || a.text("error") == "" || !strings.Contains(a.raw, tt.want) {
			t.Errorf("%s: got %d %s", tt.what, a.status, a.raw)
		}
	}
	if storetest.Balance(t, s.store, c.ID).Available().String() != "10.0000" {
		t.Error("a refusal cost something")
	}
}

func TestTheOldBalanceIsInNumbers(t *testing.T) {
	t.Parallel()
	p, release := held(billing.OutcomeDelivered)
	t.Cleanup(release)
	s := start(t, p)
	c, key := s.customer("10")
	s.sql(`UPDATE balances SET credit_limit = 5.5 WHERE customer_id = $1`, c.ID)
	s.order(key, orderOf("r"), "Prefer", "respond-async")
	for _, named := range []string{c.Code, strings.ToLower(c.Code), strconv.FormatInt(c.ID, 10)} {
		a := s.ask(http.MethodGet, "/api/balance", "", "", "x-api-key", key, "x-customer-id", named)
		want := fmt.Sprintf(`{"success":true,"customer_id":%q,"company_name":%q,"current_balance":7.2222,"credit_limit":5.5,"currency":"USD"}`+"\n", named, c.Name)
		if a.status != http.StatusOK || a.raw != want {
			t.Errorf("got %d %s, want %s", a.status, a.raw, want)
		}
	}
	release()
}

func TestAnImportedKeyWorksAsItDidAndInTheCallsOfToday(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c := storetest.Customer(t, s.store, "10")
	other := storetest.Customer(t, s.store, "10")
	door := access.New(s.store, nil)
	old := access.OldKey{Name: "Old", Key: "ed_prod_k7Q2-0123456789", CustomerID: "envia-001"}
	for range 2 {
		if _, err := door.ImportKey(t.Context(), billing.Actor{Kind: billing.ActorCommandLine, Name: "ana"}, c, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := door.ImportKey(t.Context(), billing.Actor{Kind: billing.ActorCommandLine, Name: "ana"}, other, old); err == nil {
		t.Error("two customers have one key")
	}
	a := s.ask(http.MethodPost, oldOrderPath, "", oldOrderOf("5512345678", "50", "r"), "x-api-key", old.Key, "x-customer-id", "envia-001")
	if a.status != http.StatusOK || a.transaction("status") != "SUCCESS" {
		t.Errorf("got %d %s", a.status, a.raw)
	}
	if a := s.order(old.Key, orderOf("r")); a.status != http.StatusOK || a.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("today's call with the same order: %d %s", a.status, a.raw)
	}
	if a := s.ask(http.MethodGet, oldBalancePath, "", "", "x-api-key", old.Key, "x-customer-id", "envia-002"); a.status != http.StatusUnauthorized {
		t.Errorf("another name: %d %s", a.status, a.raw)
	}
	var kept string
	if err := s.store.DB().GetContext(t.Context(), &kept, `SELECT string_agg(to_jsonb(k)::text, ' ') FROM api_keys k`); err != nil || strings.Contains(kept, old.Key) {
		t.Errorf("the key is kept: %v", err)
	}
}
