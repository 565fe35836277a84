package handlers_test

// The back office's list of top-ups: filter, pages, totals, CSV, one of them.

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// past adds n top-ups of a customer, one a minute back from now, without their
// ledger: lists do not look at it. Every tenth failed.
func (p premises) past(t *testing.T, c billing.Customer, n int) {
	t.Helper()
	_, err := p.store.DB().ExecContext(t.Context(), `
		INSERT INTO topups (id, customer_id, reference, phone, amount, status, price, rate, discount, product, sent, expected, cost,
		                    dist_transid, failure_code, failure_reason, provider_transaction_id, carrier_transaction_id, created_at, updated_at, completed_at)
		SELECT gen_random_uuid(), CAST($1 AS bigint), 'past-' || i, '+5255' || lpad(i::text, 8, '0'), 50, CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'succeeded' END,
		       2.7778, 18, 0, 'TFE_MXN_20_TO_2000', 50, 58, 50, 'LB' || CAST($1 AS bigint) || '-' || i, CASE WHEN i % 10 = 0 THEN 'refused' ELSE '' END,
		       CASE WHEN i % 10 = 0 THEN '=HYPERLINK("http://evil","a"),b' ELSE '' END, 'LT' || i, 'VEN' || i,
		       now() - make_interval(mins => i), now(), now() - make_interval(mins => i) + interval '6 s'
		FROM generate_series(1, $2) AS i`, c.ID, n)
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheFilterIgnoresNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c, other := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.past(t, c, 30)
	p.past(t, other, 5)
	v := p.as(t, billing.RoleViewer)
	today := time.Now().In(mexico(t)).Format(time.DateOnly)
	longAgo := "2020-02-01"
	for query, want := range map[string]int{
		"":                   35,
		"customer=" + c.Code: 30,
		"status=failed":      3,
		"customer=" + other.Code + "&status=failed":        0,
		"phone=" + url.QueryEscape("55 0000 0003"):         2,
		"phone=" + url.QueryEscape("+52 1 (55) 0000-0003"): 2,
		"reference=past-12":                                1,
		"transaction=LT12":                                 1,
		"transaction=VEN12":                                1,
		"from=" + longAgo:                                  35,
		"to=" + longAgo:                                    0,
		"from=2020-01-01&to=2020-01-31":                    0,
		"from=2020-01-01&to=" + today:                      35,
		"date=30d":                                         35,
		"date=lastmonth":                                   0,
		"status=failed,succeeded":                          35,
		"customer=" + strings.ToLower(c.Code):              30,
		"customer=" + c.Code + "," + other.Code:            35,
		"phone=" + url.QueryEscape("55*"):                  35,
		"phone=" + url.QueryEscape("550000001…"):           10,
		"amount=50":                                        35,
		"amount=" + url.QueryEscape(">50"):                 0,
		"amount=20..100&status=failed":                     3,
		"find=past-12":                                     1,
		"find=LT12":                                        1,
		"find=VEN12":                                       1,
		"find=55+0000+0003":                                2,
		"find=LB" + strconv.FormatInt(c.ID, 10) + "-12":    1,
	} {
		got := v.get("/admin/topups?" + query)
		if rows := got.Find("#topup-rows tbody tr").Length(); got.status != http.StatusOK || rows != want {
			t.Errorf("%q: %d with %d rows, want %d", query, got.status, rows, want)
		}
	}
	for query, field := range map[string]string{
		"status=delivered": "status", "customer=NOBODY": "customer", "phone=55": "phone", "phone=%2B15551234567": "phone",
		"reference=a%20b": "reference", "transaction=a%20b": "transaction", "from=12/03/2026": "from", "to=2026-02-30": "to",
		"from=2026-03-12&to=2026-03-11": "to", "phone=55&phone=56": "phone", "key=k7Q2": "key", "key=x": "key", "find=a%20b": "find",
		"amount=x": "min", "amount=100..20": "min", "customer=A,B,C,D,E,F,G,H,I,J,K": "customer",
	} {
		got := v.get("/admin/topups?" + query)
		problem := got.Find("#f-" + field + `[aria-invalid="true"]`)
		if got.status != http.StatusUnprocessableEntity || problem.Length() != 1 || got.Find("#"+problem.AttrOr("aria-describedby", "none")).Length() != 1 {
			t.Errorf("%q: %d, and %d fields say what is wrong", query, got.status, problem.Length())
		}
		if rows := got.Find("#topup-rows").Length(); rows != 0 {
			t.Errorf("%q shows rows of a filter that it did not understand", query)
		}
		for _, path := range []string{"/admin/topups.csv", "/admin/topups/totals"} {
			if got := v.get(path + "?" + query); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s with %q: %d", path, query, got.status)
			}
		}
	}
	for _, query := range []string{"stats=failed", "older=nonsense", "older=" + strings.Repeat("A", 32) + "&newer=" + strings.Repeat("A", 32), "status=%zz"} {
		got := v.get("/admin/topups?" + query)
		if got.status != http.StatusUnprocessableEntity || got.Find(".note-failed").Length() != 1 {
			t.Errorf("%q: %d with %d notes", query, got.status, got.Find(".note-failed").Length())
		}
	}
}

