package topup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

var discard = slog.New(slog.DiscardHandler)

type providerFunc func(context.Context, billing.Send) billing.Answer

func (f providerFunc) TopUp(ctx context.Context, s billing.Send) billing.Answer { return f(ctx, s) }

func answers(outcome billing.Outcome) providerFunc {
	return func(context.Context, billing.Send) billing.Answer {
		return billing.Answer{Outcome: outcome, Reason: "said " + string(outcome), ProviderTransactionID: "LT1", CarrierTransactionID: "V1"}
	}
}

// start runs an engine until the test ends.
func start(t *testing.T, s *store.Store, url string, p Provider, change ...func(*Options)) *Engine {
	t.Helper()
	o := Options{
		ListenURL: url, Concurrency: 20, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true,
	}
	for _, c := range change {
		c(&o)
	}
	e := New(s, p, discard, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		e.Stop()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return e
}

func order(c billing.Customer, reference string) billing.Order {
	return billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50")}
}

func accept(t *testing.T, e *Engine, o billing.Order) billing.TopUp {
	t.Helper()
	topUp, _, err := e.Accept(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return topUp
}

func wait(t *testing.T, e *Engine, topUp billing.TopUp) billing.TopUp {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	topUp, err := e.Wait(ctx, topUp)
	if err != nil {
		t.Fatal(err)
	}
	return topUp
}

// 50 MXN at 18 cost 2.7778 USD.
func TestAnOutcomeMovesTheTopUpAndTheMoneyTogether(t *testing.T) {
	t.Parallel()
	tests := []struct {
		outcome      billing.Outcome
		status       billing.Status
		posted, held string
		kinds        []billing.EntryKind
	}{
		{billing.OutcomeDelivered, billing.StatusSucceeded, "7.2222", "0", []billing.EntryKind{"hold", "capture", "cost"}},
		{billing.OutcomeRefused, billing.StatusFailed, "10", "0", []billing.EntryKind{"hold", "release"}},
		{billing.OutcomeUnknown, billing.StatusUnknown, "10", "2.7778", []billing.EntryKind{"hold"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.outcome), func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			e := start(t, s, url, answers(tt.outcome))
			c := storetest.Customer(t, s, "10")
			topUp := wait(t, e, accept(t, e, order(c, "r1")))
			if topUp.Status != tt.status || topUp.ProviderTransactionID != "LT1" || topUp.CarrierTransactionID != "V1" {
				t.Errorf("got %+v, want status %s", topUp, tt.status)
			}
			b := storetest.Balance(t, s, c.ID)
			if b.Posted.Cmp(billing.MustUSD(tt.posted)) != 0 || b.Held.Cmp(billing.MustUSD(tt.held)) != 0 {
				t.Errorf("balance %s, held %s; want %s and %s", b.Posted, b.Held, tt.posted, tt.held)
			}
			entries, err := s.TopUpEntries(t.Context(), topUp.ID)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []billing.EntryKind
			for _, entry := range entries {
				kinds = append(kinds, entry.Kind)
			}
			if fmt.Sprint(kinds) != fmt.Sprint(tt.kinds) {
				t.Errorf("entries %v, want %v", kinds, tt.kinds)
			}
		})
	}
}

func TestFiftyAtOnceOnCreditForFiveDeliverExactlyFive(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var sent atomic.Int32
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		sent.Add(1)
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, s, "13.8890") // 5 × 2.7778
	var refused atomic.Int32
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			topUp, _, err := e.Accept(t.Context(), order(c, fmt.Sprintf("r%d", i)))
			if short := (billing.InsufficientBalanceError{}); errors.As(err, &short) {
				refused.Add(1)
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			if got := wait(t, e, topUp); got.Status != billing.StatusSucceeded {
				t.Errorf("got %s", got.Status)
			}
		})
	}
	wg.Wait()
	if sent.Load() != 5 || refused.Load() != 45 {
		t.Errorf("sent %d, refused %d; want 5 and 45", sent.Load(), refused.Load())
	}
	if b := storetest.Balance(t, s, c.ID); b.Available().Sign() != 0 || b.Held.Sign() != 0 {
		t.Errorf("available %s, held %s; want nothing", b.Available(), b.Held)
	}
}

