package store

// One connection to the database, which neither hangs for ever on a database
// that has fallen silent nor holds others up when this process does.

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/lib/pq"
)

const (
	// hangUpAfter is how long a query whose context has ended may take to end by
	// the usual way, which needs an answer from the database.
	hangUpAfter = 3 * time.Second
	// commitLimit is how long a commit may stay without an answer. Whether it took
	// place is open then, as after every error of a commit.
	commitLimit = 30 * time.Second
	// idleLimit is how long a transaction may stand still before the database ends
	// it: a process that was stopped in the middle of one (SIGSTOP, a lost network)
	// must not keep its locks from the others.
	idleLimit = 15 * time.Second
)

// connector opens connections that are guarded.
type connector struct{ address string }

// Connect opens one.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	dialed := &link{}
	inner, err := pq.NewConnector(c.address)
	if err != nil {
		return nil, err
	}
	inner.Dialer(dialed)
	conn, err := inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := conn.(postgresConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T lacks what database/sql asks for", conn), conn.Close())
	}
	g := guarded{whole, dialed}
	set := fmt.Sprintf(`SET idle_in_transaction_session_timeout = %d`, idleLimit.Milliseconds())
	if _, err := g.ExecContext(ctx, set, nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return g, nil
}

// Driver names the driver.
func (connector) Driver() driver.Driver { return &pq.Driver{} }

// link is the socket of one connection.
type link struct {
	mu     sync.Mutex
	socket net.Conn // the first one; later ones carry the driver's requests to cancel
}

// Dial connects.
func (l *link) Dial(network, address string) (net.Conn, error) {
	return l.DialContext(context.Background(), network, address)
}

// DialTimeout connects in good time or not at all.
func (l *link) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return l.DialContext(ctx, network, address)
}

// DialContext connects.
func (l *link) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	socket, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.socket == nil {
		l.socket = socket
		return ownSocket{socket, l}, nil
	}
	return socket, nil
}

// ownSocket is the connection's own; one that is closed makes room for the next,
// which is how the driver tries without TLS after it tried with.
type ownSocket struct {
	net.Conn
	link *link
}

func (s ownSocket) Close() error {
	s.link.mu.Lock()
	if s.link.socket == s.Conn {
		s.link.socket = nil
	}
	s.link.mu.Unlock()
	return s.Conn.Close()
}

func (l *link) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.socket != nil {
		_ = l.socket.Close() // whoever waits on it is told by the error that he gets
	}
}

// until hangs up when ctx has ended and what it limits has not, soon after.
func (l *link) until(ctx context.Context) (ended func()) {
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-over:
		case <-time.After(hangUpAfter):
			l.hangUp()
		}
	})
	return func() {
		stop()
		close(over)
	}
}

// postgresConn is everything that database/sql asks of a connection.
type postgresConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// guarded is a connection whose work ends with its context, whatever the other
// side does.
type guarded struct {
	postgresConn
	link *link
}

func (g guarded) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	defer g.link.until(ctx)()
	tx, err := g.postgresConn.BeginTx(ctx, o)
	return guardedTx{tx, g.link}, err
}

func (g guarded) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	defer g.link.until(ctx)()
	return g.postgresConn.PrepareContext(ctx, query)
}

func (g guarded) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	defer g.link.until(ctx)()
	return g.postgresConn.ExecContext(ctx, query, args)
}

func (g guarded) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	defer g.link.until(ctx)()
	return g.postgresConn.QueryContext(ctx, query, args)
}

func (g guarded) Ping(ctx context.Context) error {
	defer g.link.until(ctx)()
	return g.postgresConn.Ping(ctx)
}

// guardedTx ends in good time: its Commit and Rollback are told no context.
type guardedTx struct {
	driver.Tx
	link *link
}

func (t guardedTx) Commit() error {
	defer time.AfterFunc(commitLimit, t.link.hangUp).Stop()
	return t.Tx.Commit()
}

func (t guardedTx) Rollback() error {
	defer time.AfterFunc(hangUpAfter, t.link.hangUp).Stop()
	return t.Tx.Rollback()
}
