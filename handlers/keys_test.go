package handlers_test

// API keys: made, shown once, rotated, ended, on both sides of the counter; and
// what the resellers' interface makes of them.

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// addKey adds a key of a customer that nobody knows.
func (p premises) addKey(t *testing.T, c billing.Customer) (key billing.APIKey) {
	t.Helper()
	secret, hint := billing.NewSecretKey()
	err := p.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		key, _, err = tx.PutAPIKey(t.Context(), billing.APIKey{CustomerID: c.ID, Name: "Point of sale", Hint: hint, KeyTerms: billing.AnyTerms()}, billing.HashSecret(secret))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// accessCase is what who may manage gets on a route of keys and members.
type accessCase struct {
	path    string
	status  int
	changes bool // and others do not get
}

// accessCases are the routes of a customer's keys and members under a path.
func (p premises) accessCases(t *testing.T, c billing.Customer, at, route string) map[string]accessCase {
	t.Helper()
	person := at + "/members/" + strconv.FormatInt(p.addMember(t, c, "olga@their-company.example"), 10)
	key, ended := at+"/keys/"+strconv.FormatInt(p.addKey(t, c).ID, 10), at+"/keys/"+strconv.FormatInt(p.addKey(t, c).ID, 10)
	cases := p.webhookCases(t, c, at, route)
	maps.Copy(cases, map[string]accessCase{
		"GET " + route + "/keys":                {at + "/keys", 200, false},
		"GET " + route + "/keys/new":            {at + "/keys/new", 200, true},
		"POST " + route + "/keys":               {at + "/keys", 422, true},
		"GET " + route + "/keys/:id/rotation":   {key + "/rotation", 200, true},
		"POST " + route + "/keys/:id/rotation":  {key + "/rotation", 422, true},
		"GET " + route + "/keys/:id/end":        {key + "/end", 200, true},
		"POST " + route + "/keys/:id/end":       {ended + "/end", 303, true},
		"GET " + route + "/keys/:id/terms":      {key + "/terms", 200, true},
		"POST " + route + "/keys/:id/terms":     {key + "/terms", 422, true},
		"GET " + route + "/members":             {at + "/members", 200, false},
		"GET " + route + "/members/new":         {at + "/members/new", 200, true},
		"POST " + route + "/members":            {at + "/members", 422, true},
		"GET " + route + "/members/:id":         {person, 200, false},
		"POST " + route + "/members/:id/role":   {person + "/role", 422, true},
		"POST " + route + "/members/:id/link":   {person + "/link", 422, true},
		"GET " + route + "/members/:id/access":  {person + "/access", 200, true},
		"POST " + route + "/members/:id/access": {person + "/access", 303, true},
	})
	return cases
}

// side is one side of the counter, with somebody who manages there.
type side struct {
	visitor
	keys, members string
}

// sides are the dashboard of a customer and its page in the back office.
func (p premises) sides(t *testing.T, c billing.Customer) map[string]side {
	t.Helper()
	p.addMember(t, c, "laura@envia.mx")
	office := "/admin/customers/" + c.Code
	return map[string]side{
		"an owner":    {p.visit(t).signInAsMember("laura@envia.mx"), "/dashboard/keys", "/dashboard/members"},
		"an operator": {p.as(t, billing.RoleFinance), office + "/keys", office + "/members"},
	}
}

// makes makes a key and returns it as it is shown.
func (s side) makes(name string) (key string) {
	s.t.Helper()
	page := s.submit(s.keys+"/new", s.keys, url.Values{"name": {name}}).follow()
	return text(page.Find("#api-key"))
}

// rotates a key of the list by its hint and returns the new one, and what the page says.
func (s side) rotates(hint string, overlap time.Duration) (key, said string) {
	s.t.Helper()
	path := s.at(hint) + "/rotation"
	page := s.submit(path, path, url.Values{"overlap": {overlap.String()}}).follow()
	return text(page.Find("#api-key")), text(page.Find("main"))
}

// at is where the list leads for a key.
func (s side) at(hint string) string {
	s.t.Helper()
	href, there := s.get(s.keys).Find(`#keys tr:contains("` + hint + `") a[href$="/end"]`).Attr("href")
	if !there {
		s.t.Fatalf("%s cannot be ended", hint)
	}
	return strings.TrimSuffix(href, "/end")
}

// knocks asks for the balance with a key.
func (p premises) knocks(t *testing.T, key string) answer {
	t.Helper()
	return p.visit(t).get("/api/v1/balance", "Authorization", "Bearer "+key)
}

func TestAKeyIsMadeRotatedAndEndedOnBothSidesOfTheCounter(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for who, s := range p.sides(t, c) {
		first := s.makes("Production")
		if got := p.knocks(t, first); got.status != http.StatusOK {
			t.Fatalf("%s: the new key %q: %d", who, first, got.status)
		}
		second, said := s.rotates(billing.KeyHint(first), 24*time.Hour)
		if !strings.Contains(said, "A new key for Production") || !strings.Contains(said, billing.KeyHint(first)+", works until ") {
			t.Errorf("%s is told %q", who, said)
		}
		for name, key := range map[string]string{"old": first, "new": second} {
			if got := p.knocks(t, key); got.status != http.StatusOK {
				t.Errorf("%s: beside each other the %s key: %d", who, name, got.status)
			}
		}
		row := text(s.get(s.keys).Find(`#keys tr:contains("` + billing.KeyHint(first) + `")`))
		if !strings.Contains(row, "Ends ") || !strings.Contains(row, "from 127.0.0.1") || strings.Contains(row, "Rotate") {
			t.Errorf("%s reads %q of the old one", who, row)
		}
		end := s.at(billing.KeyHint(first)) + "/end"
		if question := text(s.get(end).Find("main")); !strings.Contains(question, "End the key Production?") || !strings.Contains(question, "refused (401)") || strings.Contains(question, "only key") {
			t.Errorf("%s is asked %q", who, question)
		}
		for range 2 { // the second time nothing is left to do
			s.do(http.MethodPost, end, url.Values{"csrf": {s.csrf()}}).follow()
		}
		if got := p.knocks(t, first); got.status != http.StatusUnauthorized || !strings.Contains(got.body, "has ended") {
			t.Errorf("%s: the ended key: %d %s", who, got.status, got.body)
		}
		if got := p.knocks(t, second); got.status != http.StatusOK {
			t.Errorf("%s: the new key after the end of the old: %d", who, got.status)
		}
	}
	for action, want := range map[string]int{"key.made": 2, "key.rotated": 2, "key.ended": 2} {
		if got := audited(t, p, action); got != want {
			t.Errorf("%s stands %d times in the log, want %d", action, got, want)
		}
	}
	if p.count(t, `SELECT count(*) FROM audit_log WHERE action LIKE 'key.%' AND customer_id IS DISTINCT FROM $1`, c.ID) != 0 {
		t.Error("the log does not say whose keys they are")
	}
}

func TestASecretIsShownOnceToTheBrowserThatMadeIt(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for who, s := range p.sides(t, c) {
		made := s.submit(s.keys+"/new", s.keys, url.Values{"name": {"Once"}})
		shown := made.header.Get("Location")
		if made.body != "" || strings.Contains(shown, "lb_live") {
			t.Errorf("%s: the key stands in the answer to the form, or in %q", who, shown)
		}
		if got := s.visitorOf(p, t).get(shown); got.Find("#api-key").Length() != 0 {
			t.Errorf("%s: another browser is shown it", who)
		}
		page := made.follow()
		key := text(page.Find("#api-key"))
		if !strings.HasPrefix(key, "lb_live_") || page.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s sees %q, %q", who, key, page.header.Get("Cache-Control"))
		}
		again := s.get(shown)
		if again.status != http.StatusSeeOther || again.header.Get("Location") != s.keys || strings.Contains(again.body, key) {
			t.Errorf("%s loads it again: %d to %q", who, again.status, again.header.Get("Location"))
		}
		list := s.get(s.keys)
		if strings.Contains(list.body, key) || !strings.Contains(text(list.Find("#toasts")), "It was shown once") {
			t.Errorf("%s: the list shows the key, or does not say why the page is gone", who)
		}
		if p.count(t, `SELECT count(*) FROM api_keys k WHERE k::text LIKE '%' || $1 || '%'`, key) != 0 || p.count(t, `SELECT count(*) FROM audit_log a WHERE a::text LIKE '%' || $1 || '%'`, key) != 0 {
			t.Errorf("%s: the key itself is in the database", who)
		}
	}
}

