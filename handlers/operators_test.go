package handlers_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
)

// shownLink is the path of the link that a form made, from the page that shows it.
func shownLink(t *testing.T, made answer) string {
	t.Helper()
	page := made.follow()
	link := text(page.Find("#access-link"))
	u, err := url.Parse(link)
	if err != nil || u.Path == "" || page.status != http.StatusOK {
		t.Fatalf("%d shows the link %q", page.status, link)
	}
	return u.Path
}

var newFinance = url.Values{"name": {"Sofía Lara"}, "sign_in_name": {"Sofia"}, "role": {"finance"}}

// open sets a password with a link.
func (v visitor) open(link, password string) answer {
	v.t.Helper()
	return v.submit(link, link, url.Values{"password": {password}})
}

func (p premises) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := p.store.DB().GetContext(t.Context(), &n, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

func operatorPage(a billing.Actor) string { return "/admin/operators/" + strconv.FormatInt(*a.ID, 10) }

func TestAnInvitationOpensOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	admin := p.as(t, billing.RoleAdmin)
	link := shownLink(t, admin.submit("/admin/operators/new", "/admin/operators", newFinance))
	if p.count(t, `SELECT count(*) FROM access_links WHERE encode(token_hash, 'escape') LIKE '%' || $1 || '%'`, link[len(link)-20:]) != 0 {
		t.Error("the link itself is in the database")
	}
	if got := p.visit(t).submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {"sofia"}, "password": {""}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a password the account opens: %d", got.status)
	}
	guest := p.visit(t)
	if got := text(guest.get(link).Find("h1")); got != "Welcome, Sofía Lara" {
		t.Errorf("the link says %q", got)
	}
	if got := guest.open(link, "short"); got.status != http.StatusUnprocessableEntity || got.Find("#f-password-error").Length() != 1 {
		t.Errorf("a short password: %d", got.status)
	}
	if got := guest.open(link, "a good long password"); got.header.Get("Location") != "/admin" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	if got := text(guest.get("/admin").Find("aside summary")); !strings.Contains(got, "Sofía Lara") || !strings.Contains(got, "Finance") {
		t.Errorf("signed in as %q", got)
	}
	if got := p.visit(t).get(link); got.status != http.StatusNotFound || !strings.Contains(text(got.Find("main")), "Ask who gave it to you") {
		t.Errorf("the link opens again: %d", got.status)
	}
	if audited(t, p, "operator.invited") != 1 || audited(t, p, "operator.joined") != 1 {
		t.Error("the audit log does not tell of both")
	}
}

func TestSendingAnInvitationTwiceMakesOneAndShowsTheSameLink(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	admin := p.as(t, billing.RoleAdmin)
	page := admin.get("/admin/operators/new")
	form := url.Values{"csrf": {admin.csrf()}, "once": {page.Find(`input[name="once"]`).AttrOr("value", "")}}
	for name, value := range newFinance {
		form[name] = value
	}
	first := shownLink(t, admin.do(http.MethodPost, "/admin/operators", form))
	if again := shownLink(t, admin.do(http.MethodPost, "/admin/operators", form)); again != first {
		t.Error("two links are shown")
	}
	if audited(t, p, "operator.invited") != 1 {
		t.Error("it is written down twice")
	}
	again := admin.submit("/admin/operators/new", "/admin/operators", newFinance)
	if again.status != http.StatusUnprocessableEntity || again.Find("#f-sign_in_name-error").Length() != 1 || again.Find("#f-name").AttrOr("value", "") != "Sofía Lara" {
		t.Errorf("a name in use: %d", again.status)
	}
	form.Set("once", "made-up")
	if got := admin.do(http.MethodPost, "/admin/operators", form); got.status != http.StatusUnprocessableEntity || got.Find(`[role="alert"]`).Length() != 1 {
		t.Errorf("a secret of somebody's own making: %d", got.status)
	}
}

func TestALinkEndsWithItsTimeWithANewerOneAndWithTheAccount(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	admin := p.as(t, billing.RoleAdmin)
	invited, _ := p.hire(t, billing.RoleViewer)
	page := operatorPage(invited)
	newLink := func() string { return shownLink(t, admin.submit(page, page+"/link", nil)) }
	first := newLink()
	second := newLink()
	if got := p.visit(t).get(first); got.status != http.StatusNotFound {
		t.Errorf("the link before the newest: %d", got.status)
	}
	if got := p.visit(t).get(second); got.status != http.StatusOK {
		t.Errorf("the newest link: %d", got.status)
	}
	if got := p.visit(t).get(strings.Replace(second, "/admin/", "/dashboard/", 1)); got.status != http.StatusNotFound {
		t.Errorf("an operator's link at the customers' door: %d", got.status)
	}
	p.store.DB().MustExecContext(t.Context(), `UPDATE access_links SET expires_at = expires_at - interval '7 days 1 second'`)
	if got := p.visit(t).get(second); got.status != http.StatusNotFound {
		t.Errorf("after seven days: %d", got.status)
	}
	third := newLink()
	admin.submit(page+"/access", page+"/access", nil)
	if got := p.visit(t).get(third); got.status != http.StatusNotFound {
		t.Errorf("a disabled account's link: %d", got.status)
	}
}

