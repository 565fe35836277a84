package handlers_test

// What API keys may do, on both sides of the counter and at the door.

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAKeysTermsAreMadeReadAndChangedAndGoOnThroughARotation(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	day := time.Now().AddDate(0, 2, 0).Format(time.DateOnly)
	for who, s := range p.sides(t, c) {
		typed := url.Values{
			"name": {"Point of sale"}, "scopes": {"topup"}, "expires": {day}, "daily_cap": {"1,500"}, "requests": {"60"}, "burst": {"5"},
			"networks": {"203.0.113.7\r\n127.0.0.0/8"},
		}
		key := text(s.submit(s.keys+"/new", s.keys, typed).follow().Find("#api-key"))
		row := func(key string) string {
			return bare(text(s.get(s.keys).Find(`#keys tr:contains("` + billing.KeyHint(key) + `")`)))
		}
		terms := bare("Orders only · up to 1,500.00 USD a day · 60 requests a minute · from 203.0.113.7, 127.0.0.0/8 · works until")
		if said := row(key); !strings.Contains(said, terms) {
			t.Errorf("%s reads %q", who, said)
		}
		if got := p.knocks(t, key); got.status != http.StatusForbidden {
			t.Errorf("%s: reading with a key that orders only: %d", who, got.status)
		}
		fresh, _ := s.rotates(billing.KeyHint(key), 0)
		if said := row(fresh); !strings.Contains(said, terms) {
			t.Errorf("%s: after its rotation %q", who, said)
		}
		path := s.at(billing.KeyHint(fresh)) + "/terms"
		form := s.get(path)
		for field, value := range map[string]string{"name": "Point of sale", "expires": day, "daily_cap": "1500.0000", "requests": "60", "burst": "5"} {
			if got := form.Find("#f-"+field).AttrOr("value", ""); got != value {
				t.Errorf("%s: the form of terms has %s %q, want %q", who, field, got, value)
			}
		}
		if done := s.submit(path, path, url.Values{"name": {"Warehouse"}, "scopes": {"read", "topup"}, "networks": {""}}); done.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", who, done.status, text(done.Find("main")))
		}
		if got := p.knocks(t, fresh); got.status != http.StatusOK {
			t.Errorf("%s: with a key that may read now: %d", who, got.status)
		}
		if said := row(fresh); !strings.HasPrefix(said, "Warehouse"+bare("Reads and orders")) || strings.Contains(said, bare("up to")) {
			t.Errorf("%s: changed to %q", who, said)
		}
	}
	for action, lines := range map[string]int{"key.made": 2, "key.rotated": 2, "key.changed": 2} {
		var n int
		if err := p.store.DB().GetContext(t.Context(), &n, `SELECT count(*) FROM audit_log WHERE action = $1 AND customer_id = $2`, action, c.ID); err != nil || n != lines {
			t.Errorf("%d lines of %s, %v", n, action, err)
		}
	}
}

func TestWrongTermsAreToldBesideTheirFields(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	key := p.addKey(t, c)
	s := p.sides(t, c)["an owner"]
	for _, path := range []string{s.keys + "/new", s.keys + "/" + strconv.FormatInt(key.ID, 10) + "/terms"} {
		for _, tt := range []struct{ field, value, says string }{
			{"name", "", "Enter a name of 60 characters at most"},
			{"expires", "2020-01-01", "Choose today or a later day, or leave it empty"},
			{"expires", "tomorrow", "Write a day like 2026-12-31"},
			{"daily_cap", "0", "Write an amount above zero, or leave it empty"},
			{"daily_cap", "lots", "Write an amount like 2,500.00"},
			{"requests", "0", "Write a whole number from 1 to 100,000, or leave it empty"},
			{"burst", "7", "Say how many requests a minute, too"},
			{"networks", "example.com", "“example.com” is no address and no range. Write 203.0.113.7 or 203.0.113.0/24"},
			{"scopes", "everything", "Choose what the key may do"},
		} {
			typed := url.Values{"name": {"A name"}}
			typed.Set(tt.field, tt.value)
			got := s.submit(path, strings.TrimSuffix(path, "/new"), typed)
			if said := text(got.Find("#f-" + tt.field + "-error")); got.status != http.StatusUnprocessableEntity || said != tt.says {
				t.Errorf("%s, %+v: %d, %q", path, tt, got.status, said)
			}
		}
	}
	other := storetest.Customer(t, p.store, "0")
	if got := s.get("/dashboard/keys/" + strconv.FormatInt(p.addKey(t, other).ID, 10) + "/terms"); got.status != http.StatusNotFound {
		t.Errorf("another's key: %d", got.status)
	}
}