func TestWhatAFormLeavesEmptyIsNotInTheAddress(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	got := v.get("/admin/topups?customer=&status=failed&phone=+&reference=&transaction=&from=&to=")
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/topups?status=failed" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
}

func TestChipsTellAndRemoveTheFilters(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	got := v.get("/admin/topups?customer=" + c.Code + "&status=failed&from=2026-03-12")
	want := map[string]string{
		"Customer: " + c.Name: "/admin/topups?from=2026-03-12&status=failed",
		"Status: Failed":      "/admin/topups?customer=" + c.Code + "&from=2026-03-12",
		"From: 12 Mar 2026":   "/admin/topups?customer=" + c.Code + "&status=failed",
	}
	got.Find(".chip").Each(func(_ int, chip *goquery.Selection) {
		key := text(chip.Find(".chip-k")) + " " + text(chip.Find(".chip-v"))
		if href := chip.Find("a").AttrOr("href", ""); href != want[key] {
			t.Errorf("chip %q leads to %q, want %q", key, href, want[key])
		}
		delete(want, key)
	})
	if len(want) > 0 {
		t.Errorf("no chips for %v", want)
	}
}

// All rows are met once, in order, on the way down and on the way back, although
// new ones arrive meanwhile.
func TestPagesStayRightWhileRowsArrive(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 120)
	v := p.as(t, billing.RoleViewer)
	var down []string
	page := v.get("/admin/topups")
	var last answer
	for i := 0; ; i++ {
		down = append(down, references(page)...)
		last = page
		older, more := page.Find(`.pager a:contains("Older")`).Attr("href")
		if !more || i > 5 {
			break
		}
		p.order(t, c, fmt.Sprintf("new-%d", i))
		page = v.get(older)
	}
	if len(down) != 120 {
		t.Fatalf("%d rows on the way down, want 120", len(down))
	}
	for i, reference := range down {
		if reference != fmt.Sprintf("past-%d", i+1) {
			t.Fatalf("row %d is %s", i, reference)
		}
	}
	newer, _ := last.Find(`.pager a:contains("Newer")`).Attr("href")
	if back := references(v.get(newer)); len(back) != 50 || back[0] != "past-51" || back[49] != "past-100" {
		t.Errorf("the page before the last shows %v", back)
	}
	reload, _ := v.get("/admin/topups").Find("#topup-rows").Attr("hx-get")
	p.order(t, c, "new-again")
	if again := references(v.part(reload, "topup-rows")); again[0] != "new-1" {
		t.Errorf("reading the same rows again begins with %s: a row moved by itself", again[0])
	}
	count, _ := v.get("/admin/topups").Find("#newer [hx-get]").Attr("hx-get")
	p.order(t, c, "new-last")
	line := v.part(count, "newer")
	if got := text(line.Find("a")); got != "1 newer top-up. Show it" {
		t.Errorf("newer rows: %q", got)
	}
	if line.Find("#newer[hx-target], #newer a[hx-target]").Length() != 0 {
		t.Error("the link to newer rows would put the list where it stands itself")
	}
}

func references(page answer) []string {
	return page.Find("#topup-rows tbody tr").Map(func(_ int, row *goquery.Selection) string { return text(row.Find("td .id").First()) })
}

func TestTotalsComeOnTheirOwn(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 30)
	v := p.as(t, billing.RoleViewer)
	list := v.get("/admin/topups?customer=" + c.Code)
	link := list.Find("#totals a[hx-trigger='load']")
	if href := link.AttrOr("href", ""); href != link.AttrOr("hx-get", "-") || href != "/admin/topups/totals?customer="+c.Code {
		t.Fatalf("the totals are at %q", href)
	}
	want := "Top-ups30Delivered1,350.00MXNCharged75.00USDSuccess90.0%"
	if got := text(v.part(link.AttrOr("href", ""), "totals").Find("#totals")); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("the totals are %q, want %q", got, want)
	}
	if got := v.get(link.AttrOr("href", "")); got.Find("h1").Length() != 1 || got.Find("#totals").Length() != 1 {
		t.Error("without a script the totals are no page")
	}
}

