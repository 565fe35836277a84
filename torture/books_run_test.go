package torture

// The model test: thousands of histories, none of which may leave a difference.

import (
	"errors"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// workers is how many histories take place at once, each on a database of its own:
// much of their time is spent waiting.
const workers = 12

// seeds is where the seeds of a run begin: elsewhere each time, unless it is told.
func seeds(t testing.TB) (first uint64, count int) {
	t.Helper()
	if given := os.Getenv("TORTURE_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		must(t, err)
		return seed, 1
	}
	count = 300
	if given := os.Getenv("TORTURE_HISTORIES"); given != "" {
		n, err := strconv.Atoi(given)
		must(t, err)
		count = n
	}
	return uint64(time.Now().Unix()%1_000_000) * 1_000_000, count
}

func TestBooksHoldWhateverHappens(t *testing.T) {
	t.Parallel()
	first, count := seeds(t)
	counted := &tally{}
	begun := time.Now()
	if err := liveAll(t, counted, nil, first, count, workers); err != nil {
		t.Error(err)
	}
	took := time.Since(begun)
	t.Logf("%d histories in %s, %.1f a second; seeds from %d\n%s", counted.of("histories"), took.Round(time.Millisecond),
		float64(counted.of("histories"))/took.Seconds(), first, counted)
}

// liveAll lives through the histories of count seeds, some at once, until one goes
// wrong.
func liveAll(t *testing.T, counted *tally, p *plant, first uint64, count, atOnce int) error {
	var next atomic.Uint64
	var wrong atomic.Pointer[error]
	var wg sync.WaitGroup
	for range min(atOnce, count) {
		w := newWorld(t, counted, p)
		wg.Go(func() {
			for n := next.Add(1) - 1; n < uint64(count) && wrong.Load() == nil; n = next.Add(1) - 1 {
				if err := w.live(first + n); err != nil {
					wrong.CompareAndSwap(nil, &err)
					return
				}
				counted.add("histories")
			}
			if difference := w.verified(); difference != "" {
				err := errors.New("verify finds differences that the model did not:\n" + difference)
				wrong.CompareAndSwap(nil, &err)
			}
		})
	}
	wg.Wait()
	if err := wrong.Load(); err != nil {
		return *err
	}
	return nil
}
