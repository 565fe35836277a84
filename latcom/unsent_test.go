package latcom

// What certainly never reached Latcom, and what is not certain any more.

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"latcom.example/latcom-billing/billing"
)

// afterLogin lets the login through on a connection of its own and breaks the
// next one, the order's.
func afterLogin(conn func() (net.Conn, error)) func(int) (net.Conn, error) {
	return func(dial int) (net.Conn, error) {
		if dial == 1 {
			return nil, nil
		}
		return conn()
	}
}

func breaks(err error) func() (net.Conn, error) {
	return func() (net.Conn, error) { return nil, err }
}

// lost is a connection whose other end is gone.
func lost() (net.Conn, error) {
	near, far := net.Pipe()
	return near, far.Close()
}

// deaf is a connection that never takes a byte.
func deaf() (net.Conn, error) {
	near, _ := net.Pipe()
	return near, nil
}

func dialError(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }

var unsent = []struct {
	name  string
	login say                      // nil: succeeds, and closes
	conn  func() (net.Conn, error) // the order's; nil: a good one
	row   string
	fault billing.Fault
	retry time.Duration
}{
	{"login: IP address not authorized", reply(400, "", noIP), nil, "login.address_refused", us, 0},
	{"login: 401", reply(401, "", `{"error":"Unauthorized"}`), nil, "login.refused", us, 0},
	{"login: 400 for another reason", reply(400, "", `{"error":"Validation Error","message":"username"}`), nil, "login.refused", us, 0},
	{"login: 403", reply(403, "", ``), nil, "login.refused", us, 0},
	{"login: 429", reply(429, "Retry-After: 9\r\n", ``), nil, "login.failed", provider, 9 * time.Second},
	{"login: 500", reply(500, "", ``), nil, "login.failed", provider, 0},
	{"login: 302", reply(302, "Location: /\r\n", ``), nil, "login.failed", provider, 0},
	{"login: no token", json200(`{"token":"x"}`), nil, "login.failed", provider, 0},
	{"login: an empty token", json200(`{"access":""}`), nil, "login.failed", provider, 0},
	{"login: a token that would break the header", json200(`{"access":"a\r\nX: y"}`), nil, "login.failed", provider, 0},
	{"login: a token that is a number", json200(`{"access":123456}`), nil, "login.failed", provider, 0},
	{"login: cut", raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), nil, "login.failed", provider, 0},
	{"login: hangs", hang, nil, "login.failed", provider, 0},
	{"connection refused", nil, breaks(dialError(syscall.ECONNREFUSED)), "transport.refused", provider, 0},
	{"no such name", nil, breaks(dialError(&net.DNSError{Err: "no such host", Name: "x"})), "transport.dns", provider, 0},
	{"TLS failure", nil, breaks(handshakeError{x509.UnknownAuthorityError{}}), "transport.tls", provider, 0},
	{"no route", nil, breaks(dialError(syscall.EHOSTUNREACH)), "transport.unreachable", provider, 0},
	{"lost before a byte was written", nil, lost, "transport.lost_before", provider, 0},
	{"no byte could be written in time", nil, deaf, "transport.timeout_before", provider, 0},
}

func TestWhatNeverReachedLatcomIsNotSent(t *testing.T) {
	for _, want := range unsent {
		t.Run(want.name, func(t *testing.T) {
			f := &fake{onLogin: want.login, onOrder: []say{json200(good)}}
			if want.conn != nil {
				f.onLogin = reply(200, "Connection: close\r\n", `{"access":"TOKEN"}`)
				f.instead = afterLogin(want.conn)
			}
			withFake(t, f, func(c *Client) {
				got := c.TopUp(context.Background(), send("d1"))
				if got.Outcome != notSent || got.Row != want.row || got.Fault != want.fault || got.RetryAfter != want.retry {
					t.Errorf("got %s, %q by %s (%q), retry after %s", got.Outcome, got.Fault, got.Row, got.Reason, got.RetryAfter)
				}
				if f.received() != 0 || got.Evidence.BytesWritten != 0 {
					t.Errorf("%d orders arrived, %d bytes were written", f.received(), got.Evidence.BytesWritten)
				}
			})
		})
	}
}

