package cache

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestWhoAsksWhileALookIsUnderWayIsGivenTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks, release := [][]string{}, make(chan struct{})
		r := &rounds[string, int]{read: func(_ context.Context, keys []string) (map[string]int, error) {
			slices.Sort(keys)
			looks = append(looks, keys)
			<-release
			found := map[string]int{}
			for _, key := range keys {
				if key != "nobody" {
					found[key] = len(looks)
				}
			}
			return found, nil
		}}
		var group sync.WaitGroup
		ask := func(key string, want int) {
			group.Go(func() {
				got, found, err := r.get(t.Context(), key)
				if err != nil || found != (want > 0) || got != want {
					t.Errorf("%s: %d, %v, %v, want %d", key, got, found, err, want)
				}
			})
			synctest.Wait()
		}
		ask("a", 1)
		ask("a", 2) // not the look that began before it asked
		ask("b", 2)
		ask("nobody", 0)
		release <- struct{}{}
		synctest.Wait()
		release <- struct{}{}
		group.Wait()
		synctest.Wait()
		if len(looks) != 2 || !slices.Equal(looks[1], []string{"a", "b", "nobody"}) || r.looking || r.next != nil {
			t.Errorf("looked for %v", looks)
		}
	})
}

func TestALookThatFailsOrPanicsKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	away := errors.New("away")
	for name, read := range map[string]func(context.Context, []string) (map[string]int, error){
		"fails":  func(context.Context, []string) (map[string]int, error) { return nil, away },
		"panics": func(context.Context, []string) (map[string]int, error) { panic("boom") },
	} {
		r := &rounds[string, int]{read: read}
		for range 2 {
			if _, found, err := r.get(t.Context(), "a"); err == nil || found {
				t.Errorf("a look that %s: %v", name, err)
			}
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	hangs := &rounds[string, int]{read: func(ctx context.Context, _ []string) (map[string]int, error) { <-ctx.Done(); return nil, ctx.Err() }}
	if _, _, err := hangs.get(gone, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait any more: %v", err)
	}
}
