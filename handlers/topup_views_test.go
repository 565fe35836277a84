package handlers_test

// What an operator keeps of the list, and the drawer beside it.

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAViewIsKeptUnderItsNameForItsOperatorAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v, other := p.as(t, billing.RoleViewer), p.as(t, billing.RoleAdmin)
	const query = "amount=%3E100&date=today"
	form := v.get("/admin/topups?" + query).Find(`form[action="/admin/topups/views"]`)
	if form.Length() != 1 || form.Find(`[name="query"]`).AttrOr("value", "") != query {
		t.Fatalf("the form keeps %q", form.Find(`[name="query"]`).AttrOr("value", ""))
	}
	save := func(name, query string) answer {
		return v.do(http.MethodPost, "/admin/topups/views", url.Values{"csrf": {v.csrf()}, "name": {name}, "query": {query}})
	}
	if got := save(" Above 100 MXN ", query); got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/topups?"+query {
		t.Errorf("kept: %d to %q", got.status, got.header.Get("Location"))
	}
	page := v.get("/admin/topups?" + query)
	if tab := page.Find(`.tab[aria-current="page"]`); text(tab) != "Above 100 MXN" || tab.AttrOr("href", "") != "/admin/topups?"+query {
		t.Errorf("the tab is %q", text(tab))
	}
	if page.Find(`form[action="/admin/topups/views"]`).Length() != 0 {
		t.Error("a view that is kept can be kept again")
	}
	if got := other.get("/admin/topups").Find(`.tab:contains("Above")`).Length(); got != 0 {
		t.Error("somebody else sees it")
	}
	for name, says := range map[string]string{"Above 100 MXN": "You have a view of this name", "": "Give it a name", strings.Repeat("x", 41): "Use 40 characters at most"} {
		got := save(name, "status=failed")
		if got.status != http.StatusUnprocessableEntity || text(got.Find("#f-name-error")) != says || got.Find("#f-name").AttrOr("value", "-") != name {
			t.Errorf("%q: %d, %q", name, got.status, text(got.Find("#f-name-error")))
		}
	}
	for _, query := range []string{"", "status=failed&open=", "status=%zz", "q=status:failed"} {
		if got := save("Wrong", query); got.status != http.StatusBadRequest {
			t.Errorf("the query %q is kept: %d", query, got.status)
		}
	}
	forget := page.Find(`form[action$="/forget"]`).AttrOr("action", "")
	for _, who := range []struct {
		visitor
		left int
	}{{other, 1}, {v, 0}, {v, 0}} { // twice is harmless
		if got := who.do(http.MethodPost, forget, url.Values{"csrf": {who.csrf()}}); got.status != http.StatusSeeOther {
			t.Errorf("forgotten: %d", got.status)
		}
		if got := v.get("/admin/topups").Find(`.tab:contains("Above")`).Length(); got != who.left {
			t.Errorf("%d views are left, want %d", got, who.left)
		}
	}
}

func TestNobodyKeepsViewsWithoutEnd(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	token := v.csrf()
	for i := range billing.MostSavedViews + 1 {
		got := v.do(http.MethodPost, "/admin/topups/views", url.Values{"csrf": {token}, "name": {"View " + strconv.Itoa(i)}, "query": {"find=r" + strconv.Itoa(i)}})
		if want := i == billing.MostSavedViews; (got.status == http.StatusUnprocessableEntity) != want {
			t.Fatalf("view %d: %d", i, got.status)
		}
	}
}

func TestColumnsAndTheHeightOfRowsAreKept(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.past(t, c, 11)
	v := p.as(t, billing.RoleViewer)
	heads := func() []string {
		page := v.get("/admin/topups")
		all := []string{strconv.FormatBool(page.Find("#topup-rows.tbl-dense").Length() == 1)}
		for _, head := range page.Find("#topup-rows th").EachIter() {
			all = append(all, text(head))
		}
		return all
	}
	if got := heads(); !slices.Equal(got, []string{"true", "Time", "Phone", "Customer", "Reference", "Status", "MXN", "USD", "Took"}) {
		t.Errorf("at first: %v", got)
	}
	form := url.Values{"csrf": {v.csrf()}, "column": {"latcom", "reason", "mxn", "nonsense"}, "rows": {"roomy"}, "back": {"/admin/topups?status=failed"}}
	if got := v.do(http.MethodPost, "/admin/topups/look", form); got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/topups?status=failed" {
		t.Errorf("kept: %d to %q", got.status, got.header.Get("Location"))
	}
	if got := heads(); !slices.Equal(got, []string{"false", "Time", "Phone", "Status", "Reason", "Latcom’s id", "MXN"}) {
		t.Errorf("chosen: %v", got)
	}
	if got := text(v.get("/admin/topups?reference=past-10").Find("#topup-rows tbody tr")); !strings.Contains(got, `=HYPERLINK("http://evil","a"),b`) || !strings.Contains(got, "LT10") {
		t.Errorf("the row says %q", got)
	}
	v.do(http.MethodPost, "/admin/topups/look", url.Values{"csrf": {v.csrf()}})
	if got := heads(); !slices.Equal(got, []string{"true", "Time", "Phone", "Status"}) {
		t.Errorf("none chosen: %v", got)
	}
}

