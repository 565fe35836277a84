package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestLimitsOfOrdersAreReviewedSetOnceAndStandInTheHistory(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	limits := "/admin/customers/" + c.Code + "/limits"
	typed := url.Values{"min": {"30"}, "max": {"100"}, "daily_cap": {"1,500"}, "requests": {"120"}, "networks": {"203.0.113.7\r\n198.51.100.9/24"}, "products": {"TFE_MXN_20_TO_2000", "XOOM_50_MXN"}}
	review := v.submit(limits+"/orders", limits+"/orders/review", typed)
	if said := bare(text(review.Find("tbody"))); review.status != http.StatusOK || said != bare("Range of face values 20.00 – 200.00 MXN 30.00 – 100.00 MXN Daily cap No cap 1,500.00 USD "+
		"Requests a minute No limit 120 Allowed addresses From anywhere 203.0.113.7, 198.51.100.0/24 Products Open range Open range, 50 MXN  Guard against doubles Off Off") {
		t.Fatalf("the review says %d, %q", review.status, said)
	}
	form := carriedOn(review, limits+"/orders")
	for range 2 {
		if done := v.do(http.MethodPost, limits+"/orders", form); done.status != http.StatusSeeOther {
			t.Fatalf("%d", done.status)
		}
	}
	page := v.get(limits)
	if said := bare(text(page.Find("[aria-labelledby=h-orders]"))); !strings.Contains(said, bare("Daily cap 1,500.00 USD")) || !strings.Contains(said, "203.0.113.7,198.51.100.0/24") {
		t.Errorf("the tab says %q", said)
	}
	if rows := page.Find("#panel-history tbody tr"); rows.Length() != 6 || !strings.Contains(bare(text(rows)), bare("Daily cap – 1,500.00 USD In force")) {
		t.Errorf("the history says %q", text(rows))
	}
	form.Set("requests", "60") // from a form that was filled in before
	if late := v.do(http.MethodPost, limits+"/orders", form); late.status != http.StatusConflict || late.Find("#f-requests").AttrOr("value", "") != "60" {
		t.Errorf("a change that was overtaken: %d", late.status)
	}
}

func TestAWrongLimitSaysWhatIsWrongBesideItsField(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	path := "/admin/customers/" + c.Code + "/limits/orders"
	for _, test := range []struct{ field, value, says string }{
		{"min", "19.99", "It lies within the general range"},
		{"max", "abc", "Write an amount like 50 or 37.25"},
		{"daily_cap", "0", "Write an amount above zero, or leave it empty"},
		{"daily_cap", "1e3", "Write an amount like 2,500.00"},
		{"requests", "0", "Write a whole number from 1 to 100,000, or leave it empty"},
		{"requests", "1.5", "Write a whole number from 1 to 100,000, or leave it empty"},
		{"products", "", "Choose at least one product"},
		{"products", "XOOM_51_MXN", "Choose at least one product"},
		{"networks", "10.0.0.1 example.com", "“example.com” is no address and no range. Write 203.0.113.7 or 203.0.113.0/24"},
	} {
		typed := url.Values{"products": {billing.OpenRange}}
		typed.Set(test.field, test.value)
		got := v.submit(path, path+"/review", typed)
		if said := text(got.Find("#f-" + test.field + "-error")); got.status != http.StatusUnprocessableEntity || said != test.says {
			t.Errorf("%+v: %d, %q", test, got.status, said)
		}
	}
}
