package handlers

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func counting() (*shared[int64], *atomic.Int64) {
	var computed atomic.Int64
	return newShared(time.Second, func(context.Context) (int64, error) {
		<-time.After(50 * time.Millisecond)
		return computed.Add(1), nil
	}), &computed
}

func TestManyViewersCostOneComputation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, computed := counting()
		var viewers sync.WaitGroup
		for range 200 {
			viewers.Go(func() {
				if n, err := s.latest(t.Context()); n != 1 || err != nil {
					t.Errorf("got %d, %v", n, err)
				}
			})
		}
		viewers.Wait()
		if n := computed.Load(); n != 1 {
			t.Errorf("computed %d times", n)
		}
	})
}

func TestAHundredChangesASecondAreComputedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, computed := counting()
		begun := time.Now()
		var viewers sync.WaitGroup
		for range 10 {
			viewers.Go(func() {
				for time.Since(begun) < 5*time.Second {
					<-time.After(10 * time.Millisecond)
					changed := time.Now()
					if _, err := s.since(t.Context(), changed); err != nil {
						t.Error(err)
					}
					if _, _, seen := s.kept(changed); !seen {
						t.Error("a change is not seen")
					}
				}
			})
		}
		viewers.Wait()
		if n := computed.Load(); n < 5 || n > 7 {
			t.Errorf("computed %d times in %s", n, time.Since(begun))
		}
	})
}

func TestAPageIsNotKeptWaitingForTheSecondToPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := counting()
		if _, err := s.latest(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			asked := time.Now()
			if _, err := s.latest(t.Context()); err != nil || time.Since(asked) > 50*time.Millisecond {
				t.Errorf("answered after %s, %v", time.Since(asked), err)
			}
			<-time.After(300 * time.Millisecond)
		}
	})
}

func TestWhoLeavesEndsNobodysComputation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := counting()
		ctx, leave := context.WithCancel(t.Context())
		go s.latest(ctx) //nolint:errcheck // he does not wait for it
		synctest.Wait()
		leave()
		if n, err := s.latest(t.Context()); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
	})
}

func TestAnErrorIsSharedAndPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("the database is away")
		failing := true
		s := newShared(time.Second, func(context.Context) (int, error) {
			if failing {
				return 0, broken
			}
			return 7, nil
		})
		if _, err := s.latest(t.Context()); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		failing = false
		<-time.After(s.every + time.Millisecond)
		if n, err := s.latest(t.Context()); n != 7 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
}
