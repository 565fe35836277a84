package store_test

// A filter means the same to the list, to totals, counts and exports, and to whoever
// reads it by hand; and each is read from an index.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// crowd is a database with n top-ups of three customers with two keys each, of few
// values, so that filters hit. They have no ledger: lists do not look at it.
func crowd(t *testing.T, n int) (*store.Store, []billing.TopUp) {
	t.Helper()
	return crowdSince(t, n, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 1)
}

// crowdAt is a crowd with its database's address.
func crowdAt(t *testing.T, n int) (*store.Store, string) {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	order(t, s, n, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 1)
	return s, url
}

// crowdSince orders four at once, so many minutes apart.
func crowdSince(t *testing.T, n int, since time.Time, minutes int) (*store.Store, []billing.TopUp) {
	t.Helper()
	s := storetest.New(t)
	order(t, s, n, since, minutes)
	var all []billing.TopUp
	if n <= 1000 {
		page, err := s.TopUps(t.Context(), billing.TopUpFilter{}, billing.PageRequest{Limit: n})
		if all = page.TopUps; err != nil || len(all) != n {
			t.Fatal(len(all), err)
		}
	}
	return s, all
}

func order(t *testing.T, s *store.Store, n int, since time.Time, minutes int) {
	t.Helper()
	for range 3 {
		c := storetest.Customer(t, s, "0")
		if _, err := s.DB().Exec(`INSERT INTO api_keys (customer_id, name, hint, key_hash) SELECT CAST($1 AS bigint), 'k', 'lb_live_…' || i, decode(md5(CAST(CAST($1 AS bigint) AS text) || i), 'hex') FROM generate_series(1000, 1001) i`, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.DB().Exec(`
		INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost, dist_transid,
		                    api_key_id, failure_code, provider_transaction_id, carrier_transaction_id, created_at, updated_at, completed_at)
		SELECT CAST(md5('id' || i) AS uuid), c.id, 'r' || (i / 3), '+52' || (ARRAY['5512345678', '5512345679', '5599999999', '3312345678', '9999999999'])[1 + i % 5],
		       (ARRAY[20, 50, 50, 50, 100.5, 200])[1 + i % 6], st.status, 2.7778 + i % 7, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 50, 'LB' || i,
		       CASE WHEN i % 4 > 0 THEN (SELECT min(id) FROM api_keys k WHERE k.customer_id = c.id) + i % 2 END,
		       CASE WHEN st.status = 'failed' THEN 'refused' ELSE '' END, CASE WHEN i % 2 = 0 THEN 'LT' || i / 4 ELSE '' END, CASE WHEN i % 3 = 0 THEN 'V' || i / 4 ELSE '' END,
		       at, at, CASE WHEN st.status IN ('succeeded', 'failed', 'reversed') THEN at END
		FROM generate_series(1, $1) AS i
		CROSS JOIN LATERAL (SELECT id FROM customers ORDER BY id OFFSET i % 3 LIMIT 1) c
		CROSS JOIN LATERAL (SELECT (ARRAY['succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'unknown', 'queued', 'sending', 'reversed'])[1 + (i * 7) % 11] AS status) st
		CROSS JOIN LATERAL (SELECT CAST($2 AS timestamptz) + make_interval(mins => i / 4 * $3) AS at) moment`, n, since, minutes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Owner(s).Exec(`ANALYZE topups`); err != nil {
		t.Fatal(err)
	}
}

// matches is the filter read by hand.
func matches(f billing.TopUpFilter, t billing.TopUp) bool {
	find := func() bool {
		phone, err := billing.ParsePhone(f.Find)
		return slices.Contains([]string{t.Reference, t.DistTransID, t.ProviderTransactionID, t.CarrierTransactionID, t.ID.String()}, f.Find) || err == nil && phone == t.Phone
	}
	return (f.CustomerID == 0 || f.CustomerID == t.CustomerID) &&
		(len(f.CustomerIDs) == 0 || slices.Contains(f.CustomerIDs, t.CustomerID)) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, t.Status)) &&
		(len(f.APIKeyIDs) == 0 || t.APIKeyID != nil && slices.Contains(f.APIKeyIDs, *t.APIKeyID)) &&
		(f.Phone == "" || f.Phone == t.Phone) &&
		strings.HasPrefix(t.Phone.National(), f.PhoneBegins) &&
		(f.Reference == "" || f.Reference == t.Reference) &&
		(f.ProviderRef == "" || f.ProviderRef == t.ProviderTransactionID || f.ProviderRef == t.CarrierTransactionID) &&
		(f.Find == "" || find()) &&
		f.Amount.Contains(t.Amount) &&
		(f.From == nil || !t.CreatedAt.Before(*f.From)) &&
		(f.To == nil || t.CreatedAt.Before(*f.To))
}

func drawFilter(t *rapid.T, all []billing.TopUp) billing.TopUpFilter {
	any := func(name string) billing.TopUp { return rapid.SampledFrom(all).Draw(t, name) }
	wants := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, "has "+name) == 0 }
	moment := func(name string) *time.Time {
		at := any(name).CreatedAt.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, name+" off")) * time.Second)
		return &at
	}
	var f billing.TopUpFilter
	if wants("scope") {
		f.CustomerID = any("scope").CustomerID
	}
	if wants("customers") {
		f.CustomerIDs = rapid.SliceOfN(rapid.SampledFrom([]int64{all[0].CustomerID, all[1].CustomerID, all[2].CustomerID, 99}), 1, 3).Draw(t, "customers")
	}
	if wants("statuses") {
		f.Statuses = rapid.SliceOfN(rapid.SampledFrom(billing.Statuses()), 1, 4).Draw(t, "statuses")
	}
	if wants("keys") {
		f.APIKeyIDs = rapid.SliceOfN(rapid.Int64Range(1, 7), 1, 3).Draw(t, "keys")
	}
	if wants("phone") {
		f.Phone = any("phone").Phone
	}
	if wants("phone begins") {
		f.PhoneBegins = any("phone begins").Phone.National()[:rapid.IntRange(1, 9).Draw(t, "digits")]
	}
	if wants("reference") {
		f.Reference = any("reference").Reference
	}
	if wants("provider's id") {
		f.ProviderRef = rapid.SampledFrom([]string{any("id").ProviderTransactionID, any("id").CarrierTransactionID, "none"}).Draw(t, "which id")
	}
	if wants("find") {
		one := any("found")
		f.Find = rapid.SampledFrom([]string{one.Reference, one.Phone.National(), one.ID.String(), one.DistTransID, one.ProviderTransactionID, one.CarrierTransactionID, "none"}).Draw(t, "find")
	}
	if wants("amount") {
		f.Amount, _ = billing.ParseAmountRange(rapid.SampledFrom([]string{"50", ">50", "<=50", "20..100.5", ">20,<200", "77"}).Draw(t, "amount"))
	}
	if wants("from") {
		f.From = moment("from")
	}
	if wants("to") {
		f.To = moment("to")
	}
	return f
}

