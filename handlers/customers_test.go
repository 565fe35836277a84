package handlers_test

// Customers, their ledger and credit; approvals.

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestANewCustomersKeyIsShownOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	got := v.submit("/admin/customers/new", "/admin/customers", url.Values{"name": {"EnviaDespensa"}, "code": {" envia "}, "credit": {"1,500.00"}})
	if got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d, %q", got.status, got.header.Get("Cache-Control"))
	}
	key := text(got.Find("#api-key"))
	made, err := p.store.APIKeyByHash(t.Context(), billing.HashSecret(key))
	if err != nil {
		t.Fatalf("the key %q does not work: %v", key, err)
	}
	if !strings.Contains(text(got.Find("main")), "1,500.00 USD waits for a second operator") {
		t.Error("the opening credit above the limit is not said to wait")
	}
	for _, path := range []string{"/admin/customers/ENVIA", "/admin/customers/ENVIA/keys", "/admin/customers/ENVIA/audit", "/admin/customers"} {
		if page := v.get(path); page.status != http.StatusOK || strings.Contains(page.body, key) {
			t.Errorf("%s: %d, and the key stands on it again: %v", path, page.status, strings.Contains(page.body, key))
		}
	}
	if hint := text(v.get("/admin/customers/ENVIA/keys").Find("tbody .id")); hint != made.Hint || !strings.HasSuffix(key, hint[len(hint)-4:]) {
		t.Errorf("the list shows %q of the key", hint)
	}
	if balance := storetest.Balance(t, p.store, made.CustomerID); balance.Posted.Sign() != 0 {
		t.Errorf("the credit was posted without a second operator: %s", balance.Posted)
	}
}

func TestAWrongNewCustomerKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	taken := storetest.Customer(t, p.store, "0")
	v := p.as(t, billing.RoleAdmin)
	for _, test := range []struct{ name, code, credit, wrong, says string }{
		{"Tienda", "x", "", "code", "Use 2 to 32 capital letters, digits, - or _"},
		{"", "TIENDA", "", "name", "Enter a name of 120 characters at most"},
		{"Tienda", taken.Code, "", "code", "This code is in use"},
		{"Tienda", "TIENDA", "12,50", "credit", "Write an amount like 2,500.00"},
		{"Tienda", "TIENDA", "-5", "credit", "Write an amount like 2,500.00"},
		{"Tienda", "TIENDA", "1e3", "credit", "Write an amount like 2,500.00"},
	} {
		got := v.submit("/admin/customers/new", "/admin/customers", url.Values{"name": {test.name}, "code": {test.code}, "credit": {test.credit}})
		if got.status != http.StatusUnprocessableEntity || text(got.Find("#f-"+test.wrong+"-error")) != test.says {
			t.Errorf("%+v: %d, %q", test, got.status, text(got.Find("#f-"+test.wrong+"-error")))
		}
		if kept := got.Find("#f-credit").AttrOr("value", ""); kept != test.credit {
			t.Errorf("%+v: the amount is now %q", test, kept)
		}
	}
	if _, err := p.store.CustomerByCode(t.Context(), "TIENDA"); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a wrong form made a customer: %v", err)
	}
}

func TestCustomersAreFoundByNameAndCode(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	storetest.Customer(t, p.store, "9000")
	v := p.as(t, billing.RoleViewer)
	for search, want := range map[string]int{"": 2, strings.ToLower(c.Code[2:]): 1, "ABARROTES": 2, "nobody at all": 0} {
		got := v.part("/admin/customers?q="+url.QueryEscape(search), "customers")
		if search == "" {
			got = v.get("/admin/customers")
		}
		if rows := got.Find("tbody tr").Length(); rows != want {
			t.Errorf("%q finds %d, want %d", search, rows, want)
		}
	}
	page := v.get("/admin/customers")
	if got := text(page.Find("tbody")); !strings.Contains(got, "Low") || !strings.Contains(got, "Good") {
		t.Errorf("the levels are not said in words: %q", got)
	}
}

func TestSuspendingIsAskedWrittenDownAndTakenBack(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	path := "/admin/customers/" + c.Code
	got := v.submit(path+"/suspension", path+"/suspension", nil)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if page := v.get(path); !strings.Contains(text(page.Find("#customer-account .note-failed")), "Suspended.") || !strings.Contains(text(page.Find("#toasts")), "Suspended") {
		t.Errorf("the page says %q", text(page.Find("#customer-account")))
	}
	_, _, err := p.engine.Accept(t.Context(), billing.Order{CustomerID: c.ID, Reference: "r", Phone: "+525512345678", Amount: billing.MustMXN("50")})
	if !errors.Is(err, billing.ErrSuspended) {
		t.Errorf("an order of a suspended customer: %v", err)
	}
	v.submit(path+"/suspension", path+"/suspension", nil) // again: nothing to do, nothing to write
	v.submit(path, path+"/suspension", nil)
	if again, err := p.store.Customer(t.Context(), c.ID); err != nil || again.Suspended {
		t.Errorf("still suspended: %v, %v", again.Suspended, err)
	}
	if got := text(v.get(path + "/audit").Find("ol")); strings.Count(got, "Suspended the customer") != 1 || strings.Count(got, "Allowed orders again") != 1 {
		t.Errorf("the audit log says %q", got)
	}
}

