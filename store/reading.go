package store

// Where lists, reports and files are read from: the database itself, or its
// replica, if that has caught up with what the reader must see. Nothing that
// decides about money asks here.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// Reader reads. Store is one, and reads from the database itself.
type Reader struct {
	reader
	db *sqlx.DB
}

// replicaQueries are queries of the replica. What it cannot answer is asked of the
// database instead.
type replicaQueries struct {
	*sqlx.DB
	replica *replica
	instead *sqlx.DB
}

// Reading is where lists, reports and files are read from. Whoever has to see what
// he wrote says so by ctx (After, Fresh). Without a replica it is s itself.
func (s *Store) Reading(ctx context.Context) Reader {
	if s.replica == nil {
		return s.Reader
	}
	itself, together := ctx.Value(wayKey{}).(*atomic.Bool)
	if together && itself.Load() || !s.replica.serves(ctx) {
		if together {
			itself.Store(true)
		}
		return s.Reader
	}
	return Reader{reader{replicaQueries{s.replica.db, s.replica, s.db}}, s.replica.db}
}

// instead says where to ask again after a query of a replica failed; nil: nowhere.
// That a query took too long, or that nobody waits for it any more, is no fault of
// the replica.
func instead(ctx context.Context, q any, err error) *sqlx.DB {
	asked, ok := q.(replicaQueries)
	if !ok || err == nil || errors.Is(err, sql.ErrNoRows) || ctx.Err() != nil || wasCancelled(err) {
		return nil
	}
	asked.replica.failed(err)
	return asked.instead
}

// How long statements may take that are read row by row, as their reader takes
// them: a file goes to a browser, or to a disk.
const fileLimit = time.Hour

// each calls fn with the rows of a query, one by one, as of one moment.
func (r reader) each(ctx context.Context, what string, fn func(*sqlx.Rows) error, query string, args ...any) error {
	err := r.look(ctx, fileLimit, func(q sqlx.ExtContext) error {
		rows, err := q.QueryxContext(ctx, query, args...)
		if err != nil {
			return err //nolint:wrapcheck // it is below
		}
		defer rows.Close()
		for rows.Next() {
			if err := fn(rows); err != nil {
				return readerError{err}
			}
		}
		return rows.Err() //nolint:wrapcheck // it is below
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// readerError is an error of whoever got the rows, and no fault of a database.
type readerError struct{ error }

// Unwrap is what he said.
func (c readerError) Unwrap() error { return c.error }

// look runs fn in a transaction that reads from one moment, with a limit on each
// statement. Inside a transaction it is that one, with its own limit.
func (r reader) look(ctx context.Context, limit time.Duration, fn func(sqlx.ExtContext) error) error {
	var db *sqlx.DB
	switch q := r.q.(type) {
	case *sqlx.DB:
		db = q
	case replicaQueries:
		db = q.DB
	default:
		return fn(r.q)
	}
	tx, err := beginLook(ctx, db, limit)
	if other := instead(ctx, r.q, err); other != nil {
		tx, err = beginLook(ctx, other, limit)
	}
	if err != nil {
		return err
	}
	defer tx.Rollback() // it wrote nothing
	err = fn(tx)
	if _, back := errors.AsType[readerError](err); !back {
		_ = instead(ctx, r.q, err) // in the middle: only the next one asks elsewhere
	}
	return err
}

func beginLook(ctx context.Context, db *sqlx.DB, limit time.Duration) (*sqlx.Tx, error) {
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	if err := limitStatements(ctx, tx, limit); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// limitStatements bounds the statements of a transaction, and how long it may
// stand still between them: whoever takes the rows may be slow.
func limitStatements(ctx context.Context, tx *sqlx.Tx, limit time.Duration) error {
	milliseconds := fmt.Sprintf("%dms", limit.Milliseconds())
	if _, err := tx.ExecContext(ctx, `SELECT set_config('statement_timeout', $1, true)`, milliseconds); err != nil {
		return fmt.Errorf("bound the time of a query: %w", err)
	}
	return nil
}
