package cache_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// patience is for what happens by itself, however busy the machine is.
const patience = time.Minute

// instance is one process of several on a database: with connections, a cache and,
// if it listens, ears of its own.
type instance struct {
	*cache.Cache
	store *store.Store
}

func newInstance(t *testing.T, url, redisURL string, listens bool) instance {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, err := cache.Open(t.Context(), s, cache.Options{RedisURL: redisURL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if listens {
		ctx, hangUp := context.WithCancel(t.Context())
		over := make(chan error, 1)
		heard := make(chan struct{}, 100)
		go func() {
			over <- store.Listen(ctx, url, func(change store.Change) {
				s.Hear(change)
				heard <- struct{}{}
			})
		}()
		t.Cleanup(func() {
			hangUp()
			if err := <-over; err != nil {
				t.Error(err)
			}
		})
		select {
		case <-heard: // it listens
		case <-time.After(patience):
			t.Fatal("nobody listens")
		}
	}
	return instance{c, s}
}

func (i instance) available(t *testing.T, customerID int64) string {
	t.Helper()
	b, _, err := i.Balance(t.Context(), customerID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Available().String()
}

// raise gives a customer more credit, as the engine does: the change is announced.
func raise(t *testing.T, s *store.Store, customerID int64, limit string) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetCreditLimit(t.Context(), customerID, billing.MustUSD(limit)); err != nil {
			return err
		}
		return tx.Announce(t.Context(), store.Change{CustomerID: customerID})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// becomes waits until an instance answers a balance, and refuses that it answers
// another to who asked more than a second after the change.
func (i instance) becomes(t *testing.T, customerID int64, want string, changed time.Time) {
	t.Helper()
	for enough := changed.Add(patience); ; {
		asked := time.Now()
		got := i.available(t, customerID)
		if got == want {
			return
		}
		if asked.Sub(changed) > time.Second {
			t.Fatalf("%v after the change the answer is still %s, not %s", asked.Sub(changed), got, want)
		}
		if asked.After(enough) {
			t.Fatal("it never becomes so")
		}
	}
}

func TestABalanceIsNeverOlderThanASecondThoughNobodyHearsOfItsChange(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	deaf := newInstance(t, url, "", false)
	for _, step := range []struct{ limit, want string }{{"5", "15.0000"}, {"6", "16.0000"}, {"0", "10.0000"}} {
		deaf.available(t, c.ID) // is kept now
		raise(t, s, c.ID, step.limit)
		deaf.becomes(t, c.ID, step.want, time.Now())
	}
}

func TestAnInstanceAnswersItsOwnCommitAtOnce(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one := newInstance(t, url, "", false)
	for _, step := range []struct{ limit, want string }{{"5", "15.0000"}, {"6", "16.0000"}, {"0", "10.0000"}} {
		one.available(t, c.ID)
		raise(t, one.store, c.ID, step.limit)
		if got := one.available(t, c.ID); got != step.want {
			t.Errorf("after its own commit: %s, not %s", got, step.want)
		}
	}
}

func TestAnInstanceThatListensHearsOfTheOthersChanges(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one, other := newInstance(t, url, "", true), newInstance(t, url, "", true)
	other.available(t, c.ID)
	raise(t, one.store, c.ID, "5")
	other.becomes(t, c.ID, "15.0000", time.Now())
}

func TestManyWhoAskAtOnceCostOneLook(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	one := newInstance(t, url, "", false)
	var asOf time.Time
	looks := 0
	for range 1000 {
		_, at, err := one.Balance(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if at != asOf {
			asOf, looks = at, looks+1
		}
	}
	if looks > 500 { // on a machine at rest it is one
		t.Errorf("1000 questions were %d looks", looks)
	}
}

func TestAKeyThatEndedOpensNothingAnyMore(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	secret, hint := billing.NewSecretKey()
	hash := billing.HashSecret(secret)
	var id int64
	err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.InsertAPIKey(t.Context(), c.ID, "test", hint, hash)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	deaf := newInstance(t, url, "", false)
	if k, _, err := deaf.Caller(t.Context(), hash); err != nil || k.Ended || k.CustomerID != c.ID {
		t.Fatalf("the key: %+v, %v", k, err)
	}
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.EndAPIKey(t.Context(), id, 0) }); err != nil {
		t.Fatal(err)
	}
	for ended := time.Now(); ; {
		asked := time.Now()
		k, _, err := deaf.Caller(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		if k.Ended {
			break
		}
		if asked.Sub(ended) > time.Second {
			t.Fatalf("it still opens %v after its end", asked.Sub(ended))
		}
	}
	if k, looked, err := deaf.Caller(t.Context(), hash); err != nil || !k.Ended || !looked {
		t.Errorf("the end of a key was kept: %+v, %t, %v", k, looked, err)
	}
}

func TestAWrongAddressOfARedisIsRefusedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for address, right := range map[string]bool{
		"": true, "redis://127.0.0.1:6379": true, "rediss://user:password@redis.example:6380/2": true,
		"redis://user:hunter2@127.0.0.1:port": false, "http://hunter2": false, "127.0.0.1:6379": false,
	} {
		err := cache.CheckURL(address)
		if (err == nil) != right {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && err.Error() != "it is not an address of a Redis" {
			t.Errorf("%q: %v", address, err)
		}
	}
}
