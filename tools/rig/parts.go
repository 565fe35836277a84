package rig

// Parts of a rig that a measurement takes anew: a database, a simulator; and how a
// process dies.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/lib/pq"
)

// Simulate starts a simulator; what is served from now on sends to it. The one
// before goes on until the rig closes.
func (r *Rig) Simulate(ctx context.Context, latency string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("read the address: %w", err)
	}
	if _, err := r.launch(ctx, "simulator-"+port, nil, "simulator", "--listen", address, "--latency", latency); err != nil {
		return err
	}
	r.Simulator = "http://" + address
	return waitFor(ctx, r.Simulator+"/")
}

// UseDatabase makes an empty database on the same PostgreSQL; what is started from
// now on works in it.
func (r *Rig) UseDatabase(ctx context.Context, name string) error {
	db, err := sql.Open("postgres", r.DatabaseURL)
	if err != nil {
		return fmt.Errorf("make the database %s: %w", name, err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name)+` TEMPLATE template0`); err != nil {
		return fmt.Errorf("make the database %s: %w", name, err)
	}
	address, err := url.Parse(r.DatabaseURL)
	if err != nil {
		return errors.New("read the database's address") // the error would repeat it
	}
	address.Path = "/" + name
	r.DatabaseURL = address.String()
	return nil
}

// Kill ends a process as a power cut would (kill -9), and waits until it is gone.
func Kill(p *os.Process) error {
	if err := p.Signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill the process: %w", err)
	}
	if _, err := p.Wait(); err != nil {
		return fmt.Errorf("wait for the killed process: %w", err)
	}
	return nil
}

// FileSystem names the one under folder: on one in memory, fsync costs nothing, and
// whoever reads figures has to know.
func FileSystem(folder string) string {
	mounts, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return "unknown"
	}
	longest, kind := "", "unknown"
	for line := range strings.Lines(string(mounts)) {
		if f := strings.Fields(line); len(f) > 2 && strings.HasPrefix(folder+"/", strings.TrimSuffix(f[1], "/")+"/") && len(f[1]) >= len(longest) {
			longest, kind = f[1], f[2]
		}
	}
	return kind
}
