package handlers_test

// The search line: it becomes an address, and the address writes the line.

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestTheSearchLineBecomesTheAddressAndTheAddressTheLine(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	for line, want := range map[string]struct{ address, line string }{
		"status:failed customer:" + c.Code + " amount>50 5512345678": {"amount=%3E50&customer=" + c.Code + "&find=5512345678&status=failed", "customer:" + c.Code + " status:failed amount>50 5512345678"},
		"failed today":                      {"date=today&status=failed", "date:today status:failed"},
		"fecha:2026-03-01..2026-03-12":      {"from=2026-03-01&to=2026-03-12", "date:2026-03-01..2026-03-12"},
		`reference:ED-1 id:"LT1"`:           {"reference=ED-1&transaction=LT1", "reference:ED-1 id:LT1"},
		"amount>=20 amount<100 phone:5512*": {"amount=%3E%3D20%2C%3C100&phone=5512%2A", "amount>=20 amount<100 phone:5512*"},
	} {
		got := v.get("/admin/topups?q=" + url.QueryEscape(line))
		if address := "/admin/topups?" + want.address; got.status != http.StatusSeeOther || got.header.Get("Location") != address {
			t.Errorf("%q leads (%d) to %q, want %q", line, got.status, got.header.Get("Location"), address)
		}
		page := v.get("/admin/topups?" + want.address)
		if wrote := page.Find("#f-q").AttrOr("value", ""); page.status != http.StatusOK || wrote != want.line {
			t.Errorf("%q writes (%d) %q, want %q", want.address, page.status, wrote, want.line)
		}
	}
	form := v.get("/admin/topups?status=failed&status=unknown&min=20&max=100&date=today&from=2026-03-12&phone=")
	if got := form.header.Get("Location"); got != "/admin/topups?amount=20..100&from=2026-03-12&status=failed%2Cunknown" {
		t.Errorf("the form leads to %q", got)
	}
}

func TestWhatIsNotUnderstoodIsSaidBesideTheLineWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	v := p.as(t, billing.RoleViewer)
	for query, want := range map[string]struct{ problem, word, href string }{
		"q=stats:failed":               {"“stats:failed” is not understood.", "status:failed", "/admin/topups?q=status%3Afailed"},
		"q=faild":                      {"“faild” is not understood.", "status:failed", "/admin/topups?q=status%3Afailed"},
		"q=%22a":                       {"A quote is not closed.", "", ""},
		"q=status:":                    {"“status:” has no value.", "", ""},
		"status=faild&amount=50":       {"“faild” is no status.", "failed", "/admin/topups?amount=50&status=failed"},
		"status=unknown,faild":         {"“faild” is no status.", "failed", "/admin/topups?status=unknown%2Cfailed"},
		"customer=" + c.Code + "x":     {"No customer has the code " + c.Code + "x.", c.Code, "/admin/topups?customer=" + c.Code},
		"date=yesterda":                {"No such days", "yesterday", "/admin/topups?date=yesterday"},
		"q=" + url.QueryEscape(c.Name): {"One word without a field is enough", "customer:" + c.Code, "/admin/topups?q=customer%3A" + c.Code},
	} {
		got := v.get("/admin/topups?" + query)
		problem := got.Find("#f-q-error")
		if got.status != http.StatusUnprocessableEntity || problem.Length() != 1 || !strings.Contains(text(problem), want.problem) {
			t.Errorf("%q: %d, %q", query, got.status, text(problem))
		}
		if link := problem.Find("a"); text(link) != want.word || link.AttrOr("href", "") != want.href {
			t.Errorf("%q offers %q at %q", query, text(link), link.AttrOr("href", ""))
		}
		if got.Find("#topup-rows").Length() != 0 || got.Find(`#f-q[aria-invalid="true"]`).Length() != 1 {
			t.Errorf("%q shows rows, or does not mark the line", query)
		}
	}
}

func TestAKeyIsFoundByItsEnd(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	var ends []string
	for _, reference := range []string{"ra", "rb"} {
		key, hint := billing.NewSecretKey()
		var id int64
		err := p.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
			id, err = tx.InsertAPIKey(t.Context(), c.ID, "A key", hint, billing.HashSecret(key))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		order := billing.Order{CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50"), APIKeyID: &id}
		if _, _, err := p.engine.Accept(t.Context(), order); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, key[len(key)-4:])
	}
	v := p.as(t, billing.RoleViewer)
	if got := references(v.get("/admin/topups?key=" + ends[1])); len(got) != 1 || got[0] != "rb" {
		t.Errorf("key %s: %v", ends[1], got)
	}
	if got := references(v.get("/admin/topups?key=" + ends[0] + "," + ends[1])); len(got) != 2 {
		t.Errorf("both keys: %v", got)
	}
}
