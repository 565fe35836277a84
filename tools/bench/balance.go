package main

// Balance checks: what they cost with the cache and without it, ten to each order;
// and how old an answer may be on another instance.

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"latcom.example/latcom-billing/tools/rig"
)

const (
	readsToAWrite = 10
	rounds        = 200 // of one order and its reads, for each client
	roundClients  = 16  // each a customer
	readClients   = 64
	changesSeen   = 100 // that another instance is asked about
)

// counting lets the server count statements, which costs a little: so it is another
// server than the other measures'.
var counting = map[string]string{"shared_preload_libraries": "pg_stat_statements"}

func balance(ctx context.Context, b *bench) (err error) {
	r, err := rig.New(ctx, rig.Options{Latency: "5ms-5ms", Settings: counting})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	own := &bench{rig: r, server: r.DatabaseURL, each: b.each}
	defer func() { b.reached, b.goals = b.reached+own.reached, b.goals+own.goals }()

	plain, err := own.checks(ctx, "balance_plain", "--no-cache")
	if err != nil {
		return fmt.Errorf("without the cache: %w", err)
	}
	cached, err := own.checks(ctx, "balance_cached")
	if err != nil {
		return fmt.Errorf("with the cache: %w", err)
	}
	own.note("reads alone, 64 clients, without the cache", "%.0f per s, p50 %v, p99 %v", plain.perSecond, plain.p50, plain.p99)
	own.note("reads alone, 64 clients, with it", "%.0f per s, p50 %v, p99 %v", cached.perSecond, cached.p50, cached.p99)
	own.atLeast("balance checks: rate over the uncached path's", cached.perSecond/plain.perSecond, 2, "×")
	own.note("statements for an order and 10 reads, without", "%.1f, of which the order alone %.1f", plain.round, plain.write)
	own.note("statements for an order and 10 reads, with", "%.1f, of which the order alone %.1f", cached.round, cached.write)
	own.note("fewer statements, the order's own counted as well", "%.0f %%", 100*(1-cached.round/plain.round))
	own.atLeast("fewer statements for the balance checks", 100*(1-(cached.round-cached.write)/(plain.round-plain.write)), 60, "%")
	return own.staleness(ctx)
}

// cost is what balance checks cost.
type cost struct {
	perSecond float64
	p50, p99  time.Duration

	write, round float64 // statements for an order alone, and with its reads
}

