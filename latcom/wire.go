package latcom

// The connection below HTTP: one that counts what really left us and can be
// closed for ever, so that "nothing was sent" is a fact and not a guess.

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	// Latcom may close an idle connection at the very moment we use it, which
	// makes an unknown of an order. A handshake costs 100 ms of a top-up's 6 s:
	// connections are let go early.
	idleTimeout = 15 * time.Second
	maxHeader   = 64 << 10
)

// transport is HTTP/1.1 over counted connections. HTTP/2 would share one
// connection among requests and make the count meaningless; a proxy would stand
// between the count and the wire.
func transport(c Config) *http.Transport {
	t := &http.Transport{}
	if c.HTTP != nil {
		t = c.HTTP.Clone()
	}
	dial := t.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext
	}
	secure := t.TLSClientConfig
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialPlain(ctx, dial, network, address)
	}
	t.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialTLS(ctx, dial, secure, network, address)
	}
	t.Proxy, t.OnProxyConnectResponse = nil, nil
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.DisableCompression = true
	t.DisableKeepAlives = false
	t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = c.Concurrency, c.Concurrency, 0
	if t.IdleConnTimeout == 0 {
		t.IdleConnTimeout = idleTimeout
	}
	t.MaxResponseHeaderBytes = maxHeader
	return t
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

func dialPlain(ctx context.Context, dial dialer, network, address string) (net.Conn, error) {
	raw, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &counted{Conn: raw, raw: raw, kind: "plain"}, nil
}

// dialTLS does the handshake itself, so that only the request's own plaintext
// passes through the outer count.
func dialTLS(ctx context.Context, dial dialer, config *tls.Config, network, address string) (net.Conn, error) {
	socket, err := dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		_ = socket.Close()
		return nil, err
	}
	raw := &cipherCount{Conn: socket}
	conn := tls.Client(raw, tlsConfig(config, host))
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = socket.Close()
		return nil, handshakeError{err}
	}
	kind := tls.VersionName(conn.ConnectionState().Version)
	return &counted{Conn: conn, raw: socket, cipher: raw, kind: kind}, nil
}

func tlsConfig(given *tls.Config, host string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if given != nil {
		c = given.Clone()
		c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	c.NextProtos = []string{"http/1.1"}
	return c
}

// handshakeError tells a failed TLS handshake from a failed exchange.
type handshakeError struct{ error }

func (e handshakeError) Unwrap() error { return e.error }

// cipherCount counts the bytes that the kernel took below TLS.
type cipherCount struct {
	net.Conn
	bytes atomic.Int64
}

func (c *cipherCount) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// counted is a connection that counts the request bytes that left and, once
// sealed, lets no other out.
type counted struct {
	net.Conn              // what HTTP writes to
	raw      net.Conn     // the socket
	cipher   *cipherCount // below TLS; nil on a plain connection
	kind     string       // "plain" or "TLS 1.3"
	sealed   atomic.Bool  // no write begins after it
	mu       sync.Mutex   // held while a write is under way
	bytes    int64        // of requests, all since the connection began
	first    time.Time    // first byte since the last mark; zero: none

	mayStart func() bool // asked before the first byte since the last mark; nil: it may
	held     bool        // and it said no
}

var errHeldBack = errors.New("held back before the first byte")

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sealed.Load() {
		return 0, net.ErrClosed
	}
	if c.mayStart != nil && c.first.IsZero() {
		if !c.mayStart() {
			c.held = true
			return 0, errHeldBack
		}
	}
	began, before := time.Now(), c.cipherBytes()
	n, err := c.Conn.Write(p)
	left := int64(n)
	if after := c.cipherBytes(); left == 0 && after > before {
		left = after - before // TLS reports 0 though part of a record went out
	}
	if left > 0 && c.first.IsZero() {
		c.first = began
	}
	c.bytes += left
	return n, err
}

func (c *counted) cipherBytes() int64 {
	if c.cipher == nil {
		return 0
	}
	return c.cipher.bytes.Load()
}

// mark begins the count of one request, whose first byte leaves only if mayStart
// (nil: always) says yes.
func (c *counted) mark(mayStart func() bool) (base int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.first, c.mayStart, c.held = time.Time{}, mayStart, false
	return c.bytes
}

func (c *counted) heldBack() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// since is what left after mark, and when its first byte did.
func (c *counted) since(base int64) (written int64, first time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes - base, c.first
}

// seal closes the connection; when it returns no write is under way and none
// can begin, so that the count is final.
func (c *counted) seal() {
	c.sealed.Store(true)
	_ = c.raw.Close() // it is already lost; an error would say nothing new
	c.mu.Lock()
	defer c.mu.Unlock()
}
