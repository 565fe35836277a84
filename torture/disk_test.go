package torture

// A disk that is full: the database's, for real.

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lib/pq"
)

// diskSize has room for a new cluster and for what it grows by in a while.
const diskSize = 512 << 20

// smallDisk puts the folder of the database on a small disk of its own, where that
// is allowed; else it says why not.
func (s *system) smallDisk(t *testing.T, folder string) (remove func() error) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o755))
	unmount, err := mountSmall(folder, diskSize)
	if err != nil {
		t.Logf("skipped: the database's disk full, for there is no small one to fill: %v", err)
		return func() error { return nil }
	}
	s.disk = folder
	return unmount
}

// fillDisk leaves the database no byte: it can extend no table, and then not go on
// with its log either, which it does not survive. Then there is room again.
func (s *system) fillDisk(t *testing.T) {
	t.Helper()
	if s.disk == "" {
		return
	}
	s.tell(t, "the database's disk is full")
	ballast := filepath.Join(s.disk, "ballast")
	must(t, fill(ballast))
	s.untilRefused(t)
	s.answered(10, 5*time.Second)
	s.untilDead(t)
	wait(time.Duration(s.rng.IntN(2000)) * time.Millisecond)
	s.tell(t, "the database's disk has room again")
	must(t, os.Remove(ballast))
	s.databaseBack(t)
}

// untilRefused waits until PostgreSQL says that it cannot extend a table.
func (s *system) untilRefused(t *testing.T) {
	t.Helper()
	enough := time.Now().Add(time.Minute)
	for {
		err := exec(s.db, `CREATE TEMPORARY TABLE grows AS SELECT repeat(CAST(n AS text), 2000) AS text FROM generate_series(1, 1000) AS n`)
		if pq.As(err, "53100") != nil {
			s.tally.add("database's disk full: tables")
			return
		}
		if time.Now().After(enough) {
			t.Fatalf("the disk is full, and PostgreSQL does not say so: %v", err)
		}
		_ = exec(s.db, `DROP TABLE IF EXISTS grows`) // it may be another connection's
	}
}

// untilDead has PostgreSQL ask for a new file for its log, which it would sooner or
// later, and waits until its connections are gone.
func (s *system) untilDead(t *testing.T) {
	t.Helper()
	enough := time.Now().Add(time.Minute)
	for {
		err := exec(s.db, `SELECT pg_logical_emit_message(true, 'torture', repeat('so that there is something to switch from', 1000)), pg_switch_wal()`)
		if err != nil && pq.As(err, "53100") == nil {
			s.tally.add("database's disk full: its log")
			return
		}
		if time.Now().After(enough) {
			t.Fatalf("the disk is full, and PostgreSQL goes on with its log: %v", err)
		}
	}
}
