package main

// The world under measure: a database with a past, the program serving it, people
// who are signed in, and orders that keep coming in.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cmd/latcom-billing/history"
	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/tools/rig"
)

type world struct {
	*rig.Rig
	address  string
	key      string // of the customer's program
	database *sql.DB
	store    *store.Store
	server   *os.Process
}

const (
	password   = "a password of the measuring tool"
	memberMail = "measures@enviadespensa.example"
	operator   = "measures"
)

// open makes or finds the past and serves it.
func open(ctx context.Context, o options) (*world, error) {
	r, err := rig.New(ctx, rig.Options{Latency: "300ms-500ms", Folder: o.dataDir})
	if err != nil {
		return nil, err
	}
	w := &world{Rig: r}
	if err := w.furnish(ctx, o); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.address, w.server, err = r.Serve(ctx, map[string]string{"SECRET_KEY": "a secret of the measuring tool, for nothing else", "TIMEZONE": lateZone(time.Now())})
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *world) furnish(ctx context.Context, o options) (err error) {
	if w.store, err = store.Open(ctx, store.Options{URL: w.DatabaseURL, MaxConns: 4, MinConns: 1}); err != nil {
		return err
	}
	w.database = w.store.DB().DB
	if _, err := migrations.Up(ctx, w.database); err != nil {
		return err
	}
	zone, err := time.LoadLocation(lateZone(time.Now()))
	if err != nil {
		return fmt.Errorf("find the business zone: %w", err)
	}
	begun := time.Now()
	made, err := history.Write(ctx, w.store, history.Options{TopUps: o.topUps, Days: o.days, Seed: 1, Now: begun, Zone: zone, Rate: billing.MustRate("18.00")})
	if err != nil {
		return err
	}
	if made {
		fmt.Fprintf(os.Stderr, "made %d top-ups in %v\n", o.topUps, time.Since(begun).Round(time.Second))
		if err := w.fillAuditLog(ctx, o.topUps); err != nil {
			return err
		}
	}
	return w.admit(ctx)
}

// busyOperator is who did a tenth of what the audit log says.
const busyOperator = "Operator 3"

// fillAuditLog writes as many lines as there are top-ups: ten operators, a dozen
// actions, every third line about the customer that is looked at.
func (w *world) fillAuditLog(ctx context.Context, lines int) error {
	_, err := w.database.ExecContext(ctx, `
		INSERT INTO audit_log (at, actor_kind, actor_name, address, action, customer_id, subject, before, after)
		SELECT now() - make_interval(secs => ($1 - n) * 2.5), 'operator', 'Operator ' || n % 10, '192.0.2.' || n % 200,
		       (ARRAY['operator.signed_in', 'adjustment.posted', 'adjustment.requested', 'topups.exported', 'customer.limits', 'decision.proposed',
		              'decision.confirmed', 'key.made', 'member.invited', 'sending.paused', 'sending.resumed', 'topup.cancelled'])[1 + n % 12],
		       CASE WHEN n % 3 = 0 THEN (SELECT id FROM customers WHERE code = $2) END, 'subject-' || n % 100000,
		       jsonb_build_object('balance', n::text), jsonb_build_object('balance', (n + 1)::text, 'note', 'one of many lines')
		FROM generate_series(1, $1) n`, lines, history.Code)
	if err == nil {
		_, err = w.database.ExecContext(ctx, `ANALYZE audit_log`)
	}
	if err != nil {
		return fmt.Errorf("fill the audit log: %w", err)
	}
	return nil
}

// lateZone is one in which it is between ten and eleven in the evening: the day
// that the pages show is as full as it gets.
func lateZone(now time.Time) string {
	ahead := 22 - now.UTC().Hour() // hours before UTC, from -1 to 22
	if ahead > 12 {
		ahead -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -ahead) // with the sign that POSIX gives it
}

// admit lets a program, a member and an operator in.
func (w *world) admit(ctx context.Context) error {
	key, hint := billing.NewSecretKey()
	w.key = key
	hash := access.HashPassword(password)
	err := w.store.Admit(ctx, store.Visitor{
		Code: history.Code, KeyHint: hint, KeyHash: billing.HashSecret(key), Email: memberMail, Name: "Tool", PasswordHash: hash,
	})
	if err != nil {
		return err
	}
	err = w.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertOperator(ctx, billing.Operator{SignInName: operator, Name: "Tool", Role: billing.RoleAdmin, PasswordHash: hash})
		return err
	})
	if errors.Is(err, billing.ErrTaken) {
		return nil // a database that is used again
	}
	return err
}

// keepOrdering orders top-ups as three programs would, until the answer is called.
func (w *world) keepOrdering(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	client := rig.NewClient(w.address, w.key, 3)
	begun := time.Now().UnixNano()
	var programs sync.WaitGroup
	for program := range 3 {
		programs.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_, err := client.Order(ctx, fmt.Sprintf("pages-%d-%d-%d", begun, program, n), fmt.Sprintf("55%08d", 20_000_000+n*100+program))
				if err != nil && ctx.Err() == nil {
					fmt.Fprintln(os.Stderr, "pages: an order failed:", err)
					return
				}
			}
		})
	}
	return func() { cancel(); programs.Wait() }
}

// bigTables must never be read from end to end for a page.
const bigTables = `
	SELECT relname, COALESCE(seq_tup_read, 0) FROM pg_stat_user_tables
	WHERE relname IN ('topups', 'attempts', 'entries', 'quarter_hours', 'delivery_times', 'audit_log')`

// readFromEndToEnd counts the rows that sequential scans have read so far.
func (w *world) readFromEndToEnd(ctx context.Context) (map[string]int64, error) {
	rows, err := w.database.QueryContext(ctx, bigTables)
	if err != nil {
		return nil, fmt.Errorf("ask which tables were scanned: %w", err)
	}
	defer rows.Close()
	read := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, fmt.Errorf("ask which tables were scanned: %w", err)
		}
		read[name] = n
	}
	return read, rows.Err()
}

// grown names the tables that were scanned in between.
func grown(before, after map[string]int64) string {
	var names []string
	for name, n := range after {
		if n > before[name] {
			names = append(names, fmt.Sprintf("%d rows of %s scanned", n-before[name], name))
		}
	}
	return strings.Join(names, ", ")
}
