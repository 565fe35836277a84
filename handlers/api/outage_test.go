package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// wired opens a store on a database of its own, through a wire.
func wired(t *testing.T) (*store.Store, string, *storetest.Wire) {
	t.Helper()
	_, direct := storetest.NewWithURL(t)
	w := storetest.NewWire(t, direct)
	s, err := store.Open(t.Context(), store.Options{URL: w.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Mend()
		s.Close()
	})
	return s, w.URL, w
}

func TestWithoutADatabaseTheAnswerIs503AndItComesBackByItself(t *testing.T) {
	t.Parallel()
	db, url, w := wired(t)
	s := startOn(t, db, url, delivers)
	_, key := s.customer("10")
	first := s.order(key, orderOf("before"))
	if first.status != http.StatusCreated {
		t.Fatalf("got %d %s", first.status, first.raw)
	}
	w.Cut()
	calls := []string{"POST /api/v1/topups", "GET /api/v1/topups", "GET /api/v1/topups/" + first.text("id"), "GET /api/v1/balance", "GET /api/v1/quote?amount=50"}
	for i, call := range calls {
		method, path, _ := strings.Cut(call, " ")
		a := s.ask(method, path, key, orderOf("before"))
		if a.status != http.StatusServiceUnavailable || a.text("code") != "unavailable" || a.text("retry") != "same_reference" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d %s", call, a.status, a.raw)
		}
		if lines := strings.Count(s.log.String(), "an API request failed"); lines != i+1 {
			t.Errorf("%d requests failed, %d lines were logged", i+1, lines)
		}
	}
	w.Mend()
	eventually(t, func() error {
		a := s.order(key, orderOf("after"))
		if a.text("status") != "succeeded" {
			return fmt.Errorf("after it came back: %d %s", a.status, a.raw)
		}
		return nil
	})
	if a := s.order(key, orderOf("before")); a.status != http.StatusOK || a.text("id") != first.text("id") {
		t.Errorf("the first order again: %d %s", a.status, a.raw)
	}
}

func TestADatabaseThatHangsIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	db, url, w := wired(t)
	s := startOn(t, db, url, delivers)
	_, key := s.customer("10")
	if a := s.ask(http.MethodGet, "/api/v1/balance", key, ""); a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	w.Freeze()
	defer w.Mend()
	s.store.Hear(store.Change{Lost: true}) // what was read before is not answered any more
	begun := time.Now()
	a := s.ask(http.MethodGet, "/api/v1/balance", key, "")
	if took := time.Since(begun); a.status != http.StatusServiceUnavailable || took > readTime+5*time.Second {
		t.Errorf("got %d %s after %s", a.status, a.raw, took)
	}
}

func TestADatabaseLostWhileAClientWaitsIsNoMadeUpAnswer(t *testing.T) {
	t.Parallel()
	db, url, w := wired(t)
	asked := make(chan struct{})
	p, release := held(billing.OutcomeDelivered)
	defer release()
	s := startOn(t, db, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(asked)
		return p(ctx, send)
	}))
	_, key := s.customer("10")
	var wg sync.WaitGroup
	wg.Go(func() {
		if a := s.order(key, orderOf("r"), "Prefer", "wait=1"); a.status != http.StatusServiceUnavailable || a.text("retry") != "same_reference" {
			t.Errorf("got %d %s", a.status, a.raw)
		}
	})
	arrives(t, asked)
	w.Cut()
	wg.Wait()
	w.Mend()
	release()
	eventually(t, func() error {
		a := s.order(key, orderOf("r"))
		if a.status != http.StatusOK || a.text("status") != "succeeded" {
			return fmt.Errorf("the same reference again: %d %s", a.status, a.raw)
		}
		return nil
	})
}

// eventually repeats until fn finds nothing wrong, for a minute at most.
func eventually(t *testing.T, fn func() error) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	err := fn()
	for ; err != nil && time.Now().Before(deadline); err = fn() {
		<-time.After(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}
