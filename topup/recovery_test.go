package topup

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// counting delivers, and counts what was sent by its id.
type counting struct {
	mu    sync.Mutex
	sent  map[string]int
	pause time.Duration
}

func (p *counting) TopUp(ctx context.Context, send billing.Send) billing.Answer {
	p.mu.Lock()
	if p.sent == nil {
		p.sent = map[string]int{}
	}
	p.sent[send.DistTransID]++
	p.mu.Unlock()
	<-time.After(p.pause)
	return answers(billing.OutcomeDelivered)(ctx, send)
}

// times is how often one top-up was sent, and how many were.
func (p *counting) times(t billing.TopUp) (this, all int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent[t.DistTransID], len(p.sent)
}

func TestAWorkerThatPanicsLeavesAnUnknownAndNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var sent atomic.Int32
	e := start(t, s, url, providerFunc(func(context.Context, billing.Send) billing.Answer {
		sent.Add(1)
		panic("a defect")
	}))
	c := storetest.Customer(t, s, "10")
	if got := wait(t, e, accept(t, e, order(c, "r1"))); got.Status != billing.StatusUnknown || sent.Load() != 1 {
		t.Errorf("got %s, sent %d times", got.Status, sent.Load())
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.String() != "2.7778" {
		t.Errorf("held %s", b.Held)
	}
}

// The process dies at each point of a top-up's way; another one takes it up.
func TestACrashAtAnyPointEndsRight(t *testing.T) {
	t.Parallel()
	tests := []struct {
		point string
		crash func(t *testing.T, s *store.Store, c billing.Customer) billing.TopUp
		want  billing.Status
		sent  int // by the instance that takes it up
	}{
		{"after the hold", func(t *testing.T, s *store.Store, c billing.Customer) billing.TopUp {
			t.Helper()
			return queueByHand(t, s, order(c, "r1"))
		}, billing.StatusSucceeded, 1},
		{"after its job was fetched", func(t *testing.T, s *store.Store, c billing.Customer) billing.TopUp {
			t.Helper()
			topUp := queueByHand(t, s, order(c, "r1"))
			s.DB().MustExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = '{dead}'`)
			return topUp
		}, billing.StatusSucceeded, 1},
		{"after the attempt was recorded, or in the middle of the request, or after the answer", func(t *testing.T, s *store.Store, c billing.Customer) billing.TopUp {
			t.Helper()
			topUp := queueByHand(t, s, order(c, "r1"), "dead")
			s.DB().MustExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = '{dead}'`)
			return topUp
		}, billing.StatusUnknown, 0},
		{"before a back-off was over", func(t *testing.T, s *store.Store, c billing.Customer) billing.TopUp {
			t.Helper()
			e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), RetryWindow: time.Minute})
			topUp := settled(t, e, order(c, "r1"), billing.Answer{Outcome: billing.OutcomeNotSent, Row: "transport.refused"})
			s.DB().MustExecContext(t.Context(), `UPDATE river_job SET scheduled_at = now() + interval '500 milliseconds'`)
			return topUp
		}, billing.StatusSucceeded, 1},
	}
	for _, tt := range tests {
		t.Run(tt.point, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			c := storetest.Customer(t, s, "10")
			topUp := tt.crash(t, s, c)
			provider := &counting{}
			e := start(t, s, url, provider)
			if got := wait(t, e, topUp); got.Status != tt.want {
				t.Errorf("got %s", got.Status)
			}
			if sent, _ := provider.times(topUp); sent != tt.sent {
				t.Errorf("sent %d times, want %d", sent, tt.sent)
			}
		})
	}
}

