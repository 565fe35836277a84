//go:build unix

package postgres_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/postgres"
)

// busy is a database with a table of pairs that somebody writes without a pause, two rows a transaction:
// whatever a restore brings back has an even number of them.
func busy(t *testing.T, url string) (db *sql.DB, rest func() int) {
	t.Helper()
	db = open(t, url)
	execute(t, db, `CREATE TABLE pairs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), fill text)`)
	ctx, cancel := context.WithCancel(t.Context())
	wrote, ended := 0, make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := db.ExecContext(context.WithoutCancel(ctx), `INSERT INTO pairs (fill) SELECT repeat('x', 500) FROM generate_series(1, 2)`); err != nil {
				ended <- err
				return
			}
			wrote += 2
		}
		ended <- nil
	}()
	return db, func() int {
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		return wrote
	}
}

func backUp(t *testing.T, s *postgres.Server, o postgres.BackupOptions) postgres.Backed {
	t.Helper()
	o.URL = s.URL()
	made, err := postgres.Backup(t.Context(), o)
	must(t, err)
	return made
}

func number(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	n, err := strconv.Atoi(ask(t, db, query))
	must(t, err)
	return n
}

func TestABackupOfABusyDatabaseIsRestoredWhole(t *testing.T) {
	dir, to, into := usedFolder(t), newFolder(t), newFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	db, rest := busy(t, server.URL())
	eventually(t, db, `SELECT (count(*) > 100)::text FROM pairs`, "true")
	made := backUp(t, server, postgres.BackupOptions{DataDir: dir, Folder: to})
	wrote := rest()
	must(t, server.Stop())
	if made.Facts.Files < 500 || made.Facts.Bytes < 1<<20 {
		t.Errorf("it tells of %d files, %d bytes", made.Facts.Files, made.Facts.Bytes)
	}

	_, err := postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: made.Path, DataDir: into})
	must(t, err)
	restored := open(t, start(t, postgres.Options{DataDir: into}).URL())
	n := number(t, restored, `SELECT count(*) FROM pairs`)
	if n < 100 || n > wrote || n%2 != 0 {
		t.Errorf("restored %d rows of %d", n, wrote)
	}
	if line := ask(t, restored, `SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)`); line != "00000002" {
		t.Errorf("it goes on in timeline %s", line)
	}
	if left := leftover(t, into); left != "" {
		t.Errorf("it leaves %s", left)
	}
}

func leftover(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "postgres.new-*"))
	must(t, err)
	return strings.Join(found, " ")
}

func TestAnArchiveBringsBackTheMomentThatIsAskedFor(t *testing.T) {
	dir, to, into := usedFolder(t), newFolder(t), newFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	db, rest := busy(t, server.URL())
	made := backUp(t, server, postgres.BackupOptions{DataDir: dir, Folder: to, Archive: true})
	after := number(t, db, `SELECT count(*) FROM pairs`)
	eventually(t, db, `SELECT (count(*) > `+strconv.Itoa(after+200)+`)::text FROM pairs`, "true")
	moment, err := time.Parse(time.RFC3339Nano, ask(t, db, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`))
	must(t, err)
	eventually(t, db, `SELECT (count(*) > 200)::text FROM pairs WHERE at > '`+moment.Format(time.RFC3339Nano)+`'`, "true")
	rest()
	before := number(t, db, `SELECT count(*) FROM pairs WHERE at < '`+moment.Format(time.RFC3339Nano)+`'`)
	file := ask(t, db, `SELECT pg_walfile_name(pg_switch_wal())`)
	eventually(t, db, `SELECT (last_archived_wal >= '`+file+`')::text FROM pg_stat_archiver`, "true")
	must(t, server.Stop())

	_, err = postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: made.Path, DataDir: into, Until: moment.Add(time.Hour)})
	if err == nil || !strings.Contains(err.Error(), "the log does not reach") {
		t.Errorf("a moment after the end: %v", err)
	}
	_, err = postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: made.Path, DataDir: into, Until: made.Facts.BeganAt.Add(-time.Minute)})
	if err == nil || !strings.Contains(err.Error(), "use an older one") {
		t.Errorf("a moment before the backup: %v", err)
	}
	_, err = postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: made.Path, DataDir: into, Until: moment})
	must(t, err)
	restored := open(t, start(t, postgres.Options{DataDir: into}).URL())
	// The transaction that was being committed at the moment may be on either side of it.
	if n := number(t, restored, `SELECT count(*) FROM pairs`); n < before-2 || n > before+2 || n%2 != 0 {
		t.Errorf("restored %d rows, %d were there at the moment", n, before)
	}
}

func TestABackupThatWasChangedIsNotRestored(t *testing.T) {
	dir, to := usedFolder(t), newFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	path := backUp(t, server, postgres.BackupOptions{DataDir: dir, Folder: to}).Path
	must(t, server.Stop())
	if _, err := postgres.CheckBackup(path); err != nil {
		t.Fatal(err)
	}
	control := filepath.Join(path, "postgres", "global", "pg_control")
	whole, err := os.ReadFile(control)
	must(t, err)
	for name, spoil := range map[string]func() (mend func()){
		"postgres/global/pg_control was changed": func() func() {
			must(t, os.WriteFile(control, append([]byte{whole[0] ^ 1}, whole[1:]...), 0o600))
			return func() { must(t, os.WriteFile(control, whole, 0o600)) }
		},
		"postgres/global/pg_control is missing": func() func() {
			must(t, os.Remove(control))
			return func() { must(t, os.WriteFile(control, whole, 0o600)) }
		},
		"postgres/more does not belong to it": func() func() {
			must(t, os.WriteFile(filepath.Join(path, "postgres", "more"), nil, 0o600))
			return func() { must(t, os.Remove(filepath.Join(path, "postgres", "more"))) }
		},
	} {
		mend := spoil()
		into := newFolder(t)
		_, err := postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: path, DataDir: into})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		mend()
	}
	if _, err := postgres.Restore(t.Context(), postgres.RestoreOptions{Backup: path, DataDir: dir}); err == nil || !strings.Contains(err.Error(), "there is a database in") {
		t.Errorf("over a database: %v", err)
	}
	must(t, os.Remove(filepath.Join(path, "backup.json")))
	if _, err := postgres.CheckBackup(path); err == nil || !strings.Contains(err.Error(), "half of one") {
		t.Errorf("half a backup: %v", err)
	}
}

func TestOldBackupsGoWithTheirLog(t *testing.T) {
	dir, to := usedFolder(t), newFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	db := open(t, server.URL())
	o := postgres.BackupOptions{DataDir: dir, Folder: to, Archive: true, Keep: 2}
	first := backUp(t, server, o)
	for range 2 {
		execute(t, db, `SELECT pg_switch_wal() FROM (SELECT pg_logical_emit_message(true, 'test', 'something')) said`)
		backUp(t, server, o)
	}
	if _, err := os.Stat(first.Path); !os.IsNotExist(err) {
		t.Errorf("the oldest is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(to, "wal", first.Facts.FirstWAL+".gz")); !os.IsNotExist(err) {
		t.Errorf("and so is its log: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(to, "base-*"))
	must(t, err)
	if len(left) != 2 {
		t.Errorf("%d are left", len(left))
	}
}
