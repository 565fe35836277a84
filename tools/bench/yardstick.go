package main

// The yardsticks: what PostgreSQL does with our work when it is written as plain
// SQL, run by pgbench in a database of its own on the server under test.

import (
	"bufio"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

//go:embed yardsticks/*.sql
var yardsticks embed.FS

const yardstickDatabase = "yardsticks"

// rates is how fast something goes, and how long one of it takes.
type rates struct {
	perSecond     float64
	p50, p95, p99 time.Duration
	spent         [2]processor // before and after; of yardsticks nothing
}

func (r rates) String() string {
	return fmt.Sprintf("%s/s, p50 %s, p95 %s, p99 %s", number(r.perSecond), short(r.p50), short(r.p95), short(r.p99))
}

func short(d time.Duration) string { return number(milliseconds(d)) + " ms" }

// yardstick runs a script with a number of clients on fresh tables.
func (b *bench) yardstick(ctx context.Context, script string, clients int) (rates, error) {
	folder, err := os.MkdirTemp(b.rig.Folder, "yardstick-")
	if err != nil {
		return rates{}, fmt.Errorf("make a folder for %s: %w", script, err)
	}
	if err := b.layOut(ctx, folder, script); err != nil {
		return rates{}, fmt.Errorf("prepare %s: %w", script, err)
	}
	if err := b.checkpoint(ctx); err != nil {
		return rates{}, err
	}
	said, err := b.pgbench(ctx, folder, script, clients)
	if err != nil {
		return rates{}, fmt.Errorf("run %s: %w", script, err)
	}
	r, err := readRates(folder, said)
	if err == nil {
		b.note(fmt.Sprintf("yardstick %s, clients: %d", script, clients), "%s", r)
	}
	return r, err
}

// layOut writes the script where pgbench finds it and makes its tables anew.
func (b *bench) layOut(ctx context.Context, folder, script string) error {
	text, err := yardsticks.ReadFile("yardsticks/" + script)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, script), text, 0o600); err != nil {
		return err
	}
	schema, err := yardsticks.ReadFile("yardsticks/schema.sql")
	if err != nil {
		return err
	}
	if err := b.ensureDatabase(ctx, yardstickDatabase); err != nil {
		return err
	}
	db, err := sql.Open("postgres", b.inDatabase(yardstickDatabase))
	if err != nil {
		return err
	}
	defer db.Close()
	for statement := range strings.SplitSeq(string(schema), ";\n") { // VACUUM wants to be alone
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) ensureDatabase(ctx context.Context, name string) error {
	db, err := sql.Open("postgres", b.server)
	if err != nil {
		return err
	}
	defer db.Close()
	var there bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there)
	if err == nil && !there {
		_, err = db.ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0`)
	}
	return err
}

// inDatabase is the address of another database of the server.
func (b *bench) inDatabase(name string) string {
	address, err := url.Parse(b.server)
	if err != nil {
		panic("the rig's own address cannot be read")
	}
	address.Path = "/" + name
	return address.String()
}

func (b *bench) pgbench(ctx context.Context, folder, script string, clients int) (said string, err error) {
	program, err := findPgbench()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(2, clients)),
		"-T", strconv.Itoa(int(b.each.Seconds())), "-f", script, "--log", "--log-prefix=took", b.inDatabase(yardstickDatabase))
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return string(out), nil
}

// findPgbench prefers the one on PATH; Debian keeps it beside the server.
func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is right
	if len(found) == 0 {
		return "", errors.New("pgbench is missing: scripts/install-postgres-15 installs it (Debian's package postgresql-15)")
	}
	return found[len(found)-1], nil
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// readRates reads pgbench's sum, and from its logs how long each transaction took.
func readRates(folder, said string) (r rates, err error) {
	sum := tps.FindStringSubmatch(said)
	if sum == nil {
		return r, fmt.Errorf("pgbench said no rate: %s", said)
	}
	if r.perSecond, err = strconv.ParseFloat(sum[1], 64); err != nil {
		return r, fmt.Errorf("read pgbench's rate: %w", err)
	}
	logs, err := filepath.Glob(filepath.Join(folder, "took.*"))
	if err != nil {
		return r, fmt.Errorf("find pgbench's logs: %w", err)
	}
	var took []time.Duration
	for _, path := range logs {
		if took, err = appendTimes(took, path); err != nil {
			return r, err
		}
	}
	r.p50, r.p95, r.p99 = rig.Percentile(took, 0.5), rig.Percentile(took, 0.95), rig.Percentile(took, 0.99)
	return r, nil
}

// appendTimes reads the third column: microseconds.
func appendTimes(took []time.Duration, path string) ([]time.Duration, error) {
	file, err := os.Open(path)
	if err != nil {
		return took, fmt.Errorf("read pgbench's log: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		columns := strings.Fields(lines.Text())
		if len(columns) < 3 {
			return took, fmt.Errorf("read pgbench's log: %q is not a line of it", lines.Text())
		}
		us, err := strconv.ParseInt(columns[2], 10, 64)
		if err != nil {
			return took, fmt.Errorf("read pgbench's log: %w", err)
		}
		took = append(took, time.Duration(us)*time.Microsecond)
	}
	return took, lines.Err()
}
