package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/telemetry"
)

func TestNothingPersonalIsReported(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"order for +525512345678 failed":             "order for [removed] failed",
		"55 1234 5678":                               "[removed]",
		"(55) 1234-5678":                             "([removed]",
		"key lb_live_ABCDEFGH12345 is wrong":         "key [removed] is wrong",
		"lb_test_ABC and whsec_MfKQ9r8GKYqrTwjUPD==": "[removed] and [removed]",
		"a letter to ana.cue@envia.mx":               "a letter to [removed]",
		"dial postgres://app:pw@db.example:5432/x":   "dial postgres[removed]db.example:5432/x",
		"attempt 3 of 10 took 6500 ms":               "attempt 3 of 10 took 6500 ms",
	} {
		if got := telemetry.Scrub(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// sentry is a server that keeps what it is sent.
func sentry(t *testing.T) (dsn string, told func() string) {
	t.Helper()
	var mu sync.Mutex
	var all bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.Copy(&all, r.Body)
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "http://public@", 1) + "/7", func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}

func TestErrorsAndPanicsAreReportedScrubbedAndWarningsAreNot(t *testing.T) {
	t.Parallel()
	dsn, told := sentry(t)
	s, err := telemetry.NewSentry(dsn, "test")
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	log := slog.New(s.Handler(telemetry.Identified{Handler: slog.NewJSONHandler(&lines, nil)})).With("part", "desk")
	id := billing.NewTopUpID()
	topUp := id.String()
	ctx := telemetry.WithIDs(telemetry.WithIDs(t.Context(), telemetry.IDs{Request: "req-1"}), telemetry.IDs{TopUp: id.UUID})
	log.WarnContext(ctx, "only a warning")
	log.ErrorContext(ctx, "could not write", "error", errors.New("no room for +525512345678"), "work", "settle")
	func() {
		defer func() { _ = recover() }()
		defer s.Dying()
		panic("a mistake about ana@envia.mx")
	}()
	s.Stop(30 * time.Second)
	got := told()
	for _, part := range []string{"could not write", "no room for [removed]", "req-1", topUp, "a mistake about [removed]", "latcom-billing@test", "desk"} {
		if !strings.Contains(got, part) {
			t.Errorf("it was not told of %q: %s", part, got)
		}
	}
	for _, part := range []string{"5512345678", "ana@envia.mx", "only a warning"} {
		if strings.Contains(got, part) {
			t.Errorf("it was told of %q", part)
		}
	}
	if n := strings.Count(lines.String(), topUp); n != 2 {
		t.Errorf("%d lines name the top-up: %s", n, lines.String())
	}
}

func TestWithoutAddressesNothingIsDone(t *testing.T) {
	t.Parallel()
	s, err := telemetry.NewSentry("", "test")
	if err != nil || s != nil {
		t.Fatalf("%v, %v", s, err)
	}
	tracing, err := telemetry.NewTracing(t.Context(), "", "test")
	if err != nil || tracing != nil {
		t.Fatalf("%v, %v", tracing, err)
	}
	next := slog.DiscardHandler
	if s.Handler(next) != next {
		t.Error("the log goes another way")
	}
	s.Stop(time.Second)
	tracing.Answered(context.Background(), telemetry.Request{})
	if err := tracing.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	var r *telemetry.Recorder
	r.Grouped("accept", 3)
	r.CacheLookup("balance", true)
}
