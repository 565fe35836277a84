package api

// What each key may do, over HTTP.

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/seal"
)

var byTest = billing.Actor{Kind: billing.ActorSystem, Name: "test"}

func (s *site) door() *access.Door {
	s.t.Helper()
	box, err := seal.New("thirty-two bytes of a test's secret", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return access.New(s.store, box)
}

// key makes another key of a customer, on terms.
func (s *site) key(c billing.Customer, change func(*billing.KeyTerms)) (billing.APIKey, string) {
	s.t.Helper()
	secret, _ := billing.NewSecretKey()
	terms := billing.AnyTerms()
	change(&terms)
	key, err := s.door().MakeKey(s.t.Context(), byTest, access.NewKey{Customer: c, Name: "another", Key: secret, Terms: terms})
	if err != nil {
		s.t.Fatal(err)
	}
	return key, secret
}

func (a answer) violated() []string {
	var names []string
	list, _ := a.body["violated-policies"].([]any)
	for _, name := range list {
		names = append(names, name.(string)) //nolint:forcetypeassert // a test may panic
	}
	return names
}

func TestAKeyOpensWhatItsScopesSayAndNothingElse(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, both := s.customer("100")
	_, reads := s.key(c, func(k *billing.KeyTerms) { k.Scopes = []billing.Scope{billing.ScopeRead} })
	_, orders := s.key(c, func(k *billing.KeyTerms) { k.Scopes = []billing.Scope{billing.ScopeTopUp} })
	for i, tt := range []struct {
		what, key     string
		order, read   int
		missing, path string
	}{
		{"both", both, http.StatusCreated, http.StatusOK, "", ""},
		{"read", reads, http.StatusForbidden, http.StatusOK, "topup", ""},
		{"topup", orders, http.StatusCreated, http.StatusForbidden, "read", ""},
	} {
		ordered := s.order(tt.key, orderOf("scope-"+strconv.Itoa(i)))
		read := s.ask(http.MethodGet, "/api/v1/balance", tt.key, "")
		if ordered.status != tt.order || read.status != tt.read {
			t.Errorf("%s: an order %d, reading %d", tt.what, ordered.status, read.status)
		}
		for _, got := range []answer{ordered, read} {
			if got.status == http.StatusForbidden && (got.text("code") != "scope_missing" || got.text("retry") != "never" || got.text("scope") != tt.missing) {
				t.Errorf("%s: %s", tt.what, got.raw)
			}
		}
	}
	for _, path := range []string{"/api/v1/topups", "/api/v1/ledger", "/api/v1/quote?amount=50", "/api/v1/numbers/5512345678", "/api/balance"} {
		if got := s.ask(http.MethodGet, path, orders, ""); got.status != http.StatusForbidden {
			t.Errorf("%s with a key that may only order: %d %s", path, got.status, got.raw)
		}
	}
	if got := s.ask(http.MethodPost, "/api/enviadespensa/topup", reads, `{"phone":"5512345678","amount":50}`, "X-Customer-Id", c.Code); got.status != http.StatusForbidden {
		t.Errorf("an old order with a key that may only read: %d %s", got.status, got.raw)
	}
	var accepted int
	if err := s.store.DB().GetContext(t.Context(), &accepted, `SELECT count(*) FROM topups`); err != nil || accepted != 2 {
		t.Errorf("%d orders were accepted, %v", accepted, err)
	}
}

func TestAKeyIsRefusedOutsideItsOwnRangesWithinItsCustomers(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, anywhere := s.customer("100")
	_, elsewhere := s.key(c, func(k *billing.KeyTerms) { k.Networks, _ = billing.ParseNetworks("203.0.113.0/24") })
	_, here := s.key(c, func(k *billing.KeyTerms) { k.Networks, _ = billing.ParseNetworks("127.0.0.0/8 ::1") })
	want := func(when string, statuses map[string]int) {
		t.Helper()
		for key, status := range statuses {
			if got := s.ask(http.MethodGet, "/api/v1/balance", key, ""); got.status != status || status == http.StatusForbidden && got.text("code") != "ip_not_allowed" {
				t.Errorf("%s: %d %s", when, got.status, got.raw)
			}
		}
	}
	want("of the keys' own ranges", map[string]int{anywhere: 200, elsewhere: 403, here: 200})
	s.sql(`UPDATE customers SET allowed_networks = '{203.0.113.0/24}' WHERE id = $1`, c.ID)
	want("once the customer may call from elsewhere alone", map[string]int{anywhere: 403, elsewhere: 403, here: 403})
}

func TestAKeySpendsNoMoreThanItsCapADayAndItsSuccessorGoesOnWithIt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, free := s.customer("100")
	limit := billing.MustUSD("3") // a top-up costs 2.7778
	capped, secret := s.key(c, func(k *billing.KeyTerms) { k.DailyCap = &limit })
	if got := s.order(secret, orderOf("r1")); got.status != http.StatusCreated {
		t.Fatalf("below the cap: %d %s", got.status, got.raw)
	}
	refused := func(key, reference string) {
		t.Helper()
		got := s.order(key, orderOf(reference))
		wait, _ := strconv.Atoi(got.header.Get("Retry-After"))
		if got.status != http.StatusTooManyRequests || got.text("code") != "key_cap_reached" || got.text("retry") != "safe" || wait < 1 || wait > 24*3600+1 ||
			got.text("type") != typeQuota || !slices.Equal(got.violated(), []string{"key-daily-cap"}) || got.text("cap") != "3.0000" || got.text("spent") != "2.7778" {
			t.Errorf("beyond the cap: %d %s, wait %d", got.status, got.raw, wait)
		}
	}
	refused(secret, "r2")
	if got := s.order(secret, orderOf("r1")); got.status != http.StatusOK {
		t.Errorf("a replay: %d %s", got.status, got.raw)
	}
	fresh, _ := billing.NewSecretKey()
	if _, err := s.door().RotateKey(t.Context(), byTest, capped, 0, fresh); err != nil {
		t.Fatal(err)
	}
	refused(fresh, "r2")
	if got := s.order(free, orderOf("r2")); got.status != http.StatusCreated {
		t.Errorf("with another key: %d %s", got.status, got.raw)
	}
}

