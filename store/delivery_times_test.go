package store_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// attempted adds a delivered attempt that took so many milliseconds.
func attempted(t *testing.T, s *store.Store, customerID int64, at time.Time, tookMillis int) {
	t.Helper()
	accepted(t, s, customerID, billing.StatusSucceeded, at)
	s.DB().MustExecContext(t.Context(), `
		INSERT INTO attempts (topup_id, number, instance_id, started_at, finished_at, outcome, took_ms)
		SELECT id, 1, 'test', $1, $1, 'delivered', $2 FROM topups WHERE created_at = $1`, at, tookMillis)
}

func TestPercentilesAreThoseOfTheAttemptsToTheTenth(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0")
	random := rand.New(rand.NewPCG(4, 8))
	now := time.Now().UTC()
	for i := range 240 { // five hours, the present one among them
		at := now.Add(-time.Duration(i)*75*time.Second - time.Second).Truncate(time.Microsecond)
		attempted(t, s, c.ID, at, 6000+random.IntN(3000)+random.IntN(2)*random.IntN(14000))
	}
	from, to := now.Add(-5*time.Hour-20*time.Minute), now
	var before []store.DeliveryTimes
	for _, counted := range []bool{false, true} {
		if counted {
			if n, err := s.CountDeliveryTimes(t.Context()); err != nil || n < 3 || n > 5 {
				t.Fatalf("counted %d hours, %v", n, err)
			}
			// What was counted does not change, whatever becomes of the attempts.
			storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE attempts DISABLE TRIGGER ALL`)
			s.DB().MustExecContext(t.Context(), `UPDATE attempts SET took_ms = 1 WHERE started_at BETWEEN $1 AND now() - interval '130 minutes'`, from.Add(time.Hour))
		}
		got, err := s.DeliveryTimes(t.Context(), from, to)
		if err != nil {
			t.Fatal(err)
		}
		if !counted {
			before = got
			checkPercentiles(t, s, got, from, to)
			continue
		}
		for i, hour := range got {
			if i > 0 && (hour.P50 != before[i].P50 || hour.P95 != before[i].P95 || hour.Deliveries != before[i].Deliveries) {
				t.Errorf("counted %+v, before %+v", hour, before[i])
			}
		}
	}
}

func checkPercentiles(t *testing.T, s *store.Store, got []store.DeliveryTimes, from, to time.Time) {
	t.Helper()
	if len(got) < 6 || got[0].Hour != nil || got[0].Deliveries != 240 {
		t.Fatalf("%+v", got)
	}
	for _, g := range got {
		begins, ends := from, to
		if g.Hour != nil {
			begins, ends = *g.Hour, g.Hour.Add(time.Hour)
		}
		var want store.DeliveryTimes
		err := s.DB().GetContext(t.Context(), &want, `
			SELECT count(*) AS deliveries, round(percentile_disc(0.5) WITHIN GROUP (ORDER BY took_ms) / 100.0) / 10.0 AS p50,
			       round(percentile_disc(0.95) WITHIN GROUP (ORDER BY took_ms) / 100.0) / 10.0 AS p95
			FROM attempts WHERE started_at >= GREATEST(CAST($1 AS timestamptz), $3) AND started_at < $2`, begins, ends, from)
		if err != nil || g.P50 != want.P50 || g.P95 != want.P95 || g.Deliveries != want.Deliveries {
			t.Errorf("of %v: %+v, want %+v, %v", g.Hour, g, want, err)
		}
	}
}

// Hours that were counted and hours that were not stand side by side, and those
// that were missed are counted at the next turn.
func TestAnHourThatWasNotCountedIsReadFromTheAttempts(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0")
	from := time.Now().UTC().Truncate(time.Hour).Add(-6 * time.Hour)
	for h := range 5 {
		attempted(t, s, c.ID, from.Add(time.Duration(h)*time.Hour+time.Minute), 6000+100*h)
	}
	if _, err := s.CountDeliveryTimes(t.Context()); err != nil {
		t.Fatal(err)
	}
	missed := from.Add(2 * time.Hour)
	s.DB().MustExecContext(t.Context(), `DELETE FROM delivery_times WHERE hour = $1`, missed)
	s.DB().MustExecContext(t.Context(), `DELETE FROM delivery_hours WHERE hour = $1`, missed)
	whole := func() {
		t.Helper()
		times, err := s.DeliveryTimes(t.Context(), from, from.Add(5*time.Hour))
		if err != nil || len(times) != 6 || times[0].Deliveries != 5 {
			t.Fatalf("%+v, %v", times, err)
		}
		for h, hour := range times[1:] {
			if want := 6 + float64(h)/10; hour.P50 != want || hour.Deliveries != 1 {
				t.Errorf("hour %d: %+v, want %v", h, hour, want)
			}
		}
	}
	whole()
	if n, err := s.CountDeliveryTimes(t.Context()); err != nil || n != 1 {
		t.Errorf("counted %d hours again, %v", n, err)
	}
	whole()
}

func TestInstancesThatCountAtOnceCountOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	c := storetest.Customer(t, s, "0")
	for i := range 30 {
		attempted(t, s, c.ID, time.Now().Add(-time.Duration(3+i)*time.Hour).Truncate(time.Microsecond), 6400)
	}
	s.DB().MustExecContext(t.Context(), `INSERT INTO delivery_hours (hour) VALUES ('2020-01-01 00:00+00')`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := s.CountDeliveryTimes(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var deliveries, old int
	if err := s.DB().GetContext(t.Context(), &deliveries, `SELECT sum(deliveries) FROM delivery_times`); err != nil || deliveries != 30 {
		t.Errorf("%d deliveries counted of 30, %v", deliveries, err)
	}
	if err := s.DB().GetContext(t.Context(), &old, `SELECT count(*) FROM delivery_hours WHERE hour < '2021-01-01'`); err != nil || old != 0 {
		t.Errorf("%d hours of years ago are kept, %v", old, err)
	}
	if times, err := s.DeliveryTimes(t.Context(), time.Now(), time.Now()); err != nil || len(times) != 0 {
		t.Errorf("no time has %+v, %v", times, err)
	}
}
