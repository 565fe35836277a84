package handlers_test

// What waits for a second operator, as two of them see it; and undoing.

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// engineWith is an engine that sends nothing, with an approval limit.
func (p premises) engineWith(limit string) *topup.Engine {
	return topup.New(p.store, nil, slog.New(slog.DiscardHandler), topup.Options{
		Concurrency: 5, ApprovalLimit: billing.MustUSD(limit), Min: billing.MustMXN("20"), Max: billing.MustMXN("200"),
	})
}

// openAlone is a site whose approvals are switched off.
func openAlone(t *testing.T) premises {
	t.Helper()
	return openSite(t, outcome(billing.OutcomeDelivered), func(site *handlers.Site) {
		site.Engine = premises{store: site.Store}.engineWith("0")
	})
}

// asks lets an operator ask for a change of terms; of a rate the customer is nil.
func (p premises) asks(t *testing.T, who billing.Actor, kind billing.ChangeKind, c *billing.Customer, before, after string) billing.ChangeRequest {
	t.Helper()
	change := billing.ChangeRequest{
		ID: uuid.New(), Kind: kind, Note: "as agreed on the phone",
		Before: decimal.RequireFromString(before), After: decimal.RequireFromString(after),
	}
	if c != nil {
		change.CustomerID = &c.ID
	}
	change, err := p.engineWith("1000").ChangeTerms(t.Context(), who, change)
	if err != nil {
		t.Fatal(err)
	}
	return change
}

func decision(word string) url.Values { return url.Values{"decision": {word}} }

func TestAllThatWaitsStandsInOneListAndIsDecidedOnOneKindOfPage(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, first := p.hire(t, billing.RoleFinance)
	second := p.as(t, billing.RoleAdmin)
	credit := p.waiting(t, asker, c, "2500")
	limit := p.asks(t, asker, billing.ChangeCreditLimit, &c, "0", "5000")
	discount := p.asks(t, asker, billing.ChangeDiscount, &c, "0", "0.05")
	rate := p.asks(t, asker, billing.ChangeRate, nil, "18", "20")

	list := second.get("/admin/approvals")
	if got := list.Find(`[aria-label="Waiting for a second operator"] tbody tr`).Length(); got != 4 {
		t.Fatalf("%d wait", got)
	}
	if got := text(list.Find(`aside a[href="/admin/approvals"] .count`)); got != "4" {
		t.Errorf("the nav counts %q", got)
	}
	for _, test := range []struct {
		id   uuid.UUID
		says []string
	}{
		{credit.ID, []string{"Deposit received", "+2,500.00 USD", "Available100.0000+2,500.00002,600.0000"}},
		{limit.ID, []string{"Credit limit of " + c.Name, "0.00 USD → 5,000.00 USD", "Available2,600.0000+5,000.00007,600.0000"}},
		{discount.ID, []string{"Discount of " + c.Name, "0 % → 5 %", "50.00 MXN2.7778−0.13892.6389"}},
		{rate.ID, []string{"Exchange rate for all customers", "18.0000 MXN → 20.0000 MXN", "50.00 MXN2.7778−0.27782.5000", "+11.1 %"}},
	} {
		path, says := "/admin/approvals/"+test.id.String(), test.says
		page := second.get(path)
		said := strings.ReplaceAll(text(page.Find("main")), " ", "")
		for _, want := range says {
			if want = strings.ReplaceAll(want, " → ", ""); !strings.Contains(said, strings.ReplaceAll(want, " ", "")) {
				t.Errorf("the page of %q does not say %q: %s", says[0], want, said)
			}
		}
		if moved := text(page.Find("[aria-labelledby=h-moved]")); !strings.HasPrefix(moved, asker.Name+" moved today") || !strings.Contains(moved, "+2,500.00") {
			t.Errorf("what the requester moved today: %q", moved)
		}
		if own := first.get(path); own.Find("button[name=decision]").Length() != 0 {
			t.Error("who asked finds a button to decide")
		}
		form := url.Values{"csrf": {first.csrf()}, "decision": {"approve"}}
		if got := first.do(http.MethodPost, path, form); got.status != http.StatusForbidden || !strings.Contains(got.body, "You asked for this") {
			t.Errorf("deciding the own request: %d", got.status)
		}
		if got := second.submit(path, path, decision("approve")); got.status != http.StatusSeeOther {
			t.Errorf("approving: %d", got.status)
		}
		form.Set("csrf", second.csrf())
		if got := second.do(http.MethodPost, path, form); got.status != http.StatusConflict {
			t.Errorf("approving twice: %d", got.status)
		}
	}
	account, err := p.store.Account(t.Context(), c.ID)
	if err != nil || account.Posted.String() != "2600.0000" || account.CreditLimit.String() != "5000.0000" || account.Discount.Decimal().String() != "0.05" || account.Rate.Decimal().String() != "20" {
		t.Errorf("in force are %+v, %v", account, err)
	}
	list = second.get("/admin/approvals")
	if got := list.Find("#panel-decided tbody tr").Length(); got != 4 || !strings.Contains(text(list.Find("main")), "Nothing waits") {
		t.Errorf("%d decided: %q", got, text(list.Find("main")))
	}
}