func TestTheLedgerRunsInPagesWithItsBalance(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for i := range 26 {
		p.order(t, c, fmt.Sprintf("r%d", i))
	}
	v := p.as(t, billing.RoleViewer)
	page := v.get("/admin/customers/" + c.Code + "/ledger") // 53 entries
	if rows := page.Find("tbody tr").Length(); rows != 50 {
		t.Fatalf("%d rows", rows)
	}
	first := text(page.Find("tbody tr").First())
	if !strings.Contains(first, "Capture") || !strings.Contains(first, "−2.7778") || !strings.Contains(first, "27.7772") {
		t.Errorf("the newest entry is %q", first)
	}
	older, _ := page.Find(`.pager a:contains("Older")`).Attr("href")
	end := v.get(older)
	if last := text(end.Find("tbody tr").Last()); end.Find("tbody tr").Length() != 3 || !strings.Contains(last, "Deposit received") || !strings.Contains(last, "+100.0000") {
		t.Errorf("the ledger begins with %q", last)
	}
	if newer, _ := end.Find(`.pager a:contains("Newer")`).Attr("href"); newer != "/admin/customers/"+c.Code+"/ledger" {
		t.Errorf("newer leads to %q", newer)
	}
	if got := v.get("/admin/customers/" + c.Code + "/ledger?before=x"); got.status != http.StatusBadRequest {
		t.Errorf("a place that is none: %d", got.status)
	}
}

// credit fills in the form and reviews it.
func (v visitor) review(c billing.Customer, typed url.Values) answer {
	v.t.Helper()
	path := "/admin/customers/" + c.Code + "/credit"
	return v.submit(path+"/new", path+"/review", typed)
}

