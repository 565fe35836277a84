package store

// The connection on which an instance hears what changed.

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/lib/pq"
)

const (
	pingEvery   = 10 * time.Second
	silence     = 3 * pingEvery // after it a connection is dead, though nobody closed it
	listenAgain = time.Second
)

// Listen calls fn with each change until ctx ends, on a connection of its own to
// url, and returns soon after, also while the database is away. It connects again
// by itself, and then says that changes may be lost. An error is one that no
// waiting mends.
func Listen(ctx context.Context, url string, fn func(Change)) error {
	for {
		err := listen(ctx, url, fn)
		if ctx.Err() == nil && !Away(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(listenAgain):
		}
	}
}

func listen(ctx context.Context, url string, fn func(Change)) error {
	lost := func(event pq.ListenerEventType, _ error) {
		if event == pq.ListenerEventReconnected {
			fn(Change{Lost: true})
		}
	}
	listener := pq.NewDialListener(untilDone{ctx}, url, 100*time.Millisecond, 5*time.Second, lost)
	defer listener.Close()                                          //nolint:errcheck // nothing is waited for any more
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })() // ends the wait for a database that is away
	if err := listener.Listen(changesChannel); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	fn(Change{Lost: true}) // whatever happened before this moment
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ping.C:
			if err := listener.Ping(); err != nil {
				fn(Change{Lost: true})
			}
		case n := <-listener.Notify:
			if n != nil { // nil: connected again, which is said above
				for _, c := range changesOf(n.Extra) {
					fn(c)
				}
			}
		}
	}
}

// changesOf reads what was announced; what cannot be read may have been anything.
func changesOf(payload string) []Change {
	var all []Change
	if err := json.Unmarshal([]byte(payload), &all); err != nil {
		return []Change{{Lost: true}}
	}
	return all
}

// untilDone makes connections that end with a context, and when nothing was
// heard for too long: the pings make the other side speak.
type untilDone struct {
	ctx context.Context //nolint:containedctx // the driver's Dial takes none
}

// Dial connects.
func (d untilDone) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, silence)
}

// DialTimeout connects in good time or not at all.
func (d untilDone) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: timeout}).DialContext(d.ctx, network, address)
	if err != nil {
		return nil, err
	}
	forget := context.AfterFunc(d.ctx, func() { _ = conn.Close() })
	return attentive{conn, forget}, nil
}

type attentive struct {
	net.Conn
	forget func() bool
}

func (c attentive) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c attentive) Close() error {
	c.forget()
	return c.Conn.Close()
}
