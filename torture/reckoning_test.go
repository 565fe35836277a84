package torture

// The reckoning: three who know nothing of each other must agree to the cent — the
// simulator's list of deliveries, the ledger, and what the resellers were told.

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

// booked is a top-up as the database has it.
type booked struct {
	id, reference, status, distTransID string
	price                              int64
}

// reckon waits until nothing is under way and compares.
func (s *system) reckon(t *testing.T, resellers ...*reseller) {
	t.Helper()
	db, err := sql.Open("postgres", s.DatabaseURL)
	must(t, err)
	defer db.Close()
	s.quiet(t, db)
	deliveries := s.deliveries(t)
	topUps := readTopUps(t, db)
	for id, times := range deliveries {
		if times > 1 {
			t.Errorf("%s was delivered %d times", id, times)
		}
	}
	captured := s.compareDeliveries(t, topUps, deliveries)
	s.compareLedger(t, db, topUps, captured)
	for _, r := range resellers {
		r.compare(t, topUps, s.tally)
	}
	said, err := s.Run(context.Background(), "verify")
	if err != nil {
		t.Errorf("verify: %v\n%s", err, said)
	}
}

// quiet waits until every order has an end, or is unknown, which no clock ends.
func (s *system) quiet(t *testing.T, db *sql.DB) {
	t.Helper()
	enough := time.After(150 * time.Second)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		var queued, sending int
		err := db.QueryRowContext(context.Background(), `
			SELECT count(*) FILTER (WHERE status = 'queued'), count(*) FILTER (WHERE status = 'sending') FROM topups`).Scan(&queued, &sending)
		if err == nil && queued+sending == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-enough:
			t.Fatalf("%d top-ups are queued and %d under way long after everything was well: %v", queued, sending, err)
		}
	}
}

func (s *system) deliveries(t *testing.T) map[string]int {
	t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.Simulator+"/deliveries", nil)
	must(t, err)
	answer, err := http.DefaultClient.Do(q)
	must(t, err)
	defer answer.Body.Close()
	var said struct {
		Deliveries []struct {
			DistTransID string `json:"dist_transid"`
		} `json:"deliveries"`
	}
	must(t, json.NewDecoder(answer.Body).Decode(&said))
	counts := map[string]int{}
	for _, d := range said.Deliveries {
		counts[d.DistTransID]++
	}
	return counts
}

func readTopUps(t *testing.T, db *sql.DB) map[string]booked {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), `SELECT CAST(id AS text), reference, status, dist_transid, CAST(price * 10000 AS bigint) FROM topups`)
	must(t, err)
	defer rows.Close()
	found := map[string]booked{}
	for rows.Next() {
		var b booked
		must(t, rows.Scan(&b.id, &b.reference, &b.status, &b.distTransID, &b.price))
		found[b.reference] = b
	}
	must(t, rows.Err())
	return found
}

// compareDeliveries holds the books against the simulator's list and returns what
// must have been captured.
func (s *system) compareDeliveries(t *testing.T, topUps map[string]booked, deliveries map[string]int) (captured int64) {
	t.Helper()
	known := 0
	for _, b := range topUps {
		_, delivered := deliveries[b.distTransID]
		switch {
		case b.status == "succeeded" && !delivered:
			t.Errorf("%s is succeeded, and was not delivered", b.reference)
		case b.status == "failed" && delivered:
			t.Errorf("%s is failed, and was delivered", b.reference)
		}
		if b.status == "succeeded" {
			captured += b.price
		}
		if delivered {
			known++
		}
		s.tally.add("top-ups " + b.status)
	}
	if known != len(deliveries) {
		t.Errorf("%d deliveries, of which %d are in the books", len(deliveries), known)
	}
	s.tally.addN("deliveries compared", len(deliveries))
	return captured
}

// compareLedger: what left the accounts is what was captured, and what is held is
// what the unknown cost.
func (s *system) compareLedger(t *testing.T, db *sql.DB, topUps map[string]booked, captured int64) {
	t.Helper()
	unknown := int64(0)
	for _, b := range topUps {
		if b.status == "unknown" {
			unknown += b.price
		}
	}
	var revenue, held, paidIn, balance int64
	must(t, db.QueryRowContext(context.Background(), `
		SELECT CAST((SELECT COALESCE(sum(amount), 0) FROM entries WHERE to_account = 'revenue') * 10000 AS bigint),
		       CAST((SELECT sum(held) FROM balances) * 10000 AS bigint),
		       CAST((SELECT sum(amount) FROM adjustments WHERE state = 'posted') * 10000 AS bigint),
		       CAST((SELECT sum(balance) FROM balances) * 10000 AS bigint)`).Scan(&revenue, &held, &paidIn, &balance))
	if revenue != captured || held != unknown || balance != paidIn-captured {
		t.Errorf("captured %s for deliveries that cost %s; held %s for unknown ones that cost %s; balances %s of %s paid in",
			usd(revenue), usd(captured), usd(held), usd(unknown), usd(balance), usd(paidIn))
	}
}

// compare holds what a reseller was told against the books.
func (r *reseller) compare(t *testing.T, topUps map[string]booked, counted *tally) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, what := range r.wrong {
		t.Error(what)
	}
	for reference, said := range r.told {
		b, there := topUps[reference]
		id, err := billing.ParseTopUpID(said.ID)
		isFinal := said.Status == "succeeded" || said.Status == "failed"
		switch {
		case !there:
			t.Errorf("%s was accepted, and is lost", reference)
		case err != nil || id.UUID.String() != b.id || said.Price != usd(b.price):
			t.Errorf("%s was told %+v, the books have %+v", reference, said, b)
		case isFinal && said.Status != b.status:
			t.Errorf("%s was told to be %s, and is %s", reference, said.Status, b.status)
		}
		counted.add("answers compared")
	}
	for reference := range topUps {
		if !r.asked[reference] && len(reference) > len(r.code) && reference[:len(r.code)] == r.code {
			t.Errorf("%s is in the books, and nobody asked for it", reference)
		}
	}
}
