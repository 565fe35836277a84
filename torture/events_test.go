package torture

// What happens to the processes: they are killed, stopped and cut off.

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// killAndReplace kills one server, with another beside it or alone, and starts one
// in its place a moment later.
func (s *system) killAndReplace(t *testing.T) {
	t.Helper()
	servers := s.awake()
	victim := servers[s.rng.IntN(len(servers))]
	switch {
	case len(servers) > 1:
		s.tally.add("servers killed beside another")
	case s.stopped != "":
		s.tally.add("servers killed while the other stood still")
	default:
		s.tally.add("servers killed alone")
	}
	underWay := s.underWay(2 * time.Second)
	s.tell(t, "kill -9 of %s, with %d requests to Latcom under way", victim, underWay)
	s.kill(t, victim)
	s.tally.addN("requests under way when a server was killed", underWay)
	s.tally.add("servers killed with -9")
	wait(time.Duration(s.rng.IntN(1500)) * time.Millisecond)
	s.serve(t)
}

// stopAndReplace tells one server to stop, as a new version does that takes its place.
func (s *system) stopAndReplace(t *testing.T) {
	t.Helper()
	servers := s.awake()
	leaves := servers[s.rng.IntN(len(servers))]
	s.serve(t)
	s.tell(t, "%s is told to stop", leaves)
	s.signal(t, leaves, syscall.SIGTERM)
	s.forget(leaves)
	s.tally.add("servers told to stop")
}

// underWay counts the requests to Latcom that the ledger knows of; it waits for one,
// for a death with nothing in hand proves little, but not for ever.
func (s *system) underWay(patience time.Duration) (n int) {
	for enough := time.Now().Add(patience); n == 0 && time.Now().Before(enough); {
		_ = s.db.QueryRowContext(context.Background(), `SELECT count(*) FROM topups WHERE status = 'sending'`).Scan(&n) // none, while the database is away
	}
	return n
}

// closeBreaker ends the breaker's pauses of 15 s and more, which are proven elsewhere:
// there would be nothing under way to kill.
func (s *system) closeBreaker() {
	changed, err := s.db.ExecContext(context.Background(), `
		UPDATE breaker SET failures = 0, opened_at = NULL, retry_at = NULL, pause_seconds = 15, reason = '', probe = NULL, probe_until = NULL
		WHERE opened_at IS NOT NULL`)
	if err != nil {
		return // the database is not back yet
	}
	if n, err := changed.RowsAffected(); err == nil {
		s.tally.addN("breaker opened", int(n))
	}
}

// standStill stops one instance for a while, in which the others go on.
func (s *system) standStill(t *testing.T, atLeast time.Duration, meanwhile func()) {
	t.Helper()
	s.stopped = s.addresses()[s.rng.IntN(2)]
	begun := time.Now()
	s.tell(t, "%s is stopped", s.stopped)
	s.signal(t, s.stopped, syscall.SIGSTOP)
	meanwhile()
	wait(atLeast - time.Since(begun))
	s.tell(t, "%s goes on after %s", s.stopped, time.Since(begun).Round(time.Second))
	s.signal(t, s.stopped, syscall.SIGCONT)
	s.tally.add("servers stopped and continued")
	s.stopped = ""
}

// badLine spoils a line for a moment.
func (s *system) badLine(t *testing.T, line *proxy, fault string) {
	t.Helper()
	s.tell(t, "line to %s %s", line.name, fault)
	s.tally.add("line to " + line.name + " " + fault)
	line.spoil(t, fault, s.rng)
	wait(400*time.Millisecond + time.Duration(s.rng.IntN(1000))*time.Millisecond)
	line.mend(t)
}

// outage is a bad line for so long that everybody notices. Orders are refused until
// it is over, and never answered with what nobody knows.
func (s *system) outage(t *testing.T, line *proxy, fault string, length time.Duration) {
	t.Helper()
	s.tell(t, "line to %s %s for %s", line.name, fault, length)
	s.tally.add("outages of " + line.name)
	line.spoil(t, fault, s.rng)
	wait(length)
	line.mend(t)
}

// killDatabase ends PostgreSQL with -9. Who started it starts it again.
func (s *system) killDatabase(t *testing.T) {
	t.Helper()
	pid, err := s.postmaster()
	must(t, err)
	s.tell(t, "kill -9 of PostgreSQL")
	must(t, syscall.Kill(pid, syscall.SIGKILL))
	s.tally.add("PostgreSQL killed with -9")
	s.databaseBack(t)
}

// killBackend ends one of PostgreSQL's processes with -9: it drops all connections
// and recovers as after a crash.
func (s *system) killBackend(t *testing.T) {
	t.Helper()
	pid := 0
	for begun := time.Now(); pid == 0; {
		err := s.db.QueryRowContext(context.Background(), `
			SELECT pid FROM pg_stat_activity
			WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC, random() LIMIT 1`).Scan(&pid)
		if time.Since(begun) > time.Minute {
			t.Fatalf("no server is connected to the database: %v", err)
		}
	}
	s.tell(t, "kill -9 of a connection's process of PostgreSQL")
	must(t, syscall.Kill(pid, syscall.SIGKILL))
	s.tally.add("connections of PostgreSQL killed with -9")
	s.databaseBack(t)
}

// databaseBack waits for it: how long that takes depends on what it has to recover.
func (s *system) databaseBack(t *testing.T) {
	t.Helper()
	begun := time.Now()
	for s.db.PingContext(context.Background()) != nil {
		if time.Since(begun) > 2*time.Minute {
			t.Fatal("the database does not come back")
		}
		wait(50 * time.Millisecond)
	}
}
