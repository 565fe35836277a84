// Command pages measures, on this machine, how long the server takes for each page
// with a million top-ups in the database and some more coming in, how many bytes a
// browser's first load is, which tables are read from end to end, and how much
// memory the server takes to write all of it to a file, beside the goals of each.
//
//	go run ./tools/pages [--top-ups N] [--days N] [--times N] [--data-dir DIR]
//
// With --data-dir the database is kept there and used again: making it takes
// minutes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

// The goals of each page's server time, of a first load, and of a file of everything.
const (
	medianGoal = 50 * time.Millisecond
	p95Goal    = 150 * time.Millisecond
	bytesGoal  = 150_000
	memoryGoal = 32 // MB more than before
)

func main() {
	o := options{}
	flag.IntVar(&o.topUps, "top-ups", 1_000_000, "top-ups in the database")
	flag.IntVar(&o.days, "days", 30, "days that they are spread over")
	flag.IntVar(&o.times, "times", 60, "how often each page is asked for")
	flag.StringVar(&o.dataDir, "data-dir", "", "where the database is kept; empty: thrown away")
	flag.BoolVar(&o.quiet, "quiet", false, "orders nothing meanwhile")
	flag.Parse()
	good, err := measure(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

type options struct {
	topUps, days, times int
	dataDir             string
	quiet               bool
}

// measure prints a line for each page and says whether all of them keep their goals.
func measure(ctx context.Context, o options) (good bool, err error) {
	w, err := open(ctx, o)
	if err != nil {
		return false, err
	}
	defer w.Close()
	who, err := w.signIn(ctx)
	if err != nil {
		return false, err
	}
	if !o.quiet {
		defer w.keepOrdering(ctx)()
	}
	good = true
	fmt.Printf("server time on loopback, %d top-ups in the database (goals: median under %v, p95 under %v)\n", o.topUps, medianGoal, p95Goal)
	fmt.Printf("%-34s %9s %9s %9s %9s  %s\n", "page", "median", "p95", "most", "bytes", "")
	for _, p := range pages {
		kept, err := w.time(ctx, who.of(p), p, o.times)
		if err != nil {
			return false, err
		}
		good = good && kept
	}
	small, err := w.firstLoads(ctx, who)
	if err != nil {
		return false, err
	}
	lean, err := w.exports(ctx, who.operator)
	return good && small && lean, err
}

// time asks for a page again and again, one after another, and says whether it
// keeps its goals. The first time counts as well.
func (w *world) time(ctx context.Context, who *person, p page, times int) (bool, error) {
	path, err := w.path(ctx, p)
	if err != nil {
		return false, err
	}
	before, err := w.readFromEndToEnd(ctx)
	if err != nil {
		return false, err
	}
	var took []time.Duration
	size := 0
	for range times {
		answer, err := who.get(ctx, path, p.target)
		if err != nil {
			return false, err
		}
		took, size = append(took, answer.took), answer.bytes
	}
	after, err := w.readFromEndToEnd(ctx)
	if err != nil {
		return false, err
	}
	median, p95, most := rig.Percentile(took, 0.5), rig.Percentile(took, 0.95), rig.Percentile(took, 1)
	scanned := grown(before, after)
	kept := median < medianGoal && p95 < p95Goal && scanned == ""
	verdict := "ok"
	if !kept {
		verdict = "MISSED " + scanned
	}
	round := func(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }
	fmt.Printf("%-34s %9s %9s %9s %9d  %s\n", p.name, round(median), round(p95), round(most), size, verdict)
	return kept, nil
}
