package topup

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/store/verify"
)

// counts is a provider that delivers and counts.
func counts() (providerFunc, *atomic.Int32) {
	var asked atomic.Int32
	return func(ctx context.Context, send billing.Send) billing.Answer {
		asked.Add(1)
		return answers(billing.OutcomeDelivered)(ctx, send)
	}, &asked
}

// resting is an engine that accepts and does not work.
func resting(s *store.Store, change ...func(*Options)) *Engine {
	o := Options{Concurrency: 5, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")}
	for _, c := range change {
		c(&o)
	}
	return New(s, answers(billing.OutcomeDelivered), discard, o)
}

func holdBack(t *testing.T, e *Engine, s *store.Store, by billing.Actor, p billing.Pause) int64 {
	t.Helper()
	p.Reason = "Maintenance until 18:00"
	if err := e.Pause(t.Context(), by, p); err != nil {
		t.Fatal(err)
	}
	all, err := s.Pauses(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0].ID
}

func proven(t *testing.T, s *store.Store) {
	t.Helper()
	report, err := verify.Run(t.Context(), s.DB().DB)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Differences {
		if d.Rule != verify.RuleJob {
			t.Error(d)
		}
	}
}

const openRange = "TFE_MXN_20_TO_2000"

func TestAPauseRefusesWhatItConcernsBeforeAnythingIsHeld(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of      func(customer int64) billing.Pause
		refuses string // whose orders
	}{
		"everything":       {func(int64) billing.Pause { return billing.Pause{} }, "ours theirs"},
		"the product":      {func(int64) billing.Pause { return billing.Pause{Product: openRange} }, "ours theirs"},
		"another product":  {func(int64) billing.Pause { return billing.Pause{Product: "XOOM_50_MXN"} }, ""},
		"the customer":     {func(id int64) billing.Pause { return billing.Pause{CustomerID: id} }, "ours"},
		"nothing any more": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			e, ana := resting(s), storetest.Operator(t, s, "Ana", billing.RoleAdmin)
			ours, theirs := storetest.Customer(t, s, "10"), storetest.Customer(t, s, "10")
			before := accept(t, e, order(ours, "before"))
			if c.of != nil {
				holdBack(t, e, s, ana, c.of(ours.ID))
			} else if err := e.Resume(t.Context(), ana, holdBack(t, e, s, ana, billing.Pause{})); err != nil {
				t.Fatal(err)
			}
			for who, customer := range map[string]billing.Customer{"ours": ours, "theirs": theirs} {
				held := storetest.Balance(t, s, customer.ID).Held
				_, _, err := e.Accept(t.Context(), order(customer, "new"))
				var unavailable billing.UnavailableError
				refused := errors.As(err, &unavailable)
				if want := who == "ours" && c.refuses != "" || who == "theirs" && c.refuses == "ours theirs"; refused != want {
					t.Errorf("%s: %v", who, err)
				}
				if refused && (!unavailable.Paused || unavailable.Reason != "Maintenance until 18:00" || unavailable.RetryAfter <= 0) {
					t.Errorf("%s: %+v", who, unavailable)
				}
				if after := storetest.Balance(t, s, customer.ID).Held; refused && after.Cmp(held) != 0 {
					t.Errorf("%s: %s is held", who, after)
				}
			}
			if again, replayed, err := e.Accept(t.Context(), order(ours, "before")); err != nil || !replayed || again.ID != before.ID {
				t.Errorf("a replay: %v, %v", replayed, err)
			}
		})
	}
}