// post sends what a review shows.
func (v visitor) post(review answer) answer {
	v.t.Helper()
	form := url.Values{}
	review.Find(`form[action$="/credit"] input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		form.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	return v.do(http.MethodPost, review.Find(`form[action$="/credit"]`).AttrOr("action", "/none"), form)
}

func credit(direction, amount, reason string) url.Values {
	return url.Values{"direction": {direction}, "amount": {amount}, "reason": {reason}, "note": {"SPEI of 12 March"}, "proof": {"SPEI 88301"}}
}

func TestAReviewShowsWhatAnAdjustmentDoesAndMovesNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "192.5334")
	v := p.as(t, billing.RoleFinance)
	got := v.review(c, credit("credit", "500.00", "DEPOSIT"))
	if got.status != http.StatusOK {
		t.Fatalf("%d", got.status)
	}
	for selector, want := range map[string]string{
		"[aria-label=Adjustment] p.text-3xl": "+500.00USD",
		"[aria-label=Adjustment] tbody":      "Balance 192.5334 +500.0000 692.5334 Held 0.0000 – 0.0000",
		"[aria-label=Adjustment] tfoot":      "Available 192.5334 +500.0000 692.5334",
		".bg-sunken":                         "One ledger entry Deposits " + c.Name + ", Available 500.0000USD",
		"form button.btn-primary":            "Post +500.00 USD",
		"[aria-labelledby=h-moved] tfoot":    "+500.00",
	} {
		if said := text(got.Find(selector)); !strings.Contains(strings.ReplaceAll(said, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s says %q, want %q", selector, said, want)
		}
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "192.5334" {
		t.Errorf("the review moved money: %s", balance.Posted)
	}
}

func TestAnAdjustmentIsPostedOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	review := v.review(c, credit("debit", "60", "FEE"))
	for range 2 {
		got := v.post(review)
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/customers/"+c.Code+"/ledger" {
			t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
		}
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "40.0000" {
		t.Errorf("the balance is %s", balance.Posted)
	}
	ledger := v.get("/admin/customers/" + c.Code + "/ledger")
	if got := text(ledger.Find("#toasts")); !strings.Contains(got, "Posted−60.00 USD for "+c.Name) {
		t.Errorf("the message is %q", got)
	}
	if got := text(ledger.Find("tbody tr").First()); !strings.Contains(got, "Fee") || !strings.Contains(got, "−60.0000") {
		t.Errorf("the ledger shows %q", got)
	}
	// The same form with another amount is not taken for done.
	review.Find(`form[action$="/credit"] input[name="amount"]`).SetAttr("value", "9")
	got := v.post(review)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find(".note-failed")), "This form was used before, for −60.00 USD. That stands.") {
		t.Errorf("a used form with another amount: %d, %q", got.status, text(got.Find(".note-failed")))
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "40.0000" {
		t.Errorf("the balance is %s", balance.Posted)
	}
}

func TestAWrongAdjustmentKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleAdmin)
	with := func(name, value string) url.Values {
		form := credit("credit", "5", "COURTESY")
		form.Set(name, value)
		return form
	}
	debit := credit("debit", "100.0001", "FEE")
	for _, test := range []struct {
		typed       url.Values
		field, says string
	}{
		{with("amount", "0"), "amount", "Enter an amount other than zero"},
		{with("amount", "NaN"), "amount", "Write an amount like 2,500.00, without a sign"},
		{with("amount", "-5"), "amount", "Write an amount like 2,500.00, without a sign"},
		{with("amount", "0.00001"), "amount", "Write an amount like 2,500.00, without a sign"},
		{with("amount", "12,50"), "amount", "Write an amount like 2,500.00, without a sign"},
		{with("reason", "GIFT"), "reason", "Choose a reason"},
		{with("note", "  "), "note", "Say in a few words why"},
		{with("proof", strings.Repeat("x", 201)), "proof", "Use 200 characters at most"},
		{with("direction", "up"), "direction", "Choose credit or debit"},
		{debit, "amount", "Available is 100.0000 USD: no more can be taken"},
		{credit("debit", "5", "DEPOSIT"), "amount", "A deposit is above zero"},
	} {
		got := v.review(c, test.typed)
		if got.status != http.StatusUnprocessableEntity || text(got.Find("#f-"+test.field+"-error")) != test.says {
			t.Errorf("%v: %d, %q", test.typed, got.status, text(got.Find("#f-"+test.field+"-error")))
		}
		if kept := got.Find("#f-amount").AttrOr("value", ""); kept != test.typed.Get("amount") {
			t.Errorf("%v: the amount is now %q", test.typed, kept)
		}
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "100.0000" {
		t.Errorf("the balance is %s", balance.Posted)
	}
}

func TestAboveTheLimitASecondOperatorDecides(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	asker, first := p.hire(t, billing.RoleFinance)
	second := p.as(t, billing.RoleFinance)
	review := first.review(c, credit("credit", "2,500", "DEPOSIT"))
	if got := text(review.Find("form button.btn-primary")); got != "Ask for approval" {
		t.Errorf("the button says %q", got)
	}
	first.post(review)
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.Sign() != 0 {
		t.Fatalf("money moved before: %s", balance.Posted)
	}
	list := second.get("/admin/approvals")
	path, _ := list.Find("tbody a").Attr("href")
	if got := text(list.Find(`aside a[href="/admin/approvals"] .count`)); got != "1" || !strings.Contains(text(list.Find("tbody")), asker.Name) {
		t.Errorf("the list counts %q and says %q", got, text(list.Find("tbody")))
	}
	if own := first.get(path); own.Find("button[name=decision]").Length() != 0 || !strings.Contains(own.body, "You asked for this: another operator decides it.") {
		t.Error("who asked finds a button to decide")
	}
	if got := first.do(http.MethodPost, path, url.Values{"csrf": {first.csrf()}, "decision": {"approve"}}); got.status != http.StatusForbidden || !strings.Contains(got.body, "another operator decides it") {
		t.Errorf("deciding the own request: %d", got.status)
	}
	page := second.get(path)
	if got := text(page.Find("[aria-label=Adjustment] tfoot")); got != "Available0.0000+2,500.00002,500.0000" {
		t.Errorf("the second operator sees %q", got)
	}
	if got := second.submit(path, path, url.Values{"decision": {"approve"}}); got.status != http.StatusSeeOther {
		t.Fatalf("approving: %d", got.status)
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "2500.0000" {
		t.Errorf("after the approval: %s", balance.Posted)
	}
	again := second.do(http.MethodPost, path, url.Values{"csrf": {second.csrf()}, "decision": {"reject"}})
	if again.status != http.StatusConflict || !strings.Contains(again.body, "Your decision changed nothing") {
		t.Errorf("deciding twice: %d", again.status)
	}
	if page := second.get(path); page.Find("button[name=decision]").Length() != 0 || !strings.Contains(page.body, "approved it") {
		t.Error("what is decided can be decided again")
	}
}

func TestARejectedAdjustmentMovesNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "5000")
	asker, _ := p.hire(t, billing.RoleFinance)
	waits := p.waiting(t, asker, c, "1500")
	v := p.as(t, billing.RoleAdmin)
	path := "/admin/approvals/" + waits.ID.String()
	if got := text(v.get("/admin/customers/" + c.Code).Find("#customer-account .note-accent")); !strings.Contains(got, "+1,500.00 USD wait for a second operator.") {
		t.Errorf("the customer's page says %q", got)
	}
	if got := v.submit(path, path, url.Values{"decision": {"reject"}}); got.status != http.StatusSeeOther {
		t.Fatalf("rejecting: %d", got.status)
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "5000.0000" {
		t.Errorf("after the rejection: %s", balance.Posted)
	}
	if got := text(v.get("/admin/approvals").Find("body")); !strings.Contains(got, "Rejected. Nothing has moved.") || !strings.Contains(got, "Nothing waits") {
		t.Errorf("the list says %q", got)
	}
	for _, nothing := range []string{"/admin/approvals/x", "/admin/approvals/" + uuid.NewString(), "/admin/customers/NOBODY", "/admin/customers/NOBODY/ledger"} {
		if got := v.get(nothing); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", nothing, got.status)
		}
	}
}
