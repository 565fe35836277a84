package latcom

// One request and whatever came of it: the only place where bytes are sent.

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// maxAnswer bounds a body; Latcom's have less than 1 KiB.
const maxAnswer = 64 << 10

// How an exchange can end (Evidence.Event).
const (
	EventAnswered    = "answered"           // a whole answer came
	EventCut         = "cut"                // an answer began and did not end
	EventTooLarge    = "too_large"          // more than 64 KiB
	EventTimeout     = "timeout"            // Config.Timeout or the caller's deadline passed
	EventCancelled   = "cancelled"          // the caller gave up
	EventLost        = "connection_lost"    // closed, reset, or not HTTP
	EventRefused     = "connection_refused" // nobody listens there
	EventDNS         = "dns_failure"        // the name has no address
	EventTLS         = "tls_failure"        // no handshake, or a wrong certificate
	EventUnreachable = "unreachable"        // any other failure to connect
	EventNotLoggedIn = "not_logged_in"      // no token could be had; nothing was sent
	EventMalformed   = "malformed"          // the order cannot be written; nothing was sent
	EventHeldBack    = "held_back"          // the caller said no before the first byte
)

// line is the way to Latcom.
type line struct {
	base      *url.URL
	transport *http.Transport
	timeout   time.Duration
	veil      *veil
}

// request is one request to be made. Text is what evidence shows of it.
type request struct {
	method, path string
	token        string      // empty: no Authorization
	body         []byte      // nil: none
	mayStart     func() bool // asked right before the first byte; nil: it may
}

// exchange is what was seen of one request.
type exchange struct {
	event      string
	err        error // of the connection; nil when answered
	status     int
	retryAfter time.Duration
	body       []byte
	written    int64
	connection string
	took       time.Duration // from the first byte written, else from the try
}

// do sends r once. It never follows, never repeats and never returns an error:
// whatever happens is part of the exchange.
func (l *line) do(ctx context.Context, r request) exchange {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	began := time.Now()
	used := usedConnection{mayStart: r.mayStart}
	response, err := l.transport.RoundTrip(l.build(httptrace.WithClientTrace(ctx, used.trace()), r))
	var x exchange
	if err != nil {
		used.seal()
		x.event, x.err = lostBy(ctx, err, used.got), err
		if used.heldBack() {
			x.event = EventHeldBack
		}
	} else {
		x = read(ctx, response)
	}
	ended := time.Now()
	written, first := used.count()
	if first.IsZero() {
		first = began
	}
	x.written, x.took, x.connection = written, ended.Sub(first), used.describe()
	return x
}

func (l *line) build(ctx context.Context, r request) *http.Request {
	target := *l.base
	target.Path += r.path
	header := http.Header{"Accept": {"application/json"}, "User-Agent": {"latcom-billing"}}
	if r.token != "" {
		header.Set("Authorization", "Bearer "+r.token)
	}
	q := &http.Request{
		Method: r.method, URL: &target, Host: target.Host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if r.body != nil {
		header.Set("Content-Type", "application/json")
		// GetBody stays nil: with it net/http would send a request again by
		// itself when a kept connection turns out to be dead.
		q.Body, q.ContentLength = io.NopCloser(bytes.NewReader(r.body)), int64(len(r.body))
	}
	return q.WithContext(ctx)
}

// read takes the whole answer, within bounds.
func read(ctx context.Context, response *http.Response) exchange {
	x := exchange{
		event: EventAnswered, status: response.StatusCode,
		retryAfter: retryAfter(response.Header, time.Now()),
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return x // its body has no end
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	x.body = body
	switch {
	case len(body) > maxAnswer:
		x.event, x.body = EventTooLarge, body[:maxAnswer]
	case err != nil && ctx.Err() != nil:
		x.event, x.err = lostBy(ctx, err, true), err
	case err != nil:
		x.event, x.err = EventCut, err
	}
	return x
}

// lostBy names what ended an exchange that got no answer.
func lostBy(ctx context.Context, err error, connected bool) string {
	var (
		dns         *net.DNSError
		handshake   handshakeError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return EventCancelled
	case ctx.Err() != nil:
		return EventTimeout
	case connected:
		return EventLost
	case errors.As(err, &dns):
		return EventDNS
	case errors.As(err, &handshake), errors.As(err, &certificate):
		return EventTLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return EventRefused
	default:
		return EventUnreachable
	}
}

// usedConnection remembers which connection carried a request.
type usedConnection struct {
	conn   *counted
	got    bool // some connection was handed to the request
	reused bool
	base   int64

	mayStart func() bool
}

func (u *usedConnection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		u.got, u.reused = true, info.Reused
		if u.conn, _ = info.Conn.(*counted); u.conn != nil {
			u.base = u.conn.mark(u.mayStart)
		}
	}}
}

func (u *usedConnection) seal() {
	if u.conn != nil {
		u.conn.seal()
	}
}

// heldBack says whether the first byte was not let out.
func (u *usedConnection) heldBack() bool { return u.conn != nil && u.conn.heldBack() }

// count is the request's bytes that left us. A connection that is not ours
// cannot happen; if it did, the answer is "at least one", never "none".
func (u *usedConnection) count() (written int64, first time.Time) {
	switch {
	case u.conn != nil:
		return u.conn.since(u.base)
	case u.got:
		return 1, time.Time{}
	default:
		return 0, time.Time{}
	}
}

func (u *usedConnection) describe() string {
	switch {
	case !u.got:
		return "none"
	case u.conn == nil:
		return "not counted"
	case u.reused:
		return fmt.Sprintf("reused, %s, %s", u.conn.kind, u.conn.raw.RemoteAddr())
	default:
		return fmt.Sprintf("new, %s, %s", u.conn.kind, u.conn.raw.RemoteAddr())
	}
}

// maxRetryAfter bounds what an answer can make us wait.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads seconds or a date (RFC 9110 §10.2.3); 0 when there is neither.
// A date is measured by the clock of whoever gave it, where he says what it shows.
func retryAfter(header http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	asked := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(asked, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(asked); err == nil {
		if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
			now = theirs
		}
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
