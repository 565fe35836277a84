package topup

import (
	"context"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// wired opens a store through a wire that the test may cut.
func wired(t *testing.T) (through *store.Store, direct *store.Store, w *storetest.Wire) {
	t.Helper()
	direct, url := storetest.NewWithURL(t)
	w = storetest.NewWire(t, url)
	through, err := store.Open(t.Context(), store.Options{URL: w.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { through.Close() })
	return through, direct, w
}

func TestAnEngineThatStartsWhileTheDatabaseIsAwayWaitsForIt(t *testing.T) {
	t.Parallel()
	for name, takeAway := range map[string]func(*storetest.Wire){"gone": (*storetest.Wire).Cut, "mute": (*storetest.Wire).Freeze} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, direct, w := wired(t)
			takeAway(w)
			e := start(t, s, w.URL, answers(billing.OutcomeDelivered))
			w.Mend()
			eventually(t, func() bool {
				n, err := direct.LiveInstances(t.Context())
				return err == nil && n == 1
			})
			c := storetest.Customer(t, direct, "10")
			if got := wait(t, e, accept(t, e, order(c, "r1"))); got.Status != billing.StatusSucceeded {
				t.Errorf("got %s", got.Status)
			}
		})
	}
}

func TestAnEngineThatIsToldToStopWhileTheDatabaseIsAwayEnds(t *testing.T) {
	t.Parallel()
	for name, takeAway := range map[string]func(*storetest.Wire){"gone": (*storetest.Wire).Cut, "mute": (*storetest.Wire).Freeze} {
		for _, when := range []string{"at its start", "while it works"} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				s, direct, w := wired(t)
				if when == "at its start" {
					takeAway(w)
				}
				e := New(s, answers(billing.OutcomeDelivered), discard, Options{ListenURL: w.URL, Concurrency: 2, Work: true})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- e.Run(ctx, time.Second) }()
				if when == "while it works" {
					eventually(t, func() bool {
						n, err := direct.LiveInstances(t.Context())
						return err == nil && n == 1
					})
					takeAway(w)
				}
				cancel()
				select {
				case err := <-ended:
					if err != nil {
						t.Errorf("it ended with %v", err)
					}
				case <-time.After(40 * time.Second):
					t.Error("it did not end")
				}
			})
		}
	}
}