func TestTheExportHoldsExactlyWhatTheFilterShows(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 70)
	v := p.as(t, billing.RoleViewer)
	link := v.get("/admin/topups?status=failed").Find(`a[href^="/admin/topups.csv"]`).AttrOr("href", "")
	got := v.get(link)
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv; charset=utf-8") || !strings.HasPrefix(got.header.Get("Content-Disposition"), `attachment; filename="top-ups-`) {
		t.Errorf("%s, %s", kind, got.header.Get("Content-Disposition"))
	}
	if strings.Count(got.body, "\r\n") != 8 || strings.Count(got.body, "\n") != 8 {
		t.Errorf("lines do not end as RFC 4180 says: %q", got.body[:200])
	}
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	cell := map[string]string{}
	for i, head := range rows[0] {
		cell[head] = rows[1][i]
	}
	for head, want := range map[string]string{
		"reference": "past-10", "phone": "+525500000010", "amount_mxn": "50.00", "price_usd": "2.7778", "charged_usd": "0.0000", "status": "failed",
		"failure_reason": `'=HYPERLINK("http://evil","a"),b`, "exchange_rate": "18.000000", "customer": c.Code, "carrier_transaction_id": "VEN10",
	} {
		if cell[head] != want {
			t.Errorf("%s is %q, want %q", head, cell[head], want)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, cell["created_at"]); err != nil || !strings.HasSuffix(cell["created_at"], "Z") {
		t.Errorf("created_at is %q", cell["created_at"])
	}
	if empty := v.get("/admin/topups.csv?reference=none"); strings.Count(empty.body, "\r\n") != 1 || !strings.HasPrefix(empty.body, "id,created_at,") {
		t.Errorf("an export of nothing is %q", empty.body)
	}
}

// A file that lost its end must never look whole.
func TestAnExportThatFailsHalfWayBreaksTheDownload(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 45_000)
	v := p.as(t, billing.RoleViewer)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/admin/topups.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := v.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 64)
	if _, err := io.ReadFull(response.Body, first); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v", response.StatusCode, err)
	}
	// Nobody reads: the server waits with most of the rows still to come.
	if _, err := p.store.DB().ExecContext(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE '%ORDER BY t.created_at DESC, t.id DESC' AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the download ended with %v: it looks whole", err)
	}
}

func TestOneTopUpTellsItsStory(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	done := p.order(t, c, "r1")
	page := v.get("/admin/topups/" + done.ID.String())
	for selector, want := range map[string]string{
		"h1":                               "50.00MXN",
		".tl > li:first-child .tl-head":    "Accepted, 2.7778 USD held",
		".tl > li:nth-child(3) .tl-head":   "Delivered",
		".tl > li:last-child .tl-body":     c.Name + " paid 2.7778 USD",
		"[aria-labelledby=h-ledger] tbody": "Hold Available Held 2.7778 Capture Held Charged 2.7778",
		"[aria-labelledby=h-ledger] .sum":  "0.0000",
		"[aria-labelledby=h-ledger] > p":   "Latcom took 50.00 MXN from our float.",
		"[aria-label=Summary]":             "LT77001",
	} {
		if got := text(page.Find(selector)); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
	if page.Find("#topup[hx-trigger]").Length() != 0 {
		t.Error("a top-up that has ended reads itself again")
	}
	for _, path := range []string{"/admin/topups/tu_nothing", "/admin/topups/" + billing.NewTopUpID().String()} {
		if got := v.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestAnUnknownTopUpIsFollowedAndKeepsItsHold(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	c := storetest.Customer(t, p.store, "100")
	unclear := p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	page := v.get("/admin/topups/" + unclear.ID.String())
	if page.Find(`#topup[hx-get="/admin/topups/`+unclear.ID.String()+`"][hx-trigger*="sse:change"]`).Length() != 1 {
		t.Error("the page does not follow it")
	}
	if got := text(page.Find(".tl > li:last-child")); !strings.Contains(got, "2.7778 USD stay held until it is settled") {
		t.Errorf("the story ends with %q", got)
	}
	if got := text(page.Find("[aria-labelledby=h-ledger] .sum")); got != "2.7778" {
		t.Errorf("still held: %q", got)
	}
	overview := v.get("/admin")
	if got := text(overview.Find("#panel-unknown li")); !strings.Contains(got, "55 1234 5678") || !strings.Contains(got, "2.78") {
		t.Errorf("the overview lists %q", got)
	}
	if got := text(overview.Find(`aside a[href="/admin/unknown"] .count`)); got != "1" {
		t.Errorf("the nav counts %q", got)
	}
}
