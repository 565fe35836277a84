package topup

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// An hour off, either way: orders are delivered, back-offs and holds end, what is
// lost is found, inquiries are made, and nothing expires.
func TestAnHourBetweenTheClocksChangesNothing(t *testing.T) {
	t.Parallel()
	for _, ahead := range []string{"1 hour", "-1 hour"} {
		t.Run(ahead, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewSkewed(t, ahead)
			var tries atomic.Int32
			e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
				if send.Amount.Cmp(billing.MustMXN("60")) == 0 {
					return answers(billing.OutcomeUnknown)(ctx, send)
				}
				if tries.Add(1) < 3 {
					return billing.Answer{Outcome: billing.OutcomeNotSent, Row: "answer.throttled", RetryAfter: 500 * time.Millisecond}
				}
				return answers(billing.OutcomeDelivered)(ctx, send)
			}), func(o *Options) {
				o.Inquirer = inquirerFunc(func(context.Context, string) billing.Answer {
					return billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success"}
				})
			})
			c := storetest.Customer(t, s, "100")
			if got := wait(t, e, accept(t, e, order(c, "again"))); got.Status != billing.StatusSucceeded || got.Attempts != 3 {
				t.Errorf("got %s after %d attempts", got.Status, got.Attempts)
			}

			s.DB().MustExecContext(t.Context(), `
				UPDATE breaker SET opened_at = now(), retry_at = now() + interval '2 seconds', reason = 'a test'`)
			eventually(t, func() bool { return e.Breaker().Open })
			held := queueByHand(t, s, order(c, "held"))
			if got := wait(t, e, held); got.Status != billing.StatusSucceeded {
				t.Errorf("held back, then %s", got.Status)
			}
			eventually(t, func() bool { return !e.Breaker().Open })

			other := order(c, "doubtful")
			other.Amount = billing.MustMXN("60")
			doubtful := accept(t, e, other)
			eventually(t, func() bool {
				latest, err := s.TopUp(t.Context(), doubtful.ID, 0)
				return err == nil && latest.Status == billing.StatusSucceeded
			})

			lostOne := queueByHand(t, s, order(c, "lost"), "an instance that was killed")
			if got := wait(t, e, lostOne); got.Status != billing.StatusUnknown {
				t.Errorf("lost, then %s", got.Status)
			}
		})
	}
}

// queueByHand accepts an order on an instance that does not work, and begins it
// there, in the same transaction, when the instance has a name.
func queueByHand(t *testing.T, s *store.Store, o billing.Order, instance ...string) billing.TopUp {
	t.Helper()
	idle := New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	topUp, _, err := idle.take(t.Context(), o, func(tx *store.Tx, topUp billing.TopUp) error {
		for _, name := range instance {
			if _, err := tx.StartAttempts(t.Context(), name, topUp.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return topUp
}

// What moves a state is measured by the database's clock. Who asks the process's
// says here why that is harmless.
func TestOnlyTheseAskTheClockOfTheProcess(t *testing.T) {
	allowed := map[string]string{
		"topup/lease.go":   "the lease is about this process standing still",
		"topup/run.go":     "when a heartbeat began, for the lease",
		"topup/send.go":    "the queue's retry after an error; the sweep mends a time that is far off",
		"topup/float.go":   "how old this process's own look at the float is, by the monotonic clock",
		"topup/intake.go":  "the same",
		"topup/inquire.go": "the same as send.go, for an inquiry",
		"store/listen.go":  "a deadline of a socket",
		"store/replica.go": "how far behind the replica is, by the monotonic clock; nothing that it shows moves a state",

		"topup/sandbox.go":       "the same as send.go, in the play house alone",
		"topup/sandbox_hooks.go": "the same, and how long a late webhook is worth repeating there",
	}
	for _, room := range []string{"topup", "store"} {
		files, err := filepath.Glob("../" + room + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			asks := slices.ContainsFunc([]string{"time.Now()", "time.Until(", "JobSnooze(", "ScheduledAt:"}, func(word string) bool {
				return strings.Contains(string(text), word)
			})
			name := strings.TrimPrefix(filepath.ToSlash(file), "../")
			if _, ok := allowed[name]; asks && !ok && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s asks the process's clock", name)
			}
		}
	}
}
