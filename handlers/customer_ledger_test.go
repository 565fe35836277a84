package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestALedgerOfSomeDaysOpensAndClosesOnTheDoubleRule(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	ledger := "/admin/customers/" + c.Code + "/ledger"
	today := time.Now().In(mexico(t))
	day := today.Format(time.DateOnly)
	page := v.get(ledger + "?from=" + day + "&to=" + day)
	if sum := text(page.Find(`section[aria-label="Ledger"] .sum`)); sum != "97.2222" {
		t.Errorf("today closes with %q", sum)
	}
	if said := text(page.Find(`section[aria-label="Ledger"] dl`)); !strings.Contains(said, "0.0000") || !strings.Contains(said, "3 entries together+97.2222") {
		t.Errorf("the period says %q", said)
	}
	if n := page.Find(`section[aria-label="Ledger"] tbody tr`).Length(); n != 3 {
		t.Errorf("%d entries, want 3", n)
	}
	before := v.get(ledger + "?to=" + today.AddDate(0, 0, -1).Format(time.DateOnly))
	if before.Find(`section[aria-label="Ledger"] tbody tr`).Length() != 0 || text(before.Find(`section[aria-label="Ledger"] .sum`)) != "0.0000" {
		t.Errorf("yesterday: %s", text(before.Find(`section[aria-label="Ledger"]`)))
	}
	for _, query := range []string{"?from=yesterday", "?to=2026-13-01", "?from=2026-03-02&to=2026-03-01"} {
		if got := v.get(ledger + query); got.status != http.StatusUnprocessableEntity || got.Find("#f-from-error").Length() != 1 {
			t.Errorf("%s: %d", query, got.status)
		}
	}
	if got := v.get(ledger); got.Find(`section[aria-label="Ledger"] .sum`).Length() != 0 || got.Find(`section[aria-label="Ledger"] tbody tr`).Length() != 3 {
		t.Error("without days it is all of the ledger")
	}
}
