package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
)

// home is one's own account in one of the two areas.
type home struct {
	account, signIn, home string
	signOut               func() visitor // another browser of the same person
}

// homes are an operator's and a member's.
func (p premises) homes(t *testing.T) map[string]home {
	t.Helper()
	p.addOperator(t, "diego")
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	return map[string]home{
		"operator": {"/admin/account", "/admin/sign-in", "/admin", func() visitor { return p.visit(t).signInAsOperator("diego") }},
		"member":   {"/dashboard/account", "/dashboard/sign-in", "/dashboard", func() visitor { return p.visit(t).signInAsMember("laura@envia.mx") }},
	}
}

func (v visitor) signInAsOperator(name string) visitor {
	v.t.Helper()
	got := v.submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {name}, "password": {password}})
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin" {
		v.t.Fatalf("sign-in of %s: %d to %q", name, got.status, got.header.Get("Location"))
	}
	return v
}

func TestSigningOutEverywhereWorksAtOnce(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	for who, h := range p.homes(t) {
		here, there := h.signOut(), h.signOut()
		page := here.get(h.account)
		if n := page.Find("#panel-sessions tbody tr").Length(); n != 2 {
			t.Errorf("%s sees %d browsers", who, n)
		}
		if got := here.submit(h.account, h.account+"/sessions/end", nil); got.header.Get("Location") != h.signIn {
			t.Errorf("%s is sent to %q", who, got.header.Get("Location"))
		}
		for _, browser := range []visitor{here, there} {
			if got := browser.get(h.home); got.status != http.StatusSeeOther {
				t.Errorf("%s is still in: %d", who, got.status)
			}
		}
	}
	if sessionsOf(t, p) != 0 {
		t.Error("sessions are left in the database")
	}
}

func TestOneBrowserCanBeSignedOutAlone(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	for who, h := range p.homes(t) {
		here, there := h.signOut(), h.signOut()
		end := here.get(h.account).Find(`#panel-sessions tbody form`).AttrOr("action", "")
		if got := here.submit(h.account, end, nil); got.status != http.StatusSeeOther {
			t.Errorf("%s: %d", who, got.status)
		}
		if got := there.get(h.home); got.status != http.StatusSeeOther {
			t.Errorf("the other browser of the %s is still in: %d", who, got.status)
		}
		if got := here.get(h.home); got.status != http.StatusOK {
			t.Errorf("this browser of the %s is out: %d", who, got.status)
		}
	}
}

func TestNobodyEndsAnothersSession(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	homes := p.homes(t)
	operator, member := homes["operator"].signOut(), homes["member"].signOut()
	other := p.as(t, billing.RoleAdmin)
	var ids []int64
	if err := p.store.DB().SelectContext(t.Context(), &ids, `SELECT id FROM sessions`); err != nil || len(ids) != 3 {
		t.Fatalf("%v, %v", ids, err)
	}
	for _, id := range ids {
		for _, area := range []struct {
			visitor
			path string
		}{{other, "/admin"}, {member, "/dashboard"}} {
			area.do(http.MethodPost, fmt.Sprintf("%s/account/sessions/%d/end", area.path, id), url.Values{"csrf": {area.csrf()}})
		}
		if id == ids[0] && operator.get("/admin").status != http.StatusOK {
			t.Error("the operator's session was ended by another")
		}
	}
}

func TestThePasswordIsChangedByWhoKnowsItAndAllOtherBrowsersAreOut(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	for who, h := range p.homes(t) {
		here, there := h.signOut(), h.signOut()
		change := func(present, next string) answer {
			return here.submit(h.account, h.account+"/password", url.Values{"present": {present}, "password": {next}})
		}
		if got := change("not the present one", "another long password"); got.status != http.StatusUnprocessableEntity || got.Find("#f-present-error").Length() != 1 {
			t.Errorf("%s with a wrong one: %d", who, got.status)
		}
		if got := change(password, "short"); got.status != http.StatusUnprocessableEntity || got.Find("#f-password-error").Length() != 1 {
			t.Errorf("%s with a short one: %d", who, got.status)
		}
		if got := change(password, "another long password"); got.status != http.StatusSeeOther {
			t.Errorf("%s: %d", who, got.status)
		}
		if here.get(h.home).status != http.StatusOK || there.get(h.home).status != http.StatusSeeOther {
			t.Errorf("%s: not this browser alone is in", who)
		}
		if audited(t, p, who+".password_changed") != 1 {
			t.Errorf("%s: the audit log does not tell of it", who)
		}
	}
}