func TestAnOrderThatCannotBeWrittenIsNotSent(t *testing.T) {
	for name, wrong := range map[string]func(*billing.Send){
		"no phone":        func(s *billing.Send) { s.Phone = "" },
		"a foreign phone": func(s *billing.Send) { s.Phone = "+12025550123" },
		"no id":           func(s *billing.Send) { s.DistTransID = "" },
		"a long id":       func(s *billing.Send) { s.DistTransID = "123456789012345678901234567890123" },
		"a strange id":    func(s *billing.Send) { s.DistTransID = "a/../b" },
		"no product":      func(s *billing.Send) { s.Product = "" },
		"no amount":       func(s *billing.Send) { s.Amount = billing.MXN{} },
		"below zero":      func(s *billing.Send) { s.Amount = billing.MustMXN("-50") },
	} {
		t.Run(name, func(t *testing.T) {
			f := &fake{onOrder: []say{json200(good)}}
			withFake(t, f, func(c *Client) {
				order := send("d1")
				wrong(&order)
				if got := c.TopUp(context.Background(), order); got.Outcome != notSent || got.Row != rowMalformed || f.dials != 0 {
					t.Errorf("got %s by %s after %d dials", got.Outcome, got.Row, f.dials)
				}
			})
		})
	}
}

var givenUp = []struct {
	name    string
	after   time.Duration
	login   say
	outcome billing.Outcome
	row     string
}{
	{"before anything", 0, nil, notSent, rowCancelled},
	{"while waiting for the login", time.Second, after(5*time.Second, json200(`{"access":"TOKEN"}`)), notSent, rowCancelled},
	{"while Latcom has the order", time.Second, nil, unknown, "transport.cancelled_after"},
	{"while the answer comes", 7 * time.Second, nil, unknown, "transport.cancelled_after"},
}

func TestAnOrderGivenUpIsUnknownOnceAByteHasLeft(t *testing.T) {
	for _, want := range givenUp {
		t.Run(want.name, func(t *testing.T) {
			f := &fake{onLogin: want.login, onOrder: []say{after(6*time.Second, headersOnly)}}
			withFake(t, f, func(c *Client) {
				ctx, cancel := context.WithCancel(context.Background())
				if want.after == 0 {
					cancel()
				} else {
					time.AfterFunc(want.after, cancel)
				}
				got := c.TopUp(ctx, send("d1"))
				if got.Outcome != want.outcome || got.Row != want.row || got.Fault != nobody {
					t.Errorf("got %s, %q by %s (%q)", got.Outcome, got.Fault, got.Row, got.Reason)
				}
				cancel()
				passes(10 * time.Second) // virtual: the login under way ends
				if want.outcome == notSent && f.received() != 0 {
					t.Error("the order was sent after it was given up")
				}
			})
		})
	}
}

func TestADeadlineOfTheCallerIsATimeout(t *testing.T) {
	f := &fake{onOrder: []say{hang}}
	withFake(t, f, func(c *Client) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		got := c.TopUp(ctx, send("d1"))
		if got.Row != "transport.timeout_after" || got.Evidence.Took != 3*time.Second {
			t.Errorf("got %s after %s", got.Row, got.Evidence.Took)
		}
	})
}

func TestARequestHasNinetySeconds(t *testing.T) {
	f := &fake{onOrder: []say{after(89*time.Second, json200(good)), after(91*time.Second, json200(good))}}
	withFake(t, f, func(c *Client) {
		if got := c.TopUp(context.Background(), send("d1")); got.Outcome != delivered {
			t.Errorf("after 89 s: %s by %s", got.Outcome, got.Row)
		}
		if got := c.TopUp(context.Background(), send("d2")); got.Row != "transport.timeout_after" || got.Evidence.Took != 90*time.Second {
			t.Errorf("after 91 s: %s, took %s", got.Row, got.Evidence.Took)
		}
		passes(time.Minute) // virtual: the fake ends its answer
		synctest.Wait()
	})
}

func TestACertificateNobodySignedIsNotSent(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	c := newClient(t, Config{BaseURL: server.URL})
	got := c.TopUp(context.Background(), send("d1"))
	if got.Outcome != notSent || got.Row != rowLoginFailed {
		t.Errorf("got %s by %s (%q)", got.Outcome, got.Row, got.Reason)
	}
	x := c.line.do(context.Background(), request{method: http.MethodGet, path: "/"})
	if x.event != EventTLS || x.written != 0 {
		t.Errorf("the exchange ended as %s after %d bytes: %v", x.event, x.written, x.err)
	}
}

func TestARealRefusedConnectionIsSeenAsOne(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, Config{BaseURL: "http://" + address})
	x := c.line.do(context.Background(), request{method: http.MethodPost, path: "/", body: []byte("{}")})
	if x.event != EventRefused || x.written != 0 || !errors.Is(x.err, syscall.ECONNREFUSED) {
		t.Errorf("the exchange ended as %s after %d bytes: %v", x.event, x.written, x.err)
	}
}
