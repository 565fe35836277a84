package store

// A window on the queue's tables, for looking at jobs: nothing can be changed
// through it.

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/riverqueue/river"
)

// QueueWindow reads the queue over connections that PostgreSQL keeps from writing.
type QueueWindow struct {
	Queue *Queue
	db    *sqlx.DB
}

const lookers = 2 // at once; they take nothing from those who work

// windowSettings go along when a connection begins, not after it: a pooler refuses
// them then, and cannot hand them on to somebody else's transactions.
const windowSettings = "default_transaction_read_only=on statement_timeout=5000"

// OpenQueueWindow prepares a window on the database at an address without a
// pooler; it connects when somebody looks.
func OpenQueueWindow(address string) (*QueueWindow, error) {
	db := pool(Options{
		URL: withSettings(address), Through: func(c driver.Connector) driver.Connector { return lookOnly{c} },
	}, lookers)
	db.SetConnMaxIdleTime(time.Minute)
	queue, err := (&Store{Reader: Reader{db: db}}).NewQueue(&river.Config{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &QueueWindow{Queue: queue, db: db}, nil
}

// Close gives the connections back.
func (w *QueueWindow) Close() error { return w.db.Close() }

// lookOnly opens connections whose transactions are read-only too: the driver says
// of each what it is, whatever the connection's setting.
type lookOnly struct{ driver.Connector }

// Connect opens one.
func (c lookOnly) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // the pool's own
	}
	whole, ok := conn.(postgresConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T cannot be kept from writing", conn), conn.Close())
	}
	if _, err := whole.ExecContext(ctx, `SET statement_timeout = 5000`, nil); err != nil { // in place of the pool's own
		return nil, errors.Join(err, conn.Close())
	}
	return looker{whole}, nil
}

type looker struct{ postgresConn }

func (l looker) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	o.ReadOnly = true
	return l.postgresConn.BeginTx(ctx, o)
}

// withSettings adds the window's settings to an address, however it is written.
func withSettings(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return address + " " + windowSettings
	}
	q := u.Query()
	for setting := range strings.FieldsSeq(windowSettings) {
		name, value, _ := strings.Cut(setting, "=")
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
