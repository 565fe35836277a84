//go:build !unix

package postgres

import (
	"context"
	"log/slog"
	"time"
)

// BackupOptions says what would be copied, and where to.
type BackupOptions struct {
	URL, DataDir, Folder string
	Archive              bool
	Keep                 int
}

// Backed tells of no backup.
type Backed struct {
	Path  string
	Facts BackupFacts
	Gone  []string
}

// RestoreOptions says what would be restored.
type RestoreOptions struct {
	Backup, Archive   string
	Until             time.Time
	DataDir, Binaries string
	Log               *slog.Logger
}

// Backup refuses: there is no embedded database on this system.
func Backup(context.Context, BackupOptions) (Backed, error) { return Backed{}, ErrNoBinaries }

// CheckBackup refuses.
func CheckBackup(string) (BackupFacts, error) { return BackupFacts{}, ErrNoBinaries }

// Restore refuses.
func Restore(context.Context, RestoreOptions) (BackupFacts, error) {
	return BackupFacts{}, ErrNoBinaries
}
