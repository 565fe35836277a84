package torture

// The last word of the API, when all is over: what a reseller can read of his
// top-ups and of his money, against the simulator's deliveries. Nothing here looks
// into the database.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/shopspring/decimal"
)

// delivery is what the simulator tells of one.
type delivery struct {
	DistTransID string `json:"dist_transid"`
	MSISDN      string `json:"msisdn"`
	Amount      string `json:"amount"`
}

func (s *system) deliveries(t *testing.T) []delivery {
	t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.Simulator+"/deliveries", nil)
	must(t, err)
	answer, err := http.DefaultClient.Do(q)
	must(t, err)
	defer answer.Body.Close()
	var said struct{ Deliveries []delivery }
	must(t, json.NewDecoder(answer.Body).Decode(&said))
	return said.Deliveries
}

func (r *reseller) get(t *testing.T, path string, into any) {
	t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), http.MethodGet, r.system.addresses()[0]+"/api/v1"+path, nil)
	must(t, err)
	status, text, err := r.send(q)
	must(t, err)
	if status != http.StatusOK {
		t.Fatalf("%s is answered %d %s", path, status, text)
	}
	must(t, json.Unmarshal(text, into))
}

// topUps reads the whole list, page by page.
func (r *reseller) topUps(t *testing.T) (all []told) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Data []told `json:"data"`
			Next string `json:"next_cursor"`
		}
		path := "/topups?limit=100"
		if cursor != "" {
			path += "&cursor=" + url.QueryEscape(cursor)
		}
		r.get(t, path, &page)
		all = append(all, page.Data...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// compareLastWord: every top-up stands as its program was told, its credit went
// down by what was delivered, to the ten-thousandth, and what is unknown is held.
func (r *reseller) compareLastWord(t *testing.T, s *system, all airtime) {
	t.Helper()
	var paid, held decimal.Decimal
	listed := map[string]bool{}
	for _, now := range r.topUps(t) {
		price, err := decimal.NewFromString(now.Price)
		must(t, err)
		listed[now.Reference] = true
		switch now.Status {
		case "succeeded":
			paid = paid.Add(price)
			all[wish(now)] = all[wish(now)].add(0, 1, 0)
		case "unknown":
			held = held.Add(price)
			all[wish(now)] = all[wish(now)].add(0, 0, 1)
		case "failed":
		default:
			s.differs(t, "%s is %s when all is over", now.Reference, now.Status)
		}
		before, wasTold := r.told[now.Reference]
		if wasTold && (before.ID != now.ID || before.Price != now.Price || before.final() && before.Status != now.Status) {
			s.differs(t, "%s was told %+v and is %+v", r.code, before, now)
		}
		s.tally.add("answers compared")
	}
	r.compareReferences(t, listed)
	var money struct{ Balance, Held string }
	r.get(t, "/balance", &money)
	if want := decimal.New(r.credit, -4).Sub(paid); money.Balance != want.StringFixed(4) || money.Held != held.StringFixed(4) {
		s.differs(t, "%s reads balance %s, held %s; %s and %s are left of what it ordered", r.code, money.Balance, money.Held, want.StringFixed(4), held.StringFixed(4))
	}
}

// compareReferences: what was accepted is there, and nothing that was refused or
// that nobody asked for.
func (r *reseller) compareReferences(t *testing.T, listed map[string]bool) {
	t.Helper()
	for _, what := range r.wrong {
		r.system.differs(t, "%s: %s", r.code, what)
	}
	for reference := range r.told {
		if !listed[reference] {
			r.system.differs(t, "%s was accepted, and is lost", reference)
		}
	}
	for reference := range listed {
		if !r.asked[reference] {
			r.system.differs(t, "%s is there, and nobody asked for it", reference)
		}
		if r.refused[reference] > 0 && !r.lost[reference] {
			r.system.differs(t, "%s was refused for want of credit, and is there", reference)
		}
	}
}

// airtime counts, by phone and amount, what was delivered, what was paid and what
// is unknown.
type airtime map[string]counts

type counts struct{ delivered, paid, unknown int }

func (c counts) add(delivered, paid, unknown int) counts {
	return counts{c.delivered + delivered, c.paid + paid, c.unknown + unknown}
}

// wish is what was to be delivered.
func wish(of told) string {
	return fmt.Sprintf("%s MXN for %s", of.Amount, of.Phone[max(0, len(of.Phone)-10):])
}

// compareAirtime: all that was delivered was paid, or may yet turn out to be, and
// nothing was paid that was not delivered.
func (s *system) compareAirtime(t *testing.T, resellers []*reseller) {
	t.Helper()
	all := airtime{}
	deliveries := s.deliveries(t)
	for _, d := range deliveries {
		what := wish(told{Phone: d.MSISDN, Amount: d.Amount})
		all[what] = all[what].add(1, 0, 0)
	}
	for _, r := range resellers {
		r.compareLastWord(t, s, all)
	}
	for what, n := range all {
		if n.delivered < n.paid || n.delivered > n.paid+n.unknown {
			s.differs(t, "%s: delivered %d times, paid %d times, unknown %d times", what, n.delivered, n.paid, n.unknown)
		}
	}
	s.tally.addN("deliveries compared", len(deliveries))
}
