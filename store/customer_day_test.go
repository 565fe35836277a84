package store_test

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// A top-up of 50 MXN at 18 costs 2.7778 USD.
func TestCustomerDayComparesWithTheDayBeforeUpToTheSameTime(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c, other := storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	start := time.Date(2026, 3, 12, 6, 0, 0, 0, time.UTC)
	accepted := func(id int64, at time.Time, status billing.Status) {
		t.Helper()
		s.DB().MustExecContext(t.Context(), `
			INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost,
			                    dist_transid, failure_code, created_at, completed_at)
			SELECT id, $1, id::text, '+525512345678', 50, $3, 2.7778, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 47,
			       left(replace(id::text, '-', ''), 32), CASE WHEN $3 = 'failed' THEN 'refused' ELSE '' END, $2,
			       CASE WHEN $3 IN ('succeeded', 'failed', 'reversed') THEN CAST($2 AS timestamptz) END
			FROM gen_random_uuid() id`, id, at, string(status))
	}
	hour := func(h float64) time.Time { return start.Add(time.Duration(h * float64(time.Hour))) }
	accepted(c.ID, hour(-24.5), billing.StatusSucceeded) // two days ago
	accepted(c.ID, hour(-23), billing.StatusSucceeded)   // yesterday, earlier
	accepted(c.ID, hour(-14.5), billing.StatusFailed)    // yesterday, earlier
	accepted(c.ID, hour(-13), billing.StatusSucceeded)   // yesterday, later
	accepted(c.ID, hour(1), billing.StatusSucceeded)
	accepted(c.ID, hour(2), billing.StatusReversed)
	accepted(c.ID, hour(9.2), billing.StatusFailed)
	accepted(c.ID, hour(9.5), billing.StatusSucceeded)
	accepted(c.ID, hour(9.9), billing.StatusUnknown)
	accepted(other.ID, hour(9.5), billing.StatusSucceeded)

	day, err := s.CustomerDay(t.Context(), c.ID, start, hour(10))
	if err != nil {
		t.Fatal(err)
	}
	if day.Count != 5 || day.Succeeded != 3 || day.Failed != 1 || day.Unknown != 1 || day.Before != 2 {
		t.Errorf("counted %+v", day)
	}
	for name, c := range map[string][2]string{
		"delivered": {day.Delivered.String(), "100.00"}, "charged": {day.Charged.String(), "5.5556"},
		"spent in the last hour": {day.LastHour.String(), "5.5556"}, "spent today": {day.Spent.String(), "8.3334"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %s, want %s", name, c[0], c[1])
		}
	}
	// Half an hour into the day, the last hour reaches into the day before.
	if early, err := s.CustomerDay(t.Context(), c.ID, hour(9.8), hour(10)); err != nil || early.Count != 1 || early.LastHour.String() != "5.5556" {
		t.Errorf("%+v, %v", early, err)
	}
}

func TestAvailableSinceStepsAtADeposit(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "100")
	line, err := s.AvailableSince(t.Context(), c.ID, time.Now().Add(-time.Hour), 15*time.Minute)
	if err != nil || len(line) != 1 {
		t.Fatalf("%+v, %v", line, err)
	}
	if p := line[0]; !p.Deposit || p.Before.Sign() != 0 || p.After.String() != "100.0000" {
		t.Errorf("%+v", p)
	}
	if d, err := s.LastDeposit(t.Context(), c.ID); err != nil || d.Amount.String() != "100.0000" || time.Since(d.At) > time.Minute {
		t.Errorf("%+v, %v", d, err)
	}
	nobody := storetest.Customer(t, s, "0")
	if line, err := s.AvailableSince(t.Context(), nobody.ID, time.Now().Add(-time.Hour), 15*time.Minute); err != nil || len(line) != 0 {
		t.Errorf("%+v, %v", line, err)
	}
}
