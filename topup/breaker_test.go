package topup

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestWhatAnAnswerSaysAboutTheWayToLatcom(t *testing.T) {
	t.Parallel()
	tests := []struct {
		answer billing.Answer
		want   verdict
	}{
		{billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"}, saysWell},
		{billing.Answer{Outcome: billing.OutcomeUnknown, Row: "transport.timeout_after"}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "transport.refused"}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "login.failed"}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "login.refused"}, saysClosed},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "login.address_refused"}, saysClosed},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "answer.unauthorized_twice"}, saysClosed},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "answer.throttled"}, saysNothing},
		{billing.Answer{Outcome: billing.OutcomeRefused, Row: "answer.refused_product", Fault: billing.FaultUs}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeRefused, Row: "answer.refused_unlisted_number", Fault: billing.FaultNumber}, saysNothing},
		{billing.Answer{Outcome: billing.OutcomeRefused, Row: "answer.refused_unlisted", Fault: billing.FaultProvider}, saysNothing},
		{billing.Answer{Outcome: billing.OutcomeRefused, Row: "classified.refused.us#1", Fault: billing.FaultUs}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeRefused, Row: "classified.refused.number#1", Fault: billing.FaultNumber}, saysNothing},
		{billing.Answer{Outcome: billing.OutcomeUnknown, Row: "classified.unknown.number#1", Fault: billing.FaultNumber}, saysNothing},
		{billing.Answer{Outcome: billing.OutcomeUnknown, Row: "classified.unknown.provider#1", Fault: billing.FaultProvider}, saysBadly},
		{billing.Answer{Outcome: billing.OutcomeNotSent, Row: "transport.held_back", Fault: billing.FaultUs}, saysNothing},
		{paused, saysNothing},
		{lost, saysNothing},
	}
	for _, tt := range tests {
		if got := judge(tt.answer); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.answer.Row, got, tt.want)
		}
	}
}

func TestABreakerOpensAfterFiveFailuresRefusesBeforeAHoldAndClosesByOneOrder(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var hanging atomic.Bool
	hanging.Store(true)
	answered := make(chan struct{}) // closed when every order has had its answer
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		if hanging.Load() {
			return billing.Answer{Outcome: billing.OutcomeUnknown, Row: "transport.timeout_after", Reason: "no answer"}
		}
		<-answered
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, s, "100")
	for i := range store.TripAfter {
		if got := wait(t, e, accept(t, e, order(c, fmt.Sprintf("r%d", i)))); got.Status != billing.StatusUnknown {
			t.Fatalf("got %s", got.Status)
		}
	}
	eventually(t, func() bool { return e.Breaker().Open })
	_, _, err := e.Accept(t.Context(), order(c, "refused"))
	if refused := (billing.UnavailableError{}); !errors.As(err, &refused) || refused.RetryAfter < 1 {
		t.Fatalf("got %v, want unavailable", err)
	}
	held := billing.MustUSD("13.8890")
	if b := storetest.Balance(t, s, c.ID); b.Held.Cmp(held) != 0 {
		t.Errorf("held %s, want that of the five unknowns", b.Held)
	}

	// A replay is answered all the same.
	if _, replayed, err := e.Accept(t.Context(), order(c, "r0")); err != nil || !replayed {
		t.Errorf("replay: got %v, %v", replayed, err)
	}

	// Half open: of many at once exactly one goes through, and closes it.
	hanging.Store(false)
	s.DB().MustExecContext(t.Context(), `UPDATE breaker SET retry_at = now()`)
	eventually(t, func() bool { return e.Breaker().RetrySeconds <= 0 })
	var through atomic.Int32
	others := make([]*Engine, 8) // instances, so that they meet in the database
	for i := range others {
		others[i] = New(s, nil, discard, e.options)
		if err := others[i].lookAtBreaker(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Contend(t, s, len(others), `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, c.ID, func(i int) {
		_, _, err := others[i].Accept(t.Context(), order(c, fmt.Sprintf("probe%d", i)))
		if err == nil {
			through.Add(1)
		} else if refused := (billing.UnavailableError{}); !errors.As(err, &refused) {
			t.Error(err)
		}
	})
	close(answered)
	if through.Load() != 1 {
		t.Errorf("%d orders went through a half-open breaker, want 1", through.Load())
	}
	eventually(t, func() bool { return !e.Breaker().Open })
	if got := wait(t, e, accept(t, e, order(c, "after"))); got.Status != billing.StatusSucceeded {
		t.Errorf("got %s", got.Status)
	}
}

func TestARefusedLoginOpensTheBreakerAtOnceAndQueuedOrdersWait(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	var refusing atomic.Bool
	refusing.Store(true)
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		if refusing.Load() {
			return billing.Answer{Outcome: billing.OutcomeNotSent, Row: "login.address_refused", Fault: billing.FaultUs, Reason: "IP Address not authorized"}
		}
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, s, "100")
	topUp := accept(t, e, order(c, "r1"))
	eventually(t, func() bool { return e.Breaker().Open })
	refusing.Store(false)
	s.DB().MustExecContext(t.Context(), `UPDATE breaker SET retry_at = now()`)
	if got := wait(t, e, topUp); got.Status != billing.StatusSucceeded || got.Attempts != 2 {
		t.Errorf("got %s after %d attempts", got.Status, got.Attempts)
	}
}

// eventually waits for what another goroutine does at its next turn.
func eventually(t *testing.T, happened func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-deadline.C:
			t.Fatal("it did not happen within 20 s")
		case <-tick.C:
		}
	}
}
