package handlers_test

// Alerts as an operator sees them: the count on every page, what is so, what is over.

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/views"
)

// quiet keeps the engine's own passes from ending what a test raises.
func (p premises) quiet(t *testing.T) {
	t.Helper()
	c, err := p.store.DB().Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ExecContext(t.Context(), `SELECT pg_advisory_lock(hashtext('latcom-billing alerts'))`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
}

func (p premises) raise(t *testing.T, a billing.Alert) {
	t.Helper()
	if err := p.engine.Raise(t.Context(), a); err != nil {
		t.Fatal(err)
	}
}

// everyAlert is one of each kind, as it is raised.
func everyAlert() []billing.Alert {
	words := map[string]string{"count": "2", "money": "1234.5678"}
	return []billing.Alert{
		{Kind: billing.AlertUnknownWaits, Severity: billing.SeverityWarning, Words: words},
		{Kind: billing.AlertUnknownOld, Severity: billing.SeverityCritical, Words: words},
		{Kind: billing.AlertContradictions, Severity: billing.SeverityCritical, Words: words},
		{Kind: billing.AlertBooksWrong, Severity: billing.SeverityCritical, Words: map[string]string{"count": "2"}},
		{Kind: billing.AlertBooksUnproven, Severity: billing.SeverityCritical},
		{Kind: billing.AlertBrokenGlass, Severity: billing.SeverityCritical, Words: map[string]string{"name": "Ana 2", "address": "1,234.5678"}},
		{Kind: billing.AlertSuccessRate, Severity: billing.SeverityCritical, Words: map[string]string{"percent": "12", "count": "", "level": "90"}},
		{Kind: billing.AlertLatency, Severity: billing.SeverityWarning, Words: map[string]string{"seconds": "18.2", "level": "15"}},
		{Kind: billing.AlertQueueAge, Severity: billing.SeverityCritical, Words: map[string]string{"seconds": "125"}},
		{Kind: billing.AlertLoginRefused, Severity: billing.SeverityCritical},
		{Kind: billing.AlertBreakerOpen, Severity: billing.SeverityCritical},
		{Kind: billing.AlertFloatLow, Severity: billing.SeverityWarning, Words: map[string]string{"left": "265.00", "seconds": "19080"}},
		{Kind: billing.AlertFloatBelow, Severity: billing.SeverityWarning, Words: map[string]string{"left": "265.00", "level": "18000.00"}},
		{Kind: billing.AlertCustomerBalance, Subject: "A2", Severity: billing.SeverityWarning, Words: map[string]string{"name": "Ana 2", "left": "265.00", "level": "1000"}},
		{Kind: billing.AlertCustomerRunway, Subject: "A2", Severity: billing.SeverityWarning, Words: map[string]string{"name": "Ana 2", "left": "265.00", "seconds": "3600"}},
		{Kind: billing.AlertDisk, Subject: "A2", Severity: billing.SeverityCritical, Words: map[string]string{"name": "Ana 2", "free": "2000000", "percent": "3"}},
		{Kind: billing.AlertChannelFailing, Subject: "A2", Severity: billing.SeverityWarning, Words: map[string]string{"name": "Ana 2"}},
	}
}

func TestOpenAlertsAreCountedOnEveryPageAndShownWithTheMoney(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	p.quiet(t)
	v := p.as(t, billing.RoleViewer)
	if got := v.get("/admin/alerts"); got.status != http.StatusOK || got.Find("#open-alerts .empty").Length() != 1 {
		t.Errorf("none: %d with %d empty panels", got.status, got.Find("#open-alerts .empty").Length())
	}
	p.raise(t, billing.Alert{Kind: billing.AlertUnknownWaits, Severity: billing.SeverityWarning, Link: "/admin/topups?status=unknown", Words: map[string]string{"count": "1", "money": "2.7778"}})
	p.raise(t, billing.Alert{Kind: billing.AlertUnknownOld, Severity: billing.SeverityCritical, Words: map[string]string{"count": "4", "money": "12.5"}})
	page := v.get("/admin/customers")
	if got := text(page.Find(`.nav-link[href="/admin/alerts"] .count`)); got != "2" {
		t.Errorf("the nav counts %q", got)
	}
	if got := page.Find(`header a[href="/admin/alerts"]`).AttrOr("aria-label", ""); got != "Alerts: 2 open" {
		t.Errorf("the bell says %q", got)
	}
	open := v.get("/admin/alerts").Find("#open-alerts li")
	if open.Length() != 2 || !strings.Contains(text(open.First()), "Critical") || !strings.Contains(text(open.First()), "4 top-ups are unknown for more than 24 hours") {
		t.Errorf("first is %q", text(open.First()))
	}
	second := open.Eq(1)
	if got := text(second); !strings.Contains(got, "1 top-up is unknown for more than 15 minutes") || !strings.Contains(got, "2.7778 USD stay held") {
		t.Errorf("second is %q", got)
	}
	if got := second.Find("a.btn").AttrOr("href", ""); got != "/admin/topups?status=unknown" {
		t.Errorf("it leads to %q", got)
	}
	if part := v.part("/admin/alerts", "open-alerts"); part.Find("h1").Length() != 0 || part.Find("#open-alerts li").Length() != 2 {
		t.Error("the open ones alone are not what htmx asked for")
	}
}

func TestAnAlertThatIsOverIsHistory(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	p.quiet(t)
	v := p.as(t, billing.RoleSupport)
	for range 60 {
		p.raise(t, billing.Alert{Kind: billing.AlertContradictions, Severity: billing.SeverityCritical, Words: map[string]string{"count": "1", "money": "2.7778"}})
		if err := p.engine.End(t.Context(), billing.AlertContradictions, ""); err != nil {
			t.Fatal(err)
		}
	}
	page := v.get("/admin/alerts")
	if got := page.Find("tbody tr").Length(); got != 50 || page.Find("#open-alerts li").Length() != 0 {
		t.Errorf("%d over, %d open", got, page.Find("#open-alerts li").Length())
	}
	older := page.Find(`.pager a:contains("Older")`).AttrOr("href", "")
	last := v.get(older)
	if got := last.Find("tbody tr").Length(); got != 10 || last.Find(`.pager a:contains("Older")`).Length() != 0 {
		t.Errorf("%d on the last page", got)
	}
	if got := v.get("/admin/alerts?before=x"); got.status != http.StatusBadRequest {
		t.Errorf("nonsense: %d", got.status)
	}
}

// An alert whose kind has no words is shown by its name.
func TestEveryKindOfAlertHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, a := range everyAlert() {
		for _, language := range views.Languages {
			head, said := views.AlertWords(views.Reader{Language: language}, a)
			if strings.Contains(head, string(a.Kind)) || a.Words["count"] != "" && !strings.Contains(head, "2") ||
				a.Words["money"] != "" && !strings.Contains(said, "1,234.5678") {
				t.Errorf("%s in %s: %q %q", a.Kind, language, head, said)
			}
		}
	}
	if head, said := views.AlertWords(views.Reader{}, billing.Alert{Kind: "new_kind", Subject: "it"}); head != "new_kind" || said != "it" {
		t.Errorf("a new kind says %q %q", head, said)
	}
}

// Every link that the engine gives an alert leads to a page.
func TestAnAlertLeadsToWhereItIsDealtWith(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r1")
	storetest.Age(t, p.store, topUp.ID, 48*time.Hour)
	err := p.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.InsertContradiction(t.Context(), billing.TopUp{ID: p.order(t, c, "r2").ID, Status: billing.StatusFailed}, billing.OutcomeDelivered, "late")
	})
	if err != nil {
		t.Fatal(err)
	}
	v := p.as(t, billing.RoleViewer)
	var open []billing.Alert
	for len(open) < 3 { // the running engine may have its turn just now
		if err := p.engine.LookAround(t.Context()); err != nil {
			t.Fatal(err)
		}
		if open, err = p.store.OpenAlerts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range open {
		if got := v.get(a.Link); got.status != http.StatusOK {
			t.Errorf("%s leads to %s: %d", a.Kind, a.Link, got.status)
		}
	}
}
