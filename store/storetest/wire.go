package storetest

// A wire between a program and its database, which tests cut and freeze.

import (
	"context"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Wire carries bytes to the database until it is cut or frozen.
type Wire struct {
	URL string // of the database, through the wire

	listener net.Listener
	to       string

	mu     sync.Mutex
	cut    bool
	ends   map[net.Conn]struct{}
	frozen chan struct{} // not nil while nothing passes
}

// NewWire leads to the database that an address names, until t ends.
func NewWire(t testing.TB, database string) *Wire {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{listener: listener, to: address.Host, ends: map[net.Conn]struct{}{}}
	address.Host = listener.Addr().String()
	w.URL = address.String()
	t.Cleanup(func() {
		_ = listener.Close()
		w.Cut()
		w.Mend() // what is frozen must see that its connection is gone
	})
	go w.accept(context.WithoutCancel(t.Context()))
	return w
}

// Cut ends every connection and lets no new one through.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for end := range w.ends {
		_ = end.Close()
	}
	clear(w.ends)
}

// Freeze keeps connections open, takes new ones, and carries nothing.
func (w *Wire) Freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozen == nil {
		w.frozen = make(chan struct{})
	}
}

// Mend lets everything through again.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
	if w.frozen != nil {
		close(w.frozen)
		w.frozen = nil
	}
}

func (w *Wire) accept(ctx context.Context) {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.connect(ctx, near)
	}
}

func (w *Wire) connect(ctx context.Context, near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.to)
	if err != nil {
		_ = near.Close()
		return
	}
	if !w.hold(near, far) {
		return
	}
	go w.carry(far, near)
	w.carry(near, far)
}

// hold keeps both ends for Cut, or closes them when the wire is cut already.
func (w *Wire) hold(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range ends {
		if w.cut {
			_ = end.Close()
			continue
		}
		w.ends[end] = struct{}{}
	}
	return !w.cut
}

// carry copies until either end closes, and then closes the other.
func (w *Wire) carry(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		frozen := w.frozen
		w.mu.Unlock()
		if frozen != nil {
			<-frozen
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}
