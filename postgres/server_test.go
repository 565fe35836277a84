//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/postgres"
)

func TestAnswersDurablyAndKeepsItsData(t *testing.T) {
	dir := newFolder(t)
	server := start(t, postgres.Options{DataDir: dir, Settings: map[string]string{"work_mem": "5MB"}})
	db := open(t, server.URL())
	for query, want := range map[string]string{
		"SHOW fsync": "on", "SHOW synchronous_commit": "on", "SHOW full_page_writes": "on", "SHOW work_mem": "5MB",
		"SHOW server_encoding": "UTF8", "SHOW listen_addresses": "127.0.0.1", "SHOW unix_socket_directories": "",
		"SHOW data_checksums": "on", "SHOW password_encryption": "scram-sha-256",
		"SELECT lower('ÑÁ')":                                         "ñá",
		"SELECT current_database()":                                  "latcom_billing",
		"SELECT rolsuper FROM pg_roles WHERE rolname = current_user": "true",
	} {
		if got := ask(t, db, query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	execute(t, db, "CREATE TABLE kept AS SELECT 7 AS n")
	execute(t, db, "CREATE DATABASE of_a_test TEMPLATE template0")
	must(t, server.Stop())
	must(t, server.Stop())

	server = start(t, postgres.Options{DataDir: dir})
	if got := ask(t, open(t, server.URL()), "SELECT n FROM kept"); got != "7" {
		t.Errorf("after a stop and a start: got %q, want 7", got)
	}
	must(t, server.Stop())
}

func TestOnlyThePasswordOpensIt(t *testing.T) {
	dir := usedFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	address, err := url.Parse(server.URL())
	must(t, err)
	address.User = url.UserPassword("latcom_billing", "wrong")
	err = open(t, address.String()).PingContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "password authentication failed") {
		t.Errorf("a wrong password: got %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "postgres.password"))
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the password file has mode %v", info.Mode())
	}
}

func TestSecondInstanceIsRefused(t *testing.T) {
	dir := usedFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	_, err := postgres.Start(t.Context(), postgres.Options{DataDir: dir})
	if err == nil || !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("got %v, want an error that names the process", err)
	}
	if got := ask(t, open(t, server.URL()), "SELECT 1"); got != "1" {
		t.Errorf("the first instance was disturbed: got %q", got)
	}
}

func TestComesBackWhenThePostmasterIsKilled(t *testing.T) {
	dir := usedFolder(t)
	server := start(t, postgres.Options{DataDir: dir})
	db := open(t, server.URL())
	execute(t, db, "CREATE TABLE kept AS SELECT 7 AS n")
	before := ask(t, db, "SELECT pg_postmaster_start_time()")
	kill(t, postmasterPid(t, dir))
	eventually(t, db, "SELECT pg_postmaster_start_time() > '"+before+"'", "true")
	if got := ask(t, db, "SELECT n FROM kept"); got != "7" {
		t.Errorf("got %q, want 7", got)
	}
	must(t, server.Stop())
}

func TestTakesOverWhenTheProcessWasKilled(t *testing.T) {
	dir := usedFolder(t)
	program, address := serveElsewhere(t, dir)
	db := open(t, address)
	execute(t, db, "CREATE TABLE kept AS SELECT 7 AS n")
	kill(t, program.Process.Pid)
	_ = program.Wait() // it says that it was killed

	server := start(t, postgres.Options{DataDir: dir})
	if got := ask(t, open(t, server.URL()), "SELECT n FROM kept"); got != "7" {
		t.Errorf("got %q, want 7", got)
	}
	must(t, server.Stop())
}

func TestTakesOverWhenBothWereKilled(t *testing.T) {
	dir := usedFolder(t)
	program, address := serveElsewhere(t, dir)
	db := open(t, address)
	execute(t, db, "CREATE TABLE kept AS SELECT 7 AS n")
	// A backend that is busy does not notice the death of its postmaster until it is done.
	busy := make(chan struct{})
	asking := open(t, address)
	go func() {
		defer close(busy)
		_, _ = asking.ExecContext(t.Context(), "SELECT pg_backend_pid(), count(*) FROM generate_series(1, 5000000)")
	}()
	eventually(t, db, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, %' AND pid <> pg_backend_pid()", "1")
	postmaster := postmasterPid(t, dir)
	kill(t, program.Process.Pid)
	kill(t, postmaster)
	_ = program.Wait() // it says that it was killed

	server := start(t, postgres.Options{DataDir: dir})
	if got := ask(t, open(t, server.URL()), "SELECT n FROM kept"); got != "7" {
		t.Errorf("got %q, want 7", got)
	}
	<-busy
	must(t, server.Stop())
}

func TestDoesNotMindThatItsOldNumberIsTaken(t *testing.T) {
	dir := usedFolder(t)
	stranger := exec.CommandContext(t.Context(), "sleep", "60")
	must(t, stranger.Start())
	left := strconv.Itoa(stranger.Process.Pid) + "\n" + filepath.Join(dir, "postgres") + "\n1\n5432\n\n127.0.0.1\n"
	must(t, os.WriteFile(filepath.Join(dir, "postgres", "postmaster.pid"), []byte(left), 0o600))

	must(t, start(t, postgres.Options{DataDir: dir}).Stop())
	must(t, stranger.Process.Kill())
	if err := stranger.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the stranger ended by itself: %v", err)
	}
}

func TestForgetsAPidFileThatWasCutShort(t *testing.T) {
	dir := usedFolder(t)
	must(t, os.WriteFile(filepath.Join(dir, "postgres", "postmaster.pid"), nil, 0o600))
	must(t, start(t, postgres.Options{DataDir: dir}).Stop())
}

func TestDoesAgainWhatACrashLeftHalfDone(t *testing.T) {
	dir := newFolder(t)
	for _, half := range []string{"postgres.new-1/data/base", "postgresql.new-1/bin", "postgres"} {
		must(t, os.MkdirAll(filepath.Join(dir, half), 0o755))
	}
	server := start(t, postgres.Options{DataDir: dir})
	if got := ask(t, open(t, server.URL()), "SELECT 1"); got != "1" {
		t.Errorf("got %q, want 1", got)
	}
	must(t, server.Stop())
	for _, pattern := range []string{"postgres.new-*", "postgresql.new-*"} {
		if left, _ := filepath.Glob(filepath.Join(dir, pattern)); left != nil {
			t.Errorf("%s are still there", left)
		}
	}
}

func TestFailedStartQuotesTheLog(t *testing.T) {
	_, err := postgres.Start(t.Context(), postgres.Options{
		DataDir: newFolder(t), Settings: map[string]string{"shared_buffers": "a lot"},
	})
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers": "a lot"`) {
		t.Errorf("got %v, want PostgreSQL's own words", err)
	}
}

func TestStartThatIsCancelledLeavesNothingBehind(t *testing.T) {
	dir := newFolder(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := postgres.Start(ctx, postgres.Options{DataDir: dir})
	if !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		t.Errorf("got %v, want the deadline", err)
	}
	must(t, start(t, postgres.Options{DataDir: dir}).Stop())
}
