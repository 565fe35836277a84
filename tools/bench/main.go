// Command bench measures the program on this machine, beside what the same
// PostgreSQL does with plain SQL in the same minutes, and prints each figure beside
// its goal. It starts everything itself and knows the program from outside only.
//
// Every measure ends with kill -9 under load, a restart, and the count of what was
// accepted against what is stored, and the proof of the books. A missed goal is said and is
// no error; a lost order is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// measures are what can be measured, in the order in which it is: one file each.
var measures = []measure{
	{"hot", "orders accepted on one account, beside hot_row.sql", hot},
	{"hundred", "orders accepted on a hundred accounts, beside hundred_accounts.sql", hundred},
	{"life", "whole lives of orders, Latcom taking 5 ms, beside hot_row.sql", life},
	{"flight", "1,000 requests to Latcom under way, 6.5 s each", flight},
	{"balance", "balance checks, cached and not, and how old they are on another instance", balance},
	{"answer", "what we add to Latcom's time when a reseller waits", answer},
}

type measure struct {
	name, about string
	take        func(context.Context, *bench) error
}

func main() {
	only := flag.String("only", "", "names of measures with commas between them; all of them otherwise: "+names())
	seconds := flag.Int("seconds", 20, "how long each figure is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // exitAfterDefer: nobody waits for the signal any more
	}
}

func run(ctx context.Context, only string, each time.Duration) (err error) {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	b, err := newBench(ctx, each)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.rig.Close()) }()
	if err := b.introduce(ctx); err != nil {
		return err
	}
	for _, m := range chosen {
		fmt.Printf("\n%s: %s\n", m.name, m.about)
		if err := m.take(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	fmt.Printf("\n%d of %d goals were reached\n", b.reached, b.goals)
	return nil
}

func choose(only string) ([]measure, error) {
	if only == "" {
		return measures, nil
	}
	var chosen []measure
	for name := range strings.SplitSeq(only, ",") {
		at := slices.IndexFunc(measures, func(m measure) bool { return m.name == strings.TrimSpace(name) })
		if at < 0 {
			return nil, fmt.Errorf("there is no measure %q; there are: %s", name, names())
		}
		chosen = append(chosen, measures[at])
	}
	return chosen, nil
}

func names() string {
	all := make([]string, len(measures))
	for i, m := range measures {
		all[i] = m.name
	}
	return strings.Join(all, ",")
}