func TestGuessesOfThePresentPasswordAreSlowedDown(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	h := p.homes(t)["operator"]
	v := h.signOut()
	var got answer
	for range 8 {
		got = v.submit(h.account, h.account+"/password", url.Values{"present": {"guessed"}, "password": {"another long password"}})
	}
	if said := text(got.Find("#f-present-error")); !strings.Contains(said, "Too many tries") {
		t.Errorf("the eighth guess: %q", said)
	}
}

// codeAt is what a phone with this secret shows in a time step.
func codeAt(t *testing.T, secret string, step int64) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Unix(step*30, 0))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// phone is a second factor that was set up.
type phone struct {
	secret   string
	step     int64 // of the code that set it up: now, or one that has just ended
	recovery []string
}

// next is the code that opens now: the one after the last that was used.
func (p phone) next(t *testing.T) string { return codeAt(t, p.secret, p.step+1) }

// setUp switches the second factor on.
func (v visitor) setUp(h home) (p phone) {
	v.t.Helper()
	page := h.account + "/second-factor"
	shown := v.get(page)
	p.secret, p.step = strings.ReplaceAll(text(shown.Find("#factor-secret")), " ", ""), time.Now().Unix()/30
	codes := v.do(http.MethodPost, page, url.Values{
		"csrf": {v.csrf()}, "present": {password}, "once": {shown.Find(`input[name="once"]`).AttrOr("value", "")}, "code": {codeAt(v.t, p.secret, p.step)},
	})
	codes.Find("#recovery-codes li").Each(func(_ int, code *goquery.Selection) { p.recovery = append(p.recovery, text(code)) })
	if codes.status != http.StatusOK || len(p.secret) != 32 || len(p.recovery) != 10 {
		v.t.Fatalf("set up: %d %s", codes.status, text(codes.Find(".field-error")))
	}
	return p
}

func TestASecondFactorIsAskedForAfterThePassword(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	credentials := map[string]url.Values{"operator": {"name": {"diego"}, "password": {password}}, "member": {"email": {"laura@envia.mx"}, "password": {password}}}
	for who, h := range p.homes(t) {
		phone := h.signOut().setUp(h)
		v := p.visit(t)
		if got := v.submit(h.signIn, h.signIn, credentials[who]); got.header.Get("Location") != h.signIn+"/code" {
			t.Fatalf("%s: after the password %d to %q", who, got.status, got.header.Get("Location"))
		}
		if got := v.get(h.home); got.status != http.StatusSeeOther {
			t.Errorf("%s is in without a code: %d", who, got.status)
		}
		try := func(code string) answer {
			return v.submit(h.signIn+"/code", h.signIn+"/code", url.Values{"code": {code}})
		}
		for name, code := range map[string]string{
			"used": codeAt(t, phone.secret, phone.step), "old": codeAt(t, phone.secret, phone.step-3), "early": codeAt(t, phone.secret, phone.step+20), "empty": "",
		} {
			if got := try(code); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: the %s code: %d", who, name, got.status)
			}
		}
		if got := try(phone.next(t)); got.status != http.StatusSeeOther || got.header.Get("Location") != h.home {
			t.Errorf("%s: the right code: %d", who, got.status)
		}
		if got := v.get(h.home); got.status != http.StatusOK {
			t.Errorf("%s is not in: %d", who, got.status)
		}
		for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
			v = p.visit(t)
			v.submit(h.signIn, h.signIn, credentials[who])
			if got := try(strings.ToLower(phone.recovery[0])); got.status != want {
				t.Errorf("%s: recovery code, time %d: %d", who, i+1, got.status)
			}
		}
	}
}