// visitorOf is another browser of somebody on the same side.
func (s side) visitorOf(p premises, t *testing.T) visitor {
	t.Helper()
	if s.keys == "/dashboard/keys" {
		return p.visit(t).signInAsMember("laura@envia.mx")
	}
	return p.as(t, billing.RoleFinance)
}

func TestSendingTheFormOfAKeyTwiceMakesOne(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for who, s := range p.sides(t, c) {
		once := func(path string) url.Values {
			page := s.get(path)
			return url.Values{"csrf": {s.csrf()}, "once": {page.Find(`input[name="once"]`).AttrOr("value", "")}, "name": {"Twice"}, "scopes": {"read"}, "overlap": {"1h0m0s"}}
		}
		form := once(s.keys + "/new")
		key := text(s.do(http.MethodPost, s.keys, form).follow().Find("#api-key"))
		if again := text(s.do(http.MethodPost, s.keys, form).follow().Find("#api-key")); again != key || key == "" {
			t.Errorf("%s: the second click shows %q, the first %q", who, again, key)
		}
		rotation := s.at(billing.KeyHint(key)) + "/rotation"
		form = once(rotation)
		next := text(s.do(http.MethodPost, rotation, form).follow().Find("#api-key"))
		if again := text(s.do(http.MethodPost, rotation, form).follow().Find("#api-key")); again != next || next == "" {
			t.Errorf("%s: the second click rotates to %q, the first to %q", who, again, next)
		}
		if n := p.count(t, `SELECT count(*) FROM api_keys WHERE customer_id = $1 AND name = 'Twice' AND key_hash IN ($2, $3)`, c.ID, billing.HashSecret(key), billing.HashSecret(next)); n != 2 {
			t.Errorf("%s made %d keys", who, n)
		}
		if got := s.get(rotation).follow(); !strings.Contains(text(got.Find("#toasts")), "replaced or ended before") {
			t.Errorf("%s may rotate what was rotated", who)
		}
		form.Set("once", "made-up")
		if got := s.do(http.MethodPost, s.keys, form); got.status != http.StatusUnprocessableEntity || got.Find(`[role="alert"]`).Length() != 1 {
			t.Errorf("%s with a secret of its own making: %d", who, got.status)
		}
	}
	if n := p.count(t, `SELECT count(*) FROM api_keys WHERE customer_id = $1`, c.ID); n != 4 {
		t.Errorf("%d keys", n)
	}
}

