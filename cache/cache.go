// Package cache answers what resellers' programs ask most: whose a key is, what an
// account has, and whether a request is within its limits. It knows no HTTP and no
// SQL, and nothing that it keeps decides whether money moves: an order's key is read
// from the database, and its balance under its lock.
//
// What is kept is never older than keptFor, measured by a clock that nobody can set
// back. So it needs nobody to tell it of changes; those that it hears of, its own
// process's before they are answered, only make it forget sooner.
package cache

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Options say what instances share.
type Options struct {
	RedisURL string // empty: nothing; see CheckURL
	Log      *slog.Logger

	Looked func(what string, kept bool) // is told of each look-up: of keys or balances, from memory or not; nil: nobody is

	Off bool // every question goes to the database: for measurements
}

// Cache keeps what was read from one database.
type Cache struct {
	store    *store.Store
	redis    *shared // nil: there is none
	off      bool
	looked   func(what string, kept bool)
	callers  kept[[32]byte, store.Caller]
	old      kept[int64, store.OldCaller]
	balances kept[int64, billing.Balance]
	keys     rounds[[32]byte, store.Caller]
	accounts rounds[int64, store.DatedBalance]
	heard    heard
	clock    databaseClock
}

// Open begins to keep what is read from books. A Redis that is away is waited for by
// nobody: it is used once it is there. End it with Close.
func Open(ctx context.Context, books *store.Store, o Options) (*Cache, error) {
	c := newCache(books)
	c.off, c.looked = o.Off, o.Looked
	if o.RedisURL != "" {
		space, err := books.Identity(ctx)
		if err != nil {
			return nil, err
		}
		if c.redis, err = openShared(ctx, o.RedisURL, space, books.TurnsUnderWay, o.Log); err != nil {
			return nil, err
		}
	}
	books.Watch(c.hear)
	return c, nil
}

// InProcess is Open for one instance: nothing is shared, and nothing has to be
// closed. Without books it is good for nothing but to be there.
func InProcess(books *store.Store) *Cache {
	c := newCache(books)
	if books != nil {
		books.Watch(c.hear)
	}
	return c
}

func newCache(books *store.Store) *Cache {
	c := &Cache{store: books}
	c.keys.read = func(ctx context.Context, hashes [][32]byte) (map[[32]byte]store.Caller, error) {
		return books.Callers(ctx, hashes...)
	}
	c.accounts.read = func(ctx context.Context, customers []int64) (map[int64]store.DatedBalance, error) {
		return books.DatedBalances(ctx, customers...)
	}
	return c
}

// CallerNow is store.Caller as the key stands now, for orders. Those that come
// together are looked up together; none is given what was read before it came.
func (c *Cache) CallerNow(ctx context.Context, hash []byte) (store.Caller, error) {
	if c.off {
		return c.store.Caller(ctx, hash)
	}
	caller, found, err := c.keys.get(ctx, [32]byte(hash))
	if err == nil && !found {
		err = fmt.Errorf("API key: %w", billing.ErrNotFound)
	}
	return caller, err
}

// Close lets go of Redis.
func (c *Cache) Close() error {
	if c.redis == nil {
		return nil
	}
	return c.redis.close()
}

// Caller is store.Caller from memory, for requests that only read. looked says that
// it came from the database just now. A key that has ended is never kept: it may go
// on reading for keptFor where nobody could tell of its end.
func (c *Cache) Caller(ctx context.Context, hash []byte) (caller store.Caller, looked bool, err error) {
	look := func(ctx context.Context) (store.Caller, time.Time, error) {
		looked = true
		begun := time.Now()
		caller, err := c.store.Caller(ctx, hash)
		if err != nil {
			return caller, begun, err
		}
		c.clock.set(caller.ReadAt, begun)
		if caller.Ended {
			return caller, time.Time{}, nil
		}
		return caller, begun, nil
	}
	if c.off {
		caller, _, err = look(ctx)
		return caller, looked, err
	}
	caller, _, err = c.callers.get(ctx, [32]byte(hash), look)
	c.count("key", !looked)
	return caller, looked, err
}

// OldCaller is store.OldCaller from memory, for requests that only read.
func (c *Cache) OldCaller(ctx context.Context, keyID int64) (store.OldCaller, error) {
	look := func(ctx context.Context) (store.OldCaller, time.Time, error) {
		begun := time.Now()
		caller, err := c.store.OldCaller(ctx, keyID)
		return caller, begun, err
	}
	if c.off {
		caller, _, err := look(ctx)
		return caller, err
	}
	caller, _, err := c.old.get(ctx, keyID, look)
	return caller, err
}

