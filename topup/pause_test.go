package topup

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// An instance is stopped between writing an attempt and its first byte, for longer
// than every lease; the others declare the attempt lost; it wakes.
func TestAnInstanceThatWakesSendsNothingThatOthersDeclaredLost(t *testing.T) {
	t.Parallel()
	direct, url := storetest.NewWithURL(t)
	w := storetest.NewWire(t, url)
	through, err := store.Open(t.Context(), store.Options{URL: w.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { through.Close() })
	begun, awake := make(chan struct{}), make(chan struct{})
	var sent, heldBack atomic.Int32
	sleeper := start(t, through, w.URL, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(begun)
		<-awake // a login takes its time, and then the process is stopped
		if !send.MayStart() {
			heldBack.Add(1)
			return billing.Answer{Outcome: billing.OutcomeNotSent, Row: "transport.held_back", Reason: "held back"}
		}
		sent.Add(1)
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	c := storetest.Customer(t, direct, "10")
	topUp := accept(t, sleeper, order(c, "r1"))
	<-begun
	w.Cut() // no heartbeat any more
	direct.DB().MustExecContext(t.Context(), `UPDATE instances SET seen_at = now() - interval '1 minute'`)

	other := start(t, direct, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		t.Error("sent again")
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	if got := wait(t, other, topUp); got.Status != billing.StatusUnknown {
		t.Fatalf("declared lost: %s", got.Status)
	}
	slept, _ := sleeper.lease.current()
	w.Mend()
	eventually(t, func() bool {
		now, holds := sleeper.lease.current()
		return holds && now != slept
	})
	close(awake)
	eventually(t, func() bool {
		latest, err := direct.TopUp(t.Context(), topUp.ID, 0)
		return err == nil && latest.Status == billing.StatusFailed && latest.FailureCode == billing.FailureNotDelivered
	})
	if sent.Load() != 0 || heldBack.Load() != 1 {
		t.Errorf("sent %d, held back %d", sent.Load(), heldBack.Load())
	}
	if b := storetest.Balance(t, direct, c.ID); b.Held.Sign() != 0 || b.Posted.String() != "10.0000" {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
}

func TestWithoutALeaseNothingIsBegun(t *testing.T) {
	t.Parallel()
	s, _ := storetest.NewWithURL(t)
	e := New(s, answers(billing.OutcomeDelivered), discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	r := errandOf(accept(t, e, order(storetest.Customer(t, s, "10"), "r1")))
	if err := e.begin(t.Context(), r); err != errHeld || r.attempt != nil { //nolint:errorlint // it is the very one
		t.Fatalf("got %v, %v", err, r.attempt)
	}
	e.lease.renew(time.Now(), true)
	if err := e.begin(t.Context(), r); err != nil || r.attempt == nil {
		t.Fatalf("got %v, %v", err, r.attempt)
	}
	e.lease.end()
	if answer := e.send(t.Context(), r); answer.Outcome != billing.OutcomeNotSent || answer.Row != "engine.paused" {
		t.Errorf("sent without a lease: %+v", answer)
	}
}

// errandOf is what a job's worker carries.
func errandOf(t billing.TopUp) *errand {
	return &errand{job: &river.Job[store.SendJob]{JobRow: &rivertype.JobRow{ID: 1}, Args: store.SendJob{TopUp: t.ID.UUID}}}
}

// The database took the commit of an attempt, and its answer was lost.
func TestAnAttemptWhoseCommitWasNotAnsweredIsTakenUpAndSentOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		meanFor  func(t *testing.T, e *Engine, a billing.Attempt)
		wantSent int32
		want     billing.Status
	}{
		{"at once", func(*testing.T, *Engine, billing.Attempt) {}, 1, billing.StatusSucceeded},
		{"after the lease ended", func(_ *testing.T, e *Engine, _ billing.Attempt) {
			e.lease.renew(time.Now(), true)
		}, 0, billing.StatusQueued},
		{"after others declared it lost", func(t *testing.T, e *Engine, a billing.Attempt) {
			t.Helper()
			if err := e.settle(t.Context(), a, lost, nil); err != nil {
				t.Fatal(err)
			}
		}, 0, billing.StatusFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, _ := storetest.NewWithURL(t)
			var sent atomic.Int32
			e := New(s, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
				sent.Add(1)
				return answers(billing.OutcomeDelivered)(ctx, send)
			}), discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), RetryWindow: time.Minute})
			e.lease.renew(time.Now(), true)
			topUp := accept(t, e, order(storetest.Customer(t, s, "10"), "r1"))
			r := errandOf(topUp)
			if err := e.begin(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			tt.meanFor(t, e, *r.attempt)
			if err := e.begin(t.Context(), r); err != nil || r.attempt == nil { // once more, as after an error
				t.Fatalf("got %v, %v", err, r.attempt)
			}
			if err := e.settle(t.Context(), *r.attempt, e.send(t.Context(), r), nil); err != nil {
				t.Fatal(err)
			}
			latest, err := s.TopUp(t.Context(), topUp.ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			if latest.Status != tt.want || sent.Load() != tt.wantSent || latest.Attempts != 1 {
				t.Errorf("got %s after %d attempts, sent %d times", latest.Status, latest.Attempts, sent.Load())
			}
		})
	}
}
