package latcom_test

// The client against the simulator: each fate ends as its table says.

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/latcom/simulator"
)

// memory is a listener without sockets, for virtual time.
type memory struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), done: make(chan struct{})} }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { m.once.Do(func() { close(m.done) }); return nil }
func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (m *memory) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case m.conns <- far:
		return near, nil
	case <-m.done:
		return nil, net.ErrClosed
	}
}

// withSimulator runs a test in virtual time.
func withSimulator(t *testing.T, options simulator.Options, test func(*testing.T, *latcom.Client, *simulator.Simulator)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, listener := simulator.New(options), newMemory()
		server := &http.Server{Handler: s}
		go func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		}()
		c, err := latcom.New(latcom.Config{BaseURL: "http://127.0.0.1", HTTP: &http.Transport{DialContext: listener.dial}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		test(t, c, s)
		s.Close()
		c.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

func order(id, phone string) billing.Send {
	return billing.Send{DistTransID: id, Phone: billing.Phone("+52" + phone), Product: "TFE_MXN_20_TO_2000", Amount: billing.MustMXN("30")}
}

func TestEachFateOfTheSimulatorEndsAsItsTableSays(t *testing.T) {
	for _, fate := range simulator.Fates() {
		t.Run(fate.Digits+" "+fate.Happens, func(t *testing.T) {
			withSimulator(t, simulator.Options{Seed: 7}, func(t *testing.T, c *latcom.Client, s *simulator.Simulator) {
				got := c.TopUp(t.Context(), order("d1", fate.Phone()))
				if string(got.Outcome) != fate.Concludes || got.Row != fate.Row {
					t.Errorf("%s by %s (%q), not %s by %s", got.Outcome, got.Row, got.Reason, fate.Concludes, fate.Row)
				}
				if fate.Then != "" {
					again := c.TopUp(t.Context(), order("d1", fate.Phone()))
					if then := fate.Then; string(again.Outcome) != then && (then != "the same" || again.Row != got.Row) {
						t.Errorf("then %s by %s, not %s", again.Outcome, again.Row, then)
					}
				}
				if delivered := len(s.Deliveries()) == 1; delivered != fate.Delivered {
					t.Errorf("delivered: %v", s.Deliveries())
				}
				if got.Outcome == billing.OutcomeDelivered && s.Deliveries()[0].TransID != got.ProviderTransactionID {
					t.Errorf("it was delivered as %s, not %s", s.Deliveries()[0].TransID, got.ProviderTransactionID)
				}
			})
		})
	}
}

func TestAnOrdinaryPhoneIsDeliveredInSixToSevenSeconds(t *testing.T) {
	withSimulator(t, simulator.Options{}, func(t *testing.T, c *latcom.Client, s *simulator.Simulator) {
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				got := c.TopUp(t.Context(), order(fmt.Sprint("d", i), "5512345678"))
				if took := got.Evidence.Took; got.Outcome != billing.OutcomeDelivered || took < 6*time.Second || took > 7*time.Second {
					t.Errorf("%s by %s after %s", got.Outcome, got.Row, took)
				}
			})
		}
		all.Wait()
		if n := len(s.Deliveries()); n != 300 || s.Requests() != 300 || s.Logins() != 1 {
			t.Errorf("%d deliveries of %d requests, %d logins", n, s.Requests(), s.Logins())
		}
	})
}

func TestAnInquiryFindsWhatTheAnswerHid(t *testing.T) {
	withSimulator(t, simulator.Options{}, func(t *testing.T, c *latcom.Client, s *simulator.Simulator) {
		for id, want := range map[string]struct{ digits, row string }{
			"cut": {"990005", "answer.success"}, "never": {"990003", "inquiry.not_seen"}, "refused": {"990002", "answer.refused_unlisted_number"},
		} {
			c.TopUp(t.Context(), order(id, "5512"+want.digits))
			if got := c.Inquire(t.Context(), id); got.Row != want.row {
				t.Errorf("%s: %s by %s", id, got.Outcome, got.Row)
			}
		}
		if got := c.Inquire(t.Context(), "unheard-of"); got.Row != "inquiry.not_seen" {
			t.Errorf("unheard of: %s", got.Row)
		}
	})
}

func TestTheSwitchesOfTheSimulator(t *testing.T) {
	withSimulator(t, simulator.Options{SingleToken: true}, func(t *testing.T, c *latcom.Client, s *simulator.Simulator) {
		step := func(name, row string) {
			t.Helper()
			if got := c.TopUp(t.Context(), order(name, "5512345678")); got.Row != row {
				t.Errorf("%s: %s (%q)", name, got.Row, got.Reason)
			}
		}
		s.RefuseLogins(true)
		step("logins-refused", "login.address_refused")
		s.RefuseLogins(false)
		step("logins-taken", "answer.success")
		s.EndTokens()
		step("tokens-ended", "answer.success")
		s.Fail(true)
		step("failing", "answer.server_error")
		s.Fail(false)
		s.Hang(true)
		step("hanging", "transport.timeout_after")
		s.Hang(false)
		s.SetLatency(time.Minute, time.Minute)
		began := time.Now()
		step("slow", "answer.success")
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it took %s", took)
		}
		if n := s.RequestsFor("tokens-ended"); n != 2 || s.RequestsFor("slow") != 1 || len(s.Deliveries()) != 3 {
			t.Errorf("%d requests; deliveries %v", n, s.Deliveries())
		}
	})
}

func TestTheSameOrderTwiceIsADuplicateAndDeliveredOnce(t *testing.T) {
	withSimulator(t, simulator.Options{}, func(t *testing.T, c *latcom.Client, s *simulator.Simulator) {
		var all sync.WaitGroup
		outcomes := make(chan string, 3)
		for range 2 {
			all.Go(func() { outcomes <- c.TopUp(t.Context(), order("d1", "5512345678")).Row })
		}
		all.Wait()
		outcomes <- c.TopUp(t.Context(), order("d1", "5512345678")).Row
		count := map[string]int{}
		for range 3 {
			count[<-outcomes]++
		}
		if count["answer.success"] != 1 || count["answer.duplicate"] != 2 || len(s.Deliveries()) != 1 || s.RequestsFor("d1") != 3 {
			t.Errorf("%v, deliveries %v", count, s.Deliveries())
		}
	})
}
