package handlers_test

// Credit of many customers from a file: the dry run, the posting of just what it
// showed, the second operator; and the history of it all.

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

const reviewsCredit = "/admin/credit/many/review"

// reviewed is what the dry run's form sends on.
func reviewed(v visitor, review answer) url.Values {
	form := url.Values{}
	review.Find(`form[action="/admin/credit/many/lists"] input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		form.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	form.Set("text", strings.TrimPrefix(review.Find(`textarea[name="text"]`).Text(), "\n"))
	form.Set("csrf", v.csrf())
	return form
}

func (p premises) wantBalance(t *testing.T, c billing.Customer, want string) {
	t.Helper()
	if got := storetest.Balance(t, p.store, c.ID).Posted.String(); got != want {
		t.Errorf("%s has %s, want %s", c.Code, got, want)
	}
}

func TestTheDryRunOfCreditShowsEachLine(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	a, b := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "20")
	p.order(t, a, "r1") // and nobody knows its end
	v := p.as(t, billing.RoleFinance)
	page := v.uploadTo(reviewsCredit, "customer;amount;reason;note\r\n"+
		a.Code+";+1,000.50;deposit;SPEI 4711\r\n"+
		strings.ToLower(b.Code)+";−12.5;FEE;\r\n;;;\r\n"+
		"NOBODY;1;FEE;\r\n"+
		b.Code+";12.50.1;FEE;\r\n"+
		b.Code+";-5;LUCK;\r\n"+
		b.Code+";-7.5001;FEE;too much\r\n", url.Values{"note": {"March"}})
	if page.status != http.StatusOK {
		t.Fatalf("status %d: %s", page.status, text(page.Find("main")))
	}
	rows := page.Find("tbody tr").Map(func(_ int, row *goquery.Selection) string { return strings.ReplaceAll(text(row), " ", "") })
	for i, want := range []string{"97.22221,097.7222", "20.00007.5000", "NocustomerhasthecodeNOBODY", "“12.50.1”isnoamount", "“LUCK”isnoreason", "Availableis7.5000 USD:nomorecanbetaken"} {
		if i >= len(rows) || !strings.Contains(rows[i], strings.ReplaceAll(want, " ", "")) && !strings.Contains(rows[i], want) {
			t.Errorf("line %d says %q, want %q", i, rows[i], want)
		}
	}
	if !strings.Contains(rows[0], "1unknowntop-upholds") || strings.Contains(rows[1], "unknown") {
		t.Errorf("the warning about unknown top-ups: %q, %q", rows[0], rows[1])
	}
	if got := text(page.Find("#list-wrong")); !strings.HasPrefix(got, "4 lines cannot be posted") || page.Find("button.btn-primary").Length() != 0 {
		t.Errorf("a list with wrong lines can be posted: %q", got)
	}
	back := v.do(http.MethodPost, "/admin/credit/many", reviewed(v, page))
	if !strings.Contains(back.Find(`textarea[name="text"]`).Text(), "SPEI 4711") {
		t.Error("the lines did not come back to be edited")
	}
	p.wantBalance(t, a, "100.0000")
}

func TestAListOfCreditIsPostedOnceAsItWasShown(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	a, b := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "20")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleAdmin)
	lines := url.Values{"text": {"customer\tamount\treason\tnote\n" + a.Code + "\t50\tCOURTESY\tfor March\n" + b.Code + "\t-20\tFEE\tfor March\n"}}
	form := reviewed(first, first.submit("/admin/credit/many", reviewsCredit, lines))
	other := reviewed(second, second.submit("/admin/credit/many", reviewsCredit, lines))

	changed := url.Values{}
	for name := range form {
		changed.Set(name, form.Get(name))
	}
	changed.Set("text", strings.Replace(form.Get("text"), "\t50\t", "\t5000\t", 1))
	if got := first.do(http.MethodPost, "/admin/credit/many/lists", changed); got.status != http.StatusUnprocessableEntity {
		t.Errorf("lines that were not shown: %d", got.status)
	}
	for range 2 {
		if got := first.do(http.MethodPost, "/admin/credit/many/lists", form); got.status != http.StatusSeeOther {
			t.Fatalf("posted: %d, %s", got.status, text(got.Find("main")))
		}
	}
	got := second.do(http.MethodPost, "/admin/credit/many/lists", other)
	if said := text(got.Find("#list-sent")); got.status != http.StatusConflict || !strings.Contains(said, "These lines were sent before") || !strings.Contains(said, "Nothing was posted again") {
		t.Errorf("by another: %d, %q", got.status, said)
	}
	p.wantBalance(t, a, "150.0000")
	p.wantBalance(t, b, "0.0000")
	history := text(second.get("/admin/credit?customer=" + a.Code).Find("tbody tr").First())
	if !strings.Contains(history, "in the list Pasted lines") || !strings.Contains(history, "Posted") || !strings.Contains(history, "+50.0000") {
		t.Errorf("the history says %q", history)
	}
}

func TestAListOfCreditAboveTheLimitIsDecidedAsOne(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	a, b := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "20")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleAdmin)
	review := first.uploadTo(reviewsCredit, "customer,amount,reason,note\n"+a.Code+",995,DEPOSIT,SPEI\n"+b.Code+",-6,FEE,March\n", nil)
	sent := first.do(http.MethodPost, "/admin/credit/many/lists", reviewed(first, review))
	path := sent.header.Get("Location")
	page := first.get(path)
	if said := text(page.Find("main")); !strings.Contains(said, "statement.csv") || page.Find(`button[value="approve"]`).Length() != 0 {
		t.Errorf("his own list: %q", said)
	}
	if said := text(second.get("/admin/approvals").Find("tbody tr")); !strings.Contains(said, "2 customers") || !strings.Contains(said, "List of 2 adjustments") || !strings.Contains(said, "+995.00 −6.00 USD") {
		t.Errorf("what waits: %q", said)
	}
	kept, err := p.store.WaitingAdjustmentLists(t.Context())
	if err != nil || len(kept) != 1 {
		t.Fatalf("%d lists wait, %v", len(kept), err)
	}
	listed, err := p.store.ListedAdjustments(t.Context(), kept[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	line := second.get("/admin/approvals/" + listed[0].ID.String())
	if line.Find(`button[value="approve"]`).Length() != 0 || line.Find(`a[href="`+path+`"]`).Length() == 0 {
		t.Error("a line of a list can be decided alone, or does not lead to its list")
	}
	if got := second.do(http.MethodPost, "/admin/approvals/"+listed[0].ID.String(), url.Values{"decision": {"approve"}, "csrf": {second.csrf()}}); got.status != http.StatusConflict {
		t.Errorf("a line alone: %d", got.status)
	}
	if said := strings.ReplaceAll(text(second.get(path).Find("#main section").First().Find("tbody tr").Last()), " ", ""); !strings.Contains(said, "20.000014.0000") {
		t.Errorf("the second operator sees %q", said)
	}
	if got := second.submit(path, path, url.Values{"decision": {"approve"}}); got.status != http.StatusSeeOther {
		t.Errorf("approved: %d, %s", got.status, text(got.Find("main")))
	}
	p.wantBalance(t, a, "1095.0000")
	p.wantBalance(t, b, "14.0000")
	if said := text(second.get(path).Find("main")); !strings.Contains(said, "approved it") || !strings.Contains(strings.ReplaceAll(said, " ", ""), "Movedinall1,001.00") {
		t.Errorf("decided: %q", said)
	}
}

func TestTheHistoryOfCreditIsFilteredPagedAndExported(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	a, b := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "20")
	v := p.as(t, billing.RoleFinance)
	var many strings.Builder
	many.WriteString("customer,amount,reason,note\n")
	for i := range 60 {
		many.WriteString(a.Code + ",0.01,COURTESY,number " + strings.Repeat("x", i+1) + "\n")
	}
	form := reviewed(v, v.submit("/admin/credit/many", reviewsCredit, url.Values{"text": {many.String()}}))
	if got := v.do(http.MethodPost, "/admin/credit/many/lists", form); got.status != http.StatusSeeOther {
		t.Fatalf("posted: %d", got.status)
	}
	count := func(path string) int { return v.get(path).Find("tbody tr").Length() }
	page := v.get("/admin/credit?customer=" + a.Code)
	older, _ := page.Find(".pager a").Last().Attr("href")
	if n := page.Find("tbody tr").Length(); n != 50 || count(older) != 11 { // and the opening balance
		t.Errorf("pages of %d and %d", n, count(older))
	}
	newer, _ := v.get(older).Find(".pager a").First().Attr("href")
	if count(newer) != 50 {
		t.Errorf("back again: %d", count(newer))
	}
	for path, want := range map[string]int{
		"/admin/credit?customer=" + b.Code: 1, "/admin/credit?reason=FEE": 0, "/admin/credit?operator=-1&customer=" + a.Code: 1,
		"/admin/credit?state=reversed": 0, "/admin/credit?state=posted&customer=" + b.Code: 1, "/admin/credit?to=2020-01-01": 0,
	} {
		if n := count(path); n != want {
			t.Errorf("%s: %d, want %d", path, n, want)
		}
	}
	for _, wrong := range []string{"customer=nobody", "reason=LUCK", "state=x", "from=x", "operator=x"} {
		if got := v.get("/admin/credit?" + wrong); got.status != http.StatusUnprocessableEntity || got.Find(".field-error").Length() != 1 {
			t.Errorf("%s: %d", wrong, got.status)
		}
	}
	rows, err := csv.NewReader(v.raw("/admin/credit.csv?customer="+a.Code, "identity").body).ReadAll()
	if err != nil || len(rows) != 62 || rows[1][1] != a.Code || rows[1][2] != "0.0100" || rows[1][7] != "posted" {
		t.Errorf("the file has %d rows, %v, %q", len(rows), err, rows[1])
	}
	if got := v.get("/admin/credit/one?customer=nobody"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nobody's credit: %d", got.status)
	}
}