func TestAnExpiredKeyOpensNothing(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, _ := s.customer("100")
	key, secret := s.key(c, func(*billing.KeyTerms) {})
	for expires, status := range map[string]int{"1 hour": http.StatusOK, "-1 second": http.StatusUnauthorized} {
		s.sql(`UPDATE api_keys SET expires_at = now() + CAST($2 AS interval) WHERE id = $1`, key.ID, expires)
		if got := s.ask(http.MethodGet, "/api/v1/balance", secret, ""); got.status != status {
			t.Errorf("expiring in %s: %d %s", expires, got.status, got.raw)
		}
	}
}

func TestAllKeysOfACustomerEndAtOnceAndNobodyElses(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, first := s.customer("100")
	_, second := s.key(c, func(*billing.KeyTerms) {})
	_, others := s.customer("100")
	for _, want := range []int{2, 0} {
		if n, err := s.door().EndKeys(t.Context(), byTest, c.ID); n != want || err != nil {
			t.Errorf("%d keys ended, %v", n, err)
		}
	}
	for key, status := range map[string]int{first: 401, second: 401, others: 200} {
		if got := s.ask(http.MethodGet, "/api/v1/balance", key, ""); got.status != status {
			t.Errorf("%d %s, want %d", got.status, got.raw, status)
		}
	}
	var lines int
	if err := s.store.DB().GetContext(t.Context(), &lines, `SELECT count(*) FROM audit_log WHERE action = 'key.ended' AND customer_id = $1`, c.ID); err != nil || lines != 2 {
		t.Errorf("%d lines in the log, %v", lines, err)
	}
	var id int64
	if err := s.store.DB().GetContext(t.Context(), &id, `SELECT min(id) FROM api_keys WHERE customer_id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	// A request that was let in before the key ended, and orders after.
	_, _, err := s.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, APIKeyID: &id, Reference: "late", Phone: "+525512345678", Amount: billing.MustMXN("50")})
	if p := describe(err); p.Code != codeUnauthorized {
		t.Errorf("an order with a key that ended meanwhile: %v", err)
	}
}

// limit sets what a customer, or a key, may ask a minute, and at once.
func (s *site) limit(table string, id int64, perMinute, burst int) {
	s.sql(`UPDATE `+table+` SET requests_per_minute = NULLIF($2, 0), requests_burst = NULLIF($3, 0) WHERE id = $1`, id, perMinute, burst)
}

func TestEveryAnswerOfALimitedCallerSaysHowItsLimitsStand(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, plain := s.customer("100")
	if got := s.ask(http.MethodGet, "/api/v1/balance", plain, ""); got.header.Get("RateLimit-Policy") != "" || got.header.Get("RateLimit") != "" {
		t.Errorf("without a limit: %v", got.header)
	}
	s.limit("customers", c.ID, 6, 3)
	key, secret := s.key(c, func(k *billing.KeyTerms) { k.PerMinute, k.Burst = 3, 2 })
	policy := `"customer";q=3;w=30, "key";q=2;w=40`
	for i, want := range []struct {
		key, policy, limit string
		status             int
		violated           []string
	}{
		{plain, `"customer";q=3;w=30`, `"customer";r=2;t=10`, 200, nil},
		{secret, policy, `"customer";r=1;t=20, "key";r=1;t=20`, 200, nil},
		{secret, policy, `"customer";r=0;t=30, "key";r=0;t=40`, 200, nil},
		{secret, policy, `"key";r=0;t=40`, 429, []string{"key"}},
		{plain, `"customer";q=3;w=30`, `"customer";r=0;t=30`, 429, []string{"customer"}},
	} {
		got := s.ask(http.MethodGet, "/api/v1/balance", want.key, "")
		if got.status != want.status || got.header.Get("RateLimit-Policy") != want.policy || !strings.HasSuffix(got.header.Get("RateLimit"), want.limit) || !slices.Equal(got.violated(), want.violated) {
			t.Errorf("request %d: %d, %q, %q, %s", i+1, got.status, got.header.Get("RateLimit-Policy"), got.header.Get("RateLimit"), got.raw)
		}
		if got.status == 429 && (got.text("type") != typeQuota || got.text("code") != "rate_limited" || got.header.Get("Retry-After") == "") {
			t.Errorf("request %d: %s, %v", i+1, got.raw, got.header)
		}
	}
	s.limit("customers", c.ID, 0, 0)
	s.limit("api_keys", key.ID, 60, 0)
	first := s.order(secret, orderOf("r1"))
	again := s.order(secret, orderOf("r1"))
	for what, got := range map[string]answer{"an order": first, "its replay": again, "a mistake": s.order(secret, `{}`), "nothing there": s.ask(http.MethodGet, "/api/v1/topups/"+sampleID, secret, "")} {
		if got.header.Get("RateLimit-Policy") != `"key";q=60;w=60` || got.header.Get("RateLimit") == "" {
			t.Errorf("%s: %d, %q, %q", what, got.status, got.header.Get("RateLimit-Policy"), got.header.Get("RateLimit"))
		}
	}
}

func TestWhatOneKeyAsksTooOftenTakesNothingFromTheOthers(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, calm := s.customer("100")
	s.limit("customers", c.ID, 10, 0)
	_, wild := s.key(c, func(k *billing.KeyTerms) { k.PerMinute = 2 })
	refused := 0
	for range 20 {
		if s.ask(http.MethodGet, "/api/v1/balance", wild, "").status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 18 {
		t.Errorf("%d of 20 were refused", refused)
	}
	for i := range 8 {
		if got := s.ask(http.MethodGet, "/api/v1/balance", calm, ""); got.status != http.StatusOK {
			t.Errorf("request %d with the other key: %d %s", i+1, got.status, got.raw)
		}
	}
}

func TestReducedCapacityIsAProblemThatEverybodysProgramsKnow(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		billing.UnavailableError{Reason: "the queue is full", RetryAfter: 30},
		billing.UnavailableError{Reason: "Maintenance", RetryAfter: 60, Paused: true},
	} {
		p := describe(err)
		if p.Code != codeUnavailable || p.Type != typeReduced || !slices.Equal(p.Violated, []string{"capacity"}) || p.headers.Get("Retry-After") == "" {
			t.Errorf("%v: %+v", err, p)
		}
	}
	if p := describe(billing.ErrNoRate); p.Code != codeUnavailable || p.Type != "" {
		t.Errorf("no rate: %+v", p)
	}
}

func TestADoubleIsAskedAboutAndItsOverrideOrdersIt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("100")
	s.sql(`UPDATE customers SET guard_minutes = 5 WHERE id = $1`, c.ID)
	first := s.order(key, orderOf("r1"))
	got := s.order(key, orderOf("r2"))
	earlier, _ := got.body["earlier"].(map[string]any)
	if got.status != http.StatusConflict || got.text("code") != "recently_topped_up" || got.text("retry") != "never" || earlier["id"] != first.text("id") ||
		earlier["reference"] != "r1" || earlier["status"] != "succeeded" || earlier["created_at"] != first.text("created_at") {
		t.Fatalf("a double: %d %s", got.status, got.raw)
	}
	meant := strings.Replace(orderOf("r2"), "{", `{"override":"`+got.text("override")+`",`, 1)
	if again := s.order(key, meant); again.status != http.StatusCreated {
		t.Errorf("with the override: %d %s", again.status, again.raw)
	}
	if replay := s.order(key, orderOf("r2")); replay.status != http.StatusOK {
		t.Errorf("its replay: %d %s", replay.status, replay.raw)
	}
	if old := s.ask(http.MethodPost, "/api/enviadespensa/topup", key, `{"phone":"5512345678","amount":50,"reference":"r3"}`, "X-Customer-Id", c.Code); old.status != http.StatusOK {
		t.Errorf("an old order: %d %s", old.status, old.raw)
	}
}