func TestAReferenceIsOneTopUpHoweverOftenItIsOrderedAtOnce(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var sent atomic.Int32
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		sent.Add(1)
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, s, "2.7778") // for one
	ids := make([]billing.TopUpID, 100)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			topUp, _, err := e.Accept(t.Context(), order(c, "same"))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = wait(t, e, topUp).ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("two top-ups for one reference: %s and %s", id, ids[0])
		}
	}
	if sent.Load() != 1 {
		t.Errorf("sent %d times, want once", sent.Load())
	}
	other := order(c, "same")
	other.Amount = billing.MustMXN("60")
	if _, _, err := e.Accept(t.Context(), other); !errors.Is(err, billing.ErrReferenceReused) {
		t.Errorf("another amount under the same reference: got %v", err)
	}
}

func TestWhatWasCertainlyNotSentIsSentAgainWithTheSameID(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var mu sync.Mutex
	var ids []string
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, send.DistTransID)
		if len(ids) < 3 {
			return answers(billing.OutcomeNotSent)(ctx, send)
		}
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, s, "10")
	topUp := wait(t, e, accept(t, e, order(c, "r1")))
	if topUp.Status != billing.StatusSucceeded || topUp.Attempts != 3 || ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("got %s after %d attempts with ids %v", topUp.Status, topUp.Attempts, ids)
	}
}

func TestWhatCannotBeSentWithinTheRetryWindowFailsAndIsGivenBack(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	e := start(t, s, url, answers(billing.OutcomeNotSent), func(o *Options) { o.RetryWindow = time.Second })
	c := storetest.Customer(t, s, "10")
	topUp := wait(t, e, accept(t, e, order(c, "r1")))
	if topUp.Status != billing.StatusFailed || topUp.FailureCode != billing.FailureUnreachable {
		t.Errorf("got %s, %s", topUp.Status, topUp.FailureCode)
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.Cmp(billing.MustUSD("10")) != 0 {
		t.Errorf("balance %+v", b)
	}
}

func TestAnAttemptOfADeadInstanceBecomesUnknownAndIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	ctx := t.Context()
	idle := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	topUp := accept(t, idle, order(c, "r1"))
	err := s.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.StartAttempts(ctx, "an instance that was killed", topUp.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		t.Error("sent again")
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	topUp = wait(t, e, topUp)
	if topUp.Status != billing.StatusUnknown {
		t.Errorf("got %s, want unknown", topUp.Status)
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Cmp(billing.MustUSD("2.7778")) != 0 {
		t.Errorf("held %s: an unknown keeps its hold", b.Held)
	}
}

func TestAnOpenTopUpWithoutAJobIsQueuedAgain(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	idle := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	topUp := accept(t, idle, order(c, "r1"))
	s.DB().MustExecContext(t.Context(), `DELETE FROM river_job`)
	e := start(t, s, url, answers(billing.OutcomeDelivered))
	if topUp = wait(t, e, topUp); topUp.Status != billing.StatusSucceeded {
		t.Errorf("got %s", topUp.Status)
	}
}

func TestLastNightsOrdersExpire(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	c := storetest.Customer(t, s, "10")
	idle := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	topUp := accept(t, idle, order(c, "r1"))
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE topups DISABLE TRIGGER topups_legal_move`)
	s.DB().MustExecContext(t.Context(), `UPDATE topups SET created_at = now() - interval '16 minutes'`)
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE topups ENABLE TRIGGER topups_legal_move`)
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		t.Error("sent")
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	topUp = wait(t, e, topUp)
	if topUp.Status != billing.StatusFailed || topUp.FailureCode != billing.FailureExpired {
		t.Errorf("got %s, %s", topUp.Status, topUp.FailureCode)
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 {
		t.Errorf("held %s", b.Held)
	}
}
