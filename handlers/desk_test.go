package handlers_test

// The unknown desk as two operators use it: evidence, preview, proposal, the
// second operator's word.

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

// unclear answers each order with something that proves nothing.
func unclear(t *testing.T) premises {
	t.Helper()
	return openSite(t, outcome(billing.OutcomeUnknown))
}

// again is a second browser of the same operator.
func (p premises) again(t *testing.T, who billing.Actor) visitor {
	t.Helper()
	v := p.visit(t)
	got := v.submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {strings.TrimPrefix(who.Name, "Ana ")}, "password": {password}})
	if got.status != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: %d", who.Name, got.status)
	}
	return v
}

func verdict(v billing.Verdict) url.Values {
	return url.Values{"verdict": {string(v)}, "reason": {"STATEMENT"}, "note": {"Statement of today, line 12"}, "provider_id": {"LT9"}}
}

func casePath(id billing.TopUpID) string { return "/admin/unknown/" + id.String() }

// waits is what waits for a second operator about a top-up.
func (p premises) waits(t *testing.T, id billing.TopUpID) (waiting []billing.Decision) {
	t.Helper()
	decisions, err := p.store.Decisions(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decisions {
		if d.State == billing.DecisionWaiting {
			waiting = append(waiting, d)
		}
	}
	return waiting
}

func (p premises) read(t *testing.T, id billing.TopUpID) billing.TopUp {
	t.Helper()
	topUp, err := p.store.TopUp(t.Context(), id, 0)
	if err != nil {
		t.Fatal(err)
	}
	return topUp
}

func TestTheDeskListsTheOldestCaseFirstAndWhatIsHeld(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	if got := v.get("/admin/unknown"); got.status != http.StatusOK || text(got.Find(".empty h2")) != "No case is open" {
		t.Errorf("without a case: %d, %q", got.status, text(got.Find(".empty h2")))
	}
	young, old := p.order(t, c, "young"), p.order(t, c, "old")
	storetest.Age(t, p.store, old.ID, 26*time.Minute)
	page := v.get("/admin/unknown")
	lines := page.Find("#cases li a")
	if lines.Length() != 2 || lines.First().AttrOr("href", "") != casePath(old.ID) || lines.First().AttrOr("aria-current", "") != "true" {
		t.Fatalf("%d lines, the first leads to %q", lines.Length(), lines.First().AttrOr("href", ""))
	}
	if got := text(lines.First()); got != "55 1234 5678 2.7778USD "+c.Name+" 26 minNeeds a decision" {
		t.Errorf("the first line says %q", got)
	}
	if got := text(page.Find("h1 + p")); !strings.HasPrefix(got, "2 top-ups, 5.56 USD held.") {
		t.Errorf("the desk says %q", got)
	}
	if got := text(page.Find(`.nav-link[href="/admin/unknown"] .count`)); got != "2" {
		t.Errorf("the nav counts %q", got)
	}
	second := v.get(casePath(young.ID))
	if got := second.Find(`#cases a[aria-current="true"]`).AttrOr("href", ""); got != casePath(young.ID) {
		t.Errorf("the case's own page marks %q", got)
	}
	if !second.Find("#cases").HasClass("max-lg:hidden") || page.Find("#cases").HasClass("max-lg:hidden") {
		t.Error("on a small screen a case is its own page, and the list another")
	}
	for _, part := range []string{"cases", "evidence"} {
		if got := v.part(casePath(young.ID), part); got.Find("h1").Length() != 0 || got.Find("#"+part).Length() != 1 {
			t.Errorf("%s alone is not what htmx asked for", part)
		}
	}
}

func TestACaseShowsTheEvidenceAndWhatEachVerdictDoes(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	storetest.Age(t, p.store, topUp.ID, 20*time.Minute)
	p.as(t, billing.RoleAdmin)
	page := p.as(t, billing.RoleFinance).get(casePath(topUp.ID))
	heads := page.Find("#evidence .tl-head").Map(func(_ int, s *goquery.Selection) string { return text(s) })
	if got, want := strings.Join(heads, " | "), "Accepted, 2.7778 USD held | Attempt 1: nothing written | wire-evidence. | Inquiry not possible | 15 minutes old"; got != want {
		t.Errorf("the timeline says %q, want %q", got, want)
	}
	for effect, want := range map[string][]string{
		"delivered":     {"Two ledger entries: Capture 2.7778 USD; Cost 50.0000 MXN", "Held → Charged, " + c.Name, "100.000097.2222", "2.77780.0000", "97.222297.2222"},
		"not_delivered": {"One ledger entry: Release 2.7778 USD", "Held → Available, " + c.Name, "100.0000100.0000", "2.77780.0000", "97.2222100.0000"},
	} {
		shown := page.Find(`#decision [data-effect="` + effect + `"]`)
		said := strings.ReplaceAll(text(shown), " ", "")
		for _, part := range append(want, "Sum over all accounts0.0000") {
			if !strings.Contains(said, strings.ReplaceAll(part, " ", "")) {
				t.Errorf("%s shows %q, without %q", effect, text(shown), part)
			}
		}
		when := map[string]string{"delivered": "[value=delivered]:checked", "not_delivered": "[value^=not]:checked"}[effect]
		if class := shown.AttrOr("class", ""); !strings.Contains(class, when) || strings.Contains(class, "_") { // to Tailwind an underscore is a space
			t.Errorf("the effect of %s is shown when %q", effect, shown.AttrOr("class", ""))
		}
	}
	if got := text(page.Find("#decision form p.flex")); !strings.Contains(got, "A second operator confirms") || !strings.Contains(got, "Ana admin-") || !strings.Contains(got, "can confirm it. You can’t confirm your own.") {
		t.Errorf("who must confirm: %q", got)
	}
}

func TestTwoOperatorsSettleACaseAndTheSameOneInTwoBrowsersDoesNot(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	path := casePath(topUp.ID)
	maria, first := p.hire(t, billing.RoleFinance)
	_, second := p.hire(t, billing.RoleFinance)
	got := first.submit(path, path, verdict(billing.VerdictDelivered))
	if got.status != http.StatusSeeOther || got.header.Get("Location") != path {
		t.Fatalf("proposed: %d to %q", got.status, got.header.Get("Location"))
	}
	if now := p.read(t, topUp.ID); now.Status != billing.StatusUnknown {
		t.Fatalf("a proposal alone moved it: %s", now.Status)
	}
	own := first.get(path)
	if own.Find(`form[action$="/confirm"]`).Length() != 0 || !strings.Contains(text(own.Find("#decision .note")), "You proposed this.") {
		t.Errorf("the proposer sees %q", text(own.Find("#decision")))
	}
	waits := p.waits(t, topUp.ID)
	if len(waits) != 1 {
		t.Fatalf("%d proposals wait", len(waits))
	}
	for name, browser := range map[string]visitor{"his own": first, "his other": p.again(t, maria)} {
		form := url.Values{"decision": {waits[0].ID.String()}, "read": {"yes"}, "csrf": {browser.csrf()}}
		got := browser.do(http.MethodPost, path+"/confirm", form)
		if got.status != http.StatusForbidden || !strings.Contains(text(got.Find("#decision .note-failed")), "You proposed this: another operator confirms it") {
			t.Errorf("%s browser: %d, %q", name, got.status, text(got.Find("#decision .note-failed")))
		}
	}
	page := second.get(path)
	if got := text(page.Find(`button[form="confirm"]`)); got != "Confirm and capture 2.7778 USD" {
		t.Errorf("the button says %q", got)
	}
	if got := text(page.Find("#decision table caption")); !strings.Contains(got, "Capture 2.7778 USD") || page.Find("#decision tfoot .sum").Length() != 1 {
		t.Errorf("the second operator's preview says %q", got)
	}
	if got := second.submit(path, path+"/confirm", nil); got.status != http.StatusUnprocessableEntity || got.Find("#f-read-error").Length() != 1 {
		t.Errorf("without having read it: %d", got.status)
	}
	if got := second.submit(path, path+"/confirm", url.Values{"read": {"yes"}}); got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/unknown" {
		t.Fatalf("confirmed: %d", got.status)
	}
	now := p.read(t, topUp.ID)
	if b := storetest.Balance(t, p.store, c.ID); now.Status != billing.StatusSucceeded || now.ProviderTransactionID != "LT9" || b.Posted.String() != "97.2222" || b.Held.Sign() != 0 {
		t.Errorf("now %s (%s), balance %s, held %s", now.Status, now.ProviderTransactionID, b.Posted, b.Held)
	}
	// A second click of both changes nothing, and says nothing else.
	form := url.Values{"decision": {waits[0].ID.String()}, "read": {"yes"}, "csrf": {second.csrf()}}
	if got := second.do(http.MethodPost, path+"/confirm", form); got.status != http.StatusSeeOther {
		t.Errorf("confirmed again: %d", got.status)
	}
	closed := first.get(path)
	if got := text(closed.Find("#decision p")); !strings.HasPrefix(got, "Delivered: "+maria.Name+" proposed it and ") {
		t.Errorf("a settled case says %q", got)
	}
}