// Balance is a customer's balance to be shown, and the moment as of which it stood
// so. It never decides whether money may move.
func (c *Cache) Balance(ctx context.Context, customerID int64) (billing.Balance, time.Time, error) {
	if c.off {
		begun := time.Now()
		b, err := c.BalanceNow(ctx, customerID)
		return b.Balance, begun, err
	}
	kept := true
	b, asOf, err := c.balances.get(ctx, customerID, func(ctx context.Context) (billing.Balance, time.Time, error) {
		kept = false
		return c.readBalance(ctx, customerID)
	})
	c.count("balance", kept)
	return b, asOf, err
}

// BalanceNow is a customer's balance as it stands now, to be shown. Those that are
// asked for together are read together; it waits for no lock.
func (c *Cache) BalanceNow(ctx context.Context, customerID int64) (store.DatedBalance, error) {
	b, found, err := c.accounts.get(ctx, customerID)
	if err == nil && !found {
		err = fmt.Errorf("balance of customer %d: %w", customerID, billing.ErrNotFound)
	}
	return b, err
}

func (c *Cache) count(what string, kept bool) {
	if c.looked != nil {
		c.looked(what, kept)
	}
}

// readBalance takes what another instance read, if it is as young as what we would
// keep ourselves and no change was heard since, and else reads and shares it.
func (c *Cache) readBalance(ctx context.Context, customerID int64) (billing.Balance, time.Time, error) {
	if found, ok := c.redis.balance(ctx, customerID); ok {
		asOf, known := c.clock.earliest(found.ReadAt)
		if known && young(asOf) && asOf.After(c.heard.last(customerID)) {
			return found.Balance, asOf, nil
		}
	}
	begun := time.Now()
	b, err := c.BalanceNow(ctx, customerID)
	if err != nil {
		return b.Balance, begun, err
	}
	c.clock.set(b.ReadAt, begun)
	c.redis.keepBalance(ctx, b)
	return b.Balance, begun, nil
}

// hear forgets what a change concerns. It asks nobody: it is called between a commit
// and its answer.
func (c *Cache) hear(change store.Change) {
	switch {
	case change.Lost || change.CustomerID == 0:
		c.heard.everything()
		c.balances.drop(func(int64, billing.Balance) bool { return true })
		c.callers.drop(func([32]byte, store.Caller) bool { return true })
		c.old.drop(func(int64, store.OldCaller) bool { return true })
		return
	case change.TopUpID == (billing.TopUpID{}): // an adjustment, or its terms, limits, keys
		c.callers.drop(func(_ [32]byte, k store.Caller) bool { return k.CustomerID == change.CustomerID })
		c.old.drop(func(_ int64, k store.OldCaller) bool { return k.CustomerID == change.CustomerID })
	}
	c.heard.one(change.CustomerID)
	c.balances.dropOne(change.CustomerID)
}

// TakeTurn is store.TakeTurn, counted in Redis while it is there. Who was away from
// Redis, or comes back to it, finds every quota used up: what was counted elsewhere
// is not known, so limits may be stricter for a while and never vanish.
func (c *Cache) TakeTurn(ctx context.Context, l store.Limited) ([]store.Turn, error) {
	if turns, ok := c.redis.turns(ctx, l, true); ok {
		return turns, nil
	}
	l.CountedFor = c.redis.awayFor()
	return c.store.TakeTurn(ctx, l)
}

// Turns is store.Turns, by whoever counts now.
func (c *Cache) Turns(ctx context.Context, l store.Limited) ([]store.Turn, error) {
	if turns, ok := c.redis.turns(ctx, l, false); ok {
		return turns, nil
	}
	return c.store.Turns(ctx, l)
}

// RedisState says how the Redis of REDIS_URL does.
type RedisState string

// The states. Whatever it is, everything goes on.
const (
	RedisNone RedisState = ""
	RedisOK   RedisState = "ok"
	RedisAway RedisState = "away"
)

// Redis says how the shared cache does.
func (c *Cache) Redis() RedisState {
	switch {
	case c.redis == nil:
		return RedisNone
	case c.redis.up():
		return RedisOK
	}
	return RedisAway
}
