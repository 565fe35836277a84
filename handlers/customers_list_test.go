package handlers_test

// The list of customers: levels, orders; the tabs of one of them.

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// codes are the customers on a page, in its order.
func codes(page answer) string {
	var found []string
	page.Find("#customers tbody .id").Each(func(_ int, code *goquery.Selection) { found = append(found, text(code)) })
	return strings.Join(found, " ")
}

func TestCustomersAreSortedByWhatTheirCreditDoes(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	idle, rich, poor := storetest.Customer(t, p.store, "50"), storetest.Customer(t, p.store, "9000"), storetest.Customer(t, p.store, "20")
	for i, c := range []billing.Customer{idle, rich, poor} {
		p.store.DB().MustExecContext(t.Context(), `UPDATE customers SET name = $1 WHERE id = $2`, []string{"Ana", "Beto", "Caro"}[i], c.ID)
	}
	p.order(t, rich, "r1")
	p.order(t, rich, "r2")
	p.order(t, poor, "r1")
	v := p.as(t, billing.RoleViewer)
	list := func(customers ...billing.Customer) string {
		var want []string
		for _, c := range customers {
			want = append(want, c.Code)
		}
		return strings.Join(want, " ")
	}
	for query, want := range map[string]string{
		"":                        list(idle, rich, poor),
		"?sort=-name":             list(poor, rich, idle),
		"?sort=available":         list(poor, idle, rich),
		"?sort=-available":        list(rich, idle, poor),
		"?sort=runway":            list(poor, rich, idle), // who spends nothing has no runway: last
		"?sort=-today":            list(rich, poor, idle),
		"?sort=today":             list(idle, poor, rich),
		"?sort=nonsense":          list(idle, rich, poor),
		"?level=low":              list(idle, poor),
		"?level=good":             list(rich),
		"?level=medium":           "",
		"?level=low&sort=-name":   list(poor, idle),
		"?q=" + rich.Code[1:]:     list(rich),
		"?level=nonsense&q=Caro":  list(poor),
		"?level=good&q=Abarrotes": "",
	} {
		if got := codes(v.get("/admin/customers" + query)); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	page := v.get("/admin/customers?sort=runway&level=low&q=a")
	if got := page.Find(`th[aria-sort="ascending"]`); text(got) != "Lasts for" || got.Find("a").AttrOr("href", "") != "/admin/customers?level=low&q=a&sort=-runway" {
		t.Errorf("the sorted column is %q, again leads to %q", text(got), got.Find("a").AttrOr("href", ""))
	}
	if href := page.Find(`th a:contains("Today")`).AttrOr("href", ""); href != "/admin/customers?level=low&q=a&sort=-today" {
		t.Errorf("by today leads to %q", href)
	}
	if got := tight(v.get("/admin/customers").Find("#customers nav").Text()); got != "All3Low2MediumGood1" {
		t.Errorf("the levels are %q", got)
	}
	if row := tight(v.get("/admin/customers?q=" + poor.Code).Find("tbody tr").Text()); !strings.HasSuffix(row, "LowLastsfor6h11min17.22USD0.00150.00") {
		t.Errorf("its row says %q", row)
	}
}

// The level follows from the runway too: much money that is gone in an hour is little.
func TestMuchCreditThatLastsAnHourIsLow(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "9000")
	v := p.as(t, billing.RoleViewer)
	if got := text(v.get("/admin/customers/" + c.Code).Find("#customer-account .st")); got != "Good" {
		t.Errorf("at first it is %q", got)
	}
	p.store.DB().MustExecContext(t.Context(), `
		INSERT INTO quarter_hours (customer_id, began, accepted, succeeded, charged, spent)
		VALUES ($1, date_bin('15 minutes', now() - interval '30 minutes', '2000-01-01 00:00+00'), 1, 1, 7000, 7000)`, c.ID)
	if got := text(v.get("/admin/customers/" + c.Code).Find("#customer-account .st")); got != "Low" {
		t.Errorf("with 7,000 USD an hour it is %q", got)
	}
}

func TestACustomersPageTellsHowItGoes(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	weekday := time.Now().In(mexico(t)).Weekday().String()
	p.store.DB().MustExecContext(t.Context(), `UPDATE customers SET created_at = now() - interval '30 days' WHERE id = $1`, c.ID)
	p.accepted(t, c, time.Now().In(mexico(t)).AddDate(0, 0, -7))
	v := p.as(t, billing.RoleViewer)
	path := "/admin/customers/" + c.Code
	page := v.get(path)
	for selector, want := range map[string]string{
		"#customer-account .figures":                 "Available 97.22USD",
		"#customer-account .figures > :nth-child(2)": "On a usual " + weekday + ": > 60 d",
		"#customer-day .figures":                     "Top-ups today 1",
		"#panel-open":                                "Queued 0 Sending 0 Unknown 0",
		"#panel-hours caption":                       "Top-ups by hour",
		`nav [aria-current="page"].tab`:              "Overview",
	} {
		if got := tight(page.Find(selector).Text()); !strings.Contains(got, tight(want)) {
			t.Errorf("%s says %q, want %q in it", selector, got, want)
		}
	}
	if got := v.part(path, "customer-day"); got.Find("body > *").Length() != 1 || got.Find("#customer-day").Length() != 1 {
		t.Error("its day does not come alone")
	}
	if got := v.get(path + "/topups"); got.Find("#topup-rows tbody tr").Length() != 2 {
		t.Errorf("%d top-ups", got.Find("#topup-rows tbody tr").Length())
	}
}

func TestTheCreditTabTellsEveryAdjustmentAndItsState(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, _ := p.hire(t, billing.RoleFinance)
	p.waiting(t, asker, c, "2500")
	refused := p.waiting(t, asker, c, "3500")
	_, admin := p.hire(t, billing.RoleAdmin)
	if got := admin.submit("/admin/approvals/"+refused.ID.String(), "/admin/approvals/"+refused.ID.String(), url.Values{"decision": {"reject"}}); got.status != http.StatusSeeOther {
		t.Fatalf("rejecting: %d", got.status)
	}
	page := p.as(t, billing.RoleViewer).get("/admin/customers/" + c.Code + "/credit")
	for i, want := range []string{"Deposit received SPEI of today", "Deposit received SPEI of today", "Deposit received test deposit The command line Posted +100.0000"} {
		if got := tight(page.Find("tbody tr").Eq(i).Text()); !strings.Contains(got, tight(want)) {
			t.Errorf("line %d is %q, want %q in it", i, got, want)
		}
	}
	whole := tight(page.Find("tbody").Text())
	for _, want := range []string{"Rejected +3,500.0000", "Waiting +2,500.0000", "decided by"} {
		if !strings.Contains(whole, tight(want)) {
			t.Errorf("%q is not in %q", want, whole)
		}
	}
}
