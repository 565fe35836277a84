package topup

// Groups: what arrives while work of its kind is under way goes together in the next
// one. The first goes at once, nobody waits for a clock, and the busier it is, the
// more go together: a customer's account is then locked once for all of them.

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// mostTogether bounds a group: a larger one gains little, and keeps accounts locked
// for longer.
const mostTogether = 200

// groupLimit is how long the transaction of a group may take.
const groupLimit = 15 * time.Second

// lanes is how many groups of a kind are under way at once.
const lanes = 4

// gatherer brings items together. It is safe for any number of goroutines.
type gatherer[T any] struct {
	step    string
	lanes   int                           // groups under way at once
	grouped func(step string, orders int) // is told of each group; nil: nobody is

	// of says what an item locks, usually its customer's account: of one there are
	// no two groups under way, which would wait for each other in the database.
	of func(T) int64

	// alone says that an item is a group by itself.
	alone func(T) bool

	// work does the work of a group, and says so to those who wait for it. It returns
	// what has to come after it, or could not be done at once because others have it
	// locked: what locks the same then goes together, and waits for the lock, as does
	// a group that locks one thing from the beginning.
	//
	// Its context is that of the group's first item, which ends with nobody's wait.
	work func(ctx context.Context, group []T) (left []T)

	// broken ends the wait of a group whose work panicked.
	broken func(group []T, err error)

	mu      sync.Mutex
	waiting []handed[T]
	busy    map[int64]bool
	running int
}

// handed is an item with the context that it came with.
type handed[T any] struct {
	ctx  context.Context //nolint:containedctx // of the call that handed it in, for the group that it may lead
	item T
}

// add hands an item in. It returns at once.
func (g *gatherer[T]) add(ctx context.Context, item T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, handed[T]{ctx, item})
	g.wake()
}

// wake starts a lane if one is free; mu is held.
func (g *gatherer[T]) wake() {
	if g.running < g.lanes && len(g.waiting) > 0 {
		g.running++
		go g.run()
	}
}

// run works groups until there is none to take.
func (g *gatherer[T]) run() {
	for ctx, group := g.next(); len(group) > 0; ctx, group = g.next() {
		if g.grouped != nil {
			g.grouped(g.step, len(group))
		}
		left := g.apart(g.try(ctx, group))
		g.done(group, left)
		for _, part := range left {
			go func() {
				for rest := part; len(rest) > 0; {
					rest = g.try(ctx, rest)
				}
				g.done(part, nil)
			}()
		}
	}
}

// try is work, in its time, that a panic does not take the process down with.
func (g *gatherer[T]) try(ctx context.Context, group []T) (left []T) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), groupLimit)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			g.broken(group, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			left = nil
		}
	}()
	return g.work(ctx, group)
}

// next takes what waits and locks nothing that a group under way locks, in its
// order. With nothing to take it ends the lane.
func (g *gatherer[T]) next() (ctx context.Context, group []T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	taken, passedOver, full := map[int64]bool{}, map[int64]bool{}, false
	kept := g.waiting[:0]
	for _, w := range g.waiting {
		of, alone := g.of(w.item), g.alone(w.item)
		if full || g.busy[of] || passedOver[of] || alone && len(group) > 0 {
			passedOver[of] = true
			kept = append(kept, w)
			continue
		}
		if len(group) == 0 {
			ctx = w.ctx
		}
		taken[of] = true
		group = append(group, w.item)
		full = alone || len(group) == mostTogether
	}
	clear(g.waiting[len(kept):])
	g.waiting = kept
	if g.busy == nil {
		g.busy = map[int64]bool{}
	}
	for of := range taken {
		g.busy[of] = true
	}
	if len(group) == 0 {
		g.running--
	}
	return ctx, group
}

// done lets the next group that locks the same go, but for what is left.
func (g *gatherer[T]) done(group []T, left map[int64][]T) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, item := range group {
		if of := g.of(item); left[of] == nil {
			delete(g.busy, of)
		}
	}
	g.wake()
}

// apart sorts items by what they lock.
func (g *gatherer[T]) apart(items []T) map[int64][]T {
	parts := map[int64][]T{}
	for _, item := range items {
		parts[g.of(item)] = append(parts[g.of(item)], item)
	}
	return parts
}