func TestWhatWasAcceptedWaitsForTheEndOfAPauseAndIsSentOnce(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	ana, c := storetest.Operator(t, s, "Ana", billing.RoleAdmin), storetest.Customer(t, s, "10")
	idle := resting(s)
	waits := accept(t, idle, order(c, "r1"))
	id := holdBack(t, idle, s, ana, billing.Pause{CustomerID: c.ID})
	provider, asked := counts()
	e := start(t, s, url, provider)
	for tries := 0; tries == 0; { // a worker had it in hand and gave it back
		if err := s.DB().GetContext(t.Context(), &tries, `SELECT count(*) FROM river_job WHERE state = 'available' AND scheduled_at > now()`); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Fatalf("sent %d times while paused", n)
	}
	if err := e.Resume(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, e, waits); got.Status != billing.StatusSucceeded || asked.Load() != 1 {
		t.Errorf("%s after %d requests", got.Status, asked.Load())
	}
	proven(t, s)
}

func TestAPauseDoesNotKeepAnOrderBeyondItsTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Options)
		tried  bool
		code   billing.FailureCode
	}{
		"never sent": {func(o *Options) { o.MaxWait = time.Nanosecond }, false, billing.FailureExpired},
		"tried":      {func(o *Options) { o.RetryWindow = time.Nanosecond }, true, billing.FailureCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			ana, customer := storetest.Operator(t, s, "Ana", billing.RoleAdmin), storetest.Customer(t, s, "10")
			idle := resting(s)
			topUp := accept(t, idle, order(customer, "r1"))
			if c.tried {
				notSentOnce(t, s, topUp)
			}
			holdBack(t, idle, s, ana, billing.Pause{})
			provider, asked := counts()
			e := start(t, s, url, provider, c.change)
			got := wait(t, e, topUp)
			if got.Status != billing.StatusFailed || got.FailureCode != c.code || asked.Load() != 0 {
				t.Errorf("%s %s after %d requests", got.Status, got.FailureCode, asked.Load())
			}
			if held := storetest.Balance(t, s, customer.ID).Held; held.Sign() != 0 {
				t.Errorf("%s is still held", held)
			}
			proven(t, s)
		})
	}
}

