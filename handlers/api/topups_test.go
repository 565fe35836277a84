package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// references lists those of a page, newest first.
func references(a answer) []string {
	found := []string{}
	list, _ := a.body["data"].([]any)
	for _, one := range list {
		found = append(found, fmt.Sprint(one.(map[string]any)["reference"]))
	}
	return found
}

func TestPagesStayRightWhileTopUpsArrive(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("1000")
	_, other := s.customer("1000")
	var want []string
	for i := range 9 {
		reference := fmt.Sprintf("r%d", i)
		s.order(key, orderOf(reference))
		s.order(other, orderOf(reference))
		want = append([]string{reference}, want...)
	}
	// Several in the same microsecond: their ids decide.
	storetest.Owner(s.store).MustExec(`SET session_replication_role = replica; UPDATE topups SET created_at = date_trunc('hour', created_at); SET session_replication_role = DEFAULT`)
	var seen []string
	path := "/api/v1/topups?limit=2"
	for pages := 0; path != "" && pages < 10; pages++ {
		page := s.ask(http.MethodGet, path, key, "")
		if page.status != http.StatusOK {
			t.Fatalf("got %d %s", page.status, page.raw)
		}
		seen = append(seen, references(page)...)
		s.order(key, orderOf(fmt.Sprintf("new%d", pages)))
		path = ""
		if cursor := page.text("next_cursor"); cursor != "" {
			if _, err := base64.RawURLEncoding.DecodeString(cursor); err != nil {
				t.Errorf("the cursor %q needs escaping", cursor)
			}
			path = "/api/v1/topups?limit=2&cursor=" + cursor
		}
	}
	if !slices.Equal(seen, want) {
		t.Errorf("saw %v, want %v", seen, want)
	}
}

func TestAListIsNarrowedByItsFilters(t *testing.T) {
	t.Parallel()
	s := start(t, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		if send.Phone == "+525500000000" {
			return answers(billing.OutcomeRefused)(ctx, send)
		}
		return delivers(ctx, send)
	}))
	_, key := s.customer("1000")
	s.order(key, orderOf("a"))
	between := time.Now()
	s.order(key, `{"phone":"55 0000 0000","amount":50,"reference":"b"}`)
	s.order(key, `{"phone":"5512345678","amount":"60.5","reference":"c"}`)
	at := url.QueryEscape(between.Format(time.RFC3339Nano))
	tests := []struct{ query, want string }{
		{"", "c b a"},
		{"reference=b", "b"},
		{"reference=nothing", ""},
		{"status=failed", "b"},
		{"status=succeeded", "c a"},
		{"status=unknown", ""},
		{"phone=" + url.QueryEscape("+52 1 55 1234 5678"), "c a"},
		{"phone=+5512345678", "c a"}, // a plus sign that nobody escaped
		{"from=" + at, "c b"},
		{"to=" + at, "a"},
		{"from=2026-01-01T00:00:00+00:00&to=2020-01-01T00:00:00Z", ""},
		{"limit=1", "c"},
		{"limit=200", "c b a"},
		{"status=succeeded&phone=5512345678&reference=c", "c"},
		{"reference=&status=&phone=&from=&to=&limit=&cursor=", "c b a"},
	}
	for _, tt := range tests {
		page := s.ask(http.MethodGet, "/api/v1/topups?"+tt.query, key, "")
		if got := strings.Join(references(page), " "); page.status != http.StatusOK || got != tt.want {
			t.Errorf("%s: got %d %q, want %q", tt.query, page.status, got, tt.want)
		}
	}
	if page := s.ask(http.MethodGet, "/api/v1/topups?status=failed", key, ""); !strings.Contains(page.raw, "does not accept this phone number") {
		t.Errorf("the list does not say why: %s", page.raw)
	}
}

func TestTheExactMomentIsInFromAndNotInTo(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("10")
	at := url.QueryEscape(s.order(key, orderOf("r")).text("created_at"))
	if page := s.ask(http.MethodGet, "/api/v1/topups?from="+at, key, ""); len(references(page)) != 1 {
		t.Errorf("from: %s", page.raw)
	}
	if page := s.ask(http.MethodGet, "/api/v1/topups?to="+at, key, ""); len(references(page)) != 0 {
		t.Errorf("to: %s", page.raw)
	}
}

func TestTheBalanceAddsUpWhileATopUpIsOpen(t *testing.T) {
	t.Parallel()
	p, release := held(billing.OutcomeDelivered)
	t.Cleanup(release)
	s := start(t, p)
	c, key := s.customer("10")
	s.sql(`UPDATE balances SET credit_limit = 5 WHERE customer_id = $1`, c.ID)
	s.order(key, orderOf("r"), "Prefer", "respond-async")
	a := s.ask(http.MethodGet, "/api/v1/balance", key, "")
	got := strings.Join([]string{a.text("balance"), a.text("held"), a.text("credit_limit"), a.text("available"), a.text("currency")}, " ")
	if got != "10.0000 2.7778 5.0000 12.2222 USD" {
		t.Errorf("got %s", a.raw)
	}
	if at, err := time.Parse(time.RFC3339, a.text("as_of")); err != nil || time.Since(at).Abs() > time.Minute || !strings.HasSuffix(a.text("as_of"), "Z") {
		t.Errorf("as of %q", a.text("as_of"))
	}
	release()
}

func TestAQuoteIsWhatAnOrderWouldCost(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("10")
	s.sql(`UPDATE customers SET discount = 0.05 WHERE id = $1`, c.ID)
	for _, amount := range []string{"50", "50.00", "5e1"} {
		a := s.ask(http.MethodGet, "/api/v1/quote?amount="+amount, key, "")
		if a.status != http.StatusOK || a.raw != `{"amount":"50.00","currency":"MXN","price":"2.6389","price_currency":"USD","exchange_rate":"18.0000","discount":"0.0500"}`+"\n" {
			t.Errorf("%s: got %d %s", amount, a.status, a.raw)
		}
	}
	if a := s.order(key, orderOf("r")); a.text("price") != "2.6389" || a.text("available_after") != "7.3611" {
		t.Errorf("the order cost %s", a.raw)
	}
}