func TestAnOperatorEndsAllKeysOfACustomerByOneClickAndItsConfirmation(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	s := p.sides(t, c)["an operator"]
	keys := []string{s.makes("One"), s.makes("Two")}
	if asked := text(s.get(s.keys + "/end").Find("main")); !strings.Contains(asked, "2 keys work now.") || !strings.Contains(asked, "every program of "+c.Name) {
		t.Errorf("asked %q", asked)
	}
	if done := s.submit(s.keys+"/end", s.keys+"/end", nil); done.status != http.StatusSeeOther {
		t.Fatalf("%d", done.status)
	}
	for _, key := range keys {
		if got := p.knocks(t, key); got.status != http.StatusUnauthorized {
			t.Errorf("%s still opens: %d", key, got.status)
		}
	}
	if s.get(s.keys).Find(`a[href$="/keys/end"]`).Length() != 0 {
		t.Error("there is nothing to end any more")
	}
}

// Whose word on the address counts: a trusted proxy's, and of what it passes on
// only what the last stranger before it cannot have made up.
func TestAKeysRangesHoldBehindAProxyAndAgainstForgedHeaders(t *testing.T) {
	t.Parallel()
	network := func(text string) *net.IPNet {
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, tt := range []struct {
		what    string
		trusted []*net.IPNet
		header  string
		status  int
	}{
		{"no proxy, the right address claimed", nil, "203.0.113.7", 403},
		{"a proxy that is not ours claims it", []*net.IPNet{network("198.51.100.0/24")}, "203.0.113.7", 403},
		{"our proxy says it", []*net.IPNet{network("127.0.0.0/8")}, "203.0.113.7", 200},
		{"our proxy says another", []*net.IPNet{network("127.0.0.0/8")}, "198.51.100.9", 403},
		{"forged before what our proxy says", []*net.IPNet{network("127.0.0.0/8")}, "203.0.113.7, 198.51.100.9", 403},
		{"through two proxies of ours", []*net.IPNet{network("127.0.0.0/8"), network("10.0.0.0/8")}, "203.0.113.7, 10.1.2.3", 200},
		{"a stranger pretends to be a proxy of ours", []*net.IPNet{network("127.0.0.0/8"), network("10.0.0.0/8")}, "203.0.113.7, 198.51.100.9, 10.1.2.3", 403},
		{"no address at all", []*net.IPNet{network("127.0.0.0/8")}, "somewhere", 403},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			p := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.TrustedProxies = tt.trusted })
			c := storetest.Customer(t, p.store, "100")
			key := p.sides(t, c)["an owner"].makesOn(url.Values{"name": {"Behind a proxy"}, "networks": {"203.0.113.0/24"}})
			got := p.visit(t).get("/api/v1/balance", "Authorization", "Bearer "+key, "X-Forwarded-For", tt.header, "X-Real-IP", "203.0.113.7", "Forwarded", "for=203.0.113.7")
			if got.status != tt.status {
				t.Errorf("got %d, want %d", got.status, tt.status)
			}
		})
	}
}

// makesOn makes a key on terms.
func (s side) makesOn(typed url.Values) (key string) {
	s.t.Helper()
	return text(s.submit(s.keys+"/new", s.keys, typed).follow().Find("#api-key"))
}
