package bookkeeper_test

import (
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// fourMonths posts two corrections on each of many days, and closes the days up
// to some days ago: what came after has no checkpoint.
func fourMonths(t *testing.T, s *store.Store, closed bool) int64 {
	t.Helper()
	c := storetest.Customer(t, s, "0").ID
	for ago := 110; ago >= 0; ago -= 5 {
		at := noon(ago)
		if ago == 0 {
			at = time.Now()
		}
		adjust(t, s, c, "10.0001", at)
		adjust(t, s, c, "-3.5", at)
	}
	if closed {
		if _, err := keeper(s).CloseDays(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// ledgerOf adds up the entries themselves, by their time in the business zone.
func ledgerOf(t *testing.T, s *store.Store, customerID int64, from, to time.Time) (sum billing.USD) {
	t.Helper()
	err := s.DB().GetContext(t.Context(), &sum, `
		SELECT COALESCE(sum(CASE to_account WHEN 'available' THEN amount ELSE -amount END), 0) FROM entries
		WHERE customer_id = $1 AND (created_at AT TIME ZONE 'America/Mexico_City')::date BETWEEN $2::date AND $3::date`,
		customerID, from.Format(time.DateOnly), to.Format(time.DateOnly))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestEveryMonthOpensWithTheClosingOfTheOneBeforeAndAddsUpToTheLedger(t *testing.T) {
	t.Parallel()
	for name, closed := range map[string]bool{"from checkpoints": true, "from entries alone": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			c := fourMonths(t, s, closed)
			k := keeper(s)
			months, err := k.Months(t.Context(), c)
			if err != nil || len(months) < 4 {
				t.Fatalf("%d months, %v", len(months), err)
			}
			before, total := billing.AccountDay{}, billing.USD{}
			for i := len(months) - 1; i >= 0; i-- {
				m := months[i]
				if m.Opening.Balance.Cmp(before.Balance) != 0 || m.Opening.Number != before.Number || m.Opening.Hash != before.Hash {
					t.Errorf("%s opens with %s, the month before closed with %s", m.From.Format("2006-01"), m.Opening.Balance, before.Balance)
				}
				if want := ledgerOf(t, s, c, m.From, m.To); !m.AddsUp() || m.Moved().Balance.Cmp(want) != 0 {
					t.Errorf("%s moved %s, its ledger %s; adds up: %v", m.From.Format("2006-01"), m.Moved().Balance, want, m.AddsUp())
				}
				whole, err := k.Statement(t.Context(), c, m.From, m.To)
				if err != nil || !whole.AddsUp() || whole.Closing.Balance.Cmp(m.Closing.Balance) != 0 || whole.Opening.Number != m.Opening.Number || whole.Closing.Hash != m.Closing.Hash {
					t.Errorf("%s alone: %+v, %v", m.From.Format("2006-01"), whole, err)
				}
				if whole.Closed() != (closed && i > 0) {
					t.Errorf("%s is closed: %v", m.From.Format("2006-01"), whole.Closed())
				}
				before, total = m.Closing, total.Add(m.Moved().Balance)
			}
			if balance := storetest.Balance(t, s, c); balance.Posted.Cmp(total) != 0 || balance.LastNumber != 0 && balance.LastNumber != before.Number {
				t.Errorf("all months add up to %s, the balance is %s", total, balance.Posted)
			}
		})
	}
}

func TestAStatementOfAnyDaysAddsUp(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := fourMonths(t, s, true)
	k := keeper(s)
	day := func(ago int) time.Time {
		at := noon(ago)
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	}
	for _, span := range [][2]int{{200, 150}, {110, 110}, {57, 53}, {56, 56}, {7, 0}, {0, 0}, {1, 1}, {300, 0}} {
		st, err := k.Statement(t.Context(), c, day(span[0]), day(span[1]))
		if err != nil {
			t.Fatal(err)
		}
		if want := ledgerOf(t, s, c, day(span[0]), day(span[1])); !st.AddsUp() || st.Moved().Balance.Cmp(want) != 0 {
			t.Errorf("%d to %d days ago: %s, the ledger %s; adds up: %v", span[0], span[1], st.Moved().Balance, want, st.AddsUp())
		}
	}
}

func TestAnAccountWithoutEntriesHasNoMonths(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0").ID
	k := keeper(s)
	months, err := k.Months(t.Context(), c)
	if err != nil || len(months) != 0 {
		t.Errorf("%d months, %v", len(months), err)
	}
	st, err := k.Statement(t.Context(), c, k.Today(), k.Today())
	if err != nil || !st.AddsUp() || len(st.Lines()) != 0 {
		t.Errorf("%+v, %v", st, err)
	}
}
