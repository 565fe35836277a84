package handlers_test

import (
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestATopUpTellsWhoLookedAtItOnceAnHour(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	topUp := p.order(t, storetest.Customer(t, p.store, "100"), "r1")
	ana, v := p.hire(t, billing.RoleViewer)
	eva, w := p.hire(t, billing.RoleSupport)
	page := "/admin/topups/" + topUp.ID.String()
	for range 3 {
		v.get(page)
	}
	looked := w.get(page).Find(`section[aria-labelledby="h-looked"] li`)
	if looked.Length() != 2 || !strings.Contains(text(looked), ana.Name) || !strings.Contains(text(looked), eva.Name) {
		t.Errorf("the page tells of %q", text(looked))
	}
	storetest.Owner(p.store).MustExecContext(t.Context(), `
		ALTER TABLE topup_views DISABLE TRIGGER USER; UPDATE topup_views SET hour = hour - interval '1 hour'; ALTER TABLE topup_views ENABLE TRIGGER USER`)
	if n := v.get(page).Find(`section[aria-labelledby="h-looked"] li`).Length(); n != 3 {
		t.Errorf("an hour later %d looks", n)
	}
}
