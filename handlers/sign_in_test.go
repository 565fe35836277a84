package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store/storetest"
)

func audited(t *testing.T, p premises, action string) (n int) {
	t.Helper()
	if err := p.store.DB().GetContext(t.Context(), &n, `SELECT count(*) FROM audit_log WHERE action = $1`, action); err != nil {
		t.Fatal(err)
	}
	return n
}

func sessionsOf(t *testing.T, p premises) (n int) {
	t.Helper()
	if err := p.store.DB().GetContext(t.Context(), &n, `SELECT count(*) FROM sessions`); err != nil {
		t.Fatal(err)
	}
	return n
}

var firstOperator = url.Values{"key": {serverKey}, "name": {"Diego Ríos"}, "sign_in_name": {" Diego "}, "password": {password}}

func TestTheFirstOperatorComesInWithTheKeyOfTheServer(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	v := p.visit(t)
	if got := v.get("/admin/sign-in"); got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin/first-operator" {
		t.Fatalf("without an operator: %d to %q", got.status, got.header.Get("Location"))
	}
	got := v.submit("/admin/first-operator", "/admin/first-operator", firstOperator)
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/admin" {
		t.Fatalf("%d to %q: %s", got.status, got.header.Get("Location"), text(got.Find(".field-error")))
	}
	o, err := p.store.OperatorByName(t.Context(), "diego")
	if err != nil || o.Role != billing.RoleAdmin || o.Name != "Diego Ríos" {
		t.Errorf("operator %+v, %v", o, err)
	}
	if v.cookie("latcom_operator") == "" {
		t.Error("the first operator is not signed in at once")
	}
	if audited(t, p, "operator.created") != 1 || audited(t, p, "operator.signed_in") != 1 {
		t.Error("the audit log does not tell of it")
	}
	if got := p.visit(t).get("/admin/first-operator"); got.header.Get("Location") != "/admin/sign-in" {
		t.Errorf("a second first operator is offered: %d", got.status)
	}
	if got := p.visit(t).submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {"DIEGO"}, "password": {password}}); got.header.Get("Location") != "/admin" {
		t.Errorf("signing in by name later: %d", got.status)
	}
}

func TestTheFirstOperatorsFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	got := p.visit(t).submit("/admin/first-operator", "/admin/first-operator",
		url.Values{"key": {"guessed"}, "name": {" "}, "sign_in_name": {"di ego"}, "password": {"short"}})
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", got.status)
	}
	for _, field := range []string{"key", "name", "sign_in_name", "password"} {
		if got.Find("#f-"+field+"-error").Length() != 1 || got.Find("#f-"+field).AttrOr("aria-describedby", "") != "f-"+field+"-error" {
			t.Errorf("%s has no message beside it", field)
		}
	}
	if got.Find("#f-sign_in_name").AttrOr("value", "") != "di ego" {
		t.Error("what was typed is gone")
	}
	if strings.Contains(got.body, "guessed") || strings.Contains(got.body, "short") {
		t.Error("a secret came back")
	}
	if n, err := p.store.CountOperators(t.Context()); n != 0 || err != nil {
		t.Errorf("%d operators, %v", n, err)
	}
}

func TestTwoFirstOperatorsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	places := make([]string, 2)
	storetest.Contend(t, p.store, 2, `UPDATE operators SET name = name WHERE id = $1`, 0, func(i int) {
		places[i] = p.visit(t).submit("/admin/first-operator", "/admin/first-operator", firstOperator).header.Get("Location")
	})
	if n, err := p.store.CountOperators(t.Context()); n != 1 || err != nil {
		t.Errorf("%d operators, %v", n, err)
	}
	if got := strings.Join(places, " "); got != "/admin /admin/sign-in" && got != "/admin/sign-in /admin" {
		t.Errorf("they were sent to %s", got)
	}
}