func TestWithoutTheFirstStepThereIsNoSecond(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	h := p.homes(t)["operator"]
	phone := h.signOut().setUp(h)
	v := p.visit(t)
	if got := v.get("/admin/sign-in/code"); got.header.Get("Location") != "/admin/sign-in" {
		t.Errorf("the page: %d", got.status)
	}
	got := v.do(http.MethodPost, "/admin/sign-in/code", url.Values{"csrf": {v.csrf()}, "code": {phone.next(t)}})
	if got.header.Get("Location") != "/admin/sign-in" || v.cookie("latcom_operator") != "" {
		t.Errorf("the form: %d to %q", got.status, got.header.Get("Location"))
	}
	v.submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {"diego"}, "password": {password}})
	p.store.DB().MustExecContext(t.Context(), `UPDATE operators SET password_hash = password_hash || '='`)
	if got := v.get("/admin/sign-in/code"); got.status != http.StatusSeeOther {
		t.Errorf("after the password has changed: %d", got.status)
	}
	half := v.cookie("latcom_half")
	if got := p.visit(t).get("/admin", "Cookie", "latcom_operator="+half); got.status != http.StatusSeeOther {
		t.Errorf("the note of the first step opens the back office: %d", got.status)
	}
}

func TestGuessesOfACodeAreSlowedDown(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	h := p.homes(t)["member"]
	h.signOut().setUp(h)
	v := p.visit(t)
	v.submit(h.signIn, h.signIn, url.Values{"email": {"laura@envia.mx"}, "password": {password}})
	var got answer
	for range 8 {
		got = v.submit(h.signIn+"/code", h.signIn+"/code", url.Values{"code": {"000000"}})
	}
	if got.status != http.StatusTooManyRequests {
		t.Errorf("the eighth guess: %d", got.status)
	}
}

func TestWhoLostPhoneAndPasswordGetsInByALinkThatRemovesBoth(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	h := p.homes(t)["operator"]
	h.signOut().setUp(h)
	admin := p.as(t, billing.RoleAdmin)
	diego, err := p.store.OperatorByName(t.Context(), "diego")
	if err != nil {
		t.Fatal(err)
	}
	page := operatorPage(billing.Actor{ID: &diego.ID})
	kept := shownLink(t, admin.submit(page, page+"/link", nil))
	if got := p.visit(t).open(kept, "another long password"); got.header.Get("Location") != "/admin/sign-in" {
		t.Errorf("a link proves no phone: %d to %q", got.status, got.header.Get("Location"))
	}
	removes := shownLink(t, admin.submit(page, page+"/link", url.Values{"removes_second_factor": {"true"}}))
	if got := p.visit(t).open(removes, "one more long password"); got.header.Get("Location") != "/admin" {
		t.Errorf("%d to %q", got.status, got.header.Get("Location"))
	}
}

func TestTheSecondFactorIsRemovedByWhoKnowsThePassword(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	for who, h := range p.homes(t) {
		v := h.signOut()
		before := v.setUp(h)
		page := h.account + "/second-factor"
		if got := v.submit(page, page+"/removal", url.Values{"present": {"guessed"}}); got.status != http.StatusUnprocessableEntity || got.Find("#f-removal-error").Length() != 1 {
			t.Errorf("%s with a wrong password: %d", who, got.status)
		}
		renewed := v.submit(page, h.account+"/recovery-codes", url.Values{"present": {password}})
		if n := renewed.Find("#recovery-codes li").Length(); n != 10 || strings.Contains(renewed.body, before.recovery[0]) {
			t.Errorf("%s has %d new codes", who, n)
		}
		if got := v.submit(page, page+"/removal", url.Values{"present": {password}}); got.status != http.StatusSeeOther {
			t.Errorf("%s: %d", who, got.status)
		}
		h.signOut() // without a code
	}
}

func TestARequiredSecondFactorIsSetUpBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	homes := p.homes(t)
	h := homes["operator"]
	v, member := h.signOut(), homes["member"].signOut()
	p.as(t, billing.RoleAdmin).submit("/admin/operators", "/admin/operators/second-factor", url.Values{"required": {"true"}})
	if audited(t, p, "rule.second_factor") != 1 {
		t.Error("the audit log does not tell of the rule")
	}
	for _, path := range []string{"/admin", "/admin/topups", "/admin/operators"} {
		if got := v.get(path); got.header.Get("Location") != "/admin/account/second-factor" {
			t.Errorf("%s: %d to %q", path, got.status, got.header.Get("Location"))
		}
	}
	if got := v.part("/admin/topups", "topups"); got.status != http.StatusUnauthorized || got.header.Get("HX-Redirect") == "" {
		t.Errorf("a part of a page: %d", got.status)
	}
	if got := v.do(http.MethodPost, "/admin/customers", url.Values{"csrf": {v.csrf()}}); got.status != http.StatusSeeOther {
		t.Errorf("a form: %d", got.status)
	}
	if got := v.get(h.account); got.status != http.StatusOK {
		t.Errorf("the own account: %d", got.status)
	}
	if got := member.get("/dashboard"); got.status != http.StatusOK {
		t.Errorf("a member: %d", got.status)
	}
	v.setUp(h)
	if got := v.get("/admin/topups"); got.status != http.StatusOK {
		t.Errorf("after setting it up: %d", got.status)
	}
}

func TestTheOldKeyOpensSecondFactorsUntilTheyAreSealedAgain(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	h := p.homes(t)["operator"]
	phone := h.signOut().setUp(h)
	next := func(change func(*handlers.Site)) premises {
		site := handlers.Site{Store: p.store, Engine: p.engine, Log: discard, AdminKey: serverKey, Zone: mexico(t)}
		change(&site)
		return p.served(t, site)
	}
	signIn := func(p premises) int {
		v := p.visit(t)
		v.submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {"diego"}, "password": {password}})
		return v.submit("/admin/sign-in/code", "/admin/sign-in/code", url.Values{"code": {phone.next(t)}}).status
	}
	first, second := strings.Repeat("s", 32), strings.Repeat("z", 32)
	rotated := next(func(s *handlers.Site) { s.SecretKey, s.SecretKeyOld = second, first })
	if got := signIn(rotated); got != http.StatusSeeOther {
		t.Fatalf("with the old key at hand: %d", got)
	}
	p.store.DB().MustExecContext(t.Context(), `UPDATE second_factors SET last_step = 0`)
	if got := signIn(next(func(s *handlers.Site) { s.SecretKey = second })); got != http.StatusSeeOther {
		t.Errorf("after it was sealed again, without the old key: %d", got)
	}
}

// Whatever cookie a sign-in hands out, only we can read it and only over TLS.
func TestCookiesAreSecureHTTPOnlyAndSameSite(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.BaseURL = "https://billing.example.com" })
	h := p.homes(t)["operator"]
	seen := map[string]bool{}
	check := func(got answer) {
		for _, line := range got.header["Set-Cookie"] {
			name, _, _ := strings.Cut(line, "=")
			seen[name] = true
			for _, want := range []string{"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"} {
				if !strings.Contains(line, want) {
					t.Errorf("%.60s… has no %q", line, want)
				}
			}
		}
	}
	v := p.visit(t)
	jarless := func(method, path string, form url.Values, cookies ...string) answer {
		return v.do(method, path, form, "Cookie", strings.Join(cookies, "; "))
	}
	page := jarless(http.MethodGet, h.signIn, nil)
	check(page)
	token := page.Find(`input[name="csrf"]`).First().AttrOr("value", "")
	check(jarless(http.MethodPost, h.signIn, url.Values{"csrf": {token}, "name": {"diego"}, "password": {password}}, "latcom_csrf="+token))
	check(jarless(http.MethodPost, "/language", url.Values{"csrf": {token}, "language": {"es"}}, "latcom_csrf="+token))
	for _, name := range []string{"latcom_csrf", "latcom_operator", "lang"} {
		if !seen[name] {
			t.Errorf("%s was not handed out", name)
		}
	}
}