func TestADisagreementNeedsItsReasonAndLeavesTheCaseOpen(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	path := casePath(topUp.ID)
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleAdmin)
	first.submit(path, path, verdict(billing.VerdictNotDelivered))
	got := second.submit(path, path+"/disagree", url.Values{"objection": {"  "}})
	if got.status != http.StatusUnprocessableEntity || got.Find("#f-objection-error").Length() != 1 || got.Find("details[open] #f-objection").Length() != 1 {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := second.submit(path, path+"/disagree", url.Values{"objection": {"another day's statement"}}); got.status != http.StatusSeeOther {
		t.Fatalf("disagreed: %d", got.status)
	}
	page := first.get(path)
	if said := text(page.Find("#evidence .tl")); !strings.Contains(said, "disagreed") || !strings.Contains(said, "another day's statement") || page.Find(`#decision [name="verdict"]`).Length() != 2 {
		t.Errorf("afterwards the case says %q", said)
	}
	if b := storetest.Balance(t, p.store, c.ID); b.Held.String() != "2.7778" {
		t.Errorf("held %s", b.Held)
	}
}

func TestAWrongProposalComesBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	topUp := p.order(t, storetest.Customer(t, p.store, "100"), "r1")
	path := casePath(topUp.ID)
	v := p.as(t, billing.RoleFinance)
	got := v.submit(path, path, url.Values{"reason": {"STATEMENT"}, "note": {" "}, "provider_id": {strings.Repeat("L", 65)}})
	for _, field := range []string{"verdict", "note", "provider_id"} {
		if got.Find("#f-"+field+"-error").Length() != 1 {
			t.Errorf("nothing beside %s", field)
		}
	}
	if got.status != http.StatusUnprocessableEntity || got.Find(`option[value="STATEMENT"]`).AttrOr("selected", "none") == "none" {
		t.Errorf("%d, and what was chosen is gone", got.status)
	}
	if got := v.submit(path, path, url.Values{"id": {"nonsense"}}); got.status != http.StatusBadRequest {
		t.Errorf("without an id of ours: %d", got.status)
	}
	for verdict, status := range map[billing.Verdict]int{billing.VerdictReverse: 409, billing.VerdictCharge: 409, billing.VerdictStands: 409} {
		form := url.Values{"verdict": {string(verdict)}, "reason": {"MISTAKE"}, "note": {"x"}}
		if got := v.submit(path, path, form); got.status != status || got.Find("#decision .note-failed").Length() != 1 {
			t.Errorf("%s: %d", verdict, got.status)
		}
	}
	if n := len(p.waits(t, topUp.ID)); n != 0 {
		t.Errorf("%d proposals wait", n)
	}
}