func TestAWrongNameOrOverlapKeepsTheFormAndMakesNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	key := p.addKey(t, c)
	for who, s := range p.sides(t, c) {
		for _, name := range []string{"", "   ", strings.Repeat("x", 61)} {
			got := s.submit(s.keys+"/new", s.keys, url.Values{"name": {name}})
			if got.status != http.StatusUnprocessableEntity || got.Find("#f-name-error").Length() != 1 {
				t.Errorf("%s names a key %q: %d", who, name, got.status)
			}
		}
		rotation := s.at(key.Hint) + "/rotation"
		for _, overlap := range []string{"", "forever", "-1h0m0s", "8760h0m0s"} {
			got := s.submit(rotation, rotation, url.Values{"overlap": {overlap}})
			if got.status != http.StatusUnprocessableEntity || got.Find("#f-overlap-error").Length() != 1 {
				t.Errorf("%s lets the old key go on for %q: %d", who, overlap, got.status)
			}
		}
	}
	if n := p.count(t, `SELECT count(*) FROM api_keys WHERE customer_id = $1`, c.ID); n != 1 {
		t.Errorf("%d keys", n)
	}
}

func TestOnlyOwnersKeepKeysAndMembers(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	key, owner := p.addKey(t, c), p.addMember(t, c, "laura@envia.mx")
	p.addMemberAs(t, c, "pedro@envia.mx", billing.MemberMember)
	pedro := p.visit(t).signInAsMember("pedro@envia.mx")
	numbers := map[string]string{"keys": strconv.FormatInt(key.ID, 10), "members": strconv.FormatInt(owner, 10)}
	looks := []string{"GET /dashboard/keys", "GET /dashboard/members", "GET /dashboard/members/:id"}
	tried := 0
	for _, route := range p.echo.Routes() {
		part := strings.Split(strings.TrimPrefix(route.Path, "/dashboard/"), "/")[0]
		if numbers[part] == "" || !strings.HasPrefix(route.Path, "/dashboard/") {
			continue
		}
		want := http.StatusForbidden
		if slices.Contains(looks, route.Method+" "+route.Path) {
			want = http.StatusOK
		}
		form := url.Values{"csrf": {pedro.csrf()}, "name": {"x"}, "disabled": {"true"}, "role": {"owner"}, "email": {"x@envia.mx"}}
		if got := pedro.do(route.Method, strings.ReplaceAll(route.Path, ":id", numbers[part]), form); got.status != want {
			t.Errorf("%s %s for a member who is no owner: %d, want %d", route.Method, route.Path, got.status, want)
		}
		tried++
	}
	if tried != 17 {
		t.Errorf("%d routes of keys and members", tried)
	}
	for _, page := range []string{"/dashboard", "/dashboard/keys", "/dashboard/members", "/dashboard/members/" + numbers["members"]} {
		if n := pedro.get(page).Find(`main a[href$="/new"], main a[href$="/end"], main a[href$="/rotation"], main a[href$="/terms"], main a[href$="/access"], main form[action*="/members/"]`).Length(); n != 0 {
			t.Errorf("%s offers him %d changes", page, n)
		}
	}
}