func TestAFilterMatchesWhatItSays(t *testing.T) {
	s, all := crowd(t, 400)
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFilter(t, all)
		var want []string
		totals := billing.TopUpTotals{}
		for _, row := range all {
			if !matches(f, row) {
				continue
			}
			want = append(want, row.ID.String())
			totals.Count++
			switch row.Status {
			case billing.StatusSucceeded:
				totals.Succeeded++
				totals.Delivered, totals.Charged = totals.Delivered.Add(row.Amount), totals.Charged.Add(row.Price)
			case billing.StatusFailed:
				totals.Failed++
			}
		}
		got, err := s.TopUpTotals(ctx, f)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(totals) {
			t.Fatalf("totals are %v (%v), want %v", got, err, totals)
		}
		if n, err := s.CountTopUps(ctx, f, 50); err != nil || n != min(50, len(want)) {
			t.Fatalf("counted %d (%v), want %d", n, err, min(50, len(want)))
		}
		var each []string
		err = s.EachExportRow(ctx, f, store.ExportRows{Row: func(cells [][]byte) error {
			id, err := uuid.ParseBytes(cells[0])
			each = append(each, billing.TopUpID{UUID: id}.String())
			return err
		}})
		if err != nil || !slices.Equal(each, want) {
			t.Fatalf("an export holds %d rows (%v), want %d", len(each), err, len(want))
		}
		limit := rapid.IntRange(1, 60).Draw(t, "limit")
		down, last := walk(ctx, t, s, f, limit, false)
		if !slices.Equal(down, want) {
			t.Fatalf("pages on the way down hold %d rows, want %d", len(down), len(want))
		}
		if last == nil {
			return
		}
		up, _ := walk(ctx, t, s, f, limit, true)
		if !slices.Equal(up, want) {
			t.Fatalf("pages on the way up hold %d rows, want %d", len(up), len(want))
		}
	})
}

// walk reads all pages of a list, from the newest down or from the oldest up.
func walk(ctx context.Context, t *rapid.T, s *store.Store, f billing.TopUpFilter, limit int, up bool) (ids []string, last *billing.Cursor) {
	page := billing.PageRequest{Limit: limit}
	if up {
		page.Newer = &billing.Cursor{}
	}
	for {
		got, err := s.TopUps(ctx, f, page)
		if err != nil {
			t.Fatal(err)
		}
		var here []string
		for _, row := range got.TopUps {
			here = append(here, row.ID.String())
		}
		if up {
			ids = append(here, ids...)
		} else {
			ids = append(ids, here...)
		}
		more := got.HasOlder && !up || got.HasNewer && up
		if !more {
			return ids, last
		}
		if up {
			last = &billing.Cursor{CreatedAt: got.TopUps[0].CreatedAt, ID: got.TopUps[0].ID}
			page.Newer = last
		} else {
			end := got.TopUps[len(got.TopUps)-1]
			last = &billing.Cursor{CreatedAt: end.CreatedAt, ID: end.ID}
			page.Older = last
		}
	}
}

