package main

// The database: somebody's server, or the embedded one, which starts and ends
// with us. It is connected to, brought to our schema and asked what it serves.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/postgres"
	"latcom.example/latcom-billing/store"
)

// database is where the books are kept.
type database struct {
	url     string
	listen  string // without a pooler: for LISTEN, heartbeats and migrations
	replica string // a standby to read from; empty: there is none
	stop    func() error
}

// openDatabase starts the embedded database if that is what is meant. A command
// beside a running server (shared) uses the server's.
func openDatabase(ctx context.Context, c config, log *slog.Logger, shared bool) (database, error) {
	if c.DatabaseURL != embedded {
		d := database{url: string(c.DatabaseURL), listen: string(c.DatabaseURL), replica: string(c.ReplicaURL), stop: func() error { return nil }}
		if c.DatabaseDirectURL != "" {
			d.listen = string(c.DatabaseDirectURL)
		}
		return d, nil
	}
	if shared {
		if url, running := runningDatabase(ctx, c.DataDir); running {
			return database{url: url, listen: url, stop: func() error { return nil }}, nil
		}
	}
	server, err := postgres.Start(ctx, postgres.Options{DataDir: c.DataDir, Log: log})
	if err != nil {
		return database{}, err
	}
	return database{url: server.URL(), listen: server.URL(), stop: server.Stop}, nil
}

// openStore connects, for patience at most while the database cannot be reached.
// What the database refuses for good, such as a password, is not tried again.
func openStore(ctx context.Context, d database, c config, log *slog.Logger) (*store.Store, error) {
	enough := time.Now().Add(patience)
	for pause := time.Second; ; pause = min(2*pause, 5*time.Second) {
		try, cancel := context.WithTimeout(ctx, 10*time.Second)
		books, err := store.Open(try, store.Options{URL: d.url, Direct: d.listen, Replica: d.replica, MaxConns: c.MaxConns, MinConns: c.MinConns})
		cancel()
		if err == nil || !store.Away(err) {
			return books, err
		}
		if time.Now().Add(pause).After(enough) {
			return nil, fmt.Errorf("%w; is DATABASE_URL right, and does its server run?", err)
		}
		log.WarnContext(ctx, "the database cannot be reached; trying again", "error", err, "for_another", time.Until(enough).Round(time.Second).String())
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// migrate brings the database to this build's schema; of several instances that
// start at once, one works and the others wait for it. Their lock belongs to a
// session, which a transaction pooler does not keep: hence the direct address.
func migrate(ctx context.Context, d database, log *slog.Logger) (applied int, err error) {
	db, err := sql.Open("postgres", d.listen)
	if err != nil {
		return 0, fmt.Errorf("migrate the database: %w", err)
	}
	defer db.Close()
	applied, err = migrations.Up(ctx, db)
	if err == nil && applied > 0 {
		log.InfoContext(ctx, "migrated the database", "steps", applied)
	}
	return applied, err
}

// The two kinds of provider, as the database remembers them.
const (
	kindSimulator = "simulator"
	kindLive      = "live"
)

// claim ties the database to the kind of provider that it serves, for ever:
// simulated and real money never meet.
func claim(ctx context.Context, books *store.Store, c config) error {
	kind := kindLive
	if c.simulates() {
		kind = kindSimulator
	}
	served, err := books.ClaimProviderKind(ctx, kind)
	switch {
	case err != nil:
		return err
	case served == kind:
		return nil
	case served == kindSimulator:
		return errors.New("this database holds simulated top-ups, and LATCOM_BASE_URL names a live provider: use another database for it")
	default:
		return errors.New("this database holds real top-ups, and LATCOM_BASE_URL is the simulator: use another database for it")
	}
}
