package main

// The program under measure: in a database of its own, killed at the end, started
// again, and asked to account for everything.

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

// house is a running program with customers.
type house struct {
	b        *bench
	settings map[string]string
	address  string
	process  *os.Process
	keys     []string
	crowds   []*crowd
}

// acceptOnly leaves the orders where they are: nothing is sent, and none is refused for the queue's length.
var acceptOnly = map[string]string{"WORKERS": "false", "TOPUP_MAX_WAIT": "0"}

// open starts the program in a new database and makes customers.
func (b *bench) open(ctx context.Context, name string, customers int, settings map[string]string) (*house, error) {
	if err := b.rig.UseDatabase(ctx, "bench_"+name); err != nil {
		return nil, err
	}
	h := &house{b: b, settings: maps.Clone(settings)}
	if err := h.serve(ctx); err != nil {
		return nil, err
	}
	h.keys = make([]string, customers)
	var failed error
	var mu sync.Mutex
	var four sync.WaitGroup // commands at a time
	for from := range 4 {
		four.Go(func() {
			for i := from; i < customers; i += 4 {
				key, err := b.rig.AddCustomer(ctx, fmt.Sprintf("BENCH%d", i+1), "10000000")
				mu.Lock()
				h.keys[i], failed = key, firstOf(failed, err)
				mu.Unlock()
			}
		})
	}
	four.Wait()
	return h, failed
}

func firstOf(was, is error) error {
	if was != nil {
		return was
	}
	return is
}

func (h *house) serve(ctx context.Context) (err error) {
	h.address, h.process, err = h.b.rig.Serve(ctx, h.settings)
	return err
}

const warmUp = 3 * time.Second

// measure lets clients order for the time of a figure. The crowd goes on afterwards: it is
// to be stopped, or left alone by finish.
func (h *house) measure(ctx context.Context, c *crowd) (rates, error) {
	if err := h.b.checkpoint(ctx); err != nil {
		return rates{}, err
	}
	c.address, c.keys = h.address, h.keys
	h.crowds = append(h.crowds, c)
	if err := c.start(ctx); err != nil {
		return rates{}, err
	}
	if err := pause(ctx, warmUp+c.spread); err != nil {
		return rates{}, err
	}
	r, err := h.window(ctx, c)
	if err != nil {
		return r, err
	}
	h.b.note(fmt.Sprintf("clients: %d, Prefer: %s", c.clients, c.prefer), "%s", r)
	h.b.noteSpent(r.spent[0], r.spent[1], r.perSecond*h.b.each.Seconds())
	return r, nil
}

// window is what is answered in the time of a figure.
func (h *house) window(ctx context.Context, c *crowd) (rates, error) {
	before, err := h.spent()
	if err != nil {
		return rates{}, err
	}
	from := time.Now()
	if err := pause(ctx, h.b.each); err != nil {
		return rates{}, err
	}
	to := time.Now()
	after, err := h.spent()
	if err != nil {
		return rates{}, err
	}
	c.stop()
	if err := c.wait(); err != nil {
		return rates{}, err
	}
	r := c.between(from, to)
	r.spent = [2]processor{before, after}
	return r, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish kills the program while clients order, starts it again, lets them repeat
// what was not answered, and proves that what was accepted is stored, once.
func (h *house) finish(ctx context.Context, last *crowd) error {
	last.address, last.keys = h.address, h.keys
	h.crowds = append(h.crowds, last)
	if err := last.start(ctx); err != nil {
		return err
	}
	if err := pause(ctx, last.spread+time.Second); err != nil {
		return err
	}
	if err := rig.Kill(h.process); err != nil {
		return err
	}
	if err := last.wait(); err != nil {
		return err
	}
	if err := h.serve(ctx); err != nil {
		return err
	}
	repeated := 0
	for _, c := range h.crowds {
		n, err := c.repeat(ctx, h.address)
		if err != nil {
			return err
		}
		repeated += n
	}
	return h.account(ctx, repeated)
}

// account compares what the clients were told with what is stored, and has the books proven.
func (h *house) account(ctx context.Context, repeated int) error {
	accepted, putOff := repeated, 0
	for _, c := range h.crowds {
		accepted += c.accepted()
		putOff += c.putOff()
	}
	if putOff > 0 {
		h.b.note("answered 503 or 429 and repeated", "%d times", putOff)
	}
	stored, err := h.count(ctx, `SELECT count(*) FROM topups`)
	if err != nil {
		return err
	}
	h.b.note("kill -9 under load, started again", "%d accepted (%d of them repeated), %d stored", accepted, repeated, stored)
	if accepted != stored {
		return fmt.Errorf("%d orders were accepted and %d are stored", accepted, stored)
	}
	said, err := h.b.rig.Run(ctx, "verify")
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	h.b.note("verify", "%s", lines[len(lines)-1])
	return rig.Kill(h.process)
}

// count asks the database of the house for one number.
func (h *house) count(ctx context.Context, query string) (n int, err error) {
	db, err := sql.Open("postgres", h.b.rig.DatabaseURL)
	if err != nil {
		return 0, fmt.Errorf("count in the database: %w", err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("count in the database: %w", err)
	}
	return n, nil
}
