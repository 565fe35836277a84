package main

// A backup of the embedded database, while it serves. Any other PostgreSQL has
// tools of its own for that (docs/OPERATIONS.md).

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/postgres"
)

type backupCommand struct {
	Folder string `arg:"" help:"The folder of all backups. This one gets a folder of its own in it. Copy them to another machine."`
	WAL    bool   `name:"wal" help:"Also keep every change from now on in FOLDER/wal, so that any moment can be restored."`
	Keep   int    `default:"0" placeholder:"N" help:"How many backups stay, this one included; older ones are removed with the log that only they need. 0: all."`
}

// Help says what is in it.
func (backupCommand) Help() string {
	return `A backup is a folder: the database, its password, and SHA256SUMS of every file ("sha256sum -c SHA256SUMS" checks it; so does "restore --check"). It holds no settings: keep SECRET_KEY elsewhere, without it webhooks' secrets and second factors cannot be read.

  latcom-billing backup /backups --wal --keep 7`
}

// Run makes a backup and prints its folder.
func (b backupCommand) Run(ctx context.Context, std streams) (err error) {
	c, err := readConfig(std.settings, databaseOnly)
	if err != nil {
		return err
	}
	if c.DatabaseURL != embedded {
		return errors.New("DATABASE_URL is not the embedded database: back that PostgreSQL up with pg_basebackup and its archive of the log, as docs/OPERATIONS.md tells")
	}
	if b.Keep < 0 {
		return errors.New("--keep must be 0 or more")
	}
	db, err := openDatabase(ctx, c, c.newLog(std.err), true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.stop()) }()
	made, err := postgres.Backup(ctx, postgres.BackupOptions{URL: db.url, DataDir: c.DataDir, Folder: b.Folder, Archive: b.WAL, Keep: b.Keep})
	if err != nil {
		return err
	}
	for _, gone := range made.Gone {
		std.note("removed %s\n", gone)
	}
	std.note("%d files, %s, PostgreSQL %s, whole at %s\n", made.Facts.Files, megabytes(made.Facts.Bytes), made.Facts.Server, made.Facts.EndedAt.UTC().Format(moment))
	return std.print("%s\n", made.Path)
}

const moment = "2006-01-02T15:04:05Z07:00"

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
