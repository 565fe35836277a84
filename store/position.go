package store

// Places in the database's log, by which a reader says what he must see.

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Position is a place in the log: everything that was committed before it lies
// before it. 0: none.
type Position uint64

// Everything is a position that no replica reaches: the database itself is read.
const Everything = Position(1<<64 - 1)

// String is a position as PostgreSQL writes it.
func (p Position) String() string { return fmt.Sprintf("%X/%X", uint64(p)>>32, uint64(p)&0xffffffff) }

// ParsePosition reads what String wrote. What is none is 0, false.
func ParsePosition(text string) (Position, bool) {
	var high, low uint32
	if n, err := fmt.Sscanf(text, "%X/%X", &high, &low); err != nil || n != 2 {
		return 0, false
	}
	p := Position(high)<<32 | Position(low)
	return p, p.String() == text
}

// Position is where the log ends now: what was committed before this call lies
// before it.
func (s *Store) Position(ctx context.Context) (Position, error) {
	return positionOf(ctx, s.q, `SELECT CAST(pg_current_wal_lsn() AS text)`)
}

// wanted is what a reader must see.
type wanted struct {
	after Position
	fresh bool // everything until now
}

type wantedKey struct{}

// After is ctx of a reader who must see what lies before a position.
func After(ctx context.Context, p Position) context.Context {
	w := wantedBy(ctx)
	w.after = max(w.after, p)
	return context.WithValue(ctx, wantedKey{}, w)
}

// Fresh is ctx of a reader who must see all that was committed until he asks: a
// program that reads what it was told of, a part of a page that was told of a change.
func Fresh(ctx context.Context) context.Context {
	w := wantedBy(ctx)
	w.fresh = true
	return context.WithValue(ctx, wantedKey{}, w)
}

type wayKey struct{}

// OneWay is ctx of several reads that belong together: what one of them saw, the
// next ones see too. Once one has read the database itself, none reads the replica.
func OneWay(ctx context.Context) context.Context {
	return context.WithValue(ctx, wayKey{}, &atomic.Bool{})
}

func wantedBy(ctx context.Context) wanted {
	w, _ := ctx.Value(wantedKey{}).(wanted)
	return w
}
