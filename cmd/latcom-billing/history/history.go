// Package history makes up the past of a demonstration: three resellers and
// weeks of their top-ups, with the hours, amounts, outcomes and latencies of the
// real thing. Prices, holds and charges follow the rules of package billing; it
// knows no SQL and serves nobody.
package history

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Options say how much past there is. The same seed and moment make the same.
type Options struct {
	TopUps int
	Days   int
	Seed   uint64
	Now    time.Time
	Zone   *time.Location // of the business day
	Rate   billing.Rate   // in force throughout
}

// quiet is how long before now the last top-up was ordered: by now, all that
// were sent have their answers.
const quiet = 3 * time.Minute

// Write fills an empty database. On one that has customers it does nothing and
// returns false.
func Write(ctx context.Context, s *store.Store, o Options) (written bool, err error) {
	if o.TopUps < 0 || o.Days < 1 || o.Days > 3650 {
		return false, fmt.Errorf("a past of %d top-ups in %d days cannot be made up", o.TopUps, o.Days)
	}
	return s.WritePast(ctx, func(past *store.Past) error { return o.write(ctx, past) })
}

func (o Options) write(ctx context.Context, past *store.Past) error {
	end := o.Now.Add(-quiet).Truncate(time.Microsecond)
	begin := end.AddDate(0, 0, -o.Days)
	opened := begin.AddDate(0, 0, -2)
	if err := past.Rate(ctx, o.Rate, opened.Add(-time.Hour)); err != nil {
		return err
	}
	sellers, err := openSellers(ctx, past, o, opened, end)
	if err != nil {
		return err
	}
	pages := make(chan page, 1)
	work, going := errgroup.WithContext(ctx)
	random := rand.New(rand.NewPCG(o.Seed, o.Seed+1)) //nolint:gosec // G404: a story, not a secret
	b := &books{random: random, zone: o.Zone, begin: begin, end: end, purse: newPurse(o.TopUps, o.Days)}
	b.turn = func(full page) error {
		select {
		case pages <- full:
			return nil
		case <-going.Done():
			return going.Err()
		}
	}
	work.Go(func() error {
		defer close(pages)
		return o.makeUp(b, sellers, opened)
	})
	work.Go(func() error {
		for full := range pages {
			if err := full.write(going, past); err != nil {
				return err
			}
		}
		return nil
	})
	if err := work.Wait(); err != nil {
		return err
	}
	return b.leaveBalances(ctx, past)
}

// makeUp tells the story from its beginning to its end.
func (o Options) makeUp(b *books, sellers []*seller, opened time.Time) error {
	for _, s := range sellers {
		b.openAccount(s, opened.Add(time.Hour))
	}
	heap.Push(&b.ahead, event{at: opened.Add(30 * time.Minute), do: b.payIn})
	w := &world{random: b.random, zone: o.Zone, outage: outageBefore(b.end, o.Zone), now: o.Now}
	n := 0
	for at := range businessHours(o.TopUps, b.begin, b.end, o.Zone, b.random) {
		s := choose(b.random, sellers)
		t, err := s.order(b.random, at, o.Zone)
		if err != nil {
			return err
		}
		attempts := w.send(&t, isUnknown(n, o.TopUps))
		if err := b.write(s, t, attempts); err != nil {
			return err
		}
		n++
	}
	return b.close()
}

// isUnknown makes a handful of the latest top-ups unknown: 50 before the last
// one, 200, 450, … of 20,000. Older ones would have been settled by operators.
func isUnknown(n, of int) bool {
	for k := 1; k <= 6; k++ {
		if n == of-1-of*k*k/400 {
			return true
		}
	}
	return false
}
