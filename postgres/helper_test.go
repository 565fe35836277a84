//go:build unix

package postgres_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"latcom.example/latcom-billing/postgres"
)

// serveFor makes the test binary a program that only runs the database, to be killed.
const serveFor = "POSTGRES_TEST_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveFor); dir != "" {
		serve(dir)
		return
	}
	code := m.Run()
	os.RemoveAll(usedBefore.dir)
	os.Exit(code)
}

func serve(dir string) {
	server, err := postgres.Start(context.Background(), postgres.Options{DataDir: dir})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(server.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is done, or dead
	if err := server.Stop(); err != nil {
		os.Exit(1)
	}
}

// serveElsewhere starts the database in a process of its own.
func serveElsewhere(t *testing.T, dir string) (program *exec.Cmd, url string) {
	t.Helper()
	program = exec.CommandContext(t.Context(), testBinary(t))
	program.Env = append(os.Environ(), serveFor+"="+dir)
	hold, err := program.StdinPipe()
	must(t, err)
	out, err := program.StdoutPipe()
	must(t, err)
	must(t, program.Start())
	t.Cleanup(func() {
		hold.Close()
		_ = program.Wait() // killed, in most tests
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	if strings.HasPrefix(line, "error:") {
		t.Fatal(line)
	}
	return program, strings.TrimSpace(line)
}

func testBinary(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	return path
}

// newFolder is one that the user whom root lends PostgreSQL may enter; t.TempDir is closed to others.
func newFolder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "latcom-billing-postgres-*")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(path) })
	must(t, os.Chmod(path, 0o755))
	return path
}

// usedBefore is a folder that a server ran in and was stopped: most tests are about a later start, and
// making a cluster takes a second.
var usedBefore struct {
	once sync.Once
	dir  string
}

func usedFolder(t *testing.T) string {
	t.Helper()
	usedBefore.once.Do(func() {
		dir, err := os.MkdirTemp("", "latcom-billing-postgres-*")
		must(t, err)
		usedBefore.dir = dir
		must(t, start(t, postgres.Options{DataDir: dir}).Stop())
	})
	dir := newFolder(t)
	must(t, exec.CommandContext(t.Context(), "cp", "-a", usedBefore.dir+"/.", dir).Run())
	return dir
}

func start(t *testing.T, o postgres.Options) *postgres.Server {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	begun := time.Now()
	server, err := postgres.Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { _ = server.Stop() }) // most tests stop it themselves and look at the answer
	t.Logf("started in %v", time.Since(begun).Round(time.Millisecond))
	return server
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement)
	must(t, err)
}

func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var answer string
	must(t, db.QueryRowContext(t.Context(), query).Scan(&answer))
	return answer
}

// eventually asks again until the database answers: it is on its way back.
func eventually(t *testing.T, db *sql.DB, query, want string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	tooLate := time.After(30 * time.Second)
	for {
		var answer string
		err := db.QueryRowContext(t.Context(), query).Scan(&answer)
		if err == nil && answer == want {
			return
		}
		select {
		case <-again.C:
		case <-tooLate:
			t.Fatalf("%s: got %q, %v; want %q", query, answer, err, want)
		}
	}
}

func postmasterPid(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	must(t, err)
	return pid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	must(t, syscall.Kill(pid, syscall.SIGKILL))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
