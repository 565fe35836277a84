package store_test

import (
	"context"
	"testing"
	"time"

	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestListeningEndsWhenItIsToldAlsoWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	for name, takeAway := range map[string]func(*storetest.Wire){
		"gone": (*storetest.Wire).Cut, "mute": (*storetest.Wire).Freeze, "there": func(*storetest.Wire) {},
	} {
		for _, when := range []string{"before", "after"} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				_, url := storetest.NewWithURL(t)
				w := storetest.NewWire(t, url)
				ctx, cancel := context.WithCancel(t.Context())
				heard := make(chan store.Change, 8)
				if when == "before" {
					takeAway(w)
				}
				ended := make(chan error, 1)
				go func() { ended <- store.Listen(ctx, w.URL, func(c store.Change) { heard <- c }) }()
				if when == "after" {
					<-heard // it listens
					takeAway(w)
				}
				cancel()
				select {
				case err := <-ended:
					if err != nil {
						t.Errorf("it ended with %v", err)
					}
				case <-time.After(10 * time.Second):
					t.Error("it did not end")
				}
			})
		}
	}
}
