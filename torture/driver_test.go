package torture

// The driver between an instance and its database: it knows every statement, and
// lets go wrong what is due.

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// whole is everything that database/sql asks of a connection.
type whole interface {
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

// faulty opens an instance's connections.
type faulty struct {
	driver.Connector
	on *instance
}

// Connect also ends a goroutine that a dead instance left behind.
func (f faulty) Connect(ctx context.Context) (driver.Conn, error) {
	if f.on.dead() {
		if operationOf(ctx) != nil {
			panic(crashed{})
		}
		return nil, errCrashed
	}
	inner, err := f.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &connection{whole: inner.(whole), on: f.on}, nil
}

// connection is one of them.
type connection struct {
	whole
	on   *instance
	gone bool // cut by a fault
	late bool // its transaction waits for what a planted bug does first

	attempt bool // an attempt was written on it
}

// IsValid keeps database/sql from using a connection that is cut.
func (c *connection) IsValid() bool { return !c.gone && !c.late && !c.on.dead() && c.whole.IsValid() }

// Close closes, unless a planted bug still needs it.
func (c *connection) Close() error {
	if c.late {
		return nil
	}
	return c.whole.Close()
}

// ResetSession likewise.
func (c *connection) ResetSession(ctx context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return c.whole.ResetSession(ctx)
}

// lost is what the driver says of a lost connection: one of two errors.
func (c *connection) lost(f *fault) error {
	c.gone = true
	_ = c.whole.Close() // it is to be gone, whatever it says
	if f.nth%2 == 0 {
		return &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return driver.ErrBadConn
}

// do is where every statement and commit passes.
func do[T any](c *connection, o *operation, commit bool, call func() (T, error)) (T, error) {
	var none T
	if c.gone || c.on.dead() {
		return none, driver.ErrBadConn
	}
	f := o.strikes(commit)
	if f == nil {
		return call()
	}
	if f.after {
		if _, err := call(); err != nil {
			return none, err // it did not take effect: what it says is true
		}
	}
	switch f.what {
	case crash:
		c.on.die()
		return none, driver.ErrBadConn
	case full:
		_, err := c.whole.ExecContext(context.Background(), `DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$`, nil)
		return none, err
	default:
		return none, c.lost(f)
	}
}

// BeginTx begins.
func (c *connection) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	o := operationOf(ctx)
	c.attempt = false
	if c.on.plantsLate() {
		ctx = context.WithoutCancel(ctx)
	}
	return do(c, o, false, func() (driver.Tx, error) {
		tx, err := c.whole.BeginTx(ctx, opts)
		return &transaction{tx, c, o}, err
	})
}

// ExecContext executes, with what is planted.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return do(c, operationOf(ctx), false, func() (driver.Result, error) { return c.whole.ExecContext(ctx, c.on.planted(ctx, query), args) })
}

// QueryContext queries, with what is planted.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.attempt = c.attempt || strings.Contains(query, "INSERT INTO attempts")
	return do(c, operationOf(ctx), false, func() (driver.Rows, error) { return c.whole.QueryContext(ctx, c.on.planted(ctx, query), args) })
}

// Ping is not used by an operation.
func (c *connection) Ping(ctx context.Context) error {
	if c.on.dead() {
		return driver.ErrBadConn
	}
	return c.whole.Ping(ctx)
}

// PrepareContext is refused: what is prepared would pass by unseen.
func (c *connection) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return nil, fmt.Errorf("a statement is prepared, which no fault can meet: %s", query)
}

// transaction passes a commit on, or not.
type transaction struct {
	driver.Tx
	c *connection
	o *operation
}

// Commit commits.
func (t *transaction) Commit() error {
	if t.c.attempt && t.o != nil && t.c.on.plantsLate() {
		t.o.late, t.c.late = t, true
		return nil
	}
	_, err := do(t.c, t.o, true, func() (struct{}, error) { return struct{}{}, t.Tx.Commit() })
	return err
}

// commitLate is what the planted bug does after it has sent.
func (t *transaction) commitLate() {
	_ = t.Tx.Commit() // of a dead instance: not any more
	_ = t.c.whole.Close()
}

// Rollback rolls back, or finds that the other side has.
func (t *transaction) Rollback() error {
	if t.c.gone || t.c.on.dead() {
		return driver.ErrBadConn
	}
	return t.Tx.Rollback()
}