func TestTheLastKeysEndIsSaidToStopAllPrograms(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	key := p.addKey(t, c)
	for who, s := range p.sides(t, c) {
		if got := text(s.get(s.at(key.Hint) + "/end").Find("main")); !strings.Contains(got, "It is the only key that works") || !strings.Contains(got, "It was never used.") {
			t.Errorf("%s is asked %q", who, got)
		}
	}
}

func TestKeysAndMembersSayNothingUntranslated(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	key := p.addKey(t, c)
	for who, s := range p.sides(t, c) {
		inPseudo(t, p, s.visitor)
		at, person := s.at(key.Hint), s.member(p, t, "laura@envia.mx")
		for _, path := range []string{s.keys, s.keys + "/new", at + "/rotation", at + "/end", s.members, s.members + "/new", person, person + "/access"} {
			wantTranslated(t, who+" on "+path, s.get(path))
		}
		wantTranslated(t, who+" without a name", s.submit(s.keys+"/new", s.keys, nil))
		wantTranslated(t, who+" without an overlap", s.submit(at+"/rotation", at+"/rotation", nil))
		wantTranslated(t, who+" without an address", s.submit(s.members+"/new", s.members, nil))
		made := s.submit(s.keys+"/new", s.keys, url.Values{"name": {"Point of sale"}})
		wantTranslated(t, who+" on the page of a key", made.follow())
		made.follow()
		wantTranslated(t, who+" once it was shown", s.get(s.keys))
	}
	pedro := p.addMemberAs(t, c, "pedro@envia.mx", billing.MemberMember)
	v := p.visit(t).signInAsMember("pedro@envia.mx")
	inPseudo(t, p, v)
	for _, path := range []string{"/dashboard/keys", "/dashboard/members", "/dashboard/members/" + strconv.FormatInt(pedro, 10)} {
		wantTranslated(t, "a member on "+path, v.get(path))
	}
}
