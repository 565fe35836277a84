package main

// The way back from a backup of the embedded database: restored, brought to this
// build's schema, proven, and sending paused.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/postgres"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/verify"
	"latcom.example/latcom-billing/topup"
)

type restoreCommand struct {
	Backup string    `arg:"" help:"The folder of one backup."`
	Until  time.Time `placeholder:"TIME" help:"The moment to go to, such as 2026-11-25T18:30:00Z; needs the log that backup --wal keeps. Default: as far as there is log."`
	WAL    string    `name:"wal" placeholder:"FOLDER" help:"Where that log is. Default: wal beside the backup."`
	Check  bool      `help:"Only read the backup and compare it with what was written."`
}

// Help says where it goes to.
func (restoreCommand) Help() string {
	return `The database is made in DATA_DIR, where there must be none: stop the server and move DATA_DIR/postgres away first. Another DATA_DIR tries a backup out. Nothing is there before all of it is.

  DATABASE_URL=embedded latcom-billing restore /backups/base-20261125T183000.000Z`
}

// Run restores and proves; it ends with 1 when the books are not proven.
func (r restoreCommand) Run(ctx context.Context, std streams) error {
	if r.Check {
		return r.check(std)
	}
	c, err := readConfig(std.settings, databaseOnly)
	if err != nil {
		return err
	}
	if c.DatabaseURL != embedded {
		return errors.New("DATABASE_URL is not the embedded database: restore that PostgreSQL with its own tools, as docs/OPERATIONS.md tells; the next start of the server notices it and pauses sending")
	}
	log := c.newLog(std.err)
	facts, err := postgres.Restore(ctx, postgres.RestoreOptions{Backup: r.Backup, Archive: r.WAL, Until: r.Until, DataDir: c.DataDir, Log: log})
	if err != nil {
		return err
	}
	std.note("restored the backup of %s into %s\n", facts.BeganAt.UTC().Format(moment), c.DataDir)
	return prove(ctx, std, c, log)
}

func (r restoreCommand) check(std streams) error {
	facts, err := postgres.CheckBackup(r.Backup)
	if err != nil {
		return err
	}
	return std.print("whole: %d files, %s, PostgreSQL %s, restores to %s or later\n", facts.Files, megabytes(facts.Bytes), facts.Server, facts.EndedAt.UTC().Format(moment))
}

// prove opens what was restored, pauses sending and proves the books.
func prove(ctx context.Context, std streams, c config, log *slog.Logger) (err error) {
	c.MaxConns, c.MinConns = 4, 0
	db, err := openDatabase(ctx, c, log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	if _, err := migrate(ctx, db, log); err != nil {
		return err
	}
	books, err := openStore(ctx, db, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	if err := noticeRestore(ctx, books, log); err != nil {
		return err
	}
	if err := tellRestore(ctx, std, books); err != nil {
		return err
	}
	report, err := verify.Run(ctx, books.DB().DB)
	if err != nil {
		return err
	}
	if err := printReport(std, report); err != nil {
		return err
	}
	if !report.Proven() {
		return fmt.Errorf("the books are not proven: %d differences", report.Wrong)
	}
	return nil
}

// noticeRestore pauses sending if the database was restored since it last served.
func noticeRestore(ctx context.Context, books *store.Store, log *slog.Logger) error {
	r, noticed, err := topup.NoticeRestore(ctx, books)
	if noticed {
		log.ErrorContext(ctx, "the database was restored, or its standby took over: sending is paused until an operator has checked what Latcom did in the gap",
			"from", r.ReachedAt, "to", r.NoticedAt)
	}
	return err
}

func tellRestore(ctx context.Context, std streams, books *store.Store) error {
	r, err := books.OpenRestore(ctx)
	if errors.Is(err, billing.ErrNotFound) {
		return nil // a database that never served
	}
	if err != nil {
		return err
	}
	open, err := books.CountRestored(ctx, r.ID)
	if err != nil {
		return err
	}
	return std.print("reached   %s\nopen then %d queued, %d sending, %d unknown\nsending   paused until an operator has checked the gap: /admin/queue/restore\n",
		r.ReachedAt.UTC().Format(moment), open.Queued, open.Sending, open.Unknown)
}
