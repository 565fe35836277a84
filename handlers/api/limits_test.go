package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestARequestBeyondTheLimitIsRefusedAndAReplayIsNot(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	first := s.order(key, orderOf("r1"))
	s.sql(`UPDATE customers SET requests_per_minute = 2 WHERE id = $1`, c.ID)
	for i, call := range []string{"POST /api/v1/topups", "GET /api/v1/balance"} {
		method, path, _ := strings.Cut(call, " ")
		if got := s.ask(method, path, key, orderOf("n"+strconv.Itoa(i))); got.status >= http.StatusBadRequest {
			t.Errorf("%s within the limit: %d %s", call, got.status, got.raw)
		}
	}
	for _, call := range []string{"POST /api/v1/topups", "GET /api/v1/balance"} {
		method, path, _ := strings.Cut(call, " ")
		got := s.ask(method, path, key, orderOf("late"))
		wait, err := strconv.Atoi(got.header.Get("Retry-After"))
		if got.status != http.StatusTooManyRequests || !strings.Contains(got.raw, `"rate_limited"`) || err != nil || wait < 1 || wait > 60 {
			t.Errorf("%s beyond it: %d %s, wait %d", call, got.status, got.raw, wait)
		}
	}
	if again := s.order(key, orderOf("r1")); again.status != http.StatusOK || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("a reference that was used, %d first: %d", first.status, again.status)
	}
	if _, other := s.customer("100"); s.ask("GET", "/api/v1/balance", other, "").status != http.StatusOK {
		t.Error("another customer is limited, too")
	}
}

func TestARequestFromAnotherAddressIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	s.sql(`UPDATE customers SET allowed_networks = '{203.0.113.0/24}' WHERE id = $1`, c.ID)
	for _, call := range []string{"POST /api/v1/topups", "GET /api/v1/balance"} {
		method, path, _ := strings.Cut(call, " ")
		if got := s.ask(method, path, key, orderOf("r1")); got.status != http.StatusForbidden || !strings.Contains(got.raw, `"ip_not_allowed"`) || !strings.Contains(got.raw, `"never"`) {
			t.Errorf("%s: %d %s", call, got.status, got.raw)
		}
	}
	s.sql(`UPDATE customers SET allowed_networks = '{203.0.113.0/24,127.0.0.0/8,::1/128,192.0.2.0/24}' WHERE id = $1`, c.ID)
	if got := s.order(key, orderOf("r1")); got.status != http.StatusCreated {
		t.Errorf("from an allowed one: %d %s", got.status, got.raw)
	}
}

func TestADailyCapIsALimitThatEndsWithTheDay(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	s.sql(`UPDATE customers SET daily_cap = 3 WHERE id = $1`, c.ID)
	if got := s.order(key, orderOf("r1")); got.status != http.StatusCreated {
		t.Fatalf("below the cap: %d %s", got.status, got.raw)
	}
	got := s.order(key, orderOf("r2"))
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.raw, "Your daily cap is 3.0000 USD") || !strings.Contains(got.raw, `"safe"`) {
		t.Errorf("beyond it: %d %s", got.status, got.raw)
	}
}
