package torture

// The way to Latcom: the product's own client, over connections that can be cut
// at any byte.

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/latcom"
)

// LATCOM_TIMEOUT here: the histories have no 90 s to spare. What is held on purpose
// is waited for longer.
const (
	impatient = 200 * time.Millisecond
	patient   = 3 * time.Second
)

// way is an instance's Provider and Inquirer.
type way struct {
	on     *instance
	latcom *witness
	client *latcom.Client
}

func newWay(on *instance, w *witness) *way {
	return &way{on: on, latcom: w, client: newClient(w, impatient, nil)}
}

func newClient(w *witness, timeout time.Duration, transport *http.Transport) *latcom.Client {
	c, err := latcom.New(latcom.Config{
		BaseURL: w.server.URL, Username: "u", Password: "p", DistAPI: "d", UserUID: "i",
		Timeout: timeout, TokenTTL: time.Hour, HTTP: transport,
	}, nil)
	if err != nil {
		panic(err) // constants
	}
	return c
}

func (w *way) close() { w.client.Close() }

// TopUp asks Latcom, unless what is due for the operation is something else.
func (w *way) TopUp(ctx context.Context, send billing.Send) billing.Answer {
	o := operationOf(ctx)
	client := w.client
	switch {
	case o.line == crashUnsent:
		w.crash(o)
	case o.hold != "":
		client = newClient(w.latcom, patient, nil)
		defer client.Close()
	case o.line != "" && o.line != crashWithin && o.line != crashAnswered:
		client = newClient(w.latcom, impatient, &http.Transport{DialContext: badLine{o}.dial})
		defer client.Close()
	}
	w.latcom.expects(send.DistTransID, o)
	answer := w.ask(ctx, func(ctx context.Context) billing.Answer { return client.TopUp(ctx, send) })
	if o.line == crashAnswered {
		w.crash(o)
	}
	if o.late != nil {
		o.late.commitLate()
	}
	if p := w.on.plant; p != nil && p.answer != nil {
		return p.answer(answer)
	}
	return answer
}

// Inquire asks Latcom what became of an order.
func (w *way) Inquire(ctx context.Context, distTransID string) billing.Answer {
	return w.ask(ctx, func(ctx context.Context) billing.Answer { return w.client.Inquire(ctx, distTransID) })
}

func (w *way) crash(o *operation) {
	o.happened(o.line)
	w.on.die()
	panic(crashed{})
}

// ask ends with the instance: a dead one hears no answer, and its connections go.
func (w *way) ask(ctx context.Context, fn func(context.Context) billing.Answer) billing.Answer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answered := make(chan billing.Answer, 1)
	go func() { answered <- fn(ctx) }()
	select {
	case answer := <-answered:
		if !w.on.dead() {
			return answer
		}
	case <-w.on.died:
	}
	panic(crashed{})
}

// badLine makes connections on which something goes wrong, once the order itself
// is on them.
type badLine struct{ o *operation }

func (b badLine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if b.o.line == lineRefused {
		b.o.happened(lineRefused)
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &badConn{Conn: conn, o: b.o}, nil
}

type badConn struct {
	net.Conn
	o     *operation
	order atomic.Bool // the order is on it
	half  atomic.Bool // half of an answer was given
}

// Write writes, or breaks.
func (c *badConn) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(p, []byte("POST /api/tn/fast")) {
		return c.Conn.Write(p)
	}
	c.order.Store(true)
	switch c.o.line {
	case lineCutBefore:
		return 0, c.broken("write")
	case lineCutWithin:
		n, _ := c.Conn.Write(p[:len(p)*2/3])
		return n, c.broken("write")
	default:
		return c.Conn.Write(p)
	}
}

// Read reads, or breaks once the answer to the order is there.
func (c *badConn) Read(p []byte) (int, error) {
	if c.half.Load() {
		return 0, c.broken("read")
	}
	n, err := c.Conn.Read(p)
	if n == 0 || !c.order.Load() {
		return n, err
	}
	switch c.o.line {
	case lineCutAfter:
		return 0, c.broken("read")
	case lineHalfAnswer:
		c.half.Store(true)
		return n / 2, nil
	case lineMute:
		c.o.happened(lineMute)
		for err == nil {
			_, err = c.Conn.Read(p)
		}
		return 0, err // the client has given up
	default:
		return n, err
	}
}

func (c *badConn) broken(op string) error {
	c.o.happened(c.o.line)
	_ = c.Close()
	return &net.OpError{Op: op, Net: "tcp", Err: syscall.ECONNRESET}
}
