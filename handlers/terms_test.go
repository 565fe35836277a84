package handlers_test

// Changing terms from a browser: form, review, request, and what two operators
// make of it; pricing and products.

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

const openRange = "/admin/pricing/products/TFE_MXN_20_TO_2000"

// routeCase says who may ask a route, and what he gets.
type routeCase = struct {
	path    string
	may     string
	allowed int // the status of who may
}

// termCases are the routes of limits and pricing.
func termCases(c billing.Customer) map[string]routeCase {
	const look, manage = "viewer support finance admin", "finance admin"
	cases := map[string]routeCase{
		"GET /admin/customers/:code/limits":            {"/admin/customers/" + c.Code + "/limits", look, 200},
		"GET /admin/pricing":                           {"/admin/pricing", look, 200},
		"GET /admin/pricing/products/:product":         {openRange, look, 200},
		"POST /admin/pricing/products/:product":        {openRange, manage, 400},
		"POST /admin/pricing/products/:product/edit":   {openRange + "/edit", manage, 200},
		"POST /admin/pricing/products/:product/review": {openRange + "/review", manage, 422},
	}
	orders := "/admin/customers/" + c.Code + "/limits/orders"
	cases["GET /admin/customers/:code/limits/orders"] = routeCase{orders, manage, 200}
	cases["POST /admin/customers/:code/limits/orders"] = routeCase{orders, manage, 422} // nothing is typed: no product is chosen
	cases["POST /admin/customers/:code/limits/orders/edit"] = routeCase{orders + "/edit", manage, 200}
	cases["POST /admin/customers/:code/limits/orders/review"] = routeCase{orders + "/review", manage, 422}
	for route, path := range map[string]string{
		"/admin/customers/:code/limits/credit-limit": "/admin/customers/" + c.Code + "/limits/credit-limit",
		"/admin/customers/:code/limits/discount":     "/admin/customers/" + c.Code + "/limits/discount",
		"/admin/pricing/rate":                        "/admin/pricing/rate",
	} {
		cases["GET "+route] = routeCase{path, manage, 200}
		cases["POST "+route] = routeCase{path, manage, 400}
		cases["POST "+route+"/review"] = routeCase{path + "/review", manage, 400}
		cases["POST "+route+"/edit"] = routeCase{path + "/edit", manage, 200}
	}
	return cases
}

// bare is text without the spaces that cells of a table may or may not have between them.
func bare(said string) string { return strings.Join(strings.Fields(said), "") }

