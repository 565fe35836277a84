//go:build unix

package postgres

// The way back: a backup, checked, put aside, brought to the moment that is asked for by PostgreSQL
// itself, and only then put in the place where a server finds it.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RestoreOptions says what is restored, where, and to which moment.
type RestoreOptions struct {
	Backup   string    // the folder of one backup
	Archive  string    // the folder of the log; empty: "wal" beside the backup, if it is there
	Until    time.Time // zero: to the end of the log
	DataDir  string    // without a database in it
	Binaries string    // as in Options
	Log      *slog.Logger
}

// Restore makes the database of a backup in DataDir, which a Start then serves. Until it returns nil nothing
// is there, whatever happens. Errors: a backup that is not whole, a database that is there already, a
// moment that the log does not reach, and whatever PostgreSQL says.
func Restore(ctx context.Context, o RestoreOptions) (facts BackupFacts, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if facts, err = CheckBackup(o.Backup); err != nil {
		return facts, err
	}
	if !o.Until.IsZero() && o.Until.Before(facts.EndedAt) {
		return facts, fmt.Errorf("this backup was complete at %s, and cannot be restored to a moment before: use an older one", facts.EndedAt.UTC().Format(time.RFC3339))
	}
	c, claim, err := openRestored(o)
	if err != nil {
		return facts, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, claim.Close()) }()
	if err := c.restore(ctx, o, facts); err != nil {
		return facts, fmt.Errorf("restore: %w", err)
	}
	return facts, nil
}

// openRestored claims DataDir, which must have no database.
func openRestored(o RestoreOptions) (*cluster, *os.File, error) {
	owner, err := accountFor(filepath.Join(o.DataDir, "postgres"))
	if err != nil {
		return nil, nil, err
	}
	dir, err := openFolder(o.DataDir, owner)
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Lstat(dir.data()); !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, errors.Join(err, fmt.Errorf("there is a database in %s: stop its server and move that folder away first, and keep it until the restored one is proven", dir.data()))
	}
	claim, err := dir.claim()
	if err != nil {
		return nil, nil, err
	}
	c := &cluster{dir: dir, owner: owner}
	found, err := findBinaries(o.Binaries, dir)
	if err == nil {
		c.binaries, err = found.settle(dir)
	}
	if err != nil {
		return nil, nil, errors.Join(err, claim.Close())
	}
	return c, claim, nil
}

func (c *cluster) restore(ctx context.Context, o RestoreOptions, facts BackupFacts) error {
	c.dir.removeUnfinished()
	begun, err := os.MkdirTemp(string(c.dir), "postgres.new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(begun)
	aside := &cluster{dir: folder(begun), owner: c.owner, binaries: c.binaries}
	if err := copyTree(o.Backup, begun); err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	if err := aside.layOutLog(o, facts); err != nil {
		return err
	}
	if err := aside.recover(ctx, o); err != nil {
		return err
	}
	password, err := aside.dir.readPassword()
	if err != nil {
		return err
	}
	if err := writeWhole(c.dir.password(), password); err != nil {
		return err
	}
	if err := errors.Join(flush(begun), os.Rename(aside.dir.data(), c.dir.data())); err != nil {
		return err
	}
	return flush(string(c.dir))
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil || inside == "." {
			return err
		}
		if entry.IsDir() {
			return os.Mkdir(filepath.Join(to, inside), 0o700)
		}
		return copyFile(path, filepath.Join(to, inside), 0o600)
	})
}

// layOutLog lets PostgreSQL find the archive's files, and everything be its own.
func (c *cluster) layOutLog(o RestoreOptions, facts BackupFacts) error {
	archive := o.Archive
	if archive == "" {
		archive = filepath.Join(filepath.Dir(filepath.Clean(o.Backup)), walFolder)
		if _, err := os.Stat(archive); errors.Is(err, fs.ErrNotExist) {
			archive = ""
		}
	}
	if archive == "" && !o.Until.IsZero() {
		return errors.New("there is no archive of the log beside the backup: it can only be restored to its own end; --wal says where the archive is")
	}
	log := filepath.Join(string(c.dir), walFolder)
	if err := os.Mkdir(log, 0o700); err != nil {
		return err
	}
	if archive != "" {
		if err := unpackArchive(archive, log, facts.FirstWAL); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(c.dir.data(), "recovery.signal"), nil, 0o600); err != nil {
		return err
	}
	if err := os.Chmod(string(c.dir), 0o711); err != nil {
		return err
	}
	for _, tree := range []string{c.dir.data(), log} {
		if err := c.owner.own(tree); err != nil {
			return err
		}
	}
	return nil
}

// recover has PostgreSQL replay the log up to the moment, and end in order. It always begins a new timeline:
// what is written from now on is never taken for what the lost database wrote.
func (c *cluster) recover(ctx context.Context, o RestoreOptions) error {
	log := "'" + strings.NewReplacer("'", `'\''`, "%", "%%").Replace(filepath.Join(string(c.dir), walFolder)) + "'"
	settings := []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "hot_standby=off", "archive_mode=off", "max_wal_size=2GB",
		"logging_collector=off", "log_destination=stderr", "lc_messages=C", "max_connections=200",
		"restore_command=cp " + log + "/%f %p", "recovery_target_action=promote", "recovery_target_timeline=latest",
	}
	if !o.Until.IsZero() {
		settings = append(settings, "recovery_target_time="+o.Until.UTC().Format("2006-01-02 15:04:05.999999")+"+00")
	}
	var arguments []string
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	running, err := c.launchSomewhere(ctx, arguments)
	if err != nil {
		if strings.Contains(err.Error(), "recovery ended before configured recovery target was reached") {
			return fmt.Errorf("the log does not reach %s; restore without --until to go as far as it does, or find the rest of it: %w", o.Until.UTC().Format(time.RFC3339), err)
		}
		return err
	}
	return running.stop()
}

// launchSomewhere is launch on a free port: PostgreSQL will not be without one, though nobody connects.
func (c *cluster) launchSomewhere(ctx context.Context, arguments []string) (*postmaster, error) {
	for attempt := 1; ; attempt++ {
		port, err := freePort(ctx)
		if err != nil {
			return nil, err
		}
		running, err := c.launch(ctx, append(slices.Clone(arguments), "-c", "port="+strconv.Itoa(port)))
		if !errors.Is(err, errInTheWay) || attempt == 20 || !pause(ctx, 250*time.Millisecond) {
			return running, err
		}
	}
}
