package handlers_test

// Exports as people ask for them: few rows at once, many as a file in the background.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// ready waits for an export to be made.
func (p premises) ready(t *testing.T, scope store.ExportScope, id uuid.UUID) billing.Export {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		e, err := p.store.Export(ctx, scope, id)
		if err != nil {
			t.Fatal(err)
		}
		if !e.Open() {
			return e
		}
		<-tick.C
	}
}

// memberExport is a file that a member of c made.
func (p premises) memberExport(t *testing.T, c billing.Customer) billing.Export {
	t.Helper()
	p.addMember(t, c, "maker@"+strings.ToLower(c.Code)+".example")
	m, err := p.store.MemberByEmail(t.Context(), "maker@"+strings.ToLower(c.Code)+".example")
	if err != nil {
		t.Fatal(err)
	}
	e := billing.Export{ID: uuid.New(), MemberID: &m.ID, CustomerID: &c.ID, Format: billing.FormatCSV, Filter: billing.TopUpFilter{CustomerID: c.ID}}
	if err := p.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.RequestExport(t.Context(), e) }); err != nil {
		t.Fatal(err)
	}
	return p.ready(t, store.ExportScope(c.ID), e.ID)
}

func TestABigExportIsAskedForMadeAndFetched(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, billing.MostStreamed+1)
	asker, v := p.hire(t, billing.RoleViewer)
	got := v.get("/admin/topups.csv?customer=" + c.Code)
	asks := got.header.Get("Location")
	if want := "/admin/exports/new?customer=" + c.Code + "&format=csv"; got.status != http.StatusSeeOther || asks != want {
		t.Fatalf("%d to %q, want %q", got.status, asks, want)
	}
	form := v.get(asks).Find(`form[action="/admin/exports"]`)
	value := func(name string) string { return form.Find(`[name="`+name+`"]`).First().AttrOr("value", "") }
	sent := url.Values{"csrf": {v.csrf()}, "id": {value("id")}, "query": {value("query")}, "format": {form.Find(`[name="format"][checked]`).AttrOr("value", "")}}
	for range 2 { // sent twice, made once
		if got := v.do(http.MethodPost, "/admin/exports", sent); got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/exports" {
			t.Fatalf("asked for: %d to %q", got.status, got.header.Get("Location"))
		}
	}
	id := uuid.MustParse(value("id"))
	done := p.ready(t, 0, id)
	page := v.get("/admin/exports")
	card := page.Find("#export-" + id.String())
	if page.Find("article").Length() != 1 {
		t.Errorf("%d files are listed", page.Find("article").Length())
	}
	for _, says := range []string{"customer:" + c.Code, "asked for by " + asker.Name, "Ready", "50,001", done.SHA256, "2,500,050.00", "SHA-256"} {
		if !strings.Contains(text(card), says) {
			t.Errorf("the card does not say %q: %q", says, text(card))
		}
	}
	if card.Is("[hx-trigger]") {
		t.Error("a file that is ready reads itself again")
	}
	file := v.get(card.Find("a[download]").AttrOr("href", ""))
	if hash := sha256.Sum256([]byte(file.body)); hex.EncodeToString(hash[:]) != done.SHA256 || strings.Count(file.body, "\r\n") != billing.MostStreamed+2 {
		t.Errorf("what is fetched (%d, %d bytes) is not the file", file.status, len(file.body))
	}
	if name := file.header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="top-ups-`) || !strings.HasSuffix(name, `.csv"`) {
		t.Errorf("it is called %s", name)
	}
	var acts []string
	if err := p.store.DB().Select(&acts, `SELECT action FROM audit_log WHERE subject = $1 ORDER BY id`, id.String()); err != nil || fmt.Sprint(acts) != "[export.requested export.requested export.fetched]" {
		t.Errorf("the audit log says %v, %v", acts, err)
	}
}

func TestAnExportInTheMakingShowsHowFarItIsAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 10)
	v := p.as(t, billing.RoleViewer)
	waits := p.store.DB().MustBegin() // the worker waits for its first row
	defer waits.Rollback()
	waits.MustExec(`LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE`)
	id := uuid.NewString()
	if got := v.do(http.MethodPost, "/admin/exports", url.Values{"csrf": {v.csrf()}, "id": {id}, "query": {"status=failed"}, "format": {"xlsx"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	card := v.part("/admin/exports/"+id, "export-"+id).Find("#export-" + id)
	if card.AttrOr("hx-get", "") != "/admin/exports/"+id || card.AttrOr("hx-target", "") != "#export-"+id || card.Find("progress").Length() != 1 || !strings.Contains(text(card), "XLSX") {
		t.Errorf("it does not follow: %q", text(card))
	}
	cancel := card.Find("form").AttrOr("action", "")
	for range 2 {
		if got := v.do(http.MethodPost, cancel, url.Values{"csrf": {v.csrf()}}); got.status != http.StatusSeeOther {
			t.Errorf("cancelled: %d", got.status)
		}
	}
	if got := text(v.get("/admin/exports").Find("#export-" + id)); !strings.Contains(got, "Cancelled") {
		t.Errorf("it says %q", got)
	}
	if got := v.get("/admin/exports/" + id + "/file"); got.status != http.StatusNotFound {
		t.Errorf("its file: %d", got.status)
	}
}

func TestAnExportIsRefusedThatCannotBeMade(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	for name, form := range map[string]url.Values{
		"without an id":     {"query": {""}, "format": {"csv"}},
		"of no filter":      {"id": {uuid.NewString()}, "query": {"stats=failed"}},
		"of a part":         {"id": {uuid.NewString()}, "query": {"older=" + strings.Repeat("A", 32)}},
		"of a wrong filter": {"id": {uuid.NewString()}, "query": {"status=nonsense"}},
	} {
		form.Set("csrf", v.csrf())
		if got := v.do(http.MethodPost, "/admin/exports", form); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	waits := p.store.DB().MustBegin()
	defer waits.Rollback()
	waits.MustExec(`LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE`)
	for i := range billing.MostOpenExports + 1 {
		got := v.do(http.MethodPost, "/admin/exports", url.Values{"csrf": {v.csrf()}, "id": {uuid.NewString()}})
		full := i == billing.MostOpenExports
		if (got.status == http.StatusUnprocessableEntity) != full || full && !strings.Contains(text(got.Find(".note-failed")), "5 files are in the making") {
			t.Errorf("file %d: %d, %q", i, got.status, text(got.Find(".note-failed")))
		}
	}
}

func TestAMemberExportsItsCustomersTopUpsAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	ours, theirs := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	p.past(t, ours, 7)
	p.past(t, theirs, 5)
	e := p.memberExport(t, ours)
	p.addMember(t, ours, "laura@envia.mx")
	laura := p.visit(t).signInAsMember("laura@envia.mx")
	file := laura.get("/dashboard/exports/" + e.ID.String() + "/file")
	if file.status != http.StatusOK || strings.Count(file.body, "\r\n") != 8 || strings.Contains(file.body, theirs.Code) || strings.Contains(file.body, "HYPERLINK") {
		t.Errorf("%d: %q", file.status, file.body)
	}
	if got := p.as(t, billing.RoleAdmin).get("/admin/exports"); got.Find("article").Length() != 0 {
		t.Error("the back office lists a customer's own files")
	}
	if xlsx := laura.get("/dashboard/topups.xlsx?status=failed"); xlsx.status != http.StatusOK || !strings.HasPrefix(xlsx.body, "PK") {
		t.Errorf("XLSX: %d", xlsx.status)
	}
}
