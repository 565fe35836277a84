package latcom

// Real sockets: no order is ever written twice, and "not sent" is never said of
// one of which a byte arrived.

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

// door is a server on a real socket that notes every byte of every order.
type door struct {
	listener net.Listener
	onOrder  func(n int, conn net.Conn, answer func()) // answer replies with a success
	mu       sync.Mutex
	all      bytes.Buffer // everything that arrived
	orders   int
	wait     sync.WaitGroup
}

func openDoor(t *testing.T, onOrder func(n int, conn net.Conn, answer func())) *door {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: listener, onOrder: onOrder}
	d.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.wait.Go(func() { d.serve(conn) })
		}
	})
	t.Cleanup(d.close)
	return d
}

// close waits until every connection has ended: its client has closed it by then.
func (d *door) close() {
	_ = d.listener.Close() // once more at the end of the test
	d.wait.Wait()
}

func (d *door) url() string { return "http://" + d.listener.Addr().String() }

// Write notes what arrives, as it arrives.
func (d *door) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all.Write(p)
}

func (d *door) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(io.TeeReader(conn, d))
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		if r.URL.Path == "/api/dislogin" {
			reply(200, "", `{"access":"TOKEN"}`)(conn, r)
			continue
		}
		d.mu.Lock()
		d.orders++
		n := d.orders
		d.mu.Unlock()
		d.onOrder(n, conn, func() { json200(good)(conn, r) })
	}
}

// arrived is how often an id arrived, once or cut or twice.
func (d *door) arrived(id string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Count(d.all.Bytes(), []byte(`"dist_transid":"`+id+`"`))
}

func TestAnOrderOnAKeptConnectionThatDiesIsNeverWrittenAgain(t *testing.T) {
	for name, linger := range map[string]int{"closed": -1, "reset": 0} {
		t.Run(name, func(t *testing.T) {
			d := openDoor(t, func(n int, conn net.Conn, answer func()) {
				if n == 1 {
					answer()
					return
				}
				_ = conn.(*net.TCPConn).SetLinger(linger)
				_ = conn.Close()
			})
			c := newClient(t, Config{BaseURL: d.url()})
			defer c.Close()
			if got := c.TopUp(context.Background(), send("first")); got.Outcome != delivered {
				t.Fatalf("first: %s by %s", got.Outcome, got.Row)
			}
			got := c.TopUp(context.Background(), send("second"))
			if got.Outcome != unknown || got.Row != "transport.lost_after" || d.arrived("second") != 1 {
				t.Errorf("second: %s by %s (%q), arrived %d times on a connection %s",
					got.Outcome, got.Row, got.Reason, d.arrived("second"), got.Evidence.Connection)
			}
			if got.Evidence.Connection[:6] != "reused" {
				t.Errorf("the test proves nothing: the connection was %s", got.Evidence.Connection)
			}
		})
	}
}

// The server closes each connection at about the time when the next order is
// written on it: whichever wins, nothing arrives twice and nothing that arrived
// is called not sent. What was written may arrive late, so it is counted when all
// connections have ended.
func TestARaceWithAClosingConnectionNeverDoublesNorDenies(t *testing.T) {
	var closing sync.WaitGroup
	d := openDoor(t, func(_ int, conn net.Conn, answer func()) {
		answer()
		closing.Add(1)
		time.AfterFunc(rand.N(300*time.Microsecond), func() { defer closing.Done(); conn.Close() })
	})
	c := newClient(t, Config{BaseURL: d.url()})
	outcomes := map[string]billing.Outcome{}
	for i := range 1000 {
		id := fmt.Sprintf("race-%d-", i)
		outcomes[id] = c.TopUp(context.Background(), send(id)).Outcome
	}
	c.Close()
	d.close()
	closing.Wait()
	d.compare(t, outcomes)
}

// The same with a caller who gives up at any moment.
func TestARaceWithACallerWhoGivesUpNeverDenies(t *testing.T) {
	d := openDoor(t, func(_ int, _ net.Conn, answer func()) { answer() })
	outcomes := map[string]billing.Outcome{}
	for i := range 1000 {
		c := newClient(t, Config{BaseURL: d.url()})
		if i%2 == 0 { // half of them on a kept connection
			c.TopUp(context.Background(), send("before"))
		} else if _, err := c.session.get(context.Background()); err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprintf("gone-%d-", i)
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(rand.N(200*time.Microsecond), cancel)
		outcomes[id] = c.TopUp(ctx, send(id)).Outcome
		timer.Stop()
		cancel()
		c.Close()
	}
	d.close()
	d.compare(t, outcomes)
}

// compare holds what the client concluded against what arrived.
func (d *door) compare(t *testing.T, outcomes map[string]billing.Outcome) {
	t.Helper()
	seen := map[billing.Outcome]int{}
	for id, outcome := range outcomes {
		seen[outcome]++
		if n := d.arrived(id); n > 1 || n == 1 && outcome == notSent || n == 0 && outcome == delivered {
			t.Errorf("%s was called %s, and it arrived %d times", id, outcome, n)
		}
	}
	t.Log(seen)
}

func TestTheBytesOfTheRequestAreCountedAboveTLS(t *testing.T) {
	var wire int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/api/dislogin" {
			_, _ = io.WriteString(w, `{"access":"TOKEN"}`)
			return
		}
		var head bytes.Buffer
		fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.Path, r.Host, len(body))
		for name := range r.Header {
			if name != "Content-Length" {
				fmt.Fprintf(&head, "%s: %s\r\n", name, r.Header.Get(name))
			}
		}
		wire = int64(head.Len() + 2 + len(body))
		if r.ProtoMajor != 1 {
			t.Errorf("it came as %s", r.Proto)
		}
		_, _ = io.WriteString(w, good)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	trusting := server.Client().Transport.(*http.Transport)
	c := newClient(t, Config{BaseURL: server.URL, HTTP: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusting.TLSClientConfig.RootCAs}}})
	defer c.Close()
	got := c.TopUp(context.Background(), send("d1"))
	if got.Outcome != delivered || got.Evidence.BytesWritten != wire {
		t.Errorf("%s by %s (%q): %d bytes counted, %d arrived", got.Outcome, got.Row, got.Reason, got.Evidence.BytesWritten, wire)
	}
	if want := "reused, TLS 1.3, " + server.Listener.Addr().String(); got.Evidence.Connection != want {
		t.Errorf("connection: %q, not %q", got.Evidence.Connection, want)
	}
}

func TestASealedConnectionLetsNothingOut(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	c := &counted{Conn: near, raw: near}
	c.seal()
	if n, err := c.Write([]byte("an order")); n != 0 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if written, _ := c.since(0); written != 0 {
		t.Errorf("%d bytes counted", written)
	}
}
