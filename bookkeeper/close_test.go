package bookkeeper_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/store/verify"
)

var mexico = func() *time.Location {
	zone, err := time.LoadLocation("America/Mexico_City")
	if err != nil {
		panic(err)
	}
	return zone
}()

func keeper(s *store.Store) *bookkeeper.Keeper {
	return bookkeeper.New(s, slog.New(slog.DiscardHandler), bookkeeper.Options{Zone: mexico})
}

// adjust posts an adjustment and dates it back, entry and cause alike: now()
// cannot be moved.
func adjust(t *testing.T, s *store.Store, customerID int64, amount string, at time.Time) {
	t.Helper()
	ctx := t.Context()
	a := billing.Adjustment{
		ID: uuid.New(), CustomerID: customerID, Amount: billing.MustUSD(amount), Reason: billing.ReasonCorrection,
		Note: "test", State: billing.AdjustmentPosted,
	}
	err := s.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, customerID)
		if err != nil {
			return err
		}
		entry, _, err := balance.Adjust(a)
		if err != nil {
			return err
		}
		if _, err := tx.InsertAdjustment(ctx, a); err != nil {
			return err
		}
		return tx.Post(ctx, entry)
	})
	if err != nil {
		t.Fatal(err)
	}
	past(t, s, a.ID, at)
}