func TestAForgottenPasswordIsSetAnewAndTheOldOneOpensNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	admin := p.as(t, billing.RoleAdmin)
	forgetful, v := p.hire(t, billing.RoleSupport)
	page := operatorPage(forgetful)
	link := shownLink(t, admin.submit(page, page+"/link", nil))
	if got := v.get("/admin"); got.status != http.StatusOK {
		t.Errorf("the link alone ended the session: %d", got.status)
	}
	p.visit(t).open(link, "another long password")
	if got := v.get("/admin"); got.status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", got.status)
	}
	name := strings.TrimPrefix(forgetful.Name, "Ana ")
	for password, want := range map[string]int{password: http.StatusUnprocessableEntity, "another long password": http.StatusSeeOther} {
		if got := p.visit(t).submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {name}, "password": {password}}); got.status != want {
			t.Errorf("%q: %d, want %d", password, got.status, want)
		}
	}
	if p.count(t, `SELECT count(*) FROM operators WHERE id = $1 AND made_by IS NOT NULL`, *forgetful.ID) != 1 {
		t.Error("nobody knows who reset the account")
	}
}

func TestWhoIsDisabledIsOutAtOnceAndInAgainWhenLet(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	admin := p.as(t, billing.RoleAdmin)
	actor, v := p.hire(t, billing.RoleFinance)
	page := operatorPage(actor)
	admin.submit(page+"/access", page+"/access", nil)
	if got := v.get("/admin"); got.status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", got.status)
	}
	typed := url.Values{"name": {strings.TrimPrefix(actor.Name, "Ana ")}, "password": {password}}
	if got := p.visit(t).submit("/admin/sign-in", "/admin/sign-in", typed); got.status != http.StatusUnprocessableEntity {
		t.Errorf("he signs in again: %d", got.status)
	}
	admin.submit(page, page+"/access", nil)
	if got := p.visit(t).submit("/admin/sign-in", "/admin/sign-in", typed); got.status != http.StatusSeeOther {
		t.Errorf("let in again: %d", got.status)
	}
}

func TestTheLastAdminKeepsRoleAndAccess(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	actor, only := p.hire(t, billing.RoleAdmin)
	page := operatorPage(actor)
	invited := shownLink(t, only.submit("/admin/operators/new", "/admin/operators", url.Values{"name": {"Eva"}, "sign_in_name": {"eva"}, "role": {"admin"}}))
	for form, typed := range map[string]url.Values{"/role": {"role": {"viewer"}}, "/access": {"disabled": {"true"}}} {
		typed.Set("csrf", only.csrf())
		got := only.do(http.MethodPost, page+form, typed)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find(`[role="alert"]`)), "the only admin who can sign in") {
			t.Errorf("%s: %d %s", form, got.status, text(got.Find(`[role="alert"]`)))
		}
	}
	p.visit(t).open(invited, "a good long password")
	if got := only.submit(page, page+"/role", url.Values{"role": {"viewer"}}); got.status != http.StatusSeeOther {
		t.Errorf("with another admin: %d", got.status)
	}
	if got := only.get("/admin/operators/new"); got.status != http.StatusForbidden {
		t.Errorf("the new role holds at once: %d", got.status)
	}
	if p.count(t, `SELECT count(*) FROM audit_log WHERE action = 'operator.role_changed' AND before ->> 'role' = 'admin' AND after ->> 'role' = 'viewer'`) != 1 {
		t.Error("the audit log does not tell what changed")
	}
}

func TestTwoAdminsWhoDemoteEachOtherLeaveOne(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	a, va := p.hire(t, billing.RoleAdmin)
	b, vb := p.hire(t, billing.RoleAdmin)
	tokens := []string{va.csrf(), vb.csrf()}
	storetest.Contend(t, p.store, 2, `UPDATE operators SET name = name WHERE id = $1`, 0, func(i int) {
		v, other := []visitor{va, vb}[i], []billing.Actor{b, a}[i]
		v.do(http.MethodPost, operatorPage(other)+"/role", url.Values{"csrf": {tokens[i]}, "role": {"viewer"}})
	})
	if n := p.count(t, `SELECT count(*) FROM operators WHERE role = 'admin'`); n != 1 {
		t.Errorf("%d admins are left", n)
	}
}

func TestNobodyMakesALinkForHimself(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	actor, v := p.hire(t, billing.RoleAdmin)
	page := operatorPage(actor)
	got := v.get(page)
	if got.Find(`form[action$="/link"]`).Length() != 0 {
		t.Error("his own page offers it")
	}
	other := v.get(operatorPage(storetest.Operator(t, p.store, "Eva", billing.RoleViewer)))
	form := url.Values{"csrf": {v.csrf()}, "once": {other.Find(`input[name="once"]`).AttrOr("value", "")}}
	if got := v.do(http.MethodPost, page+"/link", form); got.header.Get("Location") != "/admin/account" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
}

