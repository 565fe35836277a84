package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cache"
)

func TestAmountsAreReadExactly(t *testing.T) {
	t.Parallel()
	tests := []struct{ number, want string }{
		{"50", "50.00"},
		{"50.00", "50.00"},
		{"50.5", "50.50"},
		{"0.05", "0.05"},
		{"5e1", "50.00"},
		{"5E+1", "50.00"},
		{"500e-1", "50.00"},
		{"0.0005e5", "50.00"},
		{"50.000000000000000000000000000000000000000000", "50.00"},
		{"0", "0.00"},
		{"-0", "0.00"},
		{"0e999999999999", "0.00"},
		{"-50", "-50.00"},
		{"19.99", "19.99"},
		{"9999999999.99", "9999999999.99"},
		{"0000000000000000000000000000050", "50.00"},
		{"1e2", "100.00"},
		{"123456e-2", "1234.56"},
		{"50.001", ""},
		{"5e-3", ""},
		{"1e-99999999999999999999", ""},
		{"1e99999999999999999999", ""},
		{"1e11", ""},
		{"1e1048577", ""},
		{"123456e-3", ""},
	}
	for _, tt := range tests {
		got, err := parseAmount(tt.number)
		if tt.want == "" {
			if p := describe(err); err == nil || p.Code != codeAmount {
				t.Errorf("%s: got %s, %v; want it refused", tt.number, got, err)
			}
			continue
		}
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: got %s, %v; want %s", tt.number, got, err, tt.want)
		}
	}
}

func TestAnyAmountOfCentsSurvivesAnyWriting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 99_999_999_999).Draw(t, "cents")
		zeros := strings.Repeat("0", rapid.IntRange(0, 60).Draw(t, "zeros"))
		want := billing.MustMXN(decimalOf(cents))
		for _, number := range []string{decimalOf(cents) + zeros, decimalOf(cents) + zeros + "e0", wholeOf(cents) + zeros + "e-" + exponentOf(2+len(zeros))} {
			got, err := parseAmount(number)
			if err != nil || got.Cmp(want) != 0 {
				t.Fatalf("%s: got %s, %v; want %s", number, got, err, want)
			}
		}
	})
}

func TestPreferIsReadAsTheStandardWantsIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		headers []string
		wait    time.Duration
		applied string
	}{
		{nil, usualWait, ""},
		{[]string{""}, usualWait, ""},
		{[]string{"wait=10"}, 10 * time.Second, "wait=10"},
		{[]string{"wait=600"}, 60 * time.Second, "wait=60"},
		{[]string{"wait=99999999999999999999"}, usualWait, ""},
		{[]string{"wait=-1"}, usualWait, ""},
		{[]string{"wait=soon"}, usualWait, ""},
		{[]string{"wait"}, usualWait, ""},
		{[]string{"wait=5, wait=50"}, 5 * time.Second, "wait=5"},
		{[]string{"handling=lenient", `Wait = "7"`}, 7 * time.Second, "wait=7"},
		{[]string{"wait=10", "respond-async"}, 0, "respond-async"},
		{[]string{"Respond-Async; foo, wait=10"}, 0, "respond-async"},
	}
	for _, tt := range tests {
		got := preferenceOf(http.Header{"Prefer": tt.headers})
		if got.wait != tt.wait || got.applied != tt.applied {
			t.Errorf("%q: got %s, %q; want %s, %q", tt.headers, got.wait, got.applied, tt.wait, tt.applied)
		}
	}
}

func TestMetadataIsGivenBackAsItWas(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("1000")
	for i, metadata := range []string{
		`null`, `{}`, `{"a":1.50,"b":[true,null,"é"],"c":{"d":""}}`, `{"n":12345678901234567890.12}`, `{"lone":"\ud800"}`, `{"<":"&"}`,
		manyKeys(50), `{"a":"` + strings.Repeat("x", metadataBytes-8) + `"}`,
	} {
		a := s.order(key, `{"phone":"5512345678","amount":50,"reference":"r`+string(rune('a'+i))+`","metadata":`+metadata+`}`)
		if a.status != http.StatusCreated {
			t.Errorf("%.60s: got %d %s", metadata, a.status, a.raw)
			continue
		}
		want := strings.Replace(metadata, `\ud800`, "\uFFFD", 1)
		if !strings.HasPrefix(metadata, `{"k`) && !strings.Contains(a.raw, `"metadata":`+want) {
			t.Errorf("%.60s came back as %.200s", metadata, a.raw)
		}
	}
}

func TestWrongKeysAreForgottenWithTime(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	w := newWrongKeys(&cache.Cache{}, func() time.Time { return now })
	hash := billing.HashSecret("a key")
	for range wrongBurst {
		if wait := w.blocked(t.Context(), "192.0.2.1", hash); wait != 0 {
			t.Fatalf("blocked for %s too early", wait)
		}
		w.saw(t.Context(), "192.0.2.1")
	}
	if wait := w.blocked(t.Context(), "192.0.2.1", hash); wait != wrongEvery {
		t.Errorf("blocked for %s", wait)
	}
	if wait := w.blocked(t.Context(), "192.0.2.2", hash); wait != 0 {
		t.Errorf("another address is blocked for %s", wait)
	}
	now = now.Add(wrongEvery)
	if wait := w.blocked(t.Context(), "192.0.2.1", hash); wait != 0 {
		t.Errorf("after %s still blocked for %s", wrongEvery, wait)
	}
	for range wrongBurst + 5 {
		w.saw(t.Context(), "2001:db8::1")
	}
	if w.blocked(t.Context(), "2001:db8::2", hash) == 0 || w.blocked(t.Context(), "2001:db8:0:1::1", hash) != 0 {
		t.Error("an IPv6 network is a /64")
	}
}

func TestAFloodOfAddressesTakesBoundedMemory(t *testing.T) {
	t.Parallel()
	w := newWrongKeys(&cache.Cache{}, time.Now)
	for i := range 3 * addressesKept {
		w.saw(t.Context(), decimalOf(int64(i)))
		w.knows(billing.HashSecret(decimalOf(int64(i))))
	}
	if len(w.until) > addressesKept || len(w.known) > keysKept {
		t.Errorf("%d addresses and %d keys are kept", len(w.until), len(w.known))
	}
}

func decimalOf(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }
func wholeOf(cents int64) string   { return strconv.FormatInt(cents, 10) }
func exponentOf(n int) string      { return strconv.Itoa(n) }

func FuzzNoBodyIsTooStrange(f *testing.F) {
	for _, seed := range []string{
		orderOf("r"), `{}`, `[]`, `null`, `{"phone":"5512345678","amount":5e1,"reference":"r","metadata":{"a":[1,{"b":null}]}}`,
		`{"metadata":{"":{"":[[""]]}},"amount":-0.0e-9}`, "{\"\\u0000\":\"\\ud800\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !utf8.Valid(body) || !json.Valid(body) {
			return
		}
		o, err := parseOrder(body)
		if err != nil {
			if p := describe(err); p.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d %v", body, p.Status, err)
			}
			return
		}
		if !referencePattern.MatchString(o.Reference) || len(o.Phone) != 13 || o.Metadata != nil && !json.Valid(o.Metadata) {
			t.Errorf("%q became %+v", body, o)
		}
	})
}
