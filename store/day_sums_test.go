package store_test

// What days and quarters say a filter adds up to is what its top-ups add up to:
// before a day is summed up, afterwards, and when it changes later still.

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func addedUp(f billing.TopUpFilter, all []billing.TopUp) billing.TopUpTotals {
	totals := billing.TopUpTotals{}
	for _, row := range all {
		if !matches(f, row) {
			continue
		}
		totals.Count++
		switch row.Status {
		case billing.StatusSucceeded:
			totals.Succeeded++
			totals.Delivered, totals.Charged = totals.Delivered.Add(row.Amount), totals.Charged.Add(row.Price)
		case billing.StatusFailed:
			totals.Failed++
		}
	}
	return totals
}

func TestTotalsOfDaysAreThoseOfTheirTopUps(t *testing.T) {
	s, all := crowdSince(t, 600, time.Now().Add(-7*24*time.Hour), 61)
	summedTotalsAgree(t, s, all)
	through, err := s.SumUpDays(t.Context())
	if ago := time.Since(through); err != nil || ago < 26*time.Hour || ago > 51*time.Hour {
		t.Fatalf("days are summed up to %v: %v", through, err)
	}
	summedTotalsAgree(t, s, all)
	for i := range all { // what was unknown is decided, days later; what succeeded is taken back
		to := map[billing.Status]billing.Status{billing.StatusUnknown: billing.StatusSucceeded, billing.StatusSucceeded: billing.StatusReversed}[all[i].Status]
		if to == "" || i%3 == 0 {
			continue
		}
		all[i].Status = to
		if _, err := s.DB().Exec(`UPDATE topups SET status = $1, completed_at = now() WHERE id = $2`, to, all[i].ID); err != nil {
			t.Fatal(err)
		}
	}
	summedTotalsAgree(t, s, all)
	if again, err := s.SumUpDays(t.Context()); err != nil || !again.Equal(through) {
		t.Errorf("summed up again to %v: %v", again, err)
	}
	summedTotalsAgree(t, s, all)
}

func summedTotalsAgree(t *testing.T, s *store.Store, all []billing.TopUp) {
	t.Helper()
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFilter(t, all)
		f = billing.TopUpFilter{CustomerID: f.CustomerID, CustomerIDs: f.CustomerIDs, Statuses: f.Statuses, From: f.From, To: f.To}
		if f.From != nil && f.To != nil && f.To.Before(*f.From) {
			f.From, f.To = f.To, f.From
		}
		if rapid.Bool().Draw(t, "whole days") {
			for _, edge := range []*time.Time{f.From, f.To} {
				if edge != nil {
					*edge = edge.Truncate(24 * time.Hour)
				}
			}
		}
		got, err := s.TopUpTotals(ctx, f)
		if want := addedUp(f, all); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("totals are %v (%v), want %v", got, err, want)
		}
	})
}

// Whoever changes an old quarter while its day is being summed up waits, or is waited
// for: his change is in the day exactly once.
func TestAChangeWhileItsDayIsSummedUpCountsOnce(t *testing.T) {
	s, all := crowdSince(t, 40, time.Now().Add(-5*24*time.Hour).Truncate(24*time.Hour), 1)
	ended := make(chan error, 2)
	storetest.Contend(t, s, 2, `SELECT FROM day_sums_through WHERE CAST($1 AS boolean) FOR UPDATE`, true, func(i int) {
		if i == 0 {
			_, err := s.SumUpDays(context.WithoutCancel(t.Context()))
			ended <- err
			return
		}
		_, err := s.DB().Exec(`UPDATE topups SET status = 'succeeded', completed_at = now() WHERE status = 'unknown'`)
		ended <- err
	})
	for range 2 {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	for i := range all {
		if all[i].Status == billing.StatusUnknown {
			all[i].Status = billing.StatusSucceeded
		}
	}
	got, err := s.TopUpTotals(t.Context(), billing.TopUpFilter{})
	if want := addedUp(billing.TopUpFilter{}, all); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("totals are %v (%v), want %v", got, err, want)
	}
}

// What no sums are kept of is counted up to a limit, which is said.
func TestTotalsOfTooManyTopUpsSayHowManyThereAreAtLeast(t *testing.T) {
	s, all := crowd(t, 60)
	amount, _ := billing.ParseAmountRange(">1")
	counted := billing.TopUpFilter{Amount: amount}
	for most, want := range map[int]bool{59: true, 60: false, 0: false} {
		totals, err := s.TopUpTotalsWithin(t.Context(), counted, store.Patience{Time: time.Minute, Most: most})
		if tooMany := err != nil; tooMany != want || tooMany && (err.Error() != billing.ErrTooMany.Error() || totals != (billing.TopUpTotals{Count: int64(most)})) {
			t.Errorf("at most %d: %v, %v", most, totals, err)
		}
	}
	if totals, err := s.TopUpTotalsWithin(t.Context(), billing.TopUpFilter{}, store.Patience{Time: time.Minute, Most: 1}); err != nil || totals.Count != int64(len(all)) {
		t.Errorf("what is kept as sums was counted: %v, %v", totals, err)
	}
}
