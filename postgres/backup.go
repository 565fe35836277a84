//go:build unix

package postgres

// A copy of the embedded database while it serves: PostgreSQL is told when the copying begins and ends,
// the files are copied as they are, and the log of what changed meanwhile makes them whole.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/lib/pq" // the driver of the one connection that a backup needs
)

// BackupOptions says what is copied, and where to.
type BackupOptions struct {
	URL     string // of the running server, as its superuser: what Server.URL says
	DataDir string // its folder
	Folder  string // the folder of all backups; this one gets a name of its own in it
	Archive bool   // also keep every change from now on, for a restore to any moment
	Keep    int    // how many backups stay, this one included; older ones go with their log. 0: all
}

// Backed tells of a backup that is complete, checked and on disk.
type Backed struct {
	Path  string
	Facts BackupFacts
	Gone  []string // the older ones that were removed
}

// backup is one under way. conn holds it: PostgreSQL ends it when the connection ends.
type backup struct {
	BackupOptions
	dir   folder
	root  string // Folder, absolute
	conn  *sql.Conn
	sums  sums
	facts BackupFacts
}

const backupPrefix = "base-"

// Backup copies the database that a Server serves; it may belong to another process. Nothing stands still
// meanwhile. Half a backup never has a backup's name. Errors: another backup under way, no room, and
// whatever PostgreSQL says.
func Backup(ctx context.Context, o BackupOptions) (made Backed, err error) {
	db, err := sql.Open("postgres", o.URL)
	if err != nil {
		return made, fmt.Errorf("back up: %w", err)
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return made, fmt.Errorf("back up: reach the database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	b := &backup{BackupOptions: o, conn: conn}
	made, err = b.make(ctx)
	if err != nil {
		return made, fmt.Errorf("back up: %w", err)
	}
	return made, nil
}

func (b *backup) make(ctx context.Context) (made Backed, err error) {
	data, err := filepath.EvalSymlinks(b.DataDir)
	if err != nil {
		return made, err
	}
	b.dir = folder(data)
	if b.root, err = filepath.Abs(b.Folder); err != nil {
		return made, err
	}
	if err := os.MkdirAll(b.root, 0o711); err != nil {
		return made, err
	}
	if err := b.reserve(ctx); err != nil {
		return made, err
	}
	if b.Archive {
		if err := b.keepArchive(ctx); err != nil {
			return made, err
		}
	}
	begun, err := os.MkdirTemp(b.root, "unfinished-*")
	if err != nil {
		return made, err
	}
	defer os.RemoveAll(begun)
	if err := b.copyAll(ctx, begun); err != nil {
		return made, err
	}
	made = Backed{Path: filepath.Join(b.root, backupPrefix+b.facts.BeganAt.UTC().Format("20060102T150405.000Z")), Facts: b.facts}
	if err := errors.Join(flush(begun), os.Rename(begun, made.Path), flush(b.root)); err != nil {
		return made, err
	}
	made.Gone, err = b.forget()
	return made, err
}

// reserve keeps PostgreSQL from removing the log that the copy needs. The slot lasts as long as the
// connection; there is one, so that two backups do not run at once.
func (b *backup) reserve(ctx context.Context) error {
	var places int
	if err := b.conn.QueryRowContext(ctx, `SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')`).Scan(&places); err != nil {
		return err
	}
	if places > 0 {
		return errors.New("the database has tablespaces outside DATA_DIR: use pg_basebackup")
	}
	_, err := b.conn.ExecContext(ctx, `SELECT pg_create_physical_replication_slot('latcom_billing_backup', true, true)`)
	if err != nil && strings.Contains(err.Error(), "already exists") {
		return errors.New("another backup is under way")
	}
	return err
}

func (b *backup) copyAll(ctx context.Context, into string) error {
	var start string
	err := b.conn.QueryRowContext(ctx, `
		SELECT now(), pg_walfile_name(lsn), current_setting('server_version')
		FROM pg_backup_start('latcom-billing backup', true) lsn`).Scan(&b.facts.BeganAt, &start, &b.facts.Server)
	if err != nil {
		return err
	}
	b.facts.Version, b.facts.FirstWAL = backupVersion, start
	target := filepath.Join(into, "postgres")
	if err := b.copyTree(ctx, target); err != nil {
		return err
	}
	var stop, label string
	err = b.conn.QueryRowContext(ctx, `
		SELECT pg_walfile_name(lsn), labelfile, clock_timestamp() FROM pg_backup_stop(false)`).Scan(&stop, &label, &b.facts.EndedAt)
	if err != nil {
		return err
	}
	if err := b.sums.write(filepath.Join(target, "backup_label"), "postgres/backup_label", []byte(label)); err != nil {
		return err
	}
	if err := b.copyLog(filepath.Join(target, "pg_wal"), start, stop); err != nil {
		return err
	}
	if err := b.sums.copy(b.dir.password(), filepath.Join(into, "postgres.password"), "postgres.password"); err != nil {
		return err
	}
	return b.sums.seal(into, &b.facts)
}

// What belongs to the running server alone, or is made anew by each start.
var (
	notCopied = []string{"postmaster.pid", "postmaster.opts", "backup_label", "backup_label.old", "recovery.signal", "standby.signal"}
	onlyKept  = []string{"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"}
)

// copyTree copies what is there; what ends meanwhile is in the log. pg_control comes last: it tells where
// to begin.
func (b *backup) copyTree(ctx context.Context, target string) error {
	control := filepath.Join("global", "pg_control")
	err := filepath.WalkDir(b.dir.data(), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		inside, err := filepath.Rel(b.dir.data(), path)
		if err != nil {
			return err
		}
		place := filepath.Join(target, inside)
		if entry.IsDir() {
			return b.copyFolder(inside, place)
		}
		if !entry.Type().IsRegular() || slices.Contains(notCopied, inside) || inside == control || strings.HasPrefix(entry.Name(), "pgsql_tmp") {
			return nil
		}
		return b.copyIfThere(path, place, inside)
	})
	if err != nil {
		return err
	}
	return b.sums.copy(filepath.Join(b.dir.data(), control), filepath.Join(target, control), filepath.Join("postgres", control))
}

func (b *backup) copyFolder(inside, place string) error {
	if strings.HasPrefix(filepath.Base(inside), "pgsql_tmp") {
		return filepath.SkipDir
	}
	if err := os.Mkdir(place, 0o700); err != nil {
		return err
	}
	if slices.Contains(onlyKept, inside) {
		return filepath.SkipDir
	}
	return nil
}

func (b *backup) copyIfThere(path, place, inside string) error {
	err := b.sums.copy(path, place, filepath.Join("postgres", inside))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// copyLog copies the log from the first to the last file that the copy needs.
func (b *backup) copyLog(target, first, last string) error {
	from := filepath.Join(b.dir.data(), "pg_wal")
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, entry := range entries {
		name := entry.Name()
		needed := strings.HasSuffix(name, walHistory) || name >= first && name <= last
		if !walName.MatchString(name) || !needed {
			continue
		}
		if err := b.sums.copy(filepath.Join(from, name), filepath.Join(target, name), filepath.Join("postgres", "pg_wal", name)); err != nil {
			return err
		}
		found[name] = true
	}
	if !found[first] || !found[last] {
		return fmt.Errorf("the log from %s to %s is not there any more", first, last)
	}
	return nil
}

// forget removes all but the newest Keep backups, and the log before the oldest of them.
func (b *backup) forget() (gone []string, err error) {
	if b.Keep <= 0 {
		return nil, nil
	}
	all, err := filepath.Glob(filepath.Join(b.root, backupPrefix+"*"))
	if err != nil {
		return nil, err
	}
	slices.Sort(all)
	kept := all[max(0, len(all)-b.Keep):]
	for _, path := range all[:len(all)-len(kept)] {
		if err := os.RemoveAll(path); err != nil {
			return gone, fmt.Errorf("remove an old backup: %w", err)
		}
		gone = append(gone, path)
	}
	facts, err := readFacts(kept[0])
	if err != nil {
		return gone, err
	}
	return gone, forgetArchive(filepath.Join(b.root, walFolder), facts.FirstWAL)
}
