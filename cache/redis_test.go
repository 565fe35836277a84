package cache_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/cache/redistest"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// eventually repeats until fn finds nothing wrong.
func eventually(t *testing.T, fn func() error) {
	t.Helper()
	err := fn()
	for enough := time.Now().Add(patience); err != nil && time.Now().Before(enough); err = fn() {
		<-time.After(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (i instance) is(t *testing.T, want cache.RedisState) {
	t.Helper()
	eventually(t, func() error {
		if is := i.Redis(); is != want {
			return fmt.Errorf("Redis is %q, not %q", is, want)
		}
		return nil
	})
}

// found is the one key in Redis with a word in its name.
func found(t *testing.T, client *redis.Client, word string) (name string) {
	t.Helper()
	eventually(t, func() error {
		names, err := client.Keys(t.Context(), "latcom-billing:*"+word+"*").Result()
		if err == nil && len(names) != 1 {
			err = fmt.Errorf("%d keys of %s", len(names), word)
		}
		if err == nil {
			name = names[0]
		}
		return err
	})
	return name
}

func TestInstancesShareBalancesThatAreYoungAndNothingElse(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one, other := newInstance(t, url, server.URL, false), newInstance(t, url, server.URL, false)
	one.is(t, cache.RedisOK)
	other.is(t, cache.RedisOK)
	client := server.Client()

	name := ""
	eventually(t, func() error { // it is gone soon
		one.available(t, c.ID)
		names, err := client.Keys(t.Context(), "latcom-billing:*:balance:*").Result()
		if err == nil && len(names) != 1 {
			err = fmt.Errorf("%d balances in Redis", len(names))
		}
		if err == nil {
			name = names[0]
		}
		return err
	})
	// What another one shared is told by a balance that the database does not have.
	share := func(age time.Duration) {
		now, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(map[string]any{"read_at": now.Add(-age), "balance": "77", "held": "0", "credit_limit": "0"})
		if err := client.Set(t.Context(), name, text, time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, func() error {
		other.available(t, c.ID) // reads the database at times, and learns its clock
		share(50 * time.Millisecond)
		if got := other.available(t, c.ID); got != "77.0000" {
			return fmt.Errorf("what is in Redis is not used: %s", got)
		}
		return nil
	})
	shared := time.Now()
	share(time.Second)
	other.becomes(t, c.ID, "10.0000", shared)
	share(-time.Hour)
	for range 20 {
		if got := other.available(t, c.ID); got != "10.0000" {
			t.Fatalf("what was read in the future is used: %s", got)
		}
	}
	raise(t, other.store, c.ID, "1")
	share(50 * time.Millisecond) // may have been read before or after
	if err := client.Set(t.Context(), name, "no balance", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if got := other.available(t, c.ID); got != "11.0000" {
		t.Errorf("after nonsense in Redis: %s", got)
	}
}

func TestABalanceThatWasReadBeforeAChangeWasHeardIsNotTakenFromRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one, other := newInstance(t, url, server.URL, false), newInstance(t, url, server.URL, false)
	for i := range 50 {
		one.available(t, c.ID) // shares what it read
		raise(t, other.store, c.ID, fmt.Sprint(i+1))
		if got, want := other.available(t, c.ID), fmt.Sprintf("%d.0000", 11+i); got != want {
			t.Fatalf("after its own commit: %s, not %s", got, want)
		}
	}
}

func TestARedisThatStoodStillOrDiedServesNothingOldAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one := newInstance(t, url, server.URL, false)
	one.is(t, cache.RedisOK)
	for i, trouble := range []struct{ begins, ends func() }{
		{server.Stop, server.Go}, {server.Kill, server.Again}, {server.Stop, server.Go},
	} {
		one.available(t, c.ID)
		trouble.begins()
		raise(t, s, c.ID, fmt.Sprint(3*i+1))
		one.becomes(t, c.ID, fmt.Sprintf("%d.0000", 10+3*i+1), time.Now())
		one.is(t, cache.RedisAway)
		raise(t, s, c.ID, fmt.Sprint(3*i+2))
		changed := time.Now()
		trouble.ends()
		one.becomes(t, c.ID, fmt.Sprintf("%d.0000", 10+3*i+2), changed)
		one.is(t, cache.RedisOK)
		raise(t, s, c.ID, fmt.Sprint(3*i+3))
		one.becomes(t, c.ID, fmt.Sprintf("%d.0000", 10+3*i+3), time.Now())
	}
}

// programs ask on several instances under a limit of which time gives nothing back
// while a test lasts: one request a minute, and burst at once.
type programs struct {
	t         *testing.T
	instances []instance
	limited   store.Limited
	begun     time.Time
	passed    int
}

func newPrograms(t *testing.T, s *store.Store, burst int, instances ...instance) *programs {
	t.Helper()
	c := storetest.Customer(t, s, "10")
	return &programs{t: t, instances: instances, limited: store.Limited{CustomerID: c.ID, Customer: billing.RequestLimit{PerMinute: 1, Burst: burst}}, begun: time.Now()}
}

// ask asks n times on each instance.
func (p *programs) ask(n int) (passed int) {
	p.t.Helper()
	for range n {
		for _, i := range p.instances {
			turns, err := i.TakeTurn(p.t.Context(), p.limited)
			if err != nil {
				p.t.Fatal(err)
			}
			if len(turns) != 1 {
				p.t.Fatalf("%d limits, not one: %+v", len(turns), turns)
			}
			if turns[0].Allowed {
				passed++
			}
		}
	}
	p.passed += passed
	if most := p.limited.Customer.Burst + int(time.Since(p.begun)/time.Minute); p.passed > most {
		p.t.Errorf("%d requests passed, not %d at most", p.passed, most)
	}
	return passed
}

// counted is a Redis that has been counting for long.
func counted(t *testing.T, server *redistest.Server, i instance) {
	t.Helper()
	i.is(t, cache.RedisOK)
	if _, err := i.Turns(t.Context(), store.Limited{CustomerID: 1, Customer: billing.RequestLimit{PerMinute: 1}}); err != nil {
		t.Fatal(err)
	}
	client := server.Client()
	if err := client.Set(t.Context(), found(t, client, "turns:since"), "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestALimitHoldsOverAllInstances(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, url := storetest.NewWithURL(t)
	one, other := newInstance(t, url, server.URL, false), newInstance(t, url, server.URL, false)
	counted(t, server, one)
	other.is(t, cache.RedisOK)
	p := newPrograms(t, s, 6, one, other)
	if passed := p.ask(5); passed < 6 {
		t.Errorf("%d of 10 passed, not 6", passed)
	}
	client := server.Client()
	found(t, client, "turns:customer")
	if under, err := s.TurnsUnderWay(t.Context()); err != nil || under {
		t.Errorf("the database counted as well: %t, %v", under, err)
	}
}

func TestNoLimitVanishesWhenRedisDiesStandsStillForgetsOrComesBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, url := storetest.NewWithURL(t)
	one, other := newInstance(t, url, server.URL, false), newInstance(t, url, server.URL, false)
	counted(t, server, one)
	p := newPrograms(t, s, 6, one, other)
	p.ask(1)
	for _, trouble := range []struct{ begins, ends func() }{{server.Kill, server.Again}, {server.Stop, server.Go}} {
		trouble.begins()
		p.ask(5)
		one.is(t, cache.RedisAway)
		other.is(t, cache.RedisAway)
		p.ask(5)
		trouble.ends()
		one.is(t, cache.RedisOK)
		p.ask(5)
		other.is(t, cache.RedisOK)
		p.ask(5)
	}
	client := server.Client()
	if err := client.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	p.ask(5)
	late := newInstance(t, url, server.URL, false)
	p.instances = append(p.instances, late)
	p.ask(5)
}

func TestWithoutRedisLimitsComeBackByTheirOwnPace(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Kill()
	s, url := storetest.NewWithURL(t)
	one := newInstance(t, url, server.URL, false)
	if is := one.Redis(); is != cache.RedisAway {
		t.Fatalf("at the start Redis is %q", is)
	}
	p := newPrograms(t, s, 100, one)
	p.limited.Customer.PerMinute = 600 // one in 0.1 s
	eventually(t, func() error {
		turns, err := one.TakeTurn(t.Context(), p.limited)
		if err == nil && !turns[0].Allowed {
			err = fmt.Errorf("refused: %+v", turns)
		}
		return err
	})
}

func TestWrongKeysAreCountedOverAllInstances(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	_, url := storetest.NewWithURL(t)
	one, other := newInstance(t, url, server.URL, false), newInstance(t, url, server.URL, false)
	one.is(t, cache.RedisOK)
	other.is(t, cache.RedisOK)
	for range 5 {
		one.WrongKey(t.Context(), "192.0.2.7", time.Hour)
	}
	if ahead := other.WrongKey(t.Context(), "192.0.2.7", 0); ahead > 5*time.Hour || ahead < 4*time.Hour {
		t.Errorf("five wrong keys of an hour each are forgotten in %v", ahead)
	}
	if ahead := other.WrongKey(t.Context(), "192.0.2.8", 0); ahead != 0 {
		t.Errorf("of another network: %v", ahead)
	}
}

func TestItIsSaidOnceThatRedisIsAwayAndOnceThatItIsBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, _ := storetest.NewWithURL(t)
	var log journal
	c, err := cache.Open(t.Context(), s, cache.Options{RedisURL: server.URL, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	one := instance{c, s}
	one.is(t, cache.RedisOK)
	server.Stop()
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() { one.WrongKey(context.Background(), fmt.Sprint(n), time.Hour) })
	}
	wg.Wait()
	one.is(t, cache.RedisAway)
	server.Go()
	one.is(t, cache.RedisOK)
	if said := log.String(); strings.Count(said, "Redis is away") != 1 || strings.Count(said, "Redis is there") != 1 {
		t.Errorf("it was said:\n%s", said)
	}
}