func past(t *testing.T, s *store.Store, adjustment uuid.UUID, at time.Time) {
	t.Helper()
	tx := storetest.Owner(s).MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	for _, query := range []string{
		`SET LOCAL session_replication_role = replica`, // no triggers
		`UPDATE entries SET created_at = $2 WHERE adjustment_id = $1`,
		`UPDATE adjustments SET requested_at = $2 WHERE id = $1`,
	} {
		args := []any{adjustment, at}
		if query[:3] == "SET" {
			args = nil
		}
		if _, err := tx.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

type checkpoint struct {
	CustomerID int64       `db:"customer_id"`
	Day        string      `db:"day"`
	Number     int64       `db:"number"`
	Balance    billing.USD `db:"balance"`
	Credits    int64       `db:"credits"`
	Credited   billing.USD `db:"credited"`
	Debited    billing.USD `db:"debited"`
}

func checkpoints(t *testing.T, s *store.Store) (rows []checkpoint) {
	t.Helper()
	err := s.DB().SelectContext(t.Context(), &rows, `
		SELECT customer_id, day::text AS day, number, balance, COALESCE(sums -> 'credit' ->> 'entries', '0')::bigint AS credits,
		       COALESCE(sums -> 'credit' ->> 'balance', '0')::numeric AS credited, COALESCE(sums -> 'debit' ->> 'balance', '0')::numeric AS debited
		FROM checkpoints ORDER BY customer_id, day`)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// noon of the business day so many days ago.
func noon(daysAgo int) time.Time {
	now := time.Now().In(mexico)
	return time.Date(now.Year(), now.Month(), now.Day()-daysAgo, 12, 0, 0, 0, mexico)
}

func date(daysAgo int) string { return noon(daysAgo).Format(time.DateOnly) }

func mustClose(t *testing.T, s *store.Store, want int) {
	t.Helper()
	if closed, err := keeper(s).CloseDays(t.Context()); err != nil || closed != want {
		t.Fatalf("closed %d days, %v; want %d", closed, err, want)
	}
}

func mustBeProven(t *testing.T, s *store.Store) {
	t.Helper()
	r, err := verify.Run(t.Context(), s.DB().DB)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Differences {
		t.Error(d)
	}
}

func TestEveryMissedDayIsClosedWithEachAccountAsItStoodThen(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	first, second := storetest.Customer(t, s, "0").ID, storetest.Customer(t, s, "0").ID
	mustClose(t, s, 0) // there is nothing yet

	adjust(t, s, first, "100", noon(4))
	adjust(t, s, first, "-1.5", noon(4))
	adjust(t, s, second, "7", noon(2))
	adjust(t, s, first, "20", noon(2))
	adjust(t, s, first, "3", time.Now())
	mustClose(t, s, 4)
	mustClose(t, s, 0)
	usd := billing.MustUSD
	want := []checkpoint{
		{first, date(4), 2, usd("98.5000"), 1, usd("100.0000"), usd("-1.5000")},
		{first, date(3), 2, usd("98.5000"), 1, usd("100.0000"), usd("-1.5000")},
		{first, date(2), 3, usd("118.5000"), 2, usd("120.0000"), usd("-1.5000")},
		{first, date(1), 3, usd("118.5000"), 2, usd("120.0000"), usd("-1.5000")},
		{second, date(2), 1, usd("7.0000"), 1, usd("7.0000"), usd("0")},
		{second, date(1), 1, usd("7.0000"), 1, usd("7.0000"), usd("0")},
	}
	got := checkpoints(t, s)
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i].CustomerID != want[i].CustomerID || got[i].Day != want[i].Day || got[i].Number != want[i].Number || got[i].Credits != want[i].Credits ||
			got[i].Balance.Cmp(want[i].Balance) != 0 || got[i].Credited.Cmp(want[i].Credited) != 0 || got[i].Debited.Cmp(want[i].Debited) != 0 {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
	days, err := s.ClosedDays(t.Context(), 2)
	if err != nil || len(days) != 2 || days[0].Day.Format(time.DateOnly) != date(1) || days[0].Accounts != 2 || days[0].Entries != 4 ||
		days[0].Balance.String() != "125.5000" || !days[0].EndsAt.Equal(noon(0).Add(-12*time.Hour)) {
		t.Errorf("closed days %+v, %v", days, err)
	}
	mustBeProven(t, s)
}

// An order waits for the lock while another, which began later, gets it: the
// entry that was posted last carries the earlier time. The day ends before the
// first entry that was posted after its end, and the late one stays behind it.
func TestADayEndsByTheOrderOfEntriesNotByTheirClocks(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0").ID
	midnight := noon(2).Add(12 * time.Hour)
	adjust(t, s, c, "1", midnight.Add(-time.Second))
	adjust(t, s, c, "2", midnight.Add(time.Millisecond))
	adjust(t, s, c, "3", midnight.Add(-time.Millisecond)) // began before, came after
	adjust(t, s, c, "4", midnight.Add(time.Second))
	mustClose(t, s, 2)
	got := checkpoints(t, s)
	if len(got) != 2 || got[0].Number != 1 || got[1].Number != 4 {
		t.Errorf("got %+v, want the first day to end with entry 1", got)
	}
	mustBeProven(t, s)
}

func TestADayStaysOpenWhileATransactionOfItIsUnderWay(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0").ID
	adjust(t, s, c, "1", time.Now())
	tx := s.DB().MustBeginTx(t.Context(), nil)
	defer tx.Rollback()
	var began time.Time
	if err := tx.GetContext(t.Context(), &began, `SELECT now()`); err != nil {
		t.Fatal(err)
	}
	if closing, err := s.Closing(t.Context()); err != nil || closing.Settled.After(began) {
		t.Errorf("%+v, %v, while a transaction from %v is under way", closing, err, began)
	}
}

// Of a session that is not ours we are not told how old its transaction is.
func TestADayStaysOpenWhileSomebodyElseIsInATransaction(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	settled := func() time.Time {
		closing, err := s.Closing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return closing.Settled
	}
	tx := storetest.Owner(s).MustBeginTx(t.Context(), nil)
	tx.MustExecContext(t.Context(), `SELECT`)
	if got := settled(); got.Unix() != 0 {
		t.Errorf("settled until %v while the owner is at work", got)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := settled(); time.Since(got) > time.Hour {
		t.Errorf("settled until %v only, and nobody is at work", got)
	}
}

func TestADayIsClosedOnceWhoeverTries(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0").ID
	adjust(t, s, c, "5", noon(9))
	var closed atomic.Int64
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			n, err := keeper(s).CloseDays(context.WithoutCancel(t.Context()))
			if err != nil {
				t.Error(err)
			}
			closed.Add(int64(n))
		})
	}
	all.Wait()
	n, err := keeper(s).CloseDays(t.Context()) // who met another one at it did not wait
	if err != nil || closed.Load()+int64(n) != 9 || len(checkpoints(t, s)) != 9 {
		t.Errorf("closed %d days and %d, %v; %d checkpoints", closed.Load(), n, err, len(checkpoints(t, s)))
	}
	mustBeProven(t, s)
}
