package handlers

// What moved in the float so far, kept: the past is many rows and stays what it is.

import (
	"context"
	"slices"
	"sync"
	"time"

	"latcom.example/latcom-billing/store"
)

// floatSettles is how long ago a quarter of an hour must have ended for nothing to
// be posted in it any more: no transaction lives that long.
const floatSettles = time.Hour

// floatPast keeps the quarters that are over since some moment, and reads those
// that are not each time.
type floatPast struct {
	mu          sync.Mutex
	from, until time.Time
	over        []store.FloatMoves
}

// since is what moved from a moment until now, the oldest first.
func (f *floatPast) since(ctx context.Context, s *store.Store, from, now time.Time) ([]store.FloatMoves, error) {
	over, until, err := f.settled(ctx, s, from, now)
	if err != nil {
		return nil, err
	}
	open, err := s.FloatMoves(ctx, until, now.Add(time.Hour)) // the database's clock may be ahead
	return append(over, open...), err
}

// settled is a copy of what is kept, and until when that is all.
func (f *floatPast) settled(ctx context.Context, s *store.Store, from, now time.Time) ([]store.FloatMoves, time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.from.Equal(from) {
		f.from, f.until, f.over = from, from, nil
	}
	if over := now.Add(-floatSettles).Truncate(15 * time.Minute); over.After(f.until) {
		more, err := s.FloatMoves(ctx, f.until, over)
		if err != nil {
			return nil, from, err
		}
		f.over, f.until = append(f.over, more...), over
	}
	return slices.Clone(f.over), f.until, nil
}
