//go:build unix

package postgres

// The archive of the write-ahead log: every change since a backup, in files of 16 MB that are packed and
// kept beside the backups. It is switched on by a link in DATA_DIR, so that no restart is needed.

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// archiveEvery is how old a change is at most before it lies in the archive.
const archiveEvery = "300s"

const (
	walFolder  = "wal" // in the folder of the backups, and in a backup
	packed     = ".gz"
	walHistory = ".history"
)

var walName = regexp.MustCompile(`^[0-9A-F]{24}$|^[0-9A-F]{8}\.history$`)

// archive is the link that leads to the archive, if one is kept.
func (f folder) archive() string { return filepath.Join(string(f), "wal-archive") }

// archiveCommand packs one file of the log: done when it is on disk under its own name. Without the link
// it has nothing to do; with a link that leads nowhere, a disk that is not there, it fails, and PostgreSQL
// keeps the file and tries again. What is there already is never replaced by something else.
func (f folder) archiveCommand() string {
	quoted := "'" + strings.NewReplacer("'", `'\''`, "%", "%%").Replace(f.archive()) + "'"
	return `d=` + quoted + `; [ -L "$d" ] || exit 0; [ -d "$d" ] || exit 1; ` +
		`if [ -e "$d/%f.gz" ]; then gzip -dc "$d/%f.gz" | cmp -s - "%p"; exit; fi; ` +
		`gzip -1 -c "%p" >"$d/%f.part" && sync "$d/%f.part" && mv "$d/%f.part" "$d/%f.gz" && sync "$d"`
}

// keepArchive makes the archive in the folder of the backups and leads PostgreSQL to it.
func (b *backup) keepArchive(ctx context.Context) error {
	owner, err := accountFor(b.dir.data())
	if err != nil {
		return err
	}
	target := filepath.Join(b.root, walFolder)
	if err := os.MkdirAll(target, 0o700); err != nil {
		return fmt.Errorf("make the archive's folder: %w", err)
	}
	if err := owner.own(target); err != nil {
		return fmt.Errorf("hand the archive's folder to PostgreSQL: %w", err)
	}
	if err := parentsOpenTo(owner, target); err != nil {
		return err
	}
	switch was, err := os.Readlink(b.dir.archive()); {
	case err == nil && was == target:
	case err == nil:
		return fmt.Errorf("an archive is kept already, in %s: back up to %s, or end that archive by removing the link %s", was, filepath.Dir(was), b.dir.archive())
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("look where the archive is: %w", err)
	default:
		if err := os.Symlink(target, b.dir.archive()); err != nil {
			return fmt.Errorf("lead PostgreSQL to the archive: %w", err)
		}
	}
	if _, err := b.conn.ExecContext(ctx, `ALTER SYSTEM SET archive_timeout = '`+archiveEvery+`'`); err != nil {
		return fmt.Errorf("have each change archived in time: %w", err)
	}
	if _, err := b.conn.ExecContext(ctx, `SELECT pg_reload_conf()`); err != nil {
		return fmt.Errorf("have each change archived in time: %w", err)
	}
	return nil
}

// unpackArchive puts the files of an archive that a restore from first on may need into a folder, each
// proven by its own checksum: one that is broken ends the restore instead of ending the replay early.
func unpackArchive(archive, into, first string) error {
	entries, err := os.ReadDir(archive)
	if err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	for _, entry := range entries {
		name, is := strings.CutSuffix(entry.Name(), packed)
		if !is || !walName.MatchString(name) || !strings.HasSuffix(name, walHistory) && name[8:] < first[8:] {
			continue
		}
		if err := unpackFile(filepath.Join(archive, entry.Name()), filepath.Join(into, name)); err != nil {
			return fmt.Errorf("unpack %s of the archive: %w", name, err)
		}
	}
	return nil
}

func unpackFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	unpacked, err := gzip.NewReader(source)
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil // the backup brought it
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	_, err = io.Copy(target, unpacked) //nolint:gosec // G110: what we packed ourselves
	return err
}

// forgetArchive removes what no backup that is kept could need.
func forgetArchive(archive, oldest string) error {
	entries, err := os.ReadDir(archive)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	gone := slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		name, is := strings.CutSuffix(e.Name(), packed)
		return !is || !walName.MatchString(name) || strings.HasSuffix(name, walHistory) || name[8:] >= oldest[8:]
	})
	for _, entry := range gone {
		if err := os.Remove(filepath.Join(archive, entry.Name())); err != nil {
			return fmt.Errorf("remove what is too old from the archive: %w", err)
		}
	}
	return nil
}
