package handlers_test

// Answers that nobody has classified, as operators meet them and say what they mean.

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// openOdd is a site whose provider gives an answer that nobody has classified.
func openOdd(t *testing.T, alone billing.Outcome) (premises, billing.TopUp) {
	t.Helper()
	p := openSite(t, delivers(func(context.Context, billing.Send) billing.Answer {
		return billing.Answer{
			Outcome: alone, Fault: billing.FaultProvider, Row: "answer.other_status", Policy: 2, Reason: "Odd words", Code: "-7",
			Shape: billing.Shape{Alone: alone, HTTPStatus: 200, Status: "odd", Code: "-7"}.Key(),
		}
	}))
	return p, p.order(t, storetest.Customer(t, p.store, "100"), "r1")
}

// classify fills in the form that a page leads to, and returns the review.
func (v visitor) classify(topUp billing.TopUp, outcome, fault string) answer {
	v.t.Helper()
	href := v.get("/admin/topups/"+topUp.ID.String()).Find(`a[href^="/admin/classifications/new"]`).AttrOr("href", "/none")
	return v.submit(href, "/admin/classifications/review", url.Values{"outcome": {outcome}, "fault": {fault}, "note": {"a ticket of support"}})
}

// recordFrom sends what a review carries.
func (v visitor) recordFrom(review answer) (url.Values, answer) {
	v.t.Helper()
	typed := url.Values{}
	review.Find(`main form input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		typed.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	return typed, v.do(http.MethodPost, "/admin/classifications", typed)
}

func TestAnAnswerNobodyHasClassifiedIsClassifiedForLaterOnesAlone(t *testing.T) {
	t.Parallel()
	p, topUp := openOdd(t, billing.OutcomeRefused)
	v := p.as(t, billing.RoleFinance)
	page := v.get("/admin/classifications")
	if rows := page.Find("#panel-open-answers tbody tr"); rows.Length() != 1 || !strings.Contains(text(rows), "Odd words") || !strings.Contains(text(rows), "HTTP 200 · odd · -7") {
		t.Fatalf("open are %q", text(page.Find("#panel-open-answers")))
	}
	if got := text(page.Find(`aside a[href="/admin/classifications"] .count`)); got != "1" {
		t.Errorf("the nav counts %q", got)
	}
	if got := p.as(t, billing.RoleSupport).get("/admin/topups/" + topUp.ID.String()).Find(`a[href^="/admin/classifications/new"]`).Length(); got != 0 {
		t.Error("support finds a link to classify")
	}
	review := v.classify(topUp, "refused", "number")
	if said := text(review.Find("[aria-label=Classification]")); !strings.Contains(said, "Yes: the top-up ends with the answer") {
		t.Errorf("the review says %q", said)
	}
	typed, got := v.recordFrom(review)
	if got.status != http.StatusSeeOther {
		t.Fatalf("recording: %d, %s", got.status, text(got.Find("main")))
	}
	if again := v.do(http.MethodPost, "/admin/classifications", typed); again.status != http.StatusSeeOther { // a double click
		t.Errorf("sent twice: %d", again.status)
	}
	page = v.get("/admin/classifications")
	if page.Find("#panel-open-answers .empty").Length() != 1 || page.Find("#panel-classified tbody tr").Length() != 1 || !strings.Contains(text(page.Find("#panel-classified tbody")), "In force") {
		t.Errorf("afterwards: %s", text(page.Find("main")))
	}
	if got := v.get("/admin/topups/" + topUp.ID.String()); got.Find(`a[href^="/admin/classifications/new"]`).Length() != 0 {
		t.Error("the top-up still asks to classify")
	}
	if now := p.read(t, topUp.ID); now.Status != billing.StatusFailed {
		t.Errorf("what is past is %s", now.Status)
	}
}

func TestAClassificationThatEndsTopUpsIsConfirmedByAnother(t *testing.T) {
	t.Parallel()
	p, topUp := openOdd(t, billing.OutcomeUnknown)
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleAdmin)
	if got := first.get("/admin/unknown/" + topUp.ID.String()).Find(`#evidence a[href^="/admin/classifications/new"]`).Length(); got != 1 {
		t.Error("the desk does not lead to the form")
	}
	review := first.classify(topUp, "refused", "provider")
	if said := text(review.Find("[aria-labelledby=h-next]")); !strings.Contains(said, "A second operator confirms this") {
		t.Errorf("the review says %q", said)
	}
	_, got := first.recordFrom(review)
	path := got.header.Get("Location")
	if own := first.get(path); own.Find("button[name=decision]").Length() != 0 || !strings.Contains(text(own.Find("[aria-labelledby=h-decision]")), "another operator confirms it") {
		t.Errorf("who proposed it sees %q", text(own.Find("main")))
	}
	form := url.Values{"csrf": {first.csrf()}, "decision": {"confirm"}}
	if refused := first.do(http.MethodPost, path, form); refused.status != http.StatusForbidden {
		t.Errorf("confirming the own: %d", refused.status)
	}
	if got := second.submit(path, path, url.Values{"decision": {"reject"}}); got.status != http.StatusUnprocessableEntity || text(got.Find("#f-objection-error")) == "" {
		t.Errorf("without an objection: %d", got.status)
	}
	if got := second.submit(path, path, url.Values{"decision": {"confirm"}}); got.status != http.StatusSeeOther {
		t.Errorf("confirming: %d", got.status)
	}
	form.Set("csrf", second.csrf())
	if got := second.do(http.MethodPost, path, form); got.status != http.StatusConflict {
		t.Errorf("confirming twice: %d", got.status)
	}
	if now := p.read(t, topUp.ID); now.Status != billing.StatusUnknown {
		t.Errorf("what is past is %s", now.Status)
	}
}

func TestAClassificationThatIsWrongIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	p, topUp := openOdd(t, billing.OutcomeRefused)
	v := p.as(t, billing.RoleAdmin)
	for field, typed := range map[string][2]string{"outcome": {"delivered", ""}, "fault": {"refused", ""}} {
		if got := v.classify(topUp, typed[0], typed[1]); got.status != http.StatusUnprocessableEntity || got.Find("#f-"+field+"-error, [id^=f-"+field+"] .field-error, .field-error").Length() == 0 {
			t.Errorf("%s: %d", field, got.status)
		}
	}
	attempts, err := p.store.Attempts(t.Context(), topUp.ID)
	if err != nil {
		t.Fatal(err)
	}
	inPseudo(t, p, v)
	for _, at := range []string{"/admin/classifications", "/admin/classifications/new?attempt=" + strconv.FormatInt(attempts[0].ID, 10)} {
		got := v.get(at)
		got.Find("[aria-labelledby=h-answer] .font-medium, td .font-medium").Remove()
		wantTranslated(t, at, got)
	}
	if got := v.get("/admin/classifications/" + uuid.NewString()); got.status != http.StatusNotFound {
		t.Errorf("one that is not there: %d", got.status)
	}
}