func TestWhoseAccountTheRequesterMadeIsToldWhyHeMayNotDecide(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, _ := p.hire(t, billing.RoleAdmin)
	made, v := p.hire(t, billing.RoleFinance)
	path := "/admin/approvals/" + p.waiting(t, asker, c, "2500").ID.String()
	for _, test := range []struct{ set, says string }{
		{`UPDATE operators SET made_by = $1, approves_from = NULL WHERE id = $2`, "Who asked for this made your account"},
		{`UPDATE operators SET made_by = NULLIF(CAST($1 AS bigint), $1), approves_from = now() + interval '1 day' WHERE id = $2`, "breaks the glass: it approves from"},
	} {
		p.store.DB().MustExec(test.set, *asker.ID, *made.ID)
		page := v.get(path)
		if page.Find("button[name=decision]").Length() != 0 || !strings.Contains(text(page.Find("[aria-labelledby=h-decision]")), test.says) {
			t.Errorf("the page says %q", text(page.Find("[aria-labelledby=h-decision]")))
		}
		got := v.do(http.MethodPost, path, url.Values{"csrf": {v.csrf()}, "decision": {"approve"}})
		if got.status != http.StatusForbidden || !strings.Contains(text(got.Find(".note")), test.says) {
			t.Errorf("%d, %q", got.status, text(got.Find(".note")))
		}
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "100.0000" {
		t.Errorf("money moved: %s", balance.Posted)
	}
}

func TestARequestThatWasOvertakenSaysSoAndCanOnlyBeRejected(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, _ := p.hire(t, billing.RoleFinance)
	v := p.as(t, billing.RoleFinance)
	path := "/admin/approvals/" + p.asks(t, asker, billing.ChangeCreditLimit, &c, "0", "5000").ID.String()
	p.asks(t, asker, billing.ChangeCreditLimit, &c, "0", "10")
	page := v.get(path)
	if page.Find("button[value=approve]").Length() != 0 || !strings.Contains(text(page.Find(".note-failed")), "was changed since it was asked for") {
		t.Errorf("the page says %q", text(page.Find(".note-failed")))
	}
	if got := v.submit(path, path, decision("approve")); got.status != http.StatusConflict {
		t.Errorf("approved all the same: %d", got.status)
	}
	if got := v.submit(path, path, decision("reject")); got.status != http.StatusSeeOther {
		t.Errorf("rejecting: %d", got.status)
	}
}

func TestWithApprovalsOffTheWeeksDigestListsWhatOneOperatorDid(t *testing.T) {
	t.Parallel()
	p := openAlone(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	v.post(v.review(c, credit("credit", "2,500", "DEPOSIT")))
	v.post(v.review(c, credit("credit", "1,000", "DEPOSIT"))) // not above what would be the limit
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "3600.0000" {
		t.Fatalf("the balance is %s", balance.Posted)
	}
	page := v.get("/admin/approvals")
	if got := page.Find("#panel-alone tbody tr"); got.Length() != 1 || !strings.Contains(text(got), "Adjustment") || !strings.Contains(text(got), "+2,500.00 USD") {
		t.Errorf("the digest says %q", text(got))
	}
	if !strings.Contains(text(page.Find(".note-unknown")), "Approvals are switched off.") {
		t.Error("the page does not say that approvals are off")
	}
	for path, want := range map[string]int{"/ledger": 1, "/credit": 1} {
		if got := strings.Count(text(v.get("/admin/customers/"+c.Code+path).Find("tbody")), "One operator"); got != want {
			t.Errorf("%s says it %d times", path, got)
		}
	}
}

func TestAnAdjustmentIsUndoneFromItsPageOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleFinance)
	v.post(v.review(c, credit("credit", "300", "DEPOSIT")))
	rows, err := p.store.CustomerAdjustments(t.Context(), c.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	path := "/admin/approvals/" + rows[0].ID.String()
	if got := p.as(t, billing.RoleSupport).get(path).Find(`a[href$="/reversal"]`).Length(); got != 0 {
		t.Error("support finds a link to undo")
	}
	question := v.get(v.get(path).Find(`a[href$="/reversal"]`).AttrOr("href", "/none"))
	if got := text(question.Find("[aria-label=Reversal] tfoot")); got != "Available400.0000−300.0000100.0000" {
		t.Errorf("the effect is %q", got)
	}
	if got := text(question.Find("[aria-label=Reversal] .bg-sunken")); !strings.Contains(got, c.Name+", Available") || !strings.Contains(got, "Deposits") {
		t.Errorf("the entry is %q", got)
	}
	if got := v.submit(path+"/reversal", path+"/reversal", url.Values{"note": {" "}}); got.status != http.StatusUnprocessableEntity || text(got.Find("#f-note-error")) == "" {
		t.Errorf("without a note: %d", got.status)
	}
	form := url.Values{"csrf": {v.csrf()}, "id": {uuid.NewString()}, "note": {"of another customer"}}
	for range 2 { // sent twice
		if got := v.do(http.MethodPost, path+"/reversal", form); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
	}
	if balance := storetest.Balance(t, p.store, c.ID); balance.Posted.String() != "100.0000" {
		t.Errorf("the balance is %s", balance.Posted)
	}
	form.Set("id", uuid.NewString())
	if got := v.do(http.MethodPost, path+"/reversal", form); got.status != http.StatusConflict || !strings.Contains(text(got.Find(".note-failed")), "It is undone already") {
		t.Errorf("undone again: %d, %q", got.status, text(got.Find(".note-failed")))
	}
	if got := v.get(path); got.Find(`a[href$="/reversal"]`).Length() != 0 || !strings.Contains(text(got.Find("dl")), "Undone byits reversal") {
		t.Errorf("the original says %q", text(got.Find("dl")))
	}
	if got := text(v.get("/admin/customers/" + c.Code + "/credit").Find("tbody")); !strings.Contains(got, "Reversed") || !strings.Contains(got, "Reversal") {
		t.Errorf("the history says %q", got)
	}
}
