package torture

// The whole system as processes: PostgreSQL, the simulator, one or two servers,
// and bad lines between them.

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"latcom.example/latcom-billing/tools/rig"
)

type system struct {
	*rig.Rig
	toDatabase, toLatcom *proxy
	tally                *tally

	mu      sync.Mutex
	servers map[string]*os.Process // by address
	stopped string                 // the address of the one that stands still; empty: none
}

func newSystem(t *testing.T, counted *tally) *system {
	t.Helper()
	t.Chdir("..") // where the program is built
	r, err := rig.New(context.Background(), rig.Options{Latency: "20ms-400ms"})
	must(t, err)
	s := &system{Rig: r, tally: counted, servers: map[string]*os.Process{}}
	t.Cleanup(func() {
		if t.Failed() {
			s.logs(t)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	s.toDatabase = newProxy(t, "the database", hostOf(t, r.DatabaseURL))
	s.toLatcom = newProxy(t, "Latcom", hostOf(t, r.Simulator))
	return s
}

func (s *system) logs(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join(s.Folder, "*.log"))
	must(t, err)
	for _, name := range logs {
		text, err := os.ReadFile(name)
		must(t, err)
		t.Logf("%s: …%s", filepath.Base(name), text[max(0, len(text)-3000):])
	}
}

// serve starts an instance; one that does not get ready is ended and tried again.
func (s *system) serve(t *testing.T) {
	t.Helper()
	settings := map[string]string{
		"DATABASE_URL": s.toDatabase.through(t, s.DatabaseURL), "LATCOM_BASE_URL": "http://" + s.toLatcom.Listen,
		"LATCOM_TIMEOUT": "2s", "TOPUP_RETRY_WINDOW": "20s", "LATCOM_CONCURRENCY": "30",
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
		t.Log(err)
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
	s.mu.Lock()
	process := s.servers[address]
	delete(s.servers, address)
	s.mu.Unlock()
	must(t, process.Kill())
	s.tally.add("servers killed with -9")
}

// signal is SIGSTOP and SIGCONT.
func (s *system) signal(t *testing.T, address string, signal syscall.Signal) {
	t.Helper()
	s.mu.Lock()
	process := s.servers[address]
	s.mu.Unlock()
	must(t, process.Signal(signal))
}

// killDatabase ends PostgreSQL with -9, as a power cut would. It comes back by
// itself.
func (s *system) killDatabase(t *testing.T) {
	t.Helper()
	pid, err := s.postmaster()
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGKILL))
	s.tally.add("PostgreSQL killed with -9")
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