var glass = url.Values{"key": {serverKey}, "sign_in_name": {"rescue"}, "name": {"Rosa Cué"}, "password": {"a good long password"}}

func TestBreakingTheGlassMakesAnAdminAndTellsEverybody(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	p := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	viewer := p.as(t, billing.RoleViewer)
	v := p.visit(t)
	if v.get("/admin/sign-in").Find(`a[href="/admin/break-glass"]`).Length() != 1 {
		t.Error("the sign-in does not lead there")
	}
	if got := v.submit("/admin/break-glass", "/admin/break-glass", glass); got.header.Get("Location") != "/admin" {
		t.Fatalf("%d: %s", got.status, text(got.Find(".field-error")))
	}
	for who, page := range map[string]answer{"himself": v.get("/admin"), "others": viewer.get("/admin/topups")} {
		if got := text(page.Find(`section[aria-label="Broken glass"]`)); !strings.Contains(got, "127.0.0.1: the admin Rosa Cué was made with ADMIN_KEY.") {
			t.Errorf("%s read %q", who, got)
		}
	}
	o, err := p.store.OperatorByName(t.Context(), "rescue")
	if err != nil || o.Role != billing.RoleAdmin || o.ApprovesFrom == nil {
		t.Fatalf("%+v, %v", o, err)
	}
	if n := p.count(t, `SELECT count(*) FROM operators WHERE id = $1 AND approves_from BETWEEN now() + interval '23 hours 59 minutes' AND now() + interval '24 hours'`, o.ID); n != 1 {
		t.Errorf("he approves from %s", o.ApprovesFrom)
	}
	if audited(t, p, "operator.broke_glass") != 1 || !strings.Contains(log.String(), "level=ERROR msg=\"THE GLASS WAS BROKEN") {
		t.Errorf("the audit log or the log does not tell: %s", log.String())
	}
}

func TestBreakingTheGlassResetsAnAdminAndNobodyElse(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	locked, old := p.hire(t, billing.RoleAdmin)
	finance, _ := p.hire(t, billing.RoleFinance)
	typed := func(actor billing.Actor) url.Values {
		return url.Values{"key": {serverKey}, "sign_in_name": {strings.TrimPrefix(actor.Name, "Ana ")}, "password": {"a good long password"}}
	}
	v := p.visit(t)
	if got := v.submit("/admin/break-glass", "/admin/break-glass", typed(finance)); got.status != http.StatusUnprocessableEntity || got.Find("#f-sign_in_name-error").Length() != 1 {
		t.Errorf("somebody who is no admin: %d", got.status)
	}
	if got := v.submit("/admin/break-glass", "/admin/break-glass", typed(locked)); got.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.status, text(got.Find(".field-error")))
	}
	if got := old.get("/admin"); got.status != http.StatusSeeOther {
		t.Errorf("the session before goes on: %d", got.status)
	}
	if got := text(v.get("/admin").Find(`section[aria-label="Broken glass"]`)); !strings.Contains(got, locked.Name+" got a new password with ADMIN_KEY.") {
		t.Errorf("the banner says %q", got)
	}
}

func TestTheGlassWantsTheKeyAndSlowsGuessesDown(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	p.as(t, billing.RoleAdmin)
	v := p.visit(t)
	wrong := url.Values{"key": {"guessed-guessed-guessed"}, "sign_in_name": {"rescue"}, "name": {"R"}, "password": {"a good long password"}}
	var last answer
	for range 8 {
		last = v.submit("/admin/break-glass", "/admin/break-glass", wrong)
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("the eighth guess: %d", last.status)
	}
	if strings.Contains(last.body, "guessed") || audited(t, p, "operator.broke_glass") != 0 {
		t.Error("the key came back, or opened")
	}
	none := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.AdminKey = "" })
	none.as(t, billing.RoleAdmin)
	if got := none.visit(t).get("/admin/break-glass"); got.status != http.StatusSeeOther {
		t.Errorf("without a key of the server: %d", got.status)
	}
	if none.visit(t).get("/admin/sign-in").Find(`a[href="/admin/break-glass"]`).Length() != 0 {
		t.Error("without a key of the server the sign-in leads there")
	}
}

func TestTheBannerGoesAfterADay(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	viewer := p.as(t, billing.RoleViewer)
	p.visit(t).submit("/admin/break-glass", "/admin/break-glass", glass)
	storetest.Owner(p.store).MustExecContext(t.Context(), `ALTER TABLE audit_log DISABLE TRIGGER USER; UPDATE audit_log SET at = at - interval '24 hours 1 minute'; ALTER TABLE audit_log ENABLE TRIGGER USER`)
	if n := viewer.get("/admin").Find(`section[aria-label="Broken glass"]`).Length(); n != 0 {
		t.Errorf("%d banners", n)
	}
}

func TestALinkLivesSevenDays(t *testing.T) {
	t.Parallel()
	if access.LinkLifetime.Hours() != 7*24 {
		t.Errorf("it lives %s", access.LinkLifetime)
	}
}