// notSentOnce gives a queued top-up an attempt that certainly left nothing.
func notSentOnce(t *testing.T, s *store.Store, topUp billing.TopUp) {
	t.Helper()
	ctx := t.Context()
	err := s.InTx(ctx, func(tx *store.Tx) error {
		a, err := tx.StartAttempts(ctx, "before", topUp.ID)
		if err != nil {
			return err
		}
		if _, err := tx.FinishAttempt(ctx, a[0].ID, billing.Answer{Outcome: billing.OutcomeNotSent, Row: "transport.refused", Reason: "refused"}); err != nil {
			return err
		}
		topUp.Status = billing.StatusQueued
		_, err = tx.MoveTopUp(ctx, topUp)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACancelledTopUpIsReleasedWrittenDownAndNeverSent(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	ana, c := storetest.Operator(t, s, "Ana", billing.RoleAdmin), storetest.Customer(t, s, "10")
	idle := resting(s)
	fresh, tried := accept(t, idle, order(c, "r1")), accept(t, idle, order(c, "r2"))
	notSentOnce(t, s, tried)
	for _, topUp := range []billing.TopUp{fresh, tried} {
		if err := idle.Cancel(t.Context(), ana, topUp.ID); err != nil {
			t.Fatal(err)
		}
		if err := idle.Cancel(t.Context(), ana, topUp.ID); !errors.Is(err, billing.ErrIllegalMove) {
			t.Errorf("again: %v", err)
		}
		got, err := s.TopUp(t.Context(), topUp.ID, c.ID)
		if err != nil || got.Status != billing.StatusFailed || got.FailureCode != billing.FailureCancelled {
			t.Errorf("%s %s, %v", got.Status, got.FailureCode, err)
		}
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "10.0000" {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
	provider, asked := counts()
	e := start(t, s, url, provider)
	wait(t, e, accept(t, e, order(c, "r3"))) // behind the two in the queue
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests for one top-up", n)
	}
	log, err := s.CustomerAudit(t.Context(), c.ID, 10)
	if err != nil || len(log) != 2 || log[0].Action != "topup.cancelled" || log[0].ActorName != "Ana" {
		t.Errorf("the log: %+v, %v", log, err)
	}
	proven(t, s)
}

// Who comes first wins: it is sent, or it is cancelled, never both.
func TestACancellationAndASendNeverBothHappen(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	ana := storetest.Operator(t, s, "Ana", billing.RoleAdmin)
	provider, asked := counts()
	e := start(t, s, url, provider)
	var cancelled int32
	const rounds = 20
	c := storetest.Customer(t, s, "100")
	for i := range rounds {
		topUp := accept(t, e, order(c, "r"+string(rune('a'+i))))
		err := e.Cancel(t.Context(), ana, topUp.ID)
		if err != nil && !errors.Is(err, billing.ErrIllegalMove) {
			t.Fatal(err)
		}
		got := wait(t, e, topUp)
		switch {
		case err == nil && got.FailureCode == billing.FailureCancelled:
			cancelled++
		case err != nil && got.Status == billing.StatusSucceeded:
		default:
			t.Errorf("cancelling said %v, and it is %s %s", err, got.Status, got.FailureCode)
		}
	}
	if asked.Load()+cancelled != rounds {
		t.Errorf("%d sent and %d cancelled of %d", asked.Load(), cancelled, rounds)
	}
	proven(t, s)
}

func TestAnOrderByHandIsMadeAndWrittenDownOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, c := resting(s), storetest.Customer(t, s, "10")
	ana := storetest.Operator(t, s, "Ana", billing.RoleSupport)
	for i := range 3 {
		topUp, replayed, err := e.OrderByHand(t.Context(), ana, order(c, "hand-1"))
		if err != nil || replayed != (i > 0) || topUp.Status != billing.StatusQueued {
			t.Fatalf("%d: %s, replayed %v, %v", i, topUp.Status, replayed, err)
		}
	}
	if _, _, err := e.OrderByHand(t.Context(), ana, billing.Order{CustomerID: c.ID, Reference: "hand-2", Phone: "+525512345678", Amount: billing.MustMXN("5000")}); err == nil {
		t.Error("an amount out of range is accepted")
	}
	log, err := s.CustomerAudit(t.Context(), c.ID, 10)
	if err != nil || len(log) != 1 || log[0].Action != "topup.ordered" {
		t.Errorf("the log: %+v, %v", log, err)
	}
	if held := storetest.Balance(t, s, c.ID).Held; held.String() != "2.7778" {
		t.Errorf("%s is held", held)
	}
}

func TestAPauseOfOneThingIsWrittenDownOnceAndNeedsAReason(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e, ana, c := resting(s), storetest.Operator(t, s, "Ana", billing.RoleAdmin), storetest.Customer(t, s, "10")
	var wrong billing.ValidationError
	for _, p := range []billing.Pause{{}, {Reason: "  "}, {Reason: "x", Product: openRange, CustomerID: c.ID}} {
		if err := e.Pause(t.Context(), ana, p); !errors.As(err, &wrong) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for range 2 {
		if err := e.Pause(t.Context(), ana, billing.Pause{CustomerID: c.ID, CustomerCode: c.Code, Reason: "why"}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Pauses(t.Context())
	if err != nil || len(all) != 1 || all[0].BeganBy != "Ana" {
		t.Fatalf("%+v, %v", all, err)
	}
	for range 2 {
		if err := e.Resume(t.Context(), ana, all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	log, err := s.CustomerAudit(t.Context(), c.ID, 10)
	if err != nil || len(log) != 2 || log[1].Action != "sending.paused" || log[0].Action != "sending.resumed" {
		t.Errorf("the log: %+v, %v", log, err)
	}
	if past, err := s.EndedPauses(t.Context(), 5); err != nil || len(past) != 1 || past[0].EndedBy != "Ana" {
		t.Errorf("%+v, %v", past, err)
	}
}
