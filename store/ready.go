package store

// Connections that are kept ready: the pool of database/sql closes what was idle for
// a while, down to none, and the first after a quiet night would wait for greetings.

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
)

const (
	idleClosedAfter = 5 * time.Minute
	readyEvery      = time.Minute
	readyLimit      = 15 * time.Second
)

// KeepReady uses as many connections as are to be kept, now and then, until ctx ends:
// none of them is ever idle for long enough to be closed, and one that died is
// replaced before anybody needs it.
func (s *Store) KeepReady(ctx context.Context) {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if now := s.db.Stats(); now.InUse+s.ready <= now.MaxOpenConnections { // else they are in use anyway
				warm(ctx, s.db, s.ready)
			}
		}
	}
}

// warm has n connections open at once, and gives them back. A database that is away
// is somebody else's to report.
func warm(ctx context.Context, db *sqlx.DB, n int) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	var taken []*sql.Conn
	defer func() {
		for _, conn := range taken {
			_ = conn.Close() // back to the pool
		}
	}()
	for range n {
		conn, err := db.Conn(ctx)
		if err != nil {
			return
		}
		taken = append(taken, conn)
		if conn.PingContext(ctx) != nil {
			return
		}
	}
}
