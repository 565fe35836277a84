//go:build unix

package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// cluster is the data on disk, and who and what may serve them.
type cluster struct {
	dir      folder
	owner    account
	binaries binaries
	password string
}

// openCluster also claims the folder; the claim is given up with the returned file.
func openCluster(o Options) (*cluster, *os.File, error) {
	owner, err := accountFor(filepath.Join(o.DataDir, "postgres"))
	if err != nil {
		return nil, nil, err
	}
	dir, err := openFolder(o.DataDir, owner)
	if err != nil {
		return nil, nil, err
	}
	claim, err := dir.claim()
	if err != nil {
		return nil, nil, err
	}
	c := &cluster{dir: dir, owner: owner}
	if err := c.equip(o.Binaries); err != nil {
		return nil, nil, errors.Join(err, claim.Close())
	}
	return c, claim, nil
}

func (c *cluster) equip(named string) error {
	found, err := findBinaries(named, c.dir)
	if err != nil {
		return err
	}
	if c.binaries, err = found.settle(c.dir); err != nil {
		return err
	}
	c.password, err = c.dir.readPassword()
	return err
}

func (f folder) initialised() bool {
	_, err := os.Stat(filepath.Join(f.data(), "PG_VERSION"))
	return err == nil
}

// readPassword makes the password before the cluster, never after it: a crash in between costs nothing.
func (f folder) readPassword() (string, error) {
	text, err := os.ReadFile(f.password())
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read the database's password: %w", err)
	}
	if f.initialised() {
		return "", fmt.Errorf("%s is gone, and the data in %s cannot be opened without it: restore both together",
			f.password(), f.data())
	}
	secret := make([]byte, 24)
	rand.Read(secret) // it never fails
	password := hex.EncodeToString(secret)
	if err := writeWhole(f.password(), password); err != nil {
		return "", fmt.Errorf("cannot keep the database's password: %w", err)
	}
	return password, nil
}

// writeWhole leaves the old file or the new one, on disk, but never half of one.
func writeWhole(path, text string) error {
	begun, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = begun.WriteString(text + "\n")
	if err := errors.Join(err, begun.Sync(), begun.Close()); err != nil {
		return errors.Join(err, os.Remove(begun.Name()))
	}
	return os.Rename(begun.Name(), path)
}

// initialise makes the cluster aside and renames it into place when all of it is on disk. What a crash
// left of an earlier attempt is thrown away.
func (c *cluster) initialise(ctx context.Context) error {
	c.dir.removeUnfinished()
	if c.dir.initialised() {
		return c.owner.own(c.dir.data())
	}
	if err := os.Remove(c.dir.data()); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty one may go
		return fmt.Errorf("%s is not PostgreSQL's and not empty, move it away: %w", c.dir.data(), err)
	}
	begun, err := os.MkdirTemp(string(c.dir), "postgres.new-*")
	if err != nil {
		return fmt.Errorf("cannot make the database's folder: %w", err)
	}
	defer os.RemoveAll(begun)
	if err := c.initdb(ctx, begun); err != nil {
		return fmt.Errorf("cannot make the database: %w", err)
	}
	if err := flush(begun); err != nil {
		return fmt.Errorf("cannot write the new database to disk: %w", err)
	}
	if err := os.Rename(filepath.Join(begun, "data"), c.dir.data()); err != nil {
		return fmt.Errorf("cannot put the new database in its place: %w", err)
	}
	return flush(string(c.dir))
}

// removeUnfinished has time: what an orphan still holds on to goes at the next start.
func (f folder) removeUnfinished() {
	for _, pattern := range []string{"postgres.new-*", "postgresql.new-*", "postgres.password.*"} {
		left, _ := filepath.Glob(filepath.Join(string(f), pattern))
		for _, path := range left {
			_ = os.RemoveAll(path)
		}
	}
}

func (c *cluster) initdb(ctx context.Context, begun string) error {
	secret := filepath.Join(begun, "password")
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return err
	}
	if err := c.owner.own(begun); err != nil {
		return err
	}
	locale, err := c.locale(ctx)
	if err != nil {
		return err
	}
	arguments := append([]string{
		"--pgdata=" + filepath.Join(begun, "data"), "--username=" + name, "--pwfile=" + secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions",
		"--no-sync", // initialise flushes the whole file system once, which takes a tenth of the time
	}, locale...)
	_, err = c.run(ctx, "initdb", arguments...)
	return err
}

// locale sorts by code point and knows the letters of every language. Before 17 PostgreSQL has that only
// from the system's C library.
func (c *cluster) locale(ctx context.Context) ([]string, error) {
	version, err := c.run(ctx, "postgres", "--version")
	if err != nil {
		return nil, err
	}
	var major int
	if _, err := fmt.Sscanf(version, "postgres (PostgreSQL) %d", &major); err != nil {
		return nil, fmt.Errorf("%s is no PostgreSQL, it says %q: %w", c.binaries, version, err)
	}
	if major >= 17 {
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}, nil
	}
	return []string{"--locale=C", "--lc-ctype=C.UTF-8"}, nil
}
