package cache

// What was read a moment ago: read once for all who ask for it at the same time,
// and given to who asks a little later.

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// keptFor is how old an answer may be: less than the second that is promised, so
	// that the answer gets to whoever asked within it. It is counted from before the
	// look into the database began, and holds whatever was heard of changes.
	keptFor = 800 * time.Millisecond
	// mostKept bounds the memory of a cache.
	mostKept = 10_000
)

// kept keeps values of one kind, each for keptFor at most.
type kept[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]*entry[V]
}

// entry is one look. What it found may be read once done is closed, and does not
// change any more.
type entry[V any] struct {
	begun time.Time
	done  chan struct{}

	value V
	asOf  time.Time // by this process's clock: the value is not older
	err   error
}

// look reads a value, and says from when on it is sure to be as it stood then.
type look[V any] func(context.Context) (value V, asOf time.Time, err error)

var errUnfinished = errors.New("the look did not end")

// get gives what is kept, or looks. Who asks while another looks waits for what
// that one finds; if it is nothing, or was long in coming, he looks for himself.
func (k *kept[K, V]) get(ctx context.Context, key K, look look[V]) (V, time.Time, error) {
	e, mine := k.claim(key)
	if mine {
		k.fill(ctx, key, e, look)
		return e.value, e.asOf, e.err
	}
	select {
	case <-e.done:
		if e.good() {
			return e.value, e.asOf, nil
		}
	case <-ctx.Done():
		var none V
		return none, time.Time{}, ctx.Err()
	}
	return look(ctx)
}

// claim finds an entry that can be used or waited for, or makes one to be filled.
func (k *kept[K, V]) claim(key K) (e *entry[V], mine bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.entries[key]; e != nil && e.worthWaiting() {
		return e, false
	}
	k.makeRoom()
	e = &entry[V]{begun: time.Now(), done: make(chan struct{}), err: errUnfinished}
	k.entries[key] = e
	return e, true
}

func (k *kept[K, V]) fill(ctx context.Context, key K, e *entry[V], look look[V]) {
	defer func() {
		close(e.done)
		if e.err != nil {
			k.forget(key, e)
		}
	}()
	e.value, e.asOf, e.err = look(ctx)
}

func (e *entry[V]) finished() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// good says whether what a finished look found is young enough.
func (e *entry[V]) good() bool { return e.err == nil && young(e.asOf) }

func (e *entry[V]) worthWaiting() bool {
	if e.finished() {
		return e.good()
	}
	return time.Since(e.begun) < keptFor
}

// forget removes an entry, unless another took its place.
func (k *kept[K, V]) forget(key K, e *entry[V]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.entries[key] == e {
		delete(k.entries, key)
	}
}

// drop forgets every value that concerns says is concerned, and every look that is
// under way where that is not known yet: who asks from now on looks anew.
func (k *kept[K, V]) drop(concerns func(K, V) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for key, e := range k.entries {
		if !e.finished() || concerns(key, e.value) {
			delete(k.entries, key)
		}
	}
}

// dropOne forgets what is kept under a key, a look that is under way included.
func (k *kept[K, V]) dropOne(key K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.entries, key)
}

// makeRoom forgets what is of no use any more, and if that is nothing, everything.
func (k *kept[K, V]) makeRoom() {
	if k.entries == nil {
		k.entries = map[K]*entry[V]{}
	}
	if len(k.entries) < mostKept {
		return
	}
	for key, e := range k.entries {
		if !e.worthWaiting() {
			delete(k.entries, key)
		}
	}
	if len(k.entries) >= mostKept {
		clear(k.entries)
	}
}