// Before the hold commits there is nothing: no top-up, no hold, no job.
func TestACrashBeforeTheHoldCommitsLeavesNothing(t *testing.T) {
	t.Parallel()
	s, direct, w := wired(t)
	c := storetest.Customer(t, direct, "10")
	e := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	tx := direct.DB().MustBegin() // keeps the order waiting for its balance
	tx.MustExecContext(t.Context(), `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, c.ID)
	ended := make(chan error, 1)
	go func() {
		_, _, err := e.Accept(t.Context(), order(c, "r1"))
		ended <- err
	}()
	eventually(t, func() bool { return waitsForALock(t, direct) })
	w.Cut()
	if err := <-ended; err == nil || !store.Away(err) {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return !waitsForALock(t, direct) })
	if b := storetest.Balance(t, direct, c.ID); b.Held.Sign() != 0 {
		t.Errorf("held %s", b.Held)
	}
	w.Mend()
	if _, replayed, err := e.Accept(t.Context(), order(c, "r1")); err != nil || replayed {
		t.Errorf("the same reference again: %v, %v", replayed, err)
	}
}

func waitsForALock(t *testing.T, s *store.Store) bool {
	t.Helper()
	var n int
	if err := s.DB().GetContext(t.Context(), &n, `
		SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`); err != nil {
		t.Fatal(err)
	}
	return n > 0
}

// The answer came, and the database was away until others had given the instance
// up: what was declared unknown is settled by the answer, which is evidence.
func TestAnAnswerThatCouldNotBeWrittenSettlesWhatOthersDeclaredUnknown(t *testing.T) {
	t.Parallel()
	s, direct, w := wired(t)
	reached, answer := make(chan struct{}), make(chan struct{})
	e := start(t, s, w.URL, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(reached)
		<-answer
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, direct, "10")
	topUp := accept(t, e, order(c, "r1"))
	<-reached
	w.Cut()
	close(answer)
	direct.DB().MustExecContext(t.Context(), `UPDATE instances SET seen_at = now() - interval '1 minute'`)
	other := New(direct, nil, discard, Options{})
	if err := other.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := direct.TopUp(t.Context(), topUp.ID, 0); err != nil || got.Status != billing.StatusUnknown {
		t.Fatalf("got %s, %v", got.Status, err)
	}
	w.Mend()
	eventually(t, func() bool {
		got, err := direct.TopUp(t.Context(), topUp.ID, 0)
		return err == nil && got.Status == billing.StatusSucceeded
	})
	if b := storetest.Balance(t, direct, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "7.2222" {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
}

// The database goes and comes while orders come in and go out: what was accepted
// is sent once and ends, what was refused is nothing.
func TestADatabaseThatComesAndGoesLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	s, direct, w := wired(t)
	provider := &counting{pause: 20 * time.Millisecond}
	e := start(t, s, w.URL, provider)
	c := storetest.Customer(t, direct, "1000")
	var accepted sync.Map // reference → top-up
	var wg sync.WaitGroup
	over := make(chan struct{})
	for i := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-over:
					return
				default:
				}
				reference := fmt.Sprintf("r%d.%d", i, n)
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				topUp, _, err := e.Accept(ctx, order(c, reference))
				cancel()
				if err == nil {
					accepted.Store(reference, topUp)
				}
			}
		})
	}
	for _, takeAway := range []func(){w.Cut, w.Freeze, w.Cut, w.Freeze, w.Cut} {
		_, before := provider.times(billing.TopUp{})
		eventually(t, func() bool { _, all := provider.times(billing.TopUp{}); return all > before+5 })
		takeAway()
		<-time.After(300 * time.Millisecond)
		w.Mend()
	}
	close(over)
	wg.Wait()
	eventually(t, func() bool {
		var open int
		err := direct.DB().GetContext(t.Context(), &open, `SELECT count(*) FROM topups WHERE status IN ('queued', 'sending')`)
		return err == nil && open == 0
	})
	checkAccepted(t, direct, provider, &accepted, c)
}

func checkAccepted(t *testing.T, s *store.Store, provider *counting, accepted *sync.Map, c billing.Customer) {
	t.Helper()
	count, delivered, price := 0, 0, billing.MustUSD("0")
	all, err := s.TopUps(t.Context(), billing.TopUpFilter{}, billing.PageRequest{Limit: 100_000})
	if err != nil || all.HasOlder {
		t.Fatal(err)
	}
	for _, topUp := range all.TopUps {
		count++
		sent, _ := provider.times(topUp)
		switch topUp.Status {
		case billing.StatusSucceeded:
			delivered++
			price = price.Add(topUp.Price)
			if sent != 1 {
				t.Errorf("%s was delivered and sent %d times", topUp.Reference, sent)
			}
		default:
			t.Errorf("%s ended as %s (%s), sent %d times", topUp.Reference, topUp.Status, topUp.FailureReason, sent)
		}
	}
	accepted.Range(func(_, value any) bool {
		topUp, _ := value.(billing.TopUp)
		if latest, err := s.TopUp(t.Context(), topUp.ID, 0); err != nil || !latest.Status.Final() {
			t.Errorf("accepted, and then: %v, %v", latest.Status, err)
		}
		return true
	})
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.Cmp(billing.MustUSD("1000").Sub(price)) != 0 {
		t.Errorf("balance %s, held %s, delivered for %s", b.Posted, b.Held, price)
	}
	if _, all := provider.times(billing.TopUp{}); all != delivered {
		t.Errorf("%d sent, %d delivered of %d", all, delivered, count)
	}
}
