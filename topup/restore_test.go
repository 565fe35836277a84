package topup

import (
	"context"
	"errors"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// onAnotherTimeline makes the database one that served elsewhere before.
func onAnotherTimeline(t *testing.T, s *store.Store) {
	t.Helper()
	if _, err := s.ClaimProviderKind(t.Context(), "live"); err != nil {
		t.Fatal(err)
	}
	if _, noticed, err := NoticeRestore(t.Context(), s); err != nil || noticed {
		t.Fatalf("the first start notices a restore: %v, %v", noticed, err)
	}
	now, err := s.Serving(t.Context())
	if err != nil || now.Is == "" || now.Was != now.Is {
		t.Fatalf("%+v, %v", now, err)
	}
	storetest.Owner(s).MustExecContext(t.Context(), `UPDATE installation SET served_by = '1/00000001'`)
}

func TestAfterARestoreNothingIsSentUntilTheGapWasChecked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]billing.Status{billing.RestoredSend: billing.StatusQueued, billing.RestoredUnknown: billing.StatusUnknown} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			ana, c := storetest.Operator(t, s, "Ana", billing.RoleAdmin), storetest.Customer(t, s, "10")
			e := resting(s, func(o *Options) { o.MaxWait = time.Nanosecond })
			t1 := accept(t, e, order(c, "before"))
			onAnotherTimeline(t, s)
			for range 2 { // it is noticed once, and nothing expires meanwhile
				if err := e.Turn(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := e.Accept(t.Context(), order(c, "after")); !errors.As(err, new(billing.UnavailableError)) {
				t.Errorf("an order after the restore: %v", err)
			}
			if _, replayed, err := e.Accept(t.Context(), order(c, "before")); err != nil || !replayed {
				t.Errorf("a repeat is not answered: %v, %v", replayed, err)
			}
			if err := e.Cancel(t.Context(), ana, t1.ID); !errors.Is(err, billing.ErrIllegalMove) {
				t.Errorf("what may have left was cancelled: %v", err)
			}
			pauses, err := s.Pauses(t.Context())
			if err != nil || len(pauses) != 1 || !pauses[0].AfterRestore {
				t.Fatalf("%+v, %v", pauses, err)
			}
			if err := e.Resume(t.Context(), ana, pauses[0].ID); err != nil {
				t.Fatal(err)
			}
			if pauses, err := s.Pauses(t.Context()); err != nil || len(pauses) != 1 {
				t.Errorf("it was resumed without a check: %+v, %v", pauses, err)
			}
			if err := e.CheckRestore(t.Context(), ana, billing.RestoreCheck{Note: "short"}); !errors.As(err, new(billing.ValidationError)) {
				t.Errorf("an empty check: %v", err)
			}
			for range 2 { // the form sent twice checks once
				if err := e.CheckRestore(t.Context(), ana, billing.RestoreCheck{Note: "Compared the statement of 18:00 to 18:20", Queued: name}); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.TopUp(t.Context(), t1.ID, 0); err != nil || got.Status != want {
				t.Errorf("the order that waited is %s, %v", got.Status, err)
			}
			if pauses, err := s.Pauses(t.Context()); err != nil || len(pauses) != 0 {
				t.Errorf("still paused: %+v, %v", pauses, err)
			}
			if err := e.Turn(t.Context()); err != nil {
				t.Fatal(err)
			}
			accept(t, e, order(c, "after"))
			proven(t, s)
		})
	}
}

func TestWhatWasTriedBeforeARestoreIsNotCancelledByItsPause(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "10")
	e := resting(s, func(o *Options) { o.RetryWindow = 0 })
	t1 := accept(t, e, order(c, "tried"))
	onAnotherTimeline(t, s)
	if err := e.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		balance, err := tx.LockBalance(t.Context(), c.ID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(t.Context(), t1.ID)
		if err != nil {
			return err
		}
		locked.Attempts, locked.FirstSentSeconds = 1, 3600
		over, err := e.waitPaused(context.WithoutCancel(t.Context()), tx, balance, locked)
		if over || !errors.Is(err, errPaused) {
			t.Errorf("over %v, %v", over, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
