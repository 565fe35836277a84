package torture

// The whole system as processes: PostgreSQL, the simulator, one or two servers,
// and lines between them that can be bad.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

type system struct {
	*rig.Rig
	db                   *sql.DB // the test's own way in: no bad line ever meets it
	toDatabase, toLatcom *proxy
	disk                 string // of the database, when there is a small one; else empty
	inquires             bool   // Latcom can be asked what became of an order
	rng                  *rand.Rand
	begun                time.Time
	tally                *tally
	tidy                 func() error // stops everything and removes what it left
	stopped              string       // the address of the one that stands still; empty: none

	mu      sync.Mutex
	servers map[string]*os.Process // by address
}

func newSystem(t *testing.T, seed uint64) *system {
	t.Helper()
	folder, err := os.MkdirTemp("", "latcom-billing-torture-")
	must(t, err)
	s := &system{rng: rand.New(rand.NewPCG(seed, 1)), begun: time.Now(), tally: &tally{}, servers: map[string]*os.Process{}}
	s.inquires = s.rng.IntN(2) == 0
	removeDisk := s.smallDisk(t, filepath.Join(folder, "data"))
	s.tidy = sync.OnceValue(func() error {
		return errors.Join(s.stop(), removeDisk(), os.RemoveAll(folder))
	})
	t.Cleanup(func() {
		if t.Failed() {
			s.logs(t)
		}
		must(t, s.tidy())
	})
	s.tidyWhenStopped(t)
	s.Rig, err = rig.New(context.Background(), rig.Options{Latency: "50ms-900ms", Folder: folder})
	must(t, err)
	s.db, err = sql.Open("postgres", s.DatabaseURL)
	must(t, err)
	s.toDatabase = newProxy(t, "the database", hostOf(t, s.DatabaseURL))
	s.toLatcom = newProxy(t, "Latcom", hostOf(t, s.Simulator))
	return s
}

// stop ends every process, also one that stands still.
func (s *system) stop() error {
	s.mu.Lock()
	for _, process := range s.servers {
		_ = process.Signal(syscall.SIGCONT) // it may have ended
	}
	s.mu.Unlock()
	if s.Rig == nil {
		return nil
	}
	return s.Close()
}

// tidyWhenStopped leaves nothing behind when somebody has enough of it.
func (s *system) tidyWhenStopped(t *testing.T) {
	t.Helper()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	t.Cleanup(func() {
		signal.Stop(signals)
		close(signals)
	})
	go func() {
		if received, ok := <-signals; ok {
			fmt.Fprintf(os.Stderr, "stopped by %s: %v\n%s\n", received, s.tidy(), s.tally)
			os.Exit(130)
		}
	}()
}

// tell says what happens, and when.
func (s *system) tell(t *testing.T, format string, args ...any) {
	t.Helper()
	t.Logf("%6.1f s  %s", time.Since(s.begun).Seconds(), fmt.Sprintf(format, args...))
}

func (s *system) logs(t *testing.T) {
	for _, place := range []string{"*.log", "data/*.log"} {
		logs, err := filepath.Glob(filepath.Join(s.Folder, place))
		must(t, err)
		for _, name := range logs {
			text, err := os.ReadFile(name)
			must(t, err)
			t.Logf("%s: …%s", filepath.Base(name), text[max(0, len(text)-3000):])
		}
	}
}

// serve starts an instance; one that does not get ready is ended and tried again.
func (s *system) serve(t *testing.T) {
	t.Helper()
	settings := map[string]string{
		"DATABASE_URL": s.toDatabase.through(t, s.DatabaseURL), "LATCOM_BASE_URL": "http://" + s.toLatcom.Listen,
		"LATCOM_TIMEOUT": "2s", "TOPUP_RETRY_WINDOW": "20s", "LATCOM_CONCURRENCY": "30",
		"LATCOM_STATUS_INQUIRY": strconv.FormatBool(s.inquires),
	}
	for range 3 {
		address, process, err := s.Serve(context.Background(), settings)
		if err == nil {
			s.mu.Lock()
			s.servers[address] = process
			s.mu.Unlock()
			return
		}
		if process != nil {
			_ = process.Kill() // it may have ended by itself
		}
		s.tell(t, "a server does not get ready: %v", err)
	}
	t.Fatal("no server gets ready")
}

// addresses lists who serves.
func (s *system) addresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.servers))
}

// kill ends a server with -9.
func (s *system) kill(t *testing.T, address string) {
	t.Helper()
	s.signal(t, address, syscall.SIGKILL)
	s.forget(address)
}

// forget sends no order to it any more.
func (s *system) forget(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.servers, address)
}

// awake are the servers that do not stand still.
func (s *system) awake() []string {
	return keep(s.addresses(), func(address string) bool { return address != s.stopped })
}

// signal is SIGKILL, SIGSTOP, SIGCONT or SIGTERM.
func (s *system) signal(t *testing.T, address string, signal syscall.Signal) {
	t.Helper()
	s.mu.Lock()
	process := s.servers[address]
	s.mu.Unlock()
	must(t, process.Signal(signal))
}

func (s *system) postmaster() (int, error) {
	found := ""
	err := filepath.WalkDir(filepath.Join(s.Folder, "data"), func(path string, _ os.DirEntry, _ error) error {
		if filepath.Base(path) == "postmaster.pid" {
			found = path
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil || found == "" {
		return 0, errors.Join(errors.New("there is no postmaster.pid"), err)
	}
	text, err := os.ReadFile(found)
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(line)
}

// answered waits until so many orders more were answered, or patience is over. A
// breaker that opened is closed: there would be nothing to wait for.
func (s *system) answered(orders int, patience time.Duration) {
	begun, goal := time.Now(), s.tally.of("orders answered")+orders
	for s.tally.of("orders answered") < goal && time.Since(begun) < patience {
		s.closeBreaker()
		wait(50 * time.Millisecond)
	}
}
