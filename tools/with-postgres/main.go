// Command with-postgres gives a command, usually `go test`, a PostgreSQL of its own to be thrown away:
// TEST_DATABASE_URL names it, and its user may make databases. It knows nothing of what runs on it.
//
//	go run ./tools/with-postgres [--pg15] -- COMMAND ARGUMENTS...
//
// The server is the embedded one, with --pg15 the PostgreSQL 15 of Debian: where that is missing nothing
// is run and a line says so. It runs with fsync on, as the program demands of its database, in memory where
// the machine has room for it: databases are made and dropped by the hundred. A TEST_DATABASE_URL that is
// set already is used as it is, unless --pg15 asks for another. The exit code is the command's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"latcom.example/latcom-billing/postgres"
)

const (
	variable = "TEST_DATABASE_URL"
	debian15 = "/usr/lib/postgresql/15"
)

func main() {
	pg15 := flag.Bool("pg15", false, "use Debian's PostgreSQL 15 instead of the embedded one")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: with-postgres [--pg15] -- COMMAND ARGUMENTS...")
		os.Exit(2)
	}
	code, err := run(context.Background(), *pg15, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "with-postgres:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(ctx context.Context, pg15 bool, command []string) (code int, err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)        // from here on: clear up first
	o := postgres.Options{Settings: map[string]string{"max_connections": "400"}} // two packages at once, each with some pools
	switch {
	case pg15:
		if _, err := os.Stat(debian15 + "/bin/postgres"); err != nil {
			fmt.Println("skipped: there is no PostgreSQL 15 in " + debian15)
			return 0, nil
		}
		o.Binaries = debian15
	case os.Getenv(variable) != "":
		return execute(ctx, command, signals)
	}
	server, remove, err := throwAway(ctx, o)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	if err := os.Setenv(variable, server.URL()); err != nil {
		return 1, err
	}
	return execute(ctx, command, signals)
}

func throwAway(ctx context.Context, o postgres.Options) (*postgres.Server, func() error, error) {
	dir, err := os.MkdirTemp(place(), "latcom-billing-test-*")
	if err != nil {
		return nil, nil, err
	}
	o.DataDir = dir
	server, err := postgres.Start(ctx, o)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return server, func() error { return errors.Join(server.Stop(), os.RemoveAll(dir)) }, nil
}

// place is where the cluster lives: in memory if there is room, else in the usual folder ("").
func place() string {
	const memory, room = "/dev/shm", 4 << 30
	var at syscall.Statfs_t
	if err := syscall.Statfs(memory, &at); err != nil || at.Bavail*uint64(at.Bsize) < room { //nolint:gosec // a block size is small
		return ""
	}
	return memory
}

func execute(ctx context.Context, command []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case received := <-signals:
			_ = cmd.Process.Signal(received) // it may have ended just now
		case err := <-ended:
			return codeOf(err)
		}
	}
}

// codeOf follows the shell: a command that a signal ended has 128 and the signal's number.
func codeOf(err error) (int, error) {
	failed, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return 0, err
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return failed.ExitCode(), nil
}