func TestTheDrawerStandsBesideTheListUnderAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for _, reference := range []string{"r1", "r2", "r3"} {
		p.order(t, c, reference)
	}
	v := p.as(t, billing.RoleViewer)
	list := "/admin/topups?customer=" + c.Code
	link := v.get(list).Find("#topup-rows tbody tr:nth-child(2) a.rowlink")
	page, opened := link.AttrOr("href", ""), link.AttrOr("hx-get", "")
	id := strings.TrimPrefix(page, "/admin/topups/")
	if opened != list+"&open="+id || link.AttrOr("hx-push-url", "") != "true" || link.AttrOr("hx-target", "") != "#drawer" {
		t.Fatalf("the row's drawer is at %q", opened)
	}
	whole := v.get(opened)
	if whole.Find("aside#drawer").Length() != 1 || whole.Find(`#topup-rows tr[aria-current="true"] a[href="`+page+`"]`).Length() != 1 {
		t.Error("the address does not show list and drawer")
	}
	part := v.part(opened, "drawer")
	if part.Find("#topup-rows").Length() != 0 || part.Find("aside#drawer #drawer-title").Length() != 1 {
		t.Error("the drawer alone is not the drawer alone")
	}
	for selector, want := range map[string]string{
		"#drawer-title":                   "50.00MXN",
		".tl > li:last-child .tl-body":    c.Name + " paid 2.7778 USD",
		"[aria-labelledby=h-ledger] .sum": "0.0000",
		"#drawer .dl":                     "r2",
	} {
		if got := text(part.Find(selector)); !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%s says %q", selector, got)
		}
	}
	full := v.get(page)
	for _, shared := range []string{".tl", "[aria-labelledby=h-ledger] tbody", `.dl:contains("Reference")`} {
		if a, b := text(part.Find(shared).First()), text(full.Find(shared).First()); a != b {
			t.Errorf("%s differs: %q in the drawer, %q on the page", shared, a, b)
		}
	}
	for direction, reference := range map[string]string{"newer": "r3", "older": "r1"} {
		beside := v.part(part.Find("[data-drawer-"+direction+"]").AttrOr("hx-get", ""), "drawer")
		if got := text(beside.Find("#drawer .dl")); !strings.Contains(got, reference) {
			t.Errorf("%s is %q", direction, got)
		}
		if beside.Find("[data-drawer-"+direction+"]").Length() != 0 {
			t.Errorf("the list goes on beyond its end, %s", direction)
		}
	}
	closed := part.Find("[data-drawer-close]").AttrOr("hx-get", "")
	if got := v.part(closed, "drawer"); closed != list || got.Find("#drawer[hidden]").Length() != 1 || got.Find("aside").Length() != 0 {
		t.Errorf("closed at %q: %s", closed, got.body)
	}
	if got := v.part(list, "topups"); got.Find(`#drawer[hidden][hx-swap-oob="true"]`).Length() != 1 {
		t.Error("another list leaves the drawer open")
	}
	if got := v.get(list + "&open=tu_nothing"); got.status != http.StatusNotFound {
		t.Errorf("a drawer of nothing: %d", got.status)
	}
}

func TestTheDrawerFollowsWhatHasNotEnded(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeUnknown))
	c := storetest.Customer(t, p.store, "100")
	unclear := p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	address := "/admin/topups?open=" + unclear.ID.String()
	parts := v.part(address, "drawer").Find(`#drawer-parts[hx-trigger*="sse:change"][hx-target="#drawer-parts"]`)
	if again := parts.AttrOr("hx-get", ""); again != address {
		t.Fatalf("it reads itself again from %q", again)
	}
	if got := v.part(address, "drawer-parts"); got.Find("#drawer-parts").Length() != 1 || got.Find("aside").Length() != 0 {
		t.Error("it reads more than itself")
	}
}
