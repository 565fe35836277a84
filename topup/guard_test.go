package topup

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// guarded is a customer with a guard of five minutes, and an engine that sends nothing.
func guarded(t *testing.T) (*store.Store, *Engine, billing.Customer) {
	t.Helper()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "1000")
	s.DB().MustExecContext(t.Context(), `UPDATE customers SET guard_minutes = 5 WHERE id = $1`, c.ID)
	return s, New(s, nil, discard, Options{Concurrency: 20, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")}), c
}

// asked is the guard's answer to an order; nil when it was taken.
func asked(t *testing.T, e *Engine, o billing.Order) *billing.RecentlyToppedUpError {
	t.Helper()
	_, _, err := e.Accept(t.Context(), o)
	recent := billing.RecentlyToppedUpError{}
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &recent):
		t.Fatal(err)
	}
	return &recent
}

func TestOfTwentyAtOnceForOnePhoneAndAmountExactlyOneIsTaken(t *testing.T) {
	t.Parallel()
	_, e, c := guarded(t)
	var taken atomic.Int64
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if asked(t, e, order(c, fmt.Sprintf("r%d", i))) == nil {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("%d were taken", taken.Load())
	}
}

func TestAnOverrideHoldsOnceForItsOrderAlone(t *testing.T) {
	t.Parallel()
	s, e, c := guarded(t)
	first := accept(t, e, order(c, "first"))
	refused := asked(t, e, order(c, "second"))
	if refused == nil || refused.Earlier.ID != first.ID || refused.Override == "" {
		t.Fatalf("refused: %+v", refused)
	}
	with := func(reference, override string, change func(*billing.Order)) billing.Order {
		o := order(c, reference)
		o.Override = override
		change(&o)
		return o
	}
	same := func(*billing.Order) {}
	other := storetest.Customer(t, s, "100")
	s.DB().MustExecContext(t.Context(), `UPDATE customers SET guard_minutes = 5`)
	for what, change := range map[string]func(*billing.Order){
		"another amount":   func(o *billing.Order) { o.Amount = billing.MustMXN("60") },
		"another phone":    func(o *billing.Order) { o.Phone = "+525512345679" },
		"another customer": func(o *billing.Order) { o.CustomerID = other.ID },
	} {
		accept(t, e, with(what, "", change))
		if asked(t, e, with(what+" again", refused.Override, change)) == nil {
			t.Errorf("%s: the override held", what)
		}
	}
	if asked(t, e, with("made up", "ovr_MADEUP", same)) == nil {
		t.Error("an override that nobody offered held")
	}
	var taken atomic.Int64
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			if asked(t, e, with(fmt.Sprintf("meant-%d", i), refused.Override, same)) == nil {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("the override held %d times", taken.Load())
	}
	late := asked(t, e, order(c, "late"))
	s.DB().MustExecContext(t.Context(), `UPDATE guard_overrides SET expires_at = now() - interval '1 second'`)
	if asked(t, e, with("late", late.Override, same)) == nil {
		t.Error("an override held after its time")
	}
}

func TestTheGuardAsksOnlyWithinItsTimeAboutWhatDidNotFail(t *testing.T) {
	t.Parallel()
	s, e, c := guarded(t)
	first := accept(t, e, order(c, "first"))
	if got, replayed, err := e.Accept(t.Context(), order(c, "first")); err != nil || !replayed || got.ID != first.ID {
		t.Errorf("a replay: %v", err)
	}
	unguarded := order(c, "by hand")
	unguarded.Unguarded = true
	second := accept(t, e, unguarded)
	for _, id := range []billing.TopUpID{first.ID, second.ID} {
		if err := e.Cancel(t.Context(), billing.Actor{Kind: billing.ActorSystem, Name: "test"}, id); err != nil {
			t.Fatal(err)
		}
	}
	third := order(c, "after failures")
	if refused := asked(t, e, third); refused != nil {
		t.Errorf("what failed counts: %+v", refused)
	}
	if asked(t, e, order(c, "too soon")) == nil {
		t.Error("a double was taken")
	}
	found, err := s.TopUpByReference(t.Context(), c.ID, "after failures")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Age(t, s, found.ID, 6*time.Minute)
	if asked(t, e, order(c, "later")) != nil {
		t.Error("it asks after its time")
	}
}