// A plan is asked for with statistics of 60,000 rows: enough for PostgreSQL to
// prefer an index wherever there is one that serves.
func TestEveryFilterIsReadFromAnIndex(t *testing.T) {
	s, _ := crowd(t, 60_000)
	amount := func(text string) (r billing.AmountRange) { r, _ = billing.ParseAmountRange(text); return r }
	day := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	end := day.AddDate(0, 0, 1)
	filters := map[string]billing.TopUpFilter{
		"all":                   {},
		"a customer":            {CustomerIDs: []int64{1}},
		"customers":             {CustomerIDs: []int64{1, 2, 3}},
		"a customer's failed":   {CustomerID: 1, Statuses: []billing.Status{"failed"}},
		"failed":                {Statuses: []billing.Status{"failed"}},
		"failed and unknown":    {Statuses: []billing.Status{"failed", "unknown"}},
		"every status":          {Statuses: billing.Statuses()},
		"a phone":               {Phone: "+525512345678"},
		"a phone's beginning":   {PhoneBegins: "551234567"},
		"a reference":           {Reference: "r77"},
		"a customer's":          {CustomerID: 1, Reference: "r77"},
		"a provider's id":       {ProviderRef: "LT12"},
		"anything":              {Find: "V12"},
		"any phone":             {Find: "5512345678"},
		"a key":                 {APIKeyIDs: []int64{1}},
		"a key that is not":     {APIKeyIDs: []int64{99}},
		"an amount":             {Amount: amount("50")},
		"an amount that is not": {Amount: amount(">1000")},
		"a day":                 {From: &day, To: &end},
		"all together":          {CustomerID: 1, Statuses: []billing.Status{"failed"}, Amount: amount(">20"), From: &day, To: &end},
	}
	somewhere := &billing.Cursor{CreatedAt: day, ID: billing.NewTopUpID()}
	for name, f := range filters {
		for _, p := range []billing.PageRequest{{Limit: 50}, {Limit: 50, Older: somewhere}, {Limit: 50, Newer: somewhere}} {
			query, args := store.TopUpsPageQuery(f, p)
			var plan []string
			if err := s.DB().Select(&plan, "EXPLAIN "+query, args...); err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "\n"); strings.Contains(text, "Seq Scan on topups") {
				t.Errorf("%s reads the whole table:\n%s", name, text)
			}
		}
	}
}

// What the database writes into a file is what everybody else writes.
func TestTheCellsOfAFileAreTheTopUps(t *testing.T) {
	s, all := crowd(t, 60)
	places := func(name string) int { return slices.Index(store.ExportCells(), name) }
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	n := 0
	err := s.EachExportRow(t.Context(), billing.TopUpFilter{}, store.ExportRows{Row: func(cells [][]byte) error {
		row := all[n]
		n++
		for name, want := range map[string]string{
			"id": row.ID.UUID.String(), "created_at": at(&row.CreatedAt), "completed_at": at(row.CompletedAt), "customer": row.CustomerCode, "customer_name": row.CustomerName,
			"reference": row.Reference, "phone": string(row.Phone), "status": string(row.Status), "amount_mxn": row.Amount.String(), "price_usd": row.Price.String(),
			"charged_usd": row.Charged().String(), "exchange_rate": row.Rate.String(), "discount": row.Discount.String(), "product": row.Product, "sent_mxn": row.Sent.String(),
			"cost_mxn": row.Cost.String(), "attempts": fmt.Sprint(row.Attempts), "failure_code": string(row.FailureCode), "failure_reason": row.FailureReason,
			"provider_transaction_id": row.ProviderTransactionID, "carrier_transaction_id": row.CarrierTransactionID, "our_transaction_id": row.DistTransID, "api_key": row.APIKeyHint,
		} {
			if got := string(cells[places(name)]); got != want {
				t.Errorf("%s of %s is %q, want %q", name, row.ID, got, want)
			}
		}
		return nil
	}})
	if err != nil || n != len(all) {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestTotalsThatTakeTooLongAreGivenUp(t *testing.T) {
	s, _ := crowd(t, 1)
	held := s.DB().MustBegin()
	defer held.Rollback()
	held.MustExec(`LOCK TABLE topups IN ACCESS EXCLUSIVE MODE`)
	if _, err := s.TopUpTotalsWithin(t.Context(), billing.TopUpFilter{}, store.Patience{Time: 50 * time.Millisecond}); err == nil || err.Error() != billing.ErrTooMany.Error() {
		t.Errorf("it ended with %v", err)
	}
}
