// Package store is the only package that speaks SQL. It decides nothing that a
// constraint does not decide, and knows neither HTTP nor Latcom.
//
// Reads hang on Store and Tx alike. Everything that moves money or state hangs
// on Tx alone, so that it cannot be called outside a transaction. Locks are
// always taken in the order balance, top-up, job.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// reader runs queries that are equally true inside and outside a transaction.
type reader struct{ q sqlx.ExtContext }

// Store is the database.
type Store struct {
	Reader
	pulse   *sqlx.DB // one connection for the heartbeat, which waits for no other work
	ready   int      // connections that KeepReady keeps
	replica *replica // nil: there is none

	watching watchers
}

// Tx is one database transaction.
type Tx struct {
	reader
	tx        *sqlx.Tx
	announced []Change
}

// Options says which database, and how many connections at most and kept ready.
type Options struct {
	URL      string
	Direct   string // the same database without a pooler; empty: URL is without one
	Replica  string // a standby to read from; empty: there is none
	MaxConns int    // 0: 20
	MinConns int    // 0: none; see KeepReady

	// Through is put between the pool and its connections; nil: nothing is. It sees
	// every statement.
	Through func(driver.Connector) driver.Connector
}

// Open connects to the database and checks that it answers and that it keeps
// what it commits: a server with fsync=off is refused.
func Open(ctx context.Context, o Options) (*Store, error) {
	db := pool(o, o.mostConns())
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), db.Close())
	}
	if err := refuseUnsafe(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	warm(ctx, db, min(o.MinConns, o.mostConns()))
	s := &Store{Reader: Reader{reader{db}, db}, pulse: pool(direct(o), 1), ready: min(o.MinConns, o.mostConns())}
	if o.Replica != "" {
		s.replica = newReplica(s, o)
	}
	return s, nil
}

// direct is o without a pooler.
func direct(o Options) Options {
	if o.Direct != "" {
		o.URL = o.Direct
	}
	return o
}

const connectLimit = "10" // seconds, the greetings included

// pool opens connections as they are needed, conns at most.
func pool(o Options, conns int) *sqlx.DB {
	var opens driver.Connector = connector{oneTrip(o.URL), o.Direct != "" && o.Direct != o.URL}
	if o.Through != nil {
		opens = o.Through(opens)
	}
	db := sqlx.NewDb(sql.OpenDB(opens), "postgres")
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns) // closing and opening again is what costs
	db.SetConnMaxIdleTime(idleClosedAfter)
	return db
}

// oneTrip asks lib/pq to send a query with its parameters in one trip to the
// database instead of two: it halves the time of each. It is also what a pooler
// in transaction mode needs. Connecting takes connectLimit at most.
func oneTrip(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return address // key=value words, or nonsense that the driver will name
	}
	q := u.Query()
	if !q.Has("binary_parameters") {
		q.Set("binary_parameters", "yes")
	}
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", connectLimit)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// mostConns is how many connections there may be.
func (o Options) mostConns() int {
	if o.MaxConns > 0 {
		return o.MaxConns
	}
	return 20
}

func refuseUnsafe(ctx context.Context, db *sqlx.DB) error {
	var fsync string
	if err := db.GetContext(ctx, &fsync, `SHOW fsync`); err != nil {
		return fmt.Errorf("read the database's fsync setting: %w", err)
	}
	if fsync != "on" {
		return errors.New("DATABASE_URL: the database runs with fsync=off and would lose accepted top-ups in a power cut; switch fsync on")
	}
	return nil
}

// Close gives the connections back.
func (s *Store) Close() error {
	if s.replica != nil {
		return errors.Join(s.db.Close(), s.pulse.Close(), s.replica.db.Close())
	}
	return errors.Join(s.db.Close(), s.pulse.Close())
}

// DB is for migrations and tests.
func (s *Store) DB() *sqlx.DB { return s.db }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.db.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Now is the moment by the database's clock.
func (r reader) Now(ctx context.Context) (time.Time, error) {
	return get[time.Time](ctx, r.q, "the database's clock", `SELECT now()`)
}

// Stats is the state of the connection pool, for metrics.
func (s *Store) Stats() sql.DBStats { return s.db.Stats() }

// InTx runs fn in a transaction: committed if fn returns nil, undone otherwise.
// An error of the commit itself leaves open whether it took place.
func (s *Store) InTx(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after a commit it has nothing to undo
	t := &Tx{reader: reader{tx}, tx: tx}
	if err := fn(t); err != nil {
		return err
	}
	err = tx.Commit()
	s.Hear(t.announced...) // also after an error: it may have taken place
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// get reads one row; none is billing.ErrNotFound.
func get[T any](ctx context.Context, q sqlx.QueryerContext, what, query string, args ...any) (T, error) {
	var row T
	err := sqlx.GetContext(ctx, q, &row, query, args...)
	if other := instead(ctx, q, err); other != nil {
		err = sqlx.GetContext(ctx, other, &row, query, args...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("%s: %w", what, billing.ErrNotFound)
	}
	if err != nil {
		return row, fmt.Errorf("read %s: %w", what, err)
	}
	return row, nil
}

// list reads all rows of a query that is known to be short.
func list[T any](ctx context.Context, q sqlx.QueryerContext, what, query string, args ...any) ([]T, error) {
	rows := []T{}
	err := sqlx.SelectContext(ctx, q, &rows, query, args...)
	if other := instead(ctx, q, err); other != nil {
		rows = []T{}
		err = sqlx.SelectContext(ctx, other, &rows, query, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	return rows, nil
}

// violates reports whether err is Postgres refusing a row for the named constraint.
func violates(err error, constraint string) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && pqErr.Constraint == constraint
}
