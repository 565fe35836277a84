// Package bookkeeper keeps the books provable: it closes each business day with a
// checkpoint of every account, and has everything proven once an hour and when
// somebody asks. It moves no money, decides nothing about it and speaks no SQL.
package bookkeeper

import (
	"context"
	"log/slog"
	"time"

	"latcom.example/latcom-billing/store"
)

// Options are the bookkeeper's settings.
type Options struct {
	Zone *time.Location // TIMEZONE: the business day
	Work bool           // WORKERS: look after the books by itself; else only when asked
}

// Keeper looks after the books of one database, beside those of other instances.
type Keeper struct {
	store   *store.Store
	reads   store.Reader // of one statement; see reading
	log     *slog.Logger
	options Options
	asked   chan request
}

// New returns a keeper that does nothing yet; see Run.
func New(s *store.Store, log *slog.Logger, o Options) *Keeper {
	return &Keeper{store: s, log: log, options: o, asked: make(chan request)}
}

const (
	firstLook = 20 * time.Second // by then the sweep took up what a restart left
	lookEvery = time.Minute      // for what is due
	patience  = 30 * time.Minute // with one turn of it
)

// Run does what is due, and what is asked for, until ctx ends. A failure is
// logged and tried again at a later turn.
func (k *Keeper) Run(ctx context.Context) {
	k.turn(ctx, "close the business day", k.closeDays)
	due := time.NewTimer(firstLook)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-k.asked:
			k.turn(ctx, "prove the books", func(ctx context.Context) error { return k.prove(ctx, r) })
		case <-due.C:
			k.turn(ctx, "close the business day", k.closeDays)
			k.turn(ctx, "prove the books", k.proveIfDue)
			due.Reset(lookEvery)
		}
	}
}

func (k *Keeper) turn(ctx context.Context, what string, do func(context.Context) error) {
	turn, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := do(turn); err != nil && ctx.Err() == nil {
		k.log.ErrorContext(ctx, "the bookkeeper failed", "work", what, "error", err)
	}
}

func (k *Keeper) closeDays(ctx context.Context) error {
	if !k.options.Work {
		return nil
	}
	_, err := k.CloseDays(ctx)
	return err
}

func (k *Keeper) proveIfDue(ctx context.Context) error {
	if !k.options.Work {
		return nil
	}
	due, err := k.store.ProofDue(ctx)
	if err != nil || !due {
		return err
	}
	return k.prove(ctx, request{})
}
