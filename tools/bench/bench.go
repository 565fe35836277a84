package main

// What all measures share: the machine's description, and how a figure is said.

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	_ "github.com/lib/pq" // the bench's own look at the database

	"latcom.example/latcom-billing/tools/rig"
)

// bench is one run of the program.
type bench struct {
	rig    *rig.Rig
	server string        // the database that came with the server: measures have theirs beside it
	each   time.Duration // how long a figure is measured

	reached, goals int
}

func newBench(ctx context.Context, each time.Duration) (*bench, error) {
	r, err := rig.New(ctx, rig.Options{Latency: "5ms-5ms"})
	if err != nil {
		return nil, err
	}
	return &bench{rig: r, server: r.DatabaseURL, each: each}, nil
}

// introduce says what the figures were taken on.
func (b *bench) introduce(ctx context.Context) error {
	db, err := sql.Open("postgres", b.server)
	if err != nil {
		return fmt.Errorf("look at the database's settings: %w", err)
	}
	defer db.Close()
	var version, fsync, commit, buffers string
	err = db.QueryRowContext(ctx, `SELECT current_setting('server_version'), current_setting('fsync'),
		current_setting('synchronous_commit'), current_setting('shared_buffers')`).Scan(&version, &fsync, &commit, &buffers)
	if err != nil {
		return fmt.Errorf("look at the database's settings: %w", err)
	}
	flush, err := b.flushTime()
	if err != nil {
		return err
	}
	fmt.Printf("PostgreSQL %s: fsync %s, synchronous_commit %s, shared_buffers %s; fdatasync takes %v on %s\n",
		version, fsync, commit, buffers, flush, rig.FileSystem(b.rig.Folder))
	fmt.Printf("%d cores for everything together (load before: %s), %s, %v for each figure\n", runtime.NumCPU(), loadBefore(), runtime.Version(), b.each)
	return nil
}

// flushTime is the median of a hundred writes of one page, made durable.
func (b *bench) flushTime() (time.Duration, error) {
	file, err := os.CreateTemp(b.rig.Folder, "flush-*")
	if err != nil {
		return 0, fmt.Errorf("measure the disk: %w", err)
	}
	defer file.Close()
	page := make([]byte, 8<<10)
	var took []time.Duration
	for range 100 {
		begun := time.Now()
		if _, err := file.WriteAt(page, 0); err != nil {
			return 0, fmt.Errorf("measure the disk: %w", err)
		}
		if err := file.Sync(); err != nil {
			return 0, fmt.Errorf("measure the disk: %w", err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	return took[len(took)/2].Round(10 * time.Microsecond), nil
}

// loadBefore is the machine's load over the last minute: what others do on it.
func loadBefore() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}

// checkpoint lets a figure begin without the writes that the one before left over.
func (b *bench) checkpoint(ctx context.Context) error {
	db, err := sql.Open("postgres", b.server)
	if err != nil {
		return fmt.Errorf("make a checkpoint: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `CHECKPOINT`); err != nil {
		return fmt.Errorf("make a checkpoint: %w", err)
	}
	return nil
}

// note prints a figure that has no goal of its own.
func (b *bench) note(what, figure string, args ...any) {
	fmt.Printf("  %-58s %s\n", what, fmt.Sprintf(figure, args...))
}

// atLeast prints a figure beside the least that it should be, both in unit.
func (b *bench) atLeast(what string, figure, goal float64, unit string) {
	b.goal(what, figure, unit, fmt.Sprintf("≥ %s %s", number(goal), unit), figure >= goal)
}

// atMost prints a figure beside the most that it should be, both in unit.
func (b *bench) atMost(what string, figure, goal float64, unit string) {
	b.goal(what, figure, unit, fmt.Sprintf("≤ %s %s", number(goal), unit), figure <= goal)
}

func (b *bench) goal(what string, figure float64, unit, goal string, reached bool) {
	word := "MISSED"
	b.goals++
	if reached {
		word = "reached"
		b.reached++
	}
	fmt.Printf("  %-58s %-12s goal %-12s %s\n", what, number(figure)+" "+unit, goal, word)
}

func number(f float64) string {
	if f >= 100 {
		return fmt.Sprintf("%.0f", f)
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
