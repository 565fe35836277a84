package store

// One connection to the database, which neither hangs for ever on a database
// that has fallen silent nor holds others up when this process does.

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
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
	// statementLimit is how long one statement may take, lockLimit how long of that
	// it may wait for a lock: nobody looks at a page that long, and whoever moves
	// money tries again. Files and proofs set limits of their own (fileLimit).
	statementLimit = 20 * time.Second
	lockLimit      = 10 * time.Second
	// idleLimit is how long a transaction may stand still before the database ends
	// it: a process that was stopped in the middle of one (SIGSTOP, a lost network)
	// must not keep its locks from the others.
	idleLimit = 15 * time.Second
)

// Limits are what the database is told to end by itself, by their names there.
func Limits() map[string]time.Duration {
	return map[string]time.Duration{
		"statement_timeout": statementLimit, "lock_timeout": lockLimit, "idle_in_transaction_session_timeout": idleLimit,
	}
}

// setLimits is a statement for each of them.
func setLimits(scope string) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(Limits())) {
		fmt.Fprintf(&text, "%s %s = %d; ", scope, name, Limits()[name].Milliseconds())
	}
	return text.String()
}

// connector opens connections that are guarded.
type connector struct {
	address string
	pooled  bool // by a pooler in transaction mode: nothing may be set that outlives a transaction
}

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
	g := guarded{postgresConn: whole, link: dialed}
	if c.pooled {
		return pooled{g}, nil
	}
	if _, err := g.ExecContext(ctx, setLimits("SET"), nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return g, nil
}

// pooled is a connection to a pooler. What is set for a session there would be set
// for whoever gets the database's connection next, and not for us: our limits are
// the role's (migrations.Admit), and each transaction's.
type pooled struct{ guarded }

// BeginTx begins with our limits.
func (p pooled) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	tx, err := p.guarded.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := p.ExecContext(ctx, setLimits("SET LOCAL"), nil); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
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
