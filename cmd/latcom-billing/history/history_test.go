package history_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cmd/latcom-billing/history"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/store/verify"
)

func options(t *testing.T, topUps int) history.Options {
	t.Helper()
	zone, err := time.LoadLocation("America/Mexico_City")
	if err != nil {
		t.Fatal(err)
	}
	return history.Options{TopUps: topUps, Days: 30, Seed: 1, Now: time.Now(), Zone: zone, Rate: billing.MustRate("18.00")}
}

func written(t *testing.T, o history.Options) *store.Store {
	t.Helper()
	s := storetest.New(t)
	begun := time.Now()
	done, err := history.Write(t.Context(), s, o)
	if err != nil || !done {
		t.Fatalf("Write: %v, %v", done, err)
	}
	t.Logf("%d top-ups in %s", o.TopUps, time.Since(begun).Round(time.Millisecond))
	return s
}

func TestTheBooksOfAMadeUpPastAreProven(t *testing.T) {
	for _, n := range []int{0, 1, 40, 3000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			s := written(t, options(t, n))
			report, err := verify.Run(t.Context(), s.DB().DB)
			if err != nil {
				t.Fatal(err)
			}
			for _, difference := range report.Differences {
				t.Error(difference)
			}
			if report.TopUps != int64(n) {
				t.Errorf("%d top-ups", report.TopUps)
			}
		})
	}
}

