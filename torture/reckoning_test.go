package torture

// The reckoning: three who know nothing of each other must agree to the cent — the
// simulator's list of deliveries, the ledger, and what the resellers were told.

import (
	"context"
	"testing"
	"time"
)

// booked is a top-up as the database has it.
type booked struct {
	reference, status, amount string
	price                     int64 // in ten-thousandths of a dollar
	cost                      int64 // in centavos
}

// differs counts a difference. There must be none.
func (s *system) differs(t *testing.T, format string, args ...any) {
	t.Helper()
	s.tally.add("differences")
	t.Errorf(format, args...)
}

// reckon waits until nothing is under way and compares.
func (s *system) reckon(t *testing.T, resellers ...*reseller) {
	t.Helper()
	s.quiet(t)
	s.tell(t, "all is quiet")
	s.compareAirtime(t, resellers)
	s.compareLedger(t, resellers)
	s.countAttempts(t)
	said, err := s.Run(context.Background(), "verify")
	if err != nil {
		s.differs(t, "verify: %v\n%s", err, said)
	}
}

// quiet waits until every order has an end, or is unknown, which no clock ends.
func (s *system) quiet(t *testing.T) {
	t.Helper()
	s.tell(t, "nobody orders any more")
	enough := time.Now().Add(5 * time.Minute)
	for {
		var queued, sending int
		err := s.db.QueryRowContext(context.Background(), `
			SELECT count(*) FILTER (WHERE status = 'queued'), count(*) FILTER (WHERE status = 'sending') FROM topups`).Scan(&queued, &sending)
		if err == nil && queued+sending == 0 {
			return
		}
		if time.Now().After(enough) {
			t.Fatalf("%d top-ups are queued and %d under way long after everything was well: %v", queued, sending, err)
		}
		wait(100 * time.Millisecond)
	}
}

// readTopUps is by dist_transid, by which Latcom knows them.
func (s *system) readTopUps(t *testing.T) map[string]booked {
	t.Helper()
	rows, err := s.db.QueryContext(context.Background(), `
		SELECT dist_transid, reference, status, CAST(amount AS text), CAST(price * 10000 AS bigint), CAST(cost * 100 AS bigint) FROM topups`)
	must(t, err)
	defer rows.Close()
	found := map[string]booked{}
	for rows.Next() {
		var id string
		var b booked
		must(t, rows.Scan(&id, &b.reference, &b.status, &b.amount, &b.price, &b.cost))
		found[id] = b
	}
	must(t, rows.Err())
	return found
}

// sums are what a set of top-ups adds up to.
type sums struct{ captured, held, cost int64 }

// compareLedger: each order was delivered at most once, for the amount that was
// ordered; and the ledger's entries say of all of them what the top-ups say.
func (s *system) compareLedger(t *testing.T, resellers []*reseller) {
	t.Helper()
	topUps := s.readTopUps(t)
	s.compareEach(t, topUps)
	var want, got sums
	for _, b := range topUps {
		s.tally.add("top-ups " + b.status)
		switch b.status {
		case "succeeded":
			want.captured += b.price
			want.cost += b.cost
		case "unknown":
			want.held += b.price
		}
	}
	var balance, paidIn int64
	must(t, s.db.QueryRowContext(context.Background(), `
		SELECT CAST(COALESCE(sum(amount) FILTER (WHERE to_account = 'revenue'), 0) * 10000 AS bigint),
		       CAST((COALESCE(sum(amount) FILTER (WHERE to_account = 'held'), 0) - COALESCE(sum(amount) FILTER (WHERE from_account = 'held'), 0)) * 10000 AS bigint),
		       CAST(COALESCE(sum(amount) FILTER (WHERE to_account = 'cost'), 0) * 100 AS bigint),
		       CAST((SELECT sum(balance) FROM balances) * 10000 AS bigint)
		FROM entries`).Scan(&got.captured, &got.held, &got.cost, &balance))
	for _, r := range resellers {
		paidIn += r.credit
	}
	if got != want || balance != paidIn-got.captured {
		s.differs(t, "the ledger captured %s, holds %s and cost %s; the top-ups want %s, %s and %s; balances %s of %s paid in",
			usd(got.captured), usd(got.held), mxn(got.cost), usd(want.captured), usd(want.held), mxn(want.cost), usd(balance), usd(paidIn))
	}
}

func (s *system) compareEach(t *testing.T, topUps map[string]booked) {
	t.Helper()
	times := map[string]int{}
	for _, d := range s.deliveries(t) {
		b, known := topUps[d.DistTransID]
		times[d.DistTransID]++
		switch {
		case !known:
			s.differs(t, "%s was delivered, and is in no book", d.DistTransID)
		case times[d.DistTransID] > 1:
			s.differs(t, "%s was delivered %d times", b.reference, times[d.DistTransID])
		case d.Amount != b.amount:
			s.differs(t, "%s of %s was delivered as %s", b.reference, b.amount, d.Amount)
		}
	}
	for id, b := range topUps {
		if b.status == "succeeded" && times[id] == 0 || b.status == "failed" && times[id] > 0 {
			s.differs(t, "%s is %s, and was delivered %d times", b.reference, b.status, times[id])
		}
	}
}

// countAttempts says how the requests to Latcom ended, and how long the longest was
// lost before anybody found it: the contract gives 60 s, by the database's clock,
// which stands still with the database.
func (s *system) countAttempts(t *testing.T) {
	t.Helper()
	rows, err := s.db.QueryContext(context.Background(), `
		SELECT outcome, policy_row, count(*), max(EXTRACT(EPOCH FROM finished_at - started_at)) FROM attempts GROUP BY outcome, policy_row`)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var outcome, row string
		var count int
		var longest float64
		must(t, rows.Scan(&outcome, &row, &count, &longest))
		s.tally.addN("attempts "+outcome+": "+row, count)
		if row == "engine.lost" {
			s.tell(t, "the longest that an attempt was lost: %.1f s", longest)
		}
	}
	must(t, rows.Err())
}
