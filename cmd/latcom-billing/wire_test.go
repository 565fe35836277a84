package main

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// wire stands between a server and its database and can be cut.
type wire struct {
	url      string // of the database, through the wire
	to       string
	listener net.Listener

	mu    sync.Mutex
	isCut bool
	ends  map[net.Conn]struct{}
}

func newWire(t *testing.T, database string) *wire {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: address.Host, listener: listener, ends: map[net.Conn]struct{}{}}
	address.Host = listener.Addr().String()
	w.url = address.String()
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(near)
		}
	}()
	return w
}

func (w *wire) carry(near net.Conn) {
	far, err := net.Dial("tcp", w.to)
	if err != nil || !w.hold(near, far) {
		_ = near.Close()
		return
	}
	go func() {
		_, _ = io.Copy(far, near) // ends with either side
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

func (w *wire) hold(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range ends {
		if w.isCut {
			_ = end.Close()
			continue
		}
		w.ends[end] = struct{}{}
	}
	return !w.isCut
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = true
	for end := range w.ends {
		_ = end.Close()
	}
	clear(w.ends)
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = false
}