func TestLevelsAreLowMediumAndGood(t *testing.T) {
	for _, n := range []int{20, 2000} {
		s := written(t, options(t, n))
		for code, want := range map[string]billing.Level{"RNORTE": billing.LevelLow, "TMOVIL": billing.LevelMedium, "ENVIA": billing.LevelGood} {
			c, err := s.CustomerByCode(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			if c.Level() != want {
				t.Errorf("after %d top-ups %s is %s with %s", n, code, c.Level(), c.Available())
			}
		}
	}
}

// facts are counted by SQL of the test's own.
var facts = []struct{ name, query string }{
	{"every entry's balance is the sum of the entries up to it", `
		SELECT count(*) FROM (
			SELECT balance_after, sum(CASE WHEN to_account = 'available' AND from_account <> 'held' THEN amount
			                               WHEN to_account = 'revenue' THEN -amount ELSE 0 END) OVER w AS balance,
			       held_after, sum(CASE WHEN to_account = 'held' THEN amount WHEN from_account = 'held' THEN -amount ELSE 0 END) OVER w AS held
			FROM entries WHERE customer_id IS NOT NULL
			WINDOW w AS (PARTITION BY customer_id ORDER BY id)) e
		WHERE balance_after <> balance OR held_after <> held`},
	{"balances are where the last entry left them", `
		SELECT count(*) FROM balances b
		JOIN LATERAL (SELECT balance_after, held_after FROM entries WHERE customer_id = b.customer_id ORDER BY id DESC LIMIT 1) e ON true
		WHERE (b.balance, b.held) <> (e.balance_after, e.held_after)`},
	{"entries are in the order of time", `
		SELECT count(*) FROM (SELECT created_at, lag(created_at) OVER (ORDER BY id) AS before FROM entries) e WHERE created_at < before`},
	{"nothing happens in the future", `
		SELECT count(*) FROM topups WHERE GREATEST(created_at, updated_at, completed_at, first_sent_at) > now()`},
	{"a top-up is accepted, sent and completed in this order", `
		SELECT count(*) FROM topups WHERE NOT (created_at < first_sent_at AND first_sent_at < COALESCE(completed_at, updated_at))`},
	{"attempts of a top-up follow each other", `
		SELECT count(*) FROM attempts a JOIN attempts b ON b.topup_id = a.topup_id AND b.number = a.number + 1 WHERE b.started_at <= a.finished_at`},
	{"prices follow from rate and discount", `
		SELECT count(*) FROM topups WHERE price <> round(amount * (1 - discount) / rate, 4)`},
	{"an id of version 7 says when it was made", `
		SELECT count(*) FROM topups
		WHERE substr(id::text, 15, 1) <> '7'
		   OR abs(('x' || lpad(replace(left(id::text, 13), '-', ''), 16, '0'))::bit(64)::bigint - EXTRACT(EPOCH FROM created_at) * 1000) > 1`},
	{"no phone is anybody's, and none has a fate in the simulator", `
		SELECT count(*) FROM topups WHERE NOT phone ~ '^\+52([2-9][0-9]|[2-9][0-9][0-9])0' OR phone ~ '9900[0-9]{2}$'`},
	{"no deposit needed a second operator", `SELECT count(*) FROM adjustments WHERE abs(amount) > 1000`},
	{"the last top-up is minutes old", `SELECT count(*) FROM (SELECT max(created_at) AS last FROM topups) t WHERE last < now() - interval '10 minutes'`},
	{"the first is a month old", `SELECT count(*) FROM (SELECT min(created_at) AS first FROM topups) t WHERE first > now() - interval '29 days'`},
}

func TestAMadeUpPastIsConsistentAndBelievable(t *testing.T) {
	s := written(t, options(t, 20000))
	t.Run("consistent", func(t *testing.T) { isConsistent(t, s) })
	t.Run("believable", func(t *testing.T) { isBelievable(t, s) })
}

func isConsistent(t *testing.T, s *store.Store) {
	for _, fact := range facts {
		var broken int
		if err := s.DB().GetContext(t.Context(), &broken, fact.query); err != nil {
			t.Errorf("%s: %v", fact.name, err)
		}
		if broken != 0 {
			t.Errorf("%s: not so for %d rows", fact.name, broken)
		}
	}
}

func isBelievable(t *testing.T, s *store.Store) {
	var got struct {
		Succeeded  float64 `db:"succeeded"`
		Failed     float64 `db:"failed"`
		Unknown    int     `db:"unknown"`
		Quick      float64 `db:"quick"`
		Slowest    float64 `db:"slowest"`
		Faults     int     `db:"faults"`
		Retried    int     `db:"retried"`
		GivenUp    int     `db:"given_up"`
		Busy, Calm float64
	}
	err := s.DB().GetContext(t.Context(), &got, `
		SELECT 100.0 * count(*) FILTER (WHERE status = 'succeeded') / count(*) AS succeeded,
		       100.0 * count(*) FILTER (WHERE status = 'failed') / count(*) AS failed,
		       count(*) FILTER (WHERE status = 'unknown') AS unknown,
		       count(*) FILTER (WHERE status = 'succeeded' AND attempts > 1) AS retried,
		       count(*) FILTER (WHERE failure_code = 'provider_unreachable') AS given_up,
		       (SELECT 100.0 * count(*) FILTER (WHERE took_ms BETWEEN 6000 AND 8500) / count(*) FROM attempts WHERE outcome = 'delivered') AS quick,
		       (SELECT max(took_ms) / 1000.0 FROM attempts WHERE outcome = 'delivered') AS slowest,
		       (SELECT count(DISTINCT fault) FROM attempts WHERE outcome = 'refused') AS faults,
		       count(*) FILTER (WHERE EXTRACT(HOUR FROM created_at AT TIME ZONE 'America/Mexico_City') = 18) AS busy,
		       count(*) FILTER (WHERE EXTRACT(HOUR FROM created_at AT TIME ZONE 'America/Mexico_City') = 3) AS calm
		FROM topups`)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	if got.Succeeded < 95.5 || got.Succeeded > 97.5 || got.Failed < 3 || got.Failed > 4.5 || got.Unknown != 6 {
		t.Errorf("outcomes: %+v", got)
	}
	if got.Quick < 90 || got.Slowest < 15 || got.Slowest > 20.1 {
		t.Errorf("latencies: %+v", got)
	}
	if got.Faults != 3 || got.Retried < 20 || got.GivenUp < 1 {
		t.Errorf("causes and retries: %+v", got)
	}
	if got.Busy < 10*got.Calm {
		t.Errorf("hours: %+v", got)
	}
}

func TestAPastIsWrittenOnAnEmptyDatabaseOnly(t *testing.T) {
	s := storetest.New(t)
	storetest.Customer(t, s, "5")
	done, err := history.Write(t.Context(), s, options(t, 100))
	if err != nil || done {
		t.Fatalf("Write: %v, %v", done, err)
	}
}

func TestTheSameSeedMakesTheSamePast(t *testing.T) {
	o := options(t, 500)
	digest := func() (sum string) {
		s := written(t, o)
		err := s.DB().GetContext(t.Context(), &sum, `
			SELECT md5(string_agg(concat_ws('|', t.id, t.reference, t.phone, t.amount, t.status, t.dist_transid, t.created_at, t.completed_at), ';' ORDER BY t.id))
			FROM topups t`)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if a, b := digest(), digest(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// A million top-ups take minutes; run it when seeding changes:
// HISTORY_TOP_UPS=1000000 go test -run Large ./cmd/latcom-billing/history -v
func TestALargePastIsProven(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("HISTORY_TOP_UPS"))
	if err != nil {
		t.Skip("HISTORY_TOP_UPS is not set")
	}
	s := written(t, options(t, n))
	report, err := verify.Run(t.Context(), s.DB().DB)
	if err != nil || !report.Proven() {
		t.Errorf("%v: %d differences, such as %v", err, report.Wrong, report.Differences[:min(3, len(report.Differences))])
	}
}
