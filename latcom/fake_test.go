package latcom

// A Latcom for tests, in memory: it reads real HTTP from real connections and
// answers byte by byte what a test says. Inside synctest its time is virtual.

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latcom.example/latcom-billing/billing"
)

// say answers one request on its connection; true keeps the connection.
type say func(conn net.Conn, r *http.Request) bool

// fake counts what reaches it and answers by path.
type fake struct {
	onLogin say
	onOrder []say // one for each order; the last one for all that follow

	mu      sync.Mutex
	logins  int
	orders  []string // bodies
	tokens  []string // Authorization of each order
	conns   []net.Conn
	dials   int
	instead func(dial int) (net.Conn, error) // instead of a connection; nil, nil: a good one
}

// dial is a Transport's DialContext.
func (f *fake) dial(context.Context, string, string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dials++
	if f.instead != nil {
		if conn, err := f.instead(f.dials); conn != nil || err != nil {
			return conn, err
		}
	}
	near, far := net.Pipe()
	f.conns = append(f.conns, far)
	go f.serve(far)
	return near, nil
}

func (f *fake) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if !f.answer(r, string(body))(conn, r) {
			return
		}
	}
}

func (f *fake) answer(r *http.Request, body string) say {
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/api/dislogin") {
		f.logins++
		if f.onLogin != nil {
			return f.onLogin
		}
		return json200(fmt.Sprintf(`{"access":"TOKEN-%d"}`, f.logins))
	}
	f.orders = append(f.orders, body)
	f.tokens = append(f.tokens, r.Header.Get("Authorization"))
	return f.onOrder[min(len(f.orders), len(f.onOrder))-1]
}

// close ends all connections, so that no goroutine is left.
func (f *fake) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, conn := range f.conns {
		conn.Close()
	}
}

func (f *fake) received() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.orders)
}

func (f *fake) loggedIn() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins
}

func reply(status int, headers, body string) say {
	return func(conn net.Conn, _ *http.Request) bool {
		_, err := fmt.Fprintf(conn, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, headers, len(body), body)
		return err == nil
	}
}

func json200(body string) say { return reply(200, "Content-Type: application/json\r\n", body) }

// inPieces answers in chunks, a second apart.
func inPieces(body string) say {
	return func(conn net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for rest := body; len(rest) > 0 && err == nil; {
			piece := rest[:min(20, len(rest))]
			rest = rest[len(piece):]
			passes(time.Second)
			_, err = fmt.Fprintf(conn, "%x\r\n%s\r\n", len(piece), piece)
		}
		_, _ = io.WriteString(conn, "0\r\n\r\n")
		return err == nil
	}
}

func raw(text string) say {
	return func(conn net.Conn, _ *http.Request) bool {
		_, _ = io.WriteString(conn, text)
		return false
	}
}

func after(wait time.Duration, then say) say {
	return func(conn net.Conn, r *http.Request) bool {
		passes(wait)
		return then(conn, r)
	}
}

// passes lets virtual time go by: it is called in bubbles only.
func passes(d time.Duration) { <-time.After(d) }

// hang answers nothing until the client goes away.
func hang(conn net.Conn, _ *http.Request) bool {
	_, _ = io.Copy(io.Discard, conn)
	return false
}

// headersOnly promises a body and sends none.
func headersOnly(conn net.Conn, r *http.Request) bool {
	raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")(conn, r)
	return hang(conn, r)
}

func closes(net.Conn, *http.Request) bool { return false }

// withFake runs a test in a bubble of virtual time with a client on a fake.
func withFake(t *testing.T, f *fake, test func(c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Config{BaseURL: "http://127.0.0.1:1/base/", HTTP: &http.Transport{DialContext: f.dial}})
		test(c)
		c.Close()
		f.close()
		synctest.Wait()
	})
}

func newClient(t *testing.T, config Config) *Client {
	t.Helper()
	config.Username, config.Password = "enviadespensa", "s3cret-\"word\""
	config.DistAPI, config.UserUID = "dist-api-77", "uid-4711"
	c, err := New(config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func send(id string) billing.Send {
	return billing.Send{DistTransID: id, Phone: "+525512345678", Product: "TFE_MXN_20_TO_2000", Amount: billing.MustMXN("50")}
}
