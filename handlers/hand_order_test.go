package handlers_test

// Orders by hand, from the back office and from the dashboard.

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// byHand fills in the form of an order and returns its review.
func (v visitor) byHand(path, phone, amount string) answer {
	v.t.Helper()
	return v.submit(path, path+"/review", url.Values{"phone": {phone}, "amount": {amount}})
}

// order sends the form of a review.
func (a answer) order(v visitor, path string) answer {
	v.t.Helper()
	form := url.Values{}
	for _, name := range []string{"csrf", "reference", "phone", "amount"} {
		form.Set(name, a.Find(`form[action="`+path+`"] input[name="`+name+`"]`).AttrOr("value", ""))
	}
	return v.do(http.MethodPost, path, form)
}

func TestAnOrderByHandShowsItsEffectAndIsDeliveredOnce(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "laura@envia.mx")
	for who, test := range map[string]struct {
		v            visitor
		path, topUps string
		before       string
		after        string
	}{
		"1 an operator": {p.as(t, billing.RoleFinance), "/admin/customers/" + c.Code + "/order", "/admin/topups/", "100.0000", "97.2222"},
		"2 an owner":    {p.visit(t).signInAsMember("laura@envia.mx"), "/dashboard/order", "/dashboard/topups/", "", ""},
	} {
		review := test.v.byHand(test.path, "55 1234 5678", "50")
		said := text(review.Find("#main"))
		for _, want := range []string{"55 1234 5678", "50.00", "Price2.7778 USD", "Order for 2.7778 USD", "hand-"} {
			if review.status != http.StatusOK || !strings.Contains(said, want) {
				t.Errorf("%s: the review (%d) does not say %q: %s", who, review.status, want, said)
			}
		}
		var first string
		for range 2 {
			got := review.order(test.v, test.path)
			location := got.header.Get("Location")
			if got.status != http.StatusSeeOther || !strings.HasPrefix(location, test.topUps) || first != "" && location != first {
				t.Fatalf("%s: %d to %q, before to %q", who, got.status, location, first)
			}
			first = location
		}
		test.v.until(first, `#topup .badge-succeeded, #topup [class*="succeeded"]`)
	}
	if now := p.available(t, c); now != "94.4444" {
		t.Errorf("after two orders, each sent twice, available is %s", now)
	}
	if audit := text(p.as(t, billing.RoleViewer).get("/admin/customers/" + c.Code + "/audit").Find("#main")); strings.Count(audit, "Ordered a top-up by hand") != 2 {
		t.Errorf("the audit log: %q", audit)
	}
}

func TestAnOrderByHandThatCannotBeSaysWhyBesideItsField(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c, poor, stopped := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "2"), storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleAdmin)
	if err := p.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.SetSuspended(t.Context(), stopped.ID, true) }); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		customer      billing.Customer
		phone, amount string
		where, says   string
	}{
		"a short number":   {c, "55 1234 567", "50", "#f-phone-error", "Digits are missing"},
		"no number":        {c, "", "50", "#f-phone-error", ""},
		"no amount":        {c, "5512345678", "", "#f-amount-error", "Write an amount like 50.00"},
		"too little":       {c, "5512345678", "19.99", "#f-amount-error", "from 20.00 to 200.00 MXN"},
		"not enough money": {poor, "5512345678", "50", "#f-amount-error", "Available is 2.0000 USD, the top-up costs 2.7778"},
		"suspended":        {stopped, "5512345678", "50", ".note-failed", "stopped"},
	} {
		got := v.byHand("/admin/customers/"+test.customer.Code+"/order", test.phone, test.amount)
		if said := text(got.Find("form " + test.where)); got.status != http.StatusUnprocessableEntity || said == "" || !strings.Contains(said, test.says) {
			t.Errorf("%s: %d, %q", name, got.status, said)
		}
		if kept := got.Find(`#f-phone`).AttrOr("value", ""); kept != test.phone {
			t.Errorf("%s: the phone is %q", name, kept)
		}
	}
	if err := p.engine.Pause(t.Context(), storetest.Operator(t, p.store, "Ana", billing.RoleAdmin), billing.Pause{CustomerID: c.ID, Reason: "Maintenance"}); err != nil {
		t.Fatal(err)
	}
	if got := v.byHand("/admin/customers/"+c.Code+"/order", "5512345678", "50"); got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("form .note-failed")), "Maintenance") {
		t.Errorf("paused: %d %q", got.status, text(got.Find("form .note-failed")))
	}
}

func TestNobodyTakesUpAnotherOrderByItsReference(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c := storetest.Customer(t, p.store, "100")
	p.accept(t, c, "r1")
	v := p.as(t, billing.RoleAdmin)
	path := "/admin/customers/" + c.Code + "/order"
	for _, reference := range []string{"", "r1", "hand-", "hand-SHOUTSHOUTSH", "hand-abcdefghijk1"} {
		form := url.Values{"csrf": {v.csrf()}, "reference": {reference}, "phone": {"5512345678"}, "amount": {"50"}}
		if got := v.do(http.MethodPost, path, form); got.status != http.StatusBadRequest {
			t.Errorf("%q: %d", reference, got.status)
		}
	}
	review := v.byHand(path, "5512345678", "50")
	if got := review.order(v, path); got.status != http.StatusSeeOther {
		t.Fatalf("ordering: %d", got.status)
	}
	form := url.Values{"csrf": {v.csrf()}, "reference": {review.Find(`input[name="reference"]`).AttrOr("value", "")}, "phone": {"5512345678"}, "amount": {"60"}}
	if got := v.do(http.MethodPost, path, form); got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("form .note-failed")), "This form was used before") {
		t.Errorf("the same form with another amount: %d", got.status)
	}
}

func TestAMemberWhoIsNoOwnerDoesNotOrder(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c := storetest.Customer(t, p.store, "100")
	err := p.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertMember(t.Context(), billing.Member{CustomerID: c.ID, Email: "pedro@envia.mx", Name: "Pedro", Role: billing.MemberMember, PasswordHash: passwordHash()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := p.visit(t).signInAsMember("pedro@envia.mx")
	if v.get("/dashboard").Find(`a[href="/dashboard/order"]`).Length() != 0 {
		t.Error("it is offered")
	}
	for method, path := range map[string]string{http.MethodGet: "/dashboard/order", http.MethodPost: "/dashboard/order"} {
		if got := v.do(method, path, url.Values{"csrf": {v.csrf()}}); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", method, got.status)
		}
	}
}

func TestWhoCreditsACustomerWithUnknownsIsWarned(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	c, settled := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	p.order(t, c, "r2")
	v := p.as(t, billing.RoleFinance)
	warned := func(c billing.Customer, direction string) string {
		path := "/admin/customers/" + c.Code + "/credit"
		got := v.submit(path+"/new", path+"/review", url.Values{"direction": {direction}, "amount": {"5"}, "reason": {"CORRECTION"}, "note": {"as agreed"}})
		if got.status != http.StatusOK {
			t.Fatalf("the review: %d %s", got.status, text(got.Find(".field-error")))
		}
		return text(got.Find("#main .note-unknown"))
	}
	if got := warned(c, "credit"); !strings.Contains(got, "2 top-ups are unknown and hold 5.56 USD.") {
		t.Errorf("the warning: %q", got)
	}
	if got := warned(c, "debit"); got != "" {
		t.Errorf("a debit warns: %q", got)
	}
	if got := warned(settled, "credit"); got != "" {
		t.Errorf("without unknowns: %q", got)
	}
}
