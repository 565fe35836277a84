package handlers_test

// The float as operators see it: a deposit from the form to its entry, and undone.

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func deposit(amount, reference string) url.Values {
	return url.Values{"amount": {amount}, "reference": {reference}, "note": {"what was agreed"}, "proof": {"https://files.example/receipt.pdf"}}
}

// floatLeft is what the page says is left.
func (v visitor) floatLeft() string {
	v.t.Helper()
	return text(v.get("/admin/float").Find("#float-now .figures > div").First().Find("p").Eq(1))
}

func TestADepositIsShownWithItsEffectBeforeItIsRecordedOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleFinance)
	if got := v.get("/admin/float"); got.Find("#float-now .empty").Length() != 1 || got.Find(".sum").Length() != 0 {
		t.Errorf("before the first deposit: %s", text(got.Find("#main")))
	}
	form := v.get("/admin/float/deposits/new")
	if said := text(form.Find("[aria-labelledby=h-now]")); !strings.Contains(said, "Latcom took 50.00 MXN before a first deposit was recorded") {
		t.Errorf("the form says %q", said)
	}
	review := v.submit("/admin/float/deposits/new", "/admin/float/deposits/review", deposit("250,000", "SPEI-1"))
	said := strings.Join(strings.Fields(text(review.Find("[aria-label=Deposit]"))), " ")
	for _, want := range []string{"+250,000.00", "−50.00", "249,950.00", "Deposits", "Float"} {
		if !strings.Contains(said, want) {
			t.Errorf("the review does not say %q: %s", want, said)
		}
	}
	if f, err := p.store.Float(t.Context()); err != nil || f.Known {
		t.Fatalf("the review recorded it: %+v, %v", f, err)
	}
	typed := url.Values{"csrf": {v.csrf()}}
	review.Find("main form input[type=hidden]").Each(func(_ int, input *goquery.Selection) {
		typed.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	for range 2 { // a double click
		if got := v.do(http.MethodPost, "/admin/float/deposits", typed); got.status != http.StatusSeeOther {
			t.Fatalf("recording: %d, %s", got.status, text(got.Find("main")))
		}
	}
	if f, err := p.store.Float(t.Context()); err != nil || f.Balance.String() != "249950.00" {
		t.Errorf("%+v, %v", f, err)
	}
	if got := v.floatLeft(); got != "249,950.00 MXN" && got != "249,950.00MXN" {
		t.Errorf("the page says %q are left", got)
	}
	typed.Set("amount", "300,000")
	if got := v.do(http.MethodPost, "/admin/float/deposits", typed); got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find(".note-failed")), "This form was used before") {
		t.Errorf("the same form for another deposit: %d", got.status)
	}
}

func TestADepositThatIsWrongIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleAdmin)
	v.record(deposit("100", "SPEI-1"))
	for field, spoil := range map[string]url.Values{
		"amount": {"amount": {"1.234"}}, "reference": {"reference": {""}}, "note": {"note": {" "}}, "proof": {"proof": {strings.Repeat("x", 201)}},
	} {
		typed := deposit("100", "SPEI-2")
		typed[field] = spoil[field]
		for _, action := range []string{"/admin/float/deposits/review", "/admin/float/deposits"} {
			typed.Set("id", uuid.NewString())
			typed.Set("csrf", v.csrf())
			if got := v.do(http.MethodPost, action, typed); got.status != http.StatusUnprocessableEntity || text(got.Find("#f-"+field+"-error")) == "" {
				t.Errorf("%s at %s: %d", field, action, got.status)
			}
		}
	}
	if got := v.submit("/admin/float/deposits/new", "/admin/float/deposits/review", deposit("100", "SPEI-1")); !strings.Contains(text(got.Find("#f-reference-error")), "recorded already") {
		t.Errorf("the same transfer again: %d, %q", got.status, text(got.Find("#f-reference-error")))
	}
}

// record records a deposit and returns its id.
func (v visitor) record(typed url.Values) string {
	v.t.Helper()
	id := uuid.NewString()
	typed.Set("id", id)
	typed.Set("csrf", v.csrf())
	if got := v.do(http.MethodPost, "/admin/float/deposits", typed); got.status != http.StatusSeeOther {
		v.t.Fatalf("recording: %d, %s", got.status, text(got.Find("main")))
	}
	return id
}

func TestADepositIsUndoneWholeAndOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleFinance)
	v.record(deposit("1,000", "SPEI-1"))
	path := "/admin/float/deposits/" + v.record(deposit("250.50", "SPEI-2"))
	if got := p.as(t, billing.RoleSupport).get(path); got.Find(`a[href$="/correction"]`).Length() != 0 || !strings.Contains(text(got.Find("main")), "SPEI-2") {
		t.Error("support does not see the deposit, or finds a link to undo it")
	}
	question := v.get(v.get(path).Find(`a[href$="/correction"]`).AttrOr("href", "/none"))
	if said := text(question.Find("[aria-label=Correction] tfoot")); !strings.Contains(said, "1,250.50") || !strings.Contains(said, "−250.50") || !strings.Contains(said, "1,000.00") {
		t.Errorf("the effect is %q", said)
	}
	if got := v.submit(path+"/correction", path+"/correction", url.Values{"note": {" "}}); got.status != http.StatusUnprocessableEntity || text(got.Find("#f-note-error")) == "" {
		t.Errorf("without a note: %d", got.status)
	}
	form := url.Values{"csrf": {v.csrf()}, "id": {uuid.NewString()}, "note": {"it was the same transfer"}}
	for range 2 {
		if got := v.do(http.MethodPost, path+"/correction", form); got.status != http.StatusSeeOther {
			t.Fatalf("undoing: %d", got.status)
		}
	}
	form.Set("id", uuid.NewString())
	if got := v.do(http.MethodPost, path+"/correction", form); got.status != http.StatusConflict || !strings.Contains(text(got.Find(".note-failed")), "It is undone already") {
		t.Errorf("undone again: %d", got.status)
	}
	page := v.get("/admin/float")
	if rows := page.Find("#panel-deposits tbody tr"); rows.Length() != 3 || !strings.Contains(text(rows.First()), "Undoes a deposit") || !strings.Contains(text(rows.Eq(1)), "Undone") {
		t.Errorf("the list says %q", text(page.Find("#panel-deposits tbody")))
	}
	if sum := text(page.Find("[aria-labelledby=h-float-today] tfoot")); !strings.Contains(sum, "1,000.00") {
		t.Errorf("today adds up to %q", sum)
	}
	if sum := text(page.Find("#panel-float-days tfoot")); sum != "Together0.00+1,250.50−250.50–1,000.00" {
		t.Errorf("the days add up to %q", sum)
	}
	correction := page.Find("#panel-deposits tbody tr").First().Find("a").AttrOr("href", "/none")
	if got := v.get(correction + "/correction"); !strings.Contains(text(got.Find(".note-failed")), "This is a correction itself") {
		t.Errorf("undoing a correction: %d", got.status)
	}
}

func TestTheOverviewTellsOfTheFloatAndLeadsToTheDesk(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	c := storetest.Customer(t, p.store, "100")
	waits := p.order(t, c, "r1")
	v := p.as(t, billing.RoleFinance)
	if got := text(v.get("/admin/float").Find("#float-now")); !strings.Contains(got, "No deposit is recorded yet") {
		t.Errorf("without a deposit: %q", got)
	}
	v.record(deposit("65", "SPEI-1"))
	page := v.get("/admin")
	if got := text(page.Find("#panel-float")); !strings.Contains(got, "15.00 MXN") || !strings.Contains(got, "The float is used up.") {
		t.Errorf("less than the smallest order: %q", got)
	}
	if got := page.Find(`#panel-unknown a[href="/admin/unknown"]`).Length() + page.Find(`#panel-unknown a[href="/admin/unknown/`+waits.ID.String()+`"]`).Length(); got != 2 {
		t.Errorf("the unknown top-ups do not lead to the desk: %s", text(page.Find("#panel-unknown")))
	}
}

func TestTheFloatIsTranslated(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleAdmin)
	path := "/admin/float/deposits/" + v.record(deposit("100", "77001"))
	v.get("/admin/float") // what was just done is said in the language in which it was done
	inPseudo(t, p, v)
	for _, at := range []string{"/admin/float", "/admin/float/deposits/new", path + "/correction"} {
		got := v.get(at)
		got.Find("td, dd, textarea").Remove()
		wantTranslated(t, at, got)
	}
}
