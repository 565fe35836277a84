package handlers

// Figures that many people look at are computed once for all of them.

import (
	"context"
	"sync"
	"time"
)

// computeLimit is how long one computation may take.
const computeLimit = 10 * time.Second

// shared computes a value at most once in a while, however many ask for it. Who
// asks while it is being computed waits for that. An error is shared like a value.
type shared[T any] struct {
	every   time.Duration
	compute func(context.Context) (T, error)
	turn    chan struct{} // who has put something in may compute

	mu    sync.Mutex
	value T
	err   error
	begun time.Time // when the value's computation began; zero: there is none
}

func newShared[T any](every time.Duration, compute func(context.Context) (T, error)) *shared[T] {
	return &shared[T]{every: every, compute: compute, turn: make(chan struct{}, 1)}
}

// latest is a value that is as old as the while at most. It never waits for that
// to pass.
func (s *shared[T]) latest(ctx context.Context) (T, error) {
	return s.since(ctx, time.Now().Add(-s.every))
}

// since is a value in which all is seen that was committed by a moment. It waits
// until the while since the one before has passed.
func (s *shared[T]) since(ctx context.Context, moment time.Time) (value T, err error) {
	if value, err, ok := s.kept(moment); ok {
		return value, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return value, context.Cause(ctx)
	}
	if value, err, ok := s.kept(moment); ok {
		return value, err
	}
	if err := s.pause(ctx); err != nil {
		return value, err
	}
	return s.renew(ctx)
}

func (s *shared[T]) kept(moment time.Time) (value T, err error, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value, s.err, !s.begun.Before(moment)
}

// pause waits until the next computation may begin.
func (s *shared[T]) pause(ctx context.Context) error {
	s.mu.Lock()
	wait := s.every - time.Since(s.begun)
	s.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// renew computes for everybody: that the one who asked leaves does not end it.
func (s *shared[T]) renew(ctx context.Context) (T, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), computeLimit)
	defer cancel()
	begun := time.Now()
	value, err := s.compute(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.err, s.begun = value, err, begun
	return value, err
}
