package cache

// Looks that are shared and never old: who asks while one is under way waits for the
// next, which begins after he asked and reads for all who wait.

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// roundLimit is how long one look may take.
const roundLimit = 10 * time.Second

// rounds looks for many at once. It is safe for any number of goroutines.
type rounds[K comparable, V any] struct {
	read func(ctx context.Context, keys []K) (map[K]V, error) // what is not there is absent

	mu      sync.Mutex
	next    *round[K, V] // that gathers; nil: nobody waits
	looking bool
}

type round[K comparable, V any] struct {
	asked map[K]bool
	done  chan struct{}

	found map[K]V
	err   error
}

// get reads what belongs to a key, not earlier than now.
func (r *rounds[K, V]) get(ctx context.Context, key K) (value V, found bool, err error) {
	mine := r.join(ctx, key)
	select {
	case <-mine.done:
		value, found = mine.found[key]
		return value, found, mine.err
	case <-ctx.Done():
		return value, false, fmt.Errorf("wait for a look: %w", ctx.Err())
	}
}

func (r *rounds[K, V]) join(ctx context.Context, key K) *round[K, V] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil {
		r.next = &round[K, V]{asked: map[K]bool{}, done: make(chan struct{})}
	}
	r.next.asked[key] = true
	if !r.looking {
		r.looking = true
		go r.look(context.WithoutCancel(ctx))
	}
	return r.next
}

// look works off round after round until nobody waits.
func (r *rounds[K, V]) look(ctx context.Context) {
	for {
		r.mu.Lock()
		now := r.next
		r.next, r.looking = nil, now != nil
		r.mu.Unlock()
		if now == nil {
			return
		}
		r.work(ctx, now)
	}
}

func (r *rounds[K, V]) work(ctx context.Context, now *round[K, V]) {
	ctx, cancel := context.WithTimeout(ctx, roundLimit)
	defer cancel()
	defer close(now.done)
	defer func() {
		if v := recover(); v != nil {
			now.err = fmt.Errorf("panic in a look: %v", v)
		}
	}()
	keys := make([]K, 0, len(now.asked))
	for key := range now.asked {
		keys = append(keys, key)
	}
	now.found, now.err = r.read(ctx, keys)
}
