package handlers_test

// Finding anything, and the keys.

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAnythingIsFoundByWhatItIsCalled(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, c, "r-to-find")
	v := p.as(t, billing.RoleFinance)
	whole, customer := "/admin/topups/"+topUp.ID.String(), "/admin/customers/"+c.Code
	for typed, href := range map[string]string{
		"r-to-find": whole, topUp.ID.String(): whole, "LT77001": whole, "88260455": whole, topUp.DistTransID: whole,
		"5512345678": whole, "55 1234 5678": whole, "+52 1 55 1234 5678": whole, "5512": whole,
		strings.ToLower(c.Code): customer, c.Name: customer, "approv": "/admin/approvals", "export": "/admin/exports", "new cust": "/admin/customers/new",
	} {
		path := "/admin/search?q=" + url.QueryEscape(typed)
		page, part := v.get(path), v.part(path, "palette-results")
		if page.Find(`#main a.menu-item[href="`+href+`"]`).Length() != 1 {
			t.Errorf("%q does not find %s on the page", typed, href)
		}
		if part.Find(`#palette-list [role="option"][href="`+href+`"]`).Length() != 1 || part.Find("html").Find("main").Length() != 0 {
			t.Errorf("%q does not find %s in the palette", typed, href)
		}
	}
	if got := v.get("/admin/search?q=zzz-nothing"); got.Find(`#main a[href*="/admin/topups/"]`).Length() != 0 {
		t.Error("nothing is found as something")
	}
}

func TestActionsAreFoundByWhoMayDoThem(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for role, want := range map[billing.Role]int{billing.RoleViewer: 0, billing.RoleSupport: 0, billing.RoleFinance: 1, billing.RoleAdmin: 1} {
		v := p.as(t, role)
		for typed, href := range map[string]string{"new": "/admin/customers/new", c.Code: "/admin/customers/" + c.Code + "/credit/new"} {
			if got := v.get("/admin/search?q=" + typed).Find(`#main a[href="` + href + `"]`).Length(); got != want {
				t.Errorf("%s finds %s %d times, want %d", role, href, got, want)
			}
		}
	}
}

func TestSingleKeysCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	for _, to := range []string{"off", "on"} {
		got := v.do(http.MethodPost, "/admin/shortcuts", url.Values{"csrf": {v.csrf()}, "keys": {to}, "back": {"/admin/topups"}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/topups" {
			t.Errorf("%s: %d to %q", to, got.status, got.header.Get("Location"))
		}
		if keys := v.get("/admin/topups").Find("html").AttrOr("data-keys", ""); keys != to {
			t.Errorf("switched %s they are %s", to, keys)
		}
	}
	if got := v.part("/admin/shortcuts", "keys-list"); got.Find("#keys-list dl").Length() != 1 || got.Find("main").Length() != 0 {
		t.Error("the keys alone are not the keys alone")
	}
}

func TestAnUnknownTopUpLeadsToItsCase(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	unclear := p.order(t, storetest.Customer(t, p.store, "100"), "r1")
	v := p.as(t, billing.RoleViewer)
	link := v.get("/admin/topups/"+unclear.ID.String()).Find(`#topup .note-unknown a`).AttrOr("href", "")
	if got := v.get(link); link != "/admin/unknown/"+unclear.ID.String() || got.status != http.StatusOK {
		t.Errorf("the case at %q: %d", link, got.status)
	}
}
