package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// wire stands between the store and its database, and can be cut or frozen.
type wire struct {
	net.Listener
	to string

	mu     sync.Mutex
	cut    bool
	open   []net.Conn
	frozen chan struct{} // not nil while nothing passes
}

// wired opens a store on a database of its own, through a wire.
func wired(t *testing.T) (*store.Store, string, *wire) {
	t.Helper()
	_, direct := storetest.NewWithURL(t)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: listener, to: u.Host}
	go w.pass()
	u.Host = listener.Addr().String()
	s, err := store.Open(t.Context(), store.Options{URL: u.String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.mend()
		s.Close()
		listener.Close()
	})
	return s, u.String(), w
}

func (w *wire) pass() {
	for {
		from, err := w.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		cut := w.cut
		w.mu.Unlock()
		if cut {
			from.Close()
			continue
		}
		to, err := net.Dial("tcp", w.to)
		if err != nil {
			from.Close()
			continue
		}
		w.mu.Lock()
		w.open = append(w.open, from, to)
		w.mu.Unlock()
		go w.carry(from, to)
		go w.carry(to, from)
	}
}

func (w *wire) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		w.mu.Lock()
		frozen := w.frozen
		w.mu.Unlock()
		if frozen != nil {
			<-frozen
		}
		if _, failed := to.Write(buf[:n]); failed != nil || err != nil {
			return
		}
	}
}

// sever ends every connection and lets no new one through.
func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.open {
		c.Close()
	}
	w.open = nil
}

// freeze keeps connections open and carries nothing.
func (w *wire) freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = make(chan struct{})
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
	if w.frozen != nil {
		close(w.frozen)
		w.frozen = nil
	}
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
	w.sever()
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
	w.mend()
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
	w.freeze()
	defer w.mend()
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
	w.sever()
	wg.Wait()
	w.mend()
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
