package cache

// Redis: what instances share. It is asked with little patience; at its first
// failure everybody here goes on without it, and somebody looks whether it is back.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	askLimit  = 150 * time.Millisecond // one question to Redis may take
	lookEvery = 500 * time.Millisecond // whether it is there
	backAfter = 3                      // good answers in a row, of one that was away
	// settling is how long after a return nothing of any quota is given: by then
	// every other instance has come back as well, and counts here.
	settling = 2 * time.Second
)

// CheckURL says what is wrong with an address of a Redis; with none, nothing is.
func CheckURL(address string) error {
	if address == "" {
		return nil
	}
	if _, err := redis.ParseURL(address); err != nil {
		return errors.New("it is not an address of a Redis") // the parser's words repeat the password
	}
	return nil
}

// shared is the part of a Redis that belongs to one database. A nil one is none.
type shared struct {
	client   *redis.Client
	space    string // what all names begin with
	counting func(context.Context) (bool, error)
	log      *slog.Logger
	hangUp   context.CancelFunc
	gone     chan struct{} // closed when nobody looks any more

	mu   sync.Mutex
	away *time.Time // since when; nil: it is there
}

// openShared connects, if Redis is there. counting says whether requests were counted
// in the database lately.
func openShared(ctx context.Context, address, space string, counting func(context.Context) (bool, error), log *slog.Logger) (*shared, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, CheckURL(address)
	}
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = askLimit, askLimit, askLimit, askLimit
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	redis.SetLogger(quiet{})
	began := time.Now()
	s := &shared{
		client: redis.NewClient(o), space: "latcom-billing:{" + space + "}:", counting: counting, log: log,
		gone: make(chan struct{}), away: &began,
	}
	if err := s.begin(ctx); err != nil {
		log.WarnContext(ctx, "Redis is away; balances and limits go through the database until it is there", "error", err)
	}
	looking, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	s.hangUp = hangUp
	go s.lookAfter(looking)
	return s, nil
}

func (s *shared) close() error {
	s.hangUp()
	<-s.gone
	if err := s.client.Close(); err != nil {
		return fmt.Errorf("close the connections to Redis: %w", err)
	}
	return nil
}

// up says whether Redis is asked at present.
func (s *shared) up() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away == nil
}

// awayFor is how long Redis has been away; nil: there is none.
func (s *shared) awayFor() *time.Duration {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var since time.Duration // came back just now: nothing was counted in the database yet
	if s.away != nil {
		since = time.Since(*s.away)
	}
	return &since
}

// ask puts one question to Redis. Whoever asks may go away: that says nothing about
// Redis, so its context does not count.
func (s *shared) ask(ctx context.Context, question func(context.Context) error) bool {
	if !s.up() {
		return false
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), askLimit)
	defer cancel()
	err := question(limited)
	if errors.Is(err, redis.Nil) {
		return false
	}
	if err != nil {
		s.lost(ctx, err)
		return false
	}
	return true
}

// lost goes on without Redis, and says so once.
func (s *shared) lost(ctx context.Context, err error) {
	s.mu.Lock()
	first := s.away == nil
	if first {
		now := time.Now()
		s.away = &now
	}
	s.mu.Unlock()
	if first {
		s.log.WarnContext(ctx, "Redis is away; balances and limits go through the database until it is back", "error", err)
	}
}

// lookAfter finds out that Redis went away though nobody asked it, and that it is
// back.
func (s *shared) lookAfter(ctx context.Context) {
	defer close(s.gone)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for good := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.up() {
			good = 0
			s.ask(ctx, s.ping)
			continue
		}
		if !s.answers(ctx) {
			good = 0
			continue
		}
		if good++; good < backAfter {
			continue
		}
		if err := s.comeBack(ctx); err == nil {
			s.log.InfoContext(ctx, "Redis is there; balances and limits are shared again")
		}
	}
}

func (s *shared) ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

func (s *shared) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	return s.ping(ctx) == nil
}

// begin uses Redis from the start of this process on. If the database counted
// requests lately, Redis was away for the others or for the process before: then it
// is as with a return.
func (s *shared) begin(ctx context.Context) error {
	counted, err := s.counting(ctx)
	if err != nil {
		return err
	}
	if counted {
		return s.comeBack(ctx)
	}
	if !s.answers(ctx) {
		return errors.New("it does not answer")
	}
	s.found()
	return nil
}

// comeBack uses Redis from now on. What was counted in the database meanwhile is not
// known to it, so it is told that every quota is used up.
func (s *shared) comeBack(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	if err := s.useUp(ctx); err != nil {
		return err
	}
	s.found()
	return nil
}

func (s *shared) found() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = nil
}

// quiet leaves the log to us: the driver would say each of its troubles.
type quiet struct{}

// Printf says nothing.
func (quiet) Printf(context.Context, string, ...any) {}
