package store_test

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// accepted inserts top-ups of 50 MXN and 2.7778 USD as they stand, one at each
// moment, in one statement.
func accepted(t *testing.T, s *store.Store, customerID int64, status billing.Status, at ...time.Time) {
	t.Helper()
	for _, moment := range at {
		s.DB().MustExecContext(t.Context(), `
			INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost,
			                    dist_transid, failure_code, created_at, completed_at)
			SELECT id, $1, id::text, '+525512345678', 50, $3, 2.7778, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 47,
			       left(replace(id::text, '-', ''), 32), CASE WHEN $3 = 'failed' THEN 'refused' ELSE '' END, $2,
			       CASE WHEN $3 IN ('succeeded', 'failed', 'reversed') THEN CAST($2 AS timestamptz) END
			FROM gen_random_uuid() id`, customerID, moment, string(status))
	}
}

var noon = time.Date(2026, 3, 12, 18, 0, 0, 0, time.UTC)

func minutes(m float64) time.Time { return noon.Add(time.Duration(m * float64(time.Minute))) }

func TestBetweenIsExactHoweverItCutsTheQuarters(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c, other := storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	states := billing.Statuses()
	for m := 0; m < 120; m++ {
		accepted(t, s, c.ID, states[m%len(states)], minutes(float64(m)))
	}
	accepted(t, s, other.ID, billing.StatusSucceeded, minutes(31), minutes(44.99), minutes(45))
	count := func(customerID int64, from, to time.Time) (sums store.Sums) {
		t.Helper()
		err := s.DB().GetContext(t.Context(), &sums, `
			SELECT count(*) AS accepted, count(*) FILTER (WHERE status = 'succeeded') AS succeeded, count(*) FILTER (WHERE status = 'failed') AS failed,
			       count(*) FILTER (WHERE status = 'unknown') AS unknown, count(*) FILTER (WHERE status = 'reversed') AS reversed,
			       COALESCE(sum(amount) FILTER (WHERE status = 'succeeded'), 0) AS delivered,
			       COALESCE(sum(price) FILTER (WHERE status = 'succeeded'), 0) AS charged,
			       COALESCE(sum(price) FILTER (WHERE status NOT IN ('failed', 'reversed')), 0) AS spent
			FROM topups WHERE created_at >= $1 AND created_at < $2 AND ($3 = 0 OR customer_id = $3)`, from, to, customerID)
		if err != nil {
			t.Fatal(err)
		}
		return sums
	}
	for _, span := range [][2]float64{{0, 120}, {0, 15}, {15, 45}, {3, 4}, {3, 14.999}, {3, 15}, {3, 15.001}, {3, 29}, {3, 44}, {15, 16}, {14.5, 90.5}, {7, 7}, {30, 3}} {
		for _, id := range []int64{c.ID, other.ID, 0} {
			got, err := s.Between(t.Context(), id, minutes(span[0]), minutes(span[1]))
			want := count(id, minutes(span[0]), minutes(span[1]))
			if err != nil || !same(got, want) {
				t.Errorf("from %v to %v: %+v, want %+v, %v", span[0], span[1], got, want, err)
			}
		}
	}
	all, err := s.Quarters(t.Context(), 0, minutes(30), minutes(60))
	if err != nil || len(all) != 2 || all[0].Accepted != 17 || all[1].Accepted != 16 || !all[0].Began.Equal(minutes(30)) {
		t.Errorf("quarters %+v, %v", all, err)
	}
}

func same(a, b store.Sums) bool {
	return a.Accepted == b.Accepted && a.Succeeded == b.Succeeded && a.Failed == b.Failed && a.Unknown == b.Unknown && a.Reversed == b.Reversed &&
		a.Delivered.Cmp(b.Delivered) == 0 && a.Charged.Cmp(b.Charged) == 0 && a.Spent.Cmp(b.Spent) == 0
}

func TestPacesTellTheDayAndTheLastSixtyMinutes(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	busy, early, quiet := storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	day := minutes(-40)
	accepted(t, s, busy.ID, billing.StatusSucceeded, minutes(-59), minutes(-30), minutes(-1)) // the first one yesterday
	accepted(t, s, busy.ID, billing.StatusFailed, minutes(-20))
	accepted(t, s, busy.ID, billing.StatusUnknown, minutes(-0.5))
	accepted(t, s, early.ID, billing.StatusSucceeded, minutes(-61)) // yesterday, and longer ago than an hour
	paces, err := s.Paces(t.Context(), day, minutes(0))
	if err != nil || len(paces) != 1 {
		t.Fatalf("%+v, %v", paces, err)
	}
	p := paces[0]
	if p.CustomerID != busy.ID || p.Accepted != 4 || p.Delivered.String() != "100.00" || p.Spent.String() != "8.3334" || p.LastHour.String() != "11.1112" {
		t.Errorf("%+v, not of %d or %d", p, early.ID, quiet.ID)
	}
}

func TestUsualSpendingForgetsTheDaysBeforeACustomerWasMade(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	old, young, none := storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0"), storetest.Customer(t, s, "0")
	week := 7 * 24 * time.Hour
	begin, end := []time.Time{noon.Add(-week), noon.Add(-2 * week)}, []time.Time{noon.Add(-week + 24*time.Hour), noon.Add(-2*week + 24*time.Hour)}
	s.DB().MustExecContext(t.Context(), `UPDATE customers SET created_at = $1`, noon.Add(-3*week))
	s.DB().MustExecContext(t.Context(), `UPDATE customers SET created_at = $1 WHERE id = $2`, noon.Add(-week-time.Hour), young.ID)
	accepted(t, s, old.ID, billing.StatusSucceeded, noon.Add(-week), noon.Add(-week+23*time.Hour), noon.Add(-2*week+time.Minute), noon.Add(-week+24*time.Hour))
	accepted(t, s, young.ID, billing.StatusSucceeded, noon.Add(-week))
	accepted(t, s, none.ID, billing.StatusFailed, noon.Add(-week))
	usual, err := s.Usual(t.Context(), begin, end)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]store.Usual{}
	for _, u := range usual {
		got[u.CustomerID] = u
	}
	if len(got) != 2 || got[old.ID].Spent.String() != "4.1667" || got[old.ID].Days != 2 || got[young.ID].Spent.String() != "2.7778" || got[young.ID].Days != 1 {
		t.Errorf("%+v", got)
	}
}