func TestWithoutAKeyThePageSaysWhichSettingToSet(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.AdminKey = "" })
	v := p.visit(t)
	if got := v.get("/admin/sign-in"); got.status != http.StatusOK || !strings.Contains(text(got.Find("main")), "ADMIN_KEY") {
		t.Errorf("%d: %s", got.status, text(got.Find("main")))
	}
	csrf := v.cookie("latcom_csrf")
	got := v.do(http.MethodPost, "/admin/first-operator", url.Values{"csrf": {csrf}, "key": {""}, "name": {"D"}, "sign_in_name": {"diego"}, "password": {password}})
	if n, err := p.store.CountOperators(t.Context()); n != 0 || err != nil {
		t.Errorf("an empty key made %d operators (%d, %v)", n, got.status, err)
	}
}

func TestAWrongPasswordAndAnUnknownNameGetTheSameWords(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addOperator(t, "diego")
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	for _, door := range []struct{ path, field, known, unknown string }{
		{"/admin/sign-in", "name", "diego", "nobody"},
		{"/dashboard/sign-in", "email", "laura@envia.mx", "nobody@envia.mx"},
	} {
		var said []string
		for _, name := range []string{door.known, door.unknown, "\x00\xff'"} {
			got := p.visit(t).submit(door.path, door.path, url.Values{door.field: {name}, "password": {"a wrong one"}})
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s as %q: %d", door.path, name, got.status)
			}
			if strings.Contains(got.body, "a wrong one") || got.Find("#f-password").AttrOr("value", "") != "" {
				t.Error("the password came back")
			}
			said = append(said, text(got.Find("#f-password-error")))
		}
		if said[0] == "" || said[0] != said[1] || said[1] != said[2] {
			t.Errorf("%s says %q", door.path, said)
		}
	}
	if sessionsOf(t, p) != 0 {
		t.Error("somebody is signed in")
	}
}

func TestSigningInBeginsANewSessionEachTime(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	v := p.visit(t).signInAsMember("LAURA@envia.mx ")
	first := v.cookie("latcom_member")
	if got := v.get("/dashboard/sign-in"); got.header.Get("Location") != "/dashboard" {
		t.Errorf("who is signed in is asked again: %d", got.status)
	}
	other := p.visit(t) // holds the first session's cookie, as if it had been planted
	typed := url.Values{"csrf": {""}, "email": {"laura@envia.mx"}, "password": {password}}
	page := other.get("/dashboard/sign-in")
	typed.Set("csrf", page.Find(`form[action="/dashboard/sign-in"] input[name="csrf"]`).AttrOr("value", ""))
	got := other.do(http.MethodPost, "/dashboard/sign-in", typed, "Cookie", "latcom_member="+first)
	if got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if second := other.cookie("latcom_member"); second == "" || second == first {
		t.Error("the token is not new")
	}
	if got := v.get("/dashboard"); got.status != http.StatusSeeOther {
		t.Errorf("the session before did not end: %d", got.status)
	}
	if audited(t, p, "member.signed_in") != 2 {
		t.Error("the audit log does not tell of both")
	}
}

func TestSigningOutEndsTheSessionOnTheServer(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	v := p.visit(t).signInAsMember("laura@envia.mx")
	kept := v.cookie("latcom_member")
	if got := v.submit("/dashboard", "/dashboard/sign-out", nil); got.header.Get("Location") != "/dashboard/sign-in" {
		t.Fatalf("%d to %q", got.status, got.header.Get("Location"))
	}
	if got := p.visit(t).get("/dashboard", "Cookie", "latcom_member="+kept); got.status != http.StatusSeeOther || strings.Contains(got.body, "Laura") {
		t.Errorf("the cookie still opens the dashboard: %d", got.status)
	}
	if sessionsOf(t, p) != 0 {
		t.Error("the session is still in the database")
	}
}

func TestAFormThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	v := p.visit(t)
	v.get("/dashboard/sign-in")
	typed := url.Values{"email": {"laura@envia.mx"}, "password": {password}}
	for _, token := range []string{"", "made up"} {
		typed.Set("csrf", token)
		if got := v.do(http.MethodPost, "/dashboard/sign-in", typed); got.status != http.StatusForbidden {
			t.Errorf("token %q: %d", token, got.status)
		}
	}
	signedIn := p.visit(t).signInAsMember("laura@envia.mx")
	if got := signedIn.do(http.MethodPost, "/dashboard/sign-out", url.Values{}); got.status != http.StatusForbidden {
		t.Errorf("signing somebody out from elsewhere: %d", got.status)
	}
}

func TestSigningInLeadsBackToPagesOfTheAreaAlone(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	if got := p.visit(t).get("/dashboard/topups?status=failed"); got.header.Get("Location") != "/dashboard/sign-in?back="+url.QueryEscape("/dashboard/topups?status=failed") {
		t.Errorf("the page that was asked for is forgotten: %q", got.header.Get("Location"))
	}
	for back, want := range map[string]string{
		"/dashboard/topups?status=failed": "/dashboard/topups?status=failed",
		"/dashboard":                      "/dashboard",
		"":                                "/dashboard",
		"https://evil.example":            "/dashboard",
		"//evil.example":                  "/dashboard",
		"/\\evil.example":                 "/dashboard",
		"/dashboard\\@evil.example":       "/dashboard",
		"\\\\evil.example":                "/dashboard",
		"/\tevil.example":                 "/dashboard",
		"javascript:alert(1)":             "/dashboard",
		"/dashboardevil.example":          "/dashboard",
		"/admin":                          "/dashboard",
		"/dashboard\r\nX-Evil: 1":         "/dashboard",
		"http:/dashboard":                 "/dashboard",
	} {
		v := p.visit(t)
		path := "/dashboard/sign-in?" + url.Values{"back": {back}}.Encode()
		got := v.submit(path, "/dashboard/sign-in", url.Values{"email": {"laura@envia.mx"}, "password": {password}})
		if got.status != http.StatusSeeOther || got.header.Get("Location") != want {
			t.Errorf("back %q leads to %q (%d), want %q", back, got.header.Get("Location"), got.status, want)
		}
	}
}

func TestTooManyTriesWait(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	p.addMember(t, storetest.Customer(t, p.store, "10"), "laura@envia.mx")
	wrong := url.Values{"email": {"laura@envia.mx"}, "password": {"a wrong one"}}
	right := url.Values{"email": {"laura@envia.mx"}, "password": {password}}
	statuses := make([]int, 20)
	var wg sync.WaitGroup
	for i := range statuses { // all at once is no way around it
		wg.Go(func() {
			statuses[i] = p.visit(t).submit("/dashboard/sign-in", "/dashboard/sign-in", wrong).status
		})
	}
	wg.Wait()
	looked := 0
	for _, status := range statuses {
		if status == http.StatusUnprocessableEntity {
			looked++
		} else if status != http.StatusTooManyRequests {
			t.Errorf("status %d", status)
		}
	}
	if looked < 5 || looked > 7 {
		t.Errorf("%d of 20 passwords were looked at", looked)
	}
	// A slow machine must not outwait the pause that is asked about.
	p.store.DB().MustExecContext(t.Context(), `UPDATE sign_in_failures SET failures = 14, last_at = now()`)
	got := p.visit(t).submit("/dashboard/sign-in", "/dashboard/sign-in", right)
	if got.status != http.StatusTooManyRequests || !strings.Contains(text(got.Find(`[role="alert"]`)), "Wait") {
		t.Errorf("%d: %q", got.status, text(got.Find(`[role="alert"]`)))
	}
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	p.store.DB().MustExecContext(t.Context(), `UPDATE sign_in_failures SET last_at = last_at - interval '1 hour'`)
	p.visit(t).signInAsMember("laura@envia.mx")
	var left int
	if err := p.store.DB().GetContext(t.Context(), &left, `SELECT count(*) FROM sign_in_failures`); err != nil || left != 0 {
		t.Errorf("%d failures are left after signing in (%v)", left, err)
	}
}