// checks measures one program, in a database of its own.
func (b *bench) checks(ctx context.Context, name string, flags ...string) (c cost, err error) {
	if err := b.rig.UseDatabase(ctx, name); err != nil {
		return c, err
	}
	address, process, err := b.rig.Serve(ctx, acceptOnly, flags...)
	if err != nil {
		return c, err
	}
	keys, err := b.customers(ctx, roundClients)
	if err != nil {
		return c, err
	}
	if c.perSecond, c.p50, c.p99, err = b.readOnly(ctx, address, keys); err != nil {
		return c, err
	}
	db, err := sql.Open("postgres", b.rig.DatabaseURL)
	if err != nil {
		return c, fmt.Errorf("count statements: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `CREATE EXTENSION pg_stat_statements`); err != nil {
		return c, fmt.Errorf("count statements: %w", err)
	}
	idle, err := statements(ctx, db, func() error { return pause(ctx, 5*time.Second) })
	if err != nil {
		return c, err
	}
	for _, of := range []struct {
		reads int
		into  *float64
	}{{0, &c.write}, {readsToAWrite, &c.round}} {
		begun := time.Now()
		n, err := statements(ctx, db, func() error { return play(ctx, address, keys, of.reads) })
		if err != nil {
			return c, err
		}
		*of.into = (n - idle/5*time.Since(begun).Seconds()) / (rounds * roundClients)
	}
	return c, b.killAndProve(ctx, process, 2*rounds*roundClients)
}

// killAndProve ends the program as a power cut would, starts it again, and has the
// orders counted and the books proven.
func (b *bench) killAndProve(ctx context.Context, process *os.Process, accepted int) error {
	if err := rig.Kill(process); err != nil {
		return err
	}
	h := &house{b: b, settings: acceptOnly}
	if err := h.serve(ctx); err != nil {
		return err
	}
	stored, err := h.count(ctx, `SELECT count(*) FROM topups`)
	if err != nil {
		return err
	}
	if stored != accepted {
		return fmt.Errorf("%d orders were accepted and %d are stored", accepted, stored)
	}
	said, err := b.rig.Run(ctx, "verify")
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	b.note("kill -9, started again, the books proven", "%d accepted, %d stored", accepted, stored)
	return rig.Kill(h.process)
}

func (b *bench) customers(ctx context.Context, n int) (keys []string, err error) {
	for i := range n {
		key, err := b.rig.AddCustomer(ctx, fmt.Sprintf("BENCH%d", i+1), "10000000")
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// statements counts those that the database ran meanwhile, whoever asked.
func statements(ctx context.Context, db *sql.DB, meanwhile func() error) (n float64, err error) {
	if _, err := db.ExecContext(ctx, `SELECT pg_stat_statements_reset()`); err != nil {
		return 0, fmt.Errorf("count statements: %w", err)
	}
	if err := meanwhile(); err != nil {
		return 0, err
	}
	err = db.QueryRowContext(ctx, `
		SELECT COALESCE(sum(calls), 0) FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count statements: %w", err)
	}
	return n, nil
}

// eachClient runs fn for each of n clients at once, with a connection and a key.
func eachClient(ctx context.Context, n int, address string, keys []string, fn func(i int, r *reseller, balance []byte) error) error {
	var failed error
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			key := keys[i%len(keys)]
			r, err := newReseller(ctx, address, []string{key}, acceptAtOnce)
			if err == nil {
				defer r.conn.Close()
				err = fn(i, r, balanceRequest(address, key))
			}
			mu.Lock()
			defer mu.Unlock()
			failed = firstOf(failed, err)
		})
	}
	all.Wait()
	return failed
}

func balanceRequest(address, key string) []byte {
	return []byte("GET /api/v1/balance HTTP/1.1\r\nHost: " + strings.TrimPrefix(address, "http://") + "\r\nAuthorization: Bearer " + key + "\r\n\r\n")
}

// read asks for a balance and gives the body of the answer.
func (r *reseller) read(request []byte) ([]byte, error) {
	if _, err := r.conn.Write(request); err != nil {
		return nil, fmt.Errorf("ask for the balance: %w", err)
	}
	status, length, err := r.head()
	if err != nil {
		return nil, fmt.Errorf("read the balance: %w", err)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r.in, body); err != nil {
		return nil, fmt.Errorf("read the balance: %w", err)
	}
	if status != 200 {
		return nil, fmt.Errorf("the balance: %d %s", status, body)
	}
	return body, nil
}

func (b *bench) readOnly(ctx context.Context, address string, keys []string) (perSecond float64, p50, p99 time.Duration, err error) {
	took := make([][]time.Duration, readClients)
	begun := time.Now()
	err = eachClient(ctx, readClients, address, keys, func(i int, r *reseller, balance []byte) error {
		for time.Since(begun) < b.each {
			asked := time.Now()
			if _, err := r.read(balance); err != nil {
				return err
			}
			took[i] = append(took[i], time.Since(asked))
		}
		return nil
	})
	all := slices.Concat(took...)
	perSecond = float64(len(all)) / time.Since(begun).Seconds()
	return perSecond, rig.Percentile(all, 0.5).Round(10 * time.Microsecond), rig.Percentile(all, 0.99).Round(10 * time.Microsecond), err
}

var played int64 // orders, over all programs

// play lets each client order and then read, again and again.
func play(ctx context.Context, address string, keys []string, reads int) error {
	first := played
	played += rounds * roundClients
	return eachClient(ctx, roundClients, address, keys, func(i int, r *reseller, balance []byte) error {
		for n := range rounds {
			if status, body, err := r.order(first + int64(i*rounds+n)); err != nil || status != 202 {
				return fmt.Errorf("an order: %d %s, %w", status, body, err)
			}
			for range reads {
				if _, err := r.read(balance); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// staleness orders on one instance and asks another, which has just answered, what
// is held: as it is, and when the line on which it hears of changes was cut before.
func (b *bench) staleness(ctx context.Context) error {
	if err := b.rig.UseDatabase(ctx, "balance_two"); err != nil {
		return err
	}
	one, _, err := b.rig.Serve(ctx, acceptOnly)
	if err != nil {
		return err
	}
	other, _, err := b.rig.Serve(ctx, acceptOnly)
	if err != nil {
		return err
	}
	keys, err := b.customers(ctx, 1)
	if err != nil {
		return err
	}
	for _, cut := range []bool{false, true} {
		ages, err := b.ages(ctx, one, other, keys[0], cut)
		if err != nil {
			return err
		}
		what := "oldest answer of another instance"
		if cut {
			what += ", LISTEN cut each time"
		}
		worst := rig.Percentile(ages, 1)
		b.note(what, "p50 %v, p99 %v, %d changes", rig.Percentile(ages, 0.5).Round(time.Millisecond), rig.Percentile(ages, 0.99).Round(time.Millisecond), len(ages))
		b.atMost(what, milliseconds(worst), 1000, "ms")
	}
	return nil
}

// ages says, of each change, how long after its answer another instance was asked
// and still told the old.
func (b *bench) ages(ctx context.Context, one, other, key string, cut bool) (ages []time.Duration, err error) {
	db, err := sql.Open("postgres", b.rig.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("cut the line: %w", err)
	}
	defer db.Close()
	writer, err := newReseller(ctx, one, []string{key}, acceptAtOnce)
	if err != nil {
		return nil, err
	}
	defer writer.conn.Close()
	reader, err := newReseller(ctx, other, []string{key}, acceptAtOnce)
	if err != nil {
		return nil, err
	}
	defer reader.conn.Close()
	request := balanceRequest(other, key)
	for range changesSeen {
		before, err := held(reader, request)
		if err != nil {
			return nil, err
		}
		if cut {
			if _, err := db.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'`); err != nil {
				return nil, fmt.Errorf("cut the line: %w", err)
			}
		}
		played++
		if status, body, err := writer.order(played); err != nil || status != 202 {
			return nil, fmt.Errorf("an order: %d %s, %w", status, body, err)
		}
		age := time.Duration(0)
		for changed := time.Now(); ; {
			asked := time.Since(changed)
			now, err := held(reader, request)
			if err != nil {
				return nil, err
			}
			if now != before {
				break
			}
			age = asked
		}
		ages = append(ages, age)
	}
	return ages, nil
}

func held(r *reseller, request []byte) (string, error) {
	body, err := r.read(request)
	if err != nil {
		return "", err
	}
	var said struct {
		Held string `json:"held"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return "", fmt.Errorf("read the balance: %w", err)
	}
	return said.Held, nil
}
