package handlers_test

// Thresholds: set by who may, kept in order, written down; what low credit says.

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAMemberSetsFromWhenOnCreditIsLow(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c, other := storetest.Customer(t, p.store, "300"), storetest.Customer(t, p.store, "300")
	p.addMember(t, c, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	if got := text(laura.get("/dashboard").Find("#runway .st")); got != "Low" {
		t.Fatalf("at first it is %q", got)
	}
	for range 2 { // the second time there is nothing to do, and nothing is written
		got := laura.submit("/dashboard/notifications", "/dashboard/notifications", url.Values{"low": {"50"}, "medium": {"250.5"}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/dashboard" {
			t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
		}
	}
	page := laura.get("/dashboard")
	if got := text(page.Find("#runway .st")); got != "Good" {
		t.Errorf("with 300 USD it is %q", got)
	}
	if got := tight(page.Find("#panel-levels dl").Text()); got != "Mediumbelow250.50USDLowbelow50.00USD" {
		t.Errorf("the panel says %q", got)
	}
	if again, err := p.store.Customer(t.Context(), other.ID); err != nil || again.LowBelow.String() != "1000.0000" {
		t.Errorf("another customer's is %s, %v", again.LowBelow, err)
	}
	log, err := p.store.CustomerAudit(t.Context(), c.ID, 10)
	log = slices.DeleteFunc(log, func(line billing.Audit) bool { return strings.HasPrefix(line.Action, "member.") }) // who signed in
	if err != nil || len(log) != 1 {
		t.Fatalf("%d lines in the log, %v", len(log), err)
	}
	if l := log[0]; l.Action != "customer.levels_set" || l.ActorKind != billing.ActorMember || l.ActorName != "Laura Campos" ||
		!strings.Contains(string(l.Before), "1000.0000") || !strings.Contains(string(l.After), "250.5000") {
		t.Errorf("the log says %+v", l)
	}
}

func TestWrongThresholdsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "300")
	p.addMember(t, c, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	office := "/admin/customers/" + c.Code + "/notifications"
	finance := p.as(t, billing.RoleFinance)
	for _, test := range []struct{ low, medium, wrong, says string }{
		{"500", "100", "medium", "Medium begins above low"},
		{"-5", "100", "low", "Write an amount like 2,500.00"},
		{"5", "", "medium", "Write an amount like 2,500.00"},
		{"1e3", "5000", "low", "Write an amount like 2,500.00"},
		{"5.00001", "5000", "low", "Write an amount like 2,500.00"},
	} {
		for path, v := range map[string]visitor{"/dashboard/notifications": laura, office: finance} {
			got := v.submit(path, path, url.Values{"low": {test.low}, "medium": {test.medium}})
			if got.status != http.StatusUnprocessableEntity || text(got.Find("#f-"+test.wrong+"-error")) != test.says {
				t.Errorf("%s with %+v: %d, %q", path, test, got.status, text(got.Find("#f-"+test.wrong+"-error")))
			}
			if kept := got.Find("#f-low").AttrOr("value", ""); kept != test.low {
				t.Errorf("%s with %+v: low is now %q", path, test, kept)
			}
		}
	}
	if again, err := p.store.Customer(t.Context(), c.ID); err != nil || again.LowBelow.String() != "1000.0000" || again.MediumBelow.String() != "5000.0000" {
		t.Errorf("they are %s and %s, %v", again.LowBelow, again.MediumBelow, err)
	}
}

func TestAnOperatorSetsThemToo(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "300")
	path := "/admin/customers/" + c.Code + "/notifications"
	if got := p.as(t, billing.RoleFinance).submit(path, path, url.Values{"low": {"10"}, "medium": {"20"}}); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	page := p.as(t, billing.RoleViewer).get(path)
	if got := page.Find("#f-low").AttrOr("value", ""); got != "10.00" || page.Find(`#f-low[readonly]`).Length() != 1 || page.Find(`section button[type="submit"]`).Length() != 0 {
		t.Errorf("a viewer sees %q, and may write: %v", got, page.Find(`section button[type="submit"]`).Length())
	}
	if got := text(p.as(t, billing.RoleViewer).get("/admin/customers/" + c.Code + "/audit").Find("ol")); !strings.Contains(got, "Set when credit is low") {
		t.Errorf("the audit says %q", got)
	}
}

func TestLittleCreditSaysWhatItMeansForOrders(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	for email, test := range map[string]struct{ credit, says string }{
		"none@x.mx":   {"0", "Nothing is available: orders are refused and nothing is charged, until a deposit arrives."},
		"little@x.mx": {"300", "300.00 USD are available. Orders beyond that are refused and not charged."},
		"enough@x.mx": {"9000", ""},
	} {
		p.addMember(t, storetest.Customer(t, p.store, test.credit), email)
		v := p.visit(t).signInAsMember(email)
		for name, page := range map[string]answer{"page": v.get("/dashboard"), "part": v.part("/dashboard", "balance")} {
			got := text(page.Find("#dashboard-notes"))
			if test.says == "" && got != "" || !strings.HasSuffix(got, test.says) {
				t.Errorf("the %s of %s says %q, want %q", name, email, got, test.says)
			}
		}
	}
	spends := storetest.Customer(t, p.store, "300")
	p.order(t, spends, "r1")
	p.addMember(t, spends, "spends@x.mx")
	if got := text(p.visit(t).signInAsMember("spends@x.mx").get("/dashboard").Find("#dashboard-notes")); !strings.Contains(got, "297.22 USD are available and last 4 d 10 h at this pace.") {
		t.Errorf("who spends reads %q", got)
	}
}

func TestTheDocumentationNamesTheReadersOwnKeyAndNeverAWholeOne(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "300")
	key, hint := billing.NewSecretKey()
	p.store.DB().MustExecContext(t.Context(), `INSERT INTO api_keys (customer_id, name, hint, key_hash) VALUES ($1, 'First', $2, $3)`, c.ID, hint, billing.HashSecret(key))
	p.addMember(t, c, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	link, _ := laura.get("/dashboard").Find(`#panel-keys a[href^="/api/docs"]`).Attr("href")
	docs := laura.get(link)
	if docs.status != http.StatusOK || !strings.Contains(docs.body, "KEY="+hint) || !strings.Contains(docs.body, "Bearer "+hint) {
		t.Errorf("%s: %d without the hint %s", link, docs.status, hint)
	}
	for _, typed := range []string{key, "lb_live_…<b>", "x", hint + "x"} {
		if got := laura.get("/api/docs?key=" + url.QueryEscape(typed)); strings.Contains(got.body, "KEY=") {
			t.Errorf("%q is written into the page", typed)
		}
	}
}
