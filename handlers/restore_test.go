package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

func TestAfterARestoreThePageSaysWhatIsOpenAndTakesTheAnswer(t *testing.T) {
	t.Parallel()
	p := openQuiet(t)
	c := storetest.Customer(t, p.store, "100")
	waits := p.accept(t, c, "before")
	if _, err := p.store.ClaimProviderKind(t.Context(), "live"); err != nil {
		t.Fatal(err)
	}
	storetest.Owner(p.store).MustExecContext(t.Context(), `UPDATE installation SET served_by = '1/00000001'`)
	if _, noticed, err := topup.NoticeRestore(t.Context(), p.store); err != nil || !noticed {
		t.Fatalf("noticed %v, %v", noticed, err)
	}
	v, viewer := p.as(t, billing.RoleAdmin), p.as(t, billing.RoleViewer)
	queue := v.get("/admin/queue")
	if queue.Find(`#main .note-unknown a[href="/admin/queue/restore"]`).Length() != 1 || queue.Find(`form[action$="/resume"]`).Length() != 0 {
		t.Error("the queue does not lead to the check, or resumes without it")
	}
	page := v.get("/admin/queue/restore")
	if row := text(page.Find("#panel-restored tbody tr")); !strings.Contains(row, waits.DistTransID) || !strings.Contains(row, c.Name) {
		t.Errorf("what was open: %q", row)
	}
	if n := viewer.get("/admin/queue/restore").Find(`form[action="/admin/queue/restore"]`).Length(); n != 0 {
		t.Error("a viewer is asked")
	}
	wrong := v.submit("/admin/queue/restore", "/admin/queue/restore", url.Values{"note": {"short"}})
	if wrong.status != http.StatusUnprocessableEntity || wrong.Find(".field-error").Length() != 2 {
		t.Errorf("%d, %d problems", wrong.status, wrong.Find(".field-error").Length())
	}
	form := url.Values{"note": {"The statement of 18:00 to 18:20 has none"}, "queued": {billing.RestoredUnknown}}
	if got := v.submit("/admin/queue/restore", "/admin/queue/restore", form); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, text(got.Find(".field-error")))
	}
	if got, err := p.store.TopUp(t.Context(), waits.ID, 0); err != nil || got.Status != billing.StatusUnknown {
		t.Errorf("it is %s, %v", got.Status, err)
	}
	if past := text(v.get("/admin/queue/restore").Find("#panel-past-restores li")); !strings.Contains(past, "has none") {
		t.Errorf("past: %q", past)
	}
}
