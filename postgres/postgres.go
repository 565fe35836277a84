// Package postgres runs a PostgreSQL of our own as a child of this process: the binaries of the npm
// packages @embedded-postgres/*, on a loopback port, with a password nobody else knows, gone when we
// are gone and taken over when we were killed.
//
// It does not know what the database is for: no migration, no table and no setting of the program
// beyond the folder it may write in. Whoever has a DATABASE_URL of their own does not need it.
package postgres

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// Options says where the embedded PostgreSQL lives. The zero value of everything but DataDir is fine.
type Options struct {
	// DataDir is ours alone: the cluster, its password, its log and a copy of the binaries.
	DataDir string
	// Binaries is a folder with bin/postgres in it. Empty means: look in $LATCOM_BILLING_POSTGRES,
	// next to the executable, in node_modules here or beside the executable's folder, in DataDir.
	Binaries string
	// Log hears about starts, stops and take-overs; nil is silence. PostgreSQL's own log is a file.
	Log *slog.Logger
	// Settings are put on top of ours, as in postgresql.conf. Where the server listens is not theirs.
	Settings map[string]string
}

// ErrNoBinaries means that there is no PostgreSQL to start.
var ErrNoBinaries = errors.New("no PostgreSQL was found on this machine: " +
	"run `make deps` (or `npm install`) in the project's folder, or set DATABASE_URL to a PostgreSQL 15 or newer")

// Role and database are made with the cluster; the role is its superuser.
const name = "latcom_billing"

// DefaultDataDir is where the data live when nobody said: a place of the system's for root, one of the
// user's own for anybody else.
func DefaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/latcom-billing", nil
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "latcom-billing"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home folder to keep data in, set DATA_DIR: %w", err)
	}
	return filepath.Join(home, ".local", "state", "latcom-billing"), nil
}
