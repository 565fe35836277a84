// Package migrations brings a database to the schema that this build needs:
// ours as SQL files, River's own tables as one step among them. It knows the
// schema and nothing of what is kept in it.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed *.sql
var files embed.FS

// riverVersion is the newest of River's migrations that this build was tested with.
const riverVersion = 7

// ErrBehind means that the database lacks a migration of this build.
var ErrBehind = errors.New("the database schema is older than this program: run latcom-billing migrate")

// Up applies what is missing and returns how many steps it applied. Several
// instances may call it at once: one works, the others wait for it.
func Up(ctx context.Context, db *sql.DB) (applied int, err error) {
	p, err := provider(db)
	if err != nil {
		return 0, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate the database: %w", err)
	}
	return len(results), nil
}

// Check returns ErrBehind when a migration is missing. It changes nothing.
func Check(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if pending {
		return ErrBehind
	}
	return nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	p, err := goose.NewProvider(
		goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker),
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(goose.NewGoMigration(3, &goose.GoFunc{RunDB: riverUp}, &goose.GoFunc{RunDB: riverDown})),
	)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// River's steps run one transaction each: PostgreSQL 15 refuses to use a value of
// an enum in the transaction that added it. A step that was done is passed over.
func riverUp(ctx context.Context, db *sql.DB) error {
	return river(ctx, db, rivermigrate.DirectionUp, riverVersion)
}

func riverDown(ctx context.Context, db *sql.DB) error {
	return river(ctx, db, rivermigrate.DirectionDown, -1)
}

func river(ctx context.Context, db *sql.DB, direction rivermigrate.Direction, version int) error {
	m, err := rivermigrate.New(riverdatabasesql.New(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("read the queue's migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, direction, &rivermigrate.MigrateOpts{TargetVersion: version}); err != nil {
		return fmt.Errorf("migrate the queue's tables: %w", err)
	}
	return nil
}