// carriedOn is what a review sends on: the hidden fields of the form at path.
func carriedOn(review answer, path string) url.Values {
	form := url.Values{}
	review.Find(`form[action="` + path + `"] input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		form.Add(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	return form
}

// changes reviews a term and then asks for it.
func (v visitor) changes(path string, typed url.Values) (review, done answer) {
	v.t.Helper()
	review = v.submit(path, path+"/review", typed)
	if review.status != http.StatusOK {
		v.t.Fatalf("the review of %s: %d, %s", path, review.status, text(review.Find(".field-error, .note-failed")))
	}
	return review, v.do(http.MethodPost, path, carriedOn(review, path))
}

func TestASmallChangeIsDoneAtOnceAndStandsInTheHistory(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	limits := "/admin/customers/" + c.Code + "/limits"
	review, done := v.changes(limits+"/credit-limit", url.Values{"after": {"1,000"}, "note": {"contract of March"}})
	said := text(review.Find("main"))
	for _, want := range []string{"0.00 USD 1,000.00 USD", "Credit limit 0.0000 +1,000.0000 1,000.0000", "Available 100.0000 +1,000.0000 1,100.0000", "Put 1,000.00 USD in force"} {
		if !strings.Contains(bare(said), bare(want)) {
			t.Errorf("the review does not say %q: %s", want, said)
		}
	}
	if done.status != http.StatusSeeOther || done.header.Get("Location") != limits {
		t.Fatalf("%d to %s", done.status, done.header.Get("Location"))
	}
	if again := v.do(http.MethodPost, limits+"/credit-limit", carriedOn(review, limits+"/credit-limit")); again.status != http.StatusSeeOther {
		t.Errorf("sent twice: %d", again.status)
	}
	page := v.get(limits)
	if got := page.Find("#panel-history tbody tr"); got.Length() != 1 || !strings.Contains(bare(text(got)), "Creditlimit0.00USD1,000.00USDInforce") || !strings.Contains(text(got), "contract of March") {
		t.Errorf("the history says %q", text(got))
	}
	if account, err := p.store.Account(t.Context(), c.ID); err != nil || account.CreditLimit.String() != "1000.0000" {
		t.Errorf("the limit is %s, %v", account.CreditLimit, err)
	}
}

func TestWhatGoesFarWaitsForTheOtherOperator(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	limits := "/admin/customers/" + c.Code + "/limits"
	for path, test := range map[string]struct{ after, back string }{
		limits + "/credit-limit": {"5000", limits},
		limits + "/discount":     {"5.5", limits},
		"/admin/pricing/rate":    {"20", "/admin/pricing"},
	} {
		review, done := first.changes(path, url.Values{"after": {test.after}, "note": {"as agreed"}})
		if !strings.Contains(text(review.Find("[aria-labelledby=h-next]")), "Ask for approval") || done.status != http.StatusSeeOther {
			t.Fatalf("%s: %s, %d", path, text(review.Find("[aria-labelledby=h-next]")), done.status)
		}
		link := first.get(test.back).Find(`.note-accent a[href^="/admin/approvals/"]`)
		waits := link.Last().AttrOr("href", "")
		if got := second.submit(waits, waits, decision("approve")); got.status != http.StatusSeeOther {
			t.Errorf("%s approved at %s: %d", path, waits, got.status)
		}
	}
	account, err := p.store.Account(t.Context(), c.ID)
	if err != nil || account.CreditLimit.String() != "5000.0000" || account.Discount.Decimal().String() != "0.055" || account.Rate.Decimal().String() != "20" {
		t.Errorf("in force are %s, %s, %v, %v", account.CreditLimit, account.Discount, account.Rate, err)
	}
	rates := text(first.get("/admin/pricing").Find("#panel-rates tbody tr").First())
	if !strings.HasPrefix(bare(rates), "20.0000+11.11%") || !strings.Contains(rates, "approved by") {
		t.Errorf("the newest rate says %q", rates)
	}
}

func TestAWrongTermSaysWhatIsWrongBesideItsField(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	limit, discount, rate := "/admin/customers/"+c.Code+"/limits/credit-limit", "/admin/customers/"+c.Code+"/limits/discount", "/admin/pricing/rate"
	for _, test := range []struct{ path, after, note, begins, field, says string }{
		{limit, "12,50", "x", "", "after", "Write an amount like 2,500.00"},
		{limit, "-5", "x", "", "after", "Write an amount like 2,500.00"},
		{limit, "0", "x", "", "after", "It is that already"},
		{limit, "10", " ", "", "note", "Say in a few words why"},
		{discount, "100", "x", "", "after", "A discount is less than 100 %"},
		{discount, "five", "x", "", "after", "Write a percentage like 5 or 2.25"},
		{rate, "0", "x", "", "after", "Write a rate like 18.25, with 6 decimals at most"},
		{rate, "20000", "x", "", "after", "A rate is below 10,000"},
		{rate, "18.1", "x", "yesterday", "begins", "Give the moment as 2026-03-12T06:00, or leave it empty"},
		{rate, "18.1", "x", "2020-01-01T00:00", "begins", "This moment has passed. Leave it empty to begin at once"},
		{rate, "18.1", "x", "2999-01-01T00:00", "begins", "Plan a year ahead at most"},
	} {
		got := v.submit(test.path, test.path+"/review", url.Values{"after": {test.after}, "note": {test.note}, "begins": {test.begins}})
		if said := text(got.Find("#f-" + test.field + "-error")); got.status != http.StatusUnprocessableEntity || said != test.says {
			t.Errorf("%+v: %d, %q", test, got.status, said)
		}
		if kept := got.Find("#f-after").AttrOr("value", ""); kept != test.after {
			t.Errorf("%+v: it is now %q", test, kept)
		}
	}
}

func TestAChangeThatSomebodyOvertookIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, _ := p.hire(t, billing.RoleFinance)
	v := p.as(t, billing.RoleFinance)
	path := "/admin/customers/" + c.Code + "/limits/credit-limit"
	review := v.submit(path, path+"/review", url.Values{"after": {"300"}, "note": {"x"}})
	p.asks(t, asker, billing.ChangeCreditLimit, &c, "0", "200")
	got := v.do(http.MethodPost, path, carriedOn(review, path))
	if got.status != http.StatusConflict || !strings.Contains(text(got.Find(".note-failed")), "It is 200.00 USD now.") || got.Find("#f-after").AttrOr("value", "") != "300" {
		t.Errorf("%d, %q", got.status, text(got.Find(".note-failed")))
	}
	used := carriedOn(got, path+"/review")
	if used.Get("before") != "200" || used.Get("id") == carriedOn(review, path).Get("id") {
		t.Errorf("the form goes on from %v", used)
	}
}

func TestARateIsPlannedFromAMoment(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	begins := time.Now().In(time.UTC).AddDate(0, 1, 0).Truncate(time.Minute)
	_, done := v.changes("/admin/pricing/rate", url.Values{"after": {"18.5"}, "note": {"next month"}, "begins": {begins.Format("2006-01-02T15:04")}})
	if done.status != http.StatusSeeOther {
		t.Fatalf("%d", done.status)
	}
	page := v.get("/admin/pricing")
	if row := text(page.Find("#panel-rates tbody tr").First()); !strings.HasPrefix(bare(row), "18.5000+2.78%") || !strings.Contains(row, "Planned") {
		t.Errorf("the plan says %q", row)
	}
	if figures := text(page.Find("[aria-label=Now]")); !strings.Contains(bare(figures), "Rateinforce18.0000") || !strings.Contains(bare(figures), "Plannednext18.5000") {
		t.Errorf("the figures say %q", figures)
	}
}

func TestAProductsRuleIsReviewedWithWhatIsSentAndReceived(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	page := v.get("/admin/pricing?amount=30")
	if row := text(page.Find("#panel-products tbody tr").First()); !strings.Contains(bare(row), "30.00sent30.0034.8030.00") {
		t.Errorf("the open range says %q", row)
	}
	typed := url.Values{"vat_rule": {"face_less_vat"}, "sent_places": {"2"}, "cost": {"94"}}
	review := v.submit(openRange, openRange+"/review", typed)
	if row := text(review.Find("tbody tr").Eq(1)); review.status != http.StatusOK || bare(row) != "30.0030.0025.8634.8030.0030.0028.20" {
		t.Errorf("the review says %d, %q", review.status, row)
	}
	form := carriedOn(review, openRange)
	for range 2 {
		if done := v.do(http.MethodPost, openRange, form); done.status != http.StatusSeeOther {
			t.Fatalf("%d", done.status)
		}
	}
	if got := v.get(openRange).Find("#panel-history tbody tr"); got.Length() != 1 || !strings.Contains(bare(text(got)), bare("The face value, 2 decimals, cost 100 % The face value / 1.16, 2 decimals, cost 94 %")) {
		t.Errorf("the history says %q", text(got))
	}
	form.Set("sent_places", "0") // from a form that was filled in before
	if late := v.do(http.MethodPost, openRange, form); late.status != http.StatusConflict {
		t.Errorf("a change that was overtaken: %d", late.status)
	}
	for field, wrong := range map[string]url.Values{
		"cost": {"vat_rule": {"face"}, "sent_places": {"2"}, "cost": {"201"}}, "vat_rule": {"vat_rule": {"x"}, "sent_places": {"2"}, "cost": {"94"}},
	} {
		if got := v.submit(openRange, openRange+"/review", wrong); got.status != http.StatusUnprocessableEntity || got.Find("#f-"+field+"-error").Length() != 1 {
			t.Errorf("%s: %d", field, got.status)
		}
	}
}
