package main

// Commands that work on the database beside a running server, or without one.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
)

// books is an open database for one command.
type books struct {
	*store.Store
	config config
	log    *slog.Logger
	db     database
	close  func() error
}

// openBooks opens the database that the settings name.
func openBooks(ctx context.Context, std streams) (books, error) {
	return openBooksOf(ctx, std, func(d database) (database, error) { return d, nil })
}

// openBooksOf opens one of the databases beside the one that the settings name.
func openBooksOf(ctx context.Context, std streams, which func(database) (database, error)) (books, error) {
	c, err := readConfig(std.settings, databaseOnly)
	if err != nil {
		return books{}, err
	}
	c.MaxConns, c.MinConns = 4, 0 // one command needs no more
	log := c.newLog(std.err)
	db, err := openDatabase(ctx, c, log, true)
	if err != nil {
		return books{}, err
	}
	in, err := which(db)
	if err != nil {
		return books{}, errors.Join(err, db.stop())
	}
	in.stop = db.stop
	b, err := open(ctx, in, c, log)
	if err != nil {
		return books{}, errors.Join(err, db.stop())
	}
	return b, nil
}

func open(ctx context.Context, db database, c config, log *slog.Logger) (books, error) {
	s, err := openStore(ctx, db, c, log)
	if err != nil {
		return books{}, err
	}
	return books{s, c, log, db, func() error { return errors.Join(s.Close(), db.stop()) }}, nil
}

// openCurrentBooks opens the database for commands that need this build's schema,
// as the role that the server works as.
func openCurrentBooks(ctx context.Context, std streams) (books, error) {
	b, err := openBooks(ctx, std)
	if err != nil {
		return b, err
	}
	return b.current(ctx)
}

// openSandboxBooks is openCurrentBooks for the sandbox's.
func openSandboxBooks(ctx context.Context, std streams) (books, error) {
	b, err := openBooksOf(ctx, std, func(d database) (database, error) {
		second, name, err := d.sandbox()
		if err != nil {
			return second, err
		}
		there, err := d.hasDatabase(ctx, name)
		if err == nil && !there {
			err = fmt.Errorf("there is no sandbox: the database %s does not exist; latcom-billing serve makes it", name)
		}
		return second, err
	})
	if err != nil {
		return b, err
	}
	return b.current(ctx)
}

// current is b as the server's role reaches it, if its schema is this build's.
func (b books) current(ctx context.Context) (books, error) {
	if err := migrations.Check(ctx, b.DB().DB); err != nil {
		return books{}, errors.Join(err, b.close())
	}
	in := b.db.asApplication(ctx, b.config)
	if in.url == b.db.url {
		return b, nil
	}
	as, err := open(ctx, in, b.config, b.log)
	if err != nil {
		return books{}, errors.Join(err, b.close())
	}
	if err := b.Close(); err != nil { // the connections alone: the database goes on
		return books{}, errors.Join(err, as.close())
	}
	return as, nil
}

type migrateCommand struct{}

// Run applies migrations and says how many.
func (migrateCommand) Run(ctx context.Context, std streams) (err error) {
	b, err := openBooks(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	applied, err := migrate(ctx, b.db, b.log)
	if err != nil {
		return err
	}
	if _, err := b.db.admit(ctx, b.config, b.Store, b.log); err != nil {
		return err
	}
	return std.print("%d migrations applied; the database is up to date\n", applied)
}
