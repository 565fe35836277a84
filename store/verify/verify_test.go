package verify

import (
	"context"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func mustRun(t *testing.T, b *books) Report {
	t.Helper()
	r, err := Run(t.Context(), b.DB().DB)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantProven(t *testing.T, r Report) {
	t.Helper()
	for _, d := range r.Differences {
		t.Error(d)
	}
	if r.Wrong != int64(len(r.Differences)) {
		t.Errorf("%d differences counted, %d shown", r.Wrong, len(r.Differences))
	}
}

func TestBooksOfTheRealEngineAreProven(t *testing.T) {
	t.Parallel()
	b := wholeStory(t)
	r := mustRun(t, b)
	wantProven(t, r)
	if r.Customers != 2 || r.TopUps != 23 || r.Adjustments != 32 || r.Entries != 75 || r.Attempts != 22 || r.CheckedAt.IsZero() {
		t.Errorf("looked at %+v", r)
	}
	if len(r.Sums) != 2 || !r.Sums["USD"].IsZero() || !r.Sums["MXN"].IsZero() {
		t.Errorf("sums %v, want 0 USD and 0 MXN", r.Sums)
	}
	var states int
	err := b.DB().GetContext(t.Context(), &states, `SELECT count(DISTINCT (status, failure_code)) FROM topups`)
	if err != nil || states != 9 {
		t.Errorf("the story has top-ups in %d states, %v; want each that there is", states, err)
	}
}

func TestAnEmptyDatabaseIsProven(t *testing.T) {
	t.Parallel()
	wantProven(t, mustRun(t, newBooks(t)))
}

func TestBooksAreProvenWhileTheyAreWritten(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	customers := []int64{storetest.Customer(t, b.Store, "500").ID, storetest.Customer(t, b.Store, "500").ID}
	var orders []billing.Order
	for i := range 80 {
		orders = append(orders, b.order(customers[i%2], []string{"1", "2", "3", "5"}[i%4], "20"))
	}
	var proofs, amid int
	worked, proven := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(proven)
		for !closed(worked) {
			r, err := Run(t.Context(), b.DB().DB)
			if err != nil {
				t.Error(err)
				return
			}
			wantProven(t, r)
			proofs++
			if r.TopUps > 0 && r.TopUps < int64(len(orders)) {
				amid++
			}
		}
	}()
	b.work(usual, orders...)
	close(worked)
	<-proven
	if amid == 0 {
		t.Errorf("%d proofs, %d of them in the middle of the work", proofs, amid)
	}
	wantProven(t, mustRun(t, b))
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestAnOpenTopUpThatNobodyWorksOnIsNamedAfterAMinute(t *testing.T) {
	t.Parallel()
	b := wholeStory(t)
	b.exec(`DELETE FROM river_job`)
	b.exec(`UPDATE instances SET seen_at = now() - interval '2 minutes'`)
	wantProven(t, mustRun(t, b)) // the sweep has a minute
	b.exec(`UPDATE topups SET updated_at = updated_at - interval '2 minutes' WHERE status IN ('queued', 'sending')`)
	r := mustRun(t, b)
	if len(r.Differences) != 2 || r.Differences[0].Rule != RuleJob || r.Differences[1].Rule != RuleJob {
		t.Errorf("got %v, want the queued and the sending top-up", r.Differences)
	}
	b.exec(`UPDATE instances SET seen_at = now()`) // the one that sends lives
	if r := mustRun(t, b); len(r.Differences) != 1 {
		t.Errorf("got %v, want the queued top-up alone", r.Differences)
	}
}

func TestEveryDifferenceIsCountedAndTheFirstOnesAreKept(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.exec(`INSERT INTO customers (code, name) SELECT 'C' || n, 'x' FROM generate_series(1, 250) n`)
	r := mustRun(t, b)
	if r.Wrong != 250 || len(r.Differences) != perRule || r.Proven() {
		t.Errorf("%d counted, %d kept; want 250 and %d", r.Wrong, len(r.Differences), perRule)
	}
	if want := "customers 1: balance: found none, expected balances 1"; r.Differences[0].String() != want {
		t.Errorf("got %q, want %q", r.Differences[0], want)
	}
}

func TestADatabaseThatCannotBeReadIsAnErrorAndNotAProof(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.exec(`ALTER TABLE entries RENAME TO entries_of_old`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if r, err := Run(ctx, b.DB().DB); err == nil {
		t.Errorf("got %+v", r)
	}
}
