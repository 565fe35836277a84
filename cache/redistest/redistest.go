// Package redistest starts a real Redis for a test, and lets it die, stand still and
// come back. It knows nothing of what is kept there.
package redistest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of one test, which keeps nothing on disk.
type Server struct {
	URL string

	t       testing.TB
	folder  string
	address string
	cmd     *exec.Cmd
}

// patience is what a busy machine may need for anything.
const patience = time.Minute

// Start starts one on a free port; without the program the test is skipped, but not
// in CI.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no redis-server: scripts/install-redis")
		}
		t.Skip("there is no redis-server: scripts/install-redis")
	}
	s := &Server{t: t, folder: t.TempDir()}
	for range 20 { // somebody may take the port before Redis does
		if s.address = freeAddress(t); s.run() {
			s.URL = "redis://" + s.address + "/0"
			t.Cleanup(s.Kill)
			return s
		}
	}
	t.Fatal("redis-server does not start")
	return nil
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run starts the program and says whether it answers; not if its port was taken.
func (s *Server) run() bool {
	host, port, _ := net.SplitHostPort(s.address)
	s.cmd = exec.CommandContext(context.Background(), "redis-server", "--bind", host, "--port", port, "--dir", s.folder, "--save", "", "--appendonly", "no") //nolint:gosec // G204: a folder and a port of ours
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func(cmd *exec.Cmd) {
		_ = cmd.Wait() // how it ended was a test's wish
		close(ended)
	}(s.cmd)
	client := s.Client()
	enough := time.After(patience)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		info, err := client.InfoMap(ctx, "server").Result()
		cancel()
		if err == nil && info["Server"]["process_id"] == strconv.Itoa(s.cmd.Process.Pid) {
			return true
		}
		select {
		case <-ended:
			return false
		case <-enough:
			s.t.Fatal("redis-server does not answer")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Client is a way in for the test itself.
func (s *Server) Client() *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: s.address})
	s.t.Cleanup(func() { _ = client.Close() }) // nothing is written any more
	return client
}

// Kill ends it at once, with everything that it knew.
func (s *Server) Kill() { s.signal(syscall.SIGKILL) }

// Again starts it anew, on the same port and with nothing in it.
func (s *Server) Again() {
	s.t.Helper()
	for enough := time.Now().Add(patience); time.Now().Before(enough); {
		if s.run() {
			return
		}
	}
	s.t.Fatal("redis-server does not start again")
}

// Stop lets it stand still: lines to it stay open, and nothing answers.
func (s *Server) Stop() { s.signal(syscall.SIGSTOP) }

// Go lets it go on.
func (s *Server) Go() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	_ = s.cmd.Process.Signal(sig) // one that has ended needs none
}
