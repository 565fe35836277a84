package handlers_test

// Who may come in where: every route of the router, asked by everybody. A route
// without a case fails, so that nobody can forget to say whose it is.

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// Those who walk. An operator is called by his role.
const (
	nobody  = "nobody"
	memberA = "member of A"
	memberB = "member of B"
)

// everybody is one signed-in browser of each kind, and one that is not.
func (p premises) everybody(t *testing.T, a, b billing.Customer) map[string]visitor {
	t.Helper()
	p.addMember(t, a, "anabel@a.example")
	p.addMember(t, b, "benito@b.example")
	people := map[string]visitor{
		nobody: p.visit(t), memberA: p.visit(t).signInAsMember("anabel@a.example"), memberB: p.visit(t).signInAsMember("benito@b.example"),
	}
	for _, role := range []billing.Role{billing.RoleViewer, billing.RoleSupport, billing.RoleFinance, billing.RoleAdmin} {
		people[string(role)] = p.as(t, role)
	}
	return people
}

// visit is how a route is asked, and what each of them must get.
type visit struct {
	path string // empty: another test asks it
	form url.Values
	want func(who string) int
	also func(who string, got answer) // what else must be true
}

// walk sends everybody along every route under prefix. A form without a token
// of ours is refused to all of them.
func (p premises) walk(t *testing.T, prefix string, caseOf func(route string) (visit, bool), people map[string]visitor) {
	t.Helper()
	for _, route := range p.echo.Routes() {
		if !under(prefix, route.Path) || route.Method == "echo_route_not_found" {
			continue
		}
		name := route.Method + " " + route.Path
		v, known := caseOf(name)
		if !known {
			t.Errorf("%s has no case: say who may", name)
			continue
		}
		if v.path == "" {
			continue
		}
		for _, who := range slices.Sorted(maps.Keys(people)) {
			got := people[who].ask(route.Method, v)
			if got.status != v.want(who) {
				t.Errorf("%s as %s: %d, want %d", name, who, got.status, v.want(who))
			}
			if v.also != nil {
				v.also(who, got)
			}
		}
	}
}

// under says whether a route belongs to an area; "" is what belongs to none.
func under(prefix, path string) bool {
	if prefix == "" {
		return !under("/admin", path) && !under("/dashboard", path)
	}
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// ask asks as a form of ours would, after it tried without the token.
func (v visitor) ask(method string, visit visit) answer {
	v.t.Helper()
	if method != http.MethodPost || strings.HasPrefix(visit.path, "/api/") {
		return v.do(method, visit.path, visit.form)
	}
	form := url.Values{}
	maps.Copy(form, visit.form)
	if got := v.do(method, visit.path, form); got.status != http.StatusForbidden {
		v.t.Errorf("%s %s without a token of ours: %d", method, visit.path, got.status)
	}
	form.Set("csrf", v.csrf())
	return v.do(method, visit.path, form)
}

// csrf is the token that a browser holds, after it has seen a page.
func (v visitor) csrf() string {
	v.t.Helper()
	if v.cookie("latcom_csrf") == "" {
		v.get("/dashboard/sign-in")
	}
	return v.cookie("latcom_csrf")
}

func always(status int) func(string) int { return func(string) int { return status } }

// What belongs neither to the back office nor to a dashboard is the same for
// everybody: a session opens nothing in the API.
func TestEveryOtherRouteIsTheSameForEverybody(t *testing.T) {
	t.Parallel()
	p := openSite(t, outcome(billing.OutcomeDelivered))
	a := storetest.Customer(t, p.store, "100")
	topUp := p.order(t, a, "r1")
	cases := map[string]visit{
		"GET /":                                 {path: "/", want: always(303)},
		"GET /healthz":                          {path: "/healthz", want: always(200)},
		"GET /readyz":                           {path: "/readyz", want: always(200)},
		"GET /metrics":                          {path: "/metrics", want: always(200)}, // they all sit on this machine: TestMetricsAreForWhoHasTheToken
		"GET /static/*":                         {path: "/static/favicon.svg", want: always(200)},
		"POST /language":                        {path: "/language", form: url.Values{"language": {"es"}, "back": {"/"}}, want: always(303)},
		"GET /api/docs":                         {path: "/api/docs", want: always(200)},
		"HEAD /api/docs":                        {path: "/api/docs", want: always(200)},
		"GET /api/openapi.json":                 {path: "/api/openapi.json", want: always(200)},
		"HEAD /api/openapi.json":                {path: "/api/openapi.json", want: always(200)},
		"POST /api/v1/topups":                   {path: "/api/v1/topups", want: always(401)},
		"GET /api/v1/topups":                    {path: "/api/v1/topups", want: always(401)},
		"HEAD /api/v1/topups":                   {path: "/api/v1/topups", want: always(401)},
		"GET /api/v1/topups/:id":                {path: "/api/v1/topups/" + topUp.ID.String(), want: always(401)},
		"HEAD /api/v1/topups/:id":               {path: "/api/v1/topups/" + topUp.ID.String(), want: always(401)},
		"GET /api/v1/balance":                   {path: "/api/v1/balance", want: always(401)},
		"HEAD /api/v1/balance":                  {path: "/api/v1/balance", want: always(401)},
		"GET /api/v1/quote":                     {path: "/api/v1/quote?amount=50", want: always(401)},
		"HEAD /api/v1/quote":                    {path: "/api/v1/quote?amount=50", want: always(401)},
		"GET /api/v1/ledger":                    {path: "/api/v1/ledger", want: always(401)},
		"HEAD /api/v1/ledger":                   {path: "/api/v1/ledger", want: always(401)},
		"GET /api/v1/numbers/:phone":            {path: "/api/v1/numbers/5512345678", want: always(401)},
		"HEAD /api/v1/numbers/:phone":           {path: "/api/v1/numbers/5512345678", want: always(401)},
		"GET /api/v1/sandbox/certificate":       {path: "/api/v1/sandbox/certificate", want: always(401)},
		"POST /api/v1/sandbox/certificate":      {path: "/api/v1/sandbox/certificate", want: always(401)},
		"POST /api/v1/sandbox/webhooks":         {path: "/api/v1/sandbox/webhooks", want: always(401)},
		"DELETE /api/v1/sandbox/webhooks/:id":   {path: "/api/v1/sandbox/webhooks/" + topUp.ID.UUID.String(), want: always(401)},
		"POST /api/v1/sandbox/certificate/runs": {path: "/api/v1/sandbox/certificate/runs", want: always(401)},
		"GET /health":                           {path: "/health", want: always(200)},
		"GET /api/balance":                      {path: "/api/balance", want: always(401)},
		"POST /api/enviadespensa/topup":         {path: "/api/enviadespensa/topup", want: always(401)},
	}
	addCalls(cases)
	p.walk(t, "", func(name string) (visit, bool) {
		v, known := cases[name]
		return v, known
	}, p.everybody(t, a, storetest.Customer(t, p.store, "100")))
}

// ownAccountCases are the routes of one's own account on the dashboard: the same
// for members of both customers. Those without a path have a test of their own.
var ownAccountCases = map[string]struct {
	path   string
	status int
}{
	"GET /dashboard/account":                        {"/dashboard/account", 200},
	"POST /dashboard/account/password":              {"/dashboard/account/password", 422},
	"GET /dashboard/account/second-factor":          {"/dashboard/account/second-factor", 200},
	"POST /dashboard/account/second-factor":         {"/dashboard/account/second-factor", 303}, // without a secret: from the beginning
	"POST /dashboard/account/second-factor/removal": {"/dashboard/account/second-factor/removal", 422},
	"POST /dashboard/account/recovery-codes":        {"/dashboard/account/recovery-codes", 303}, // nobody has a second factor here
	"POST /dashboard/account/sessions/end":          {"", 0},                                    // TestSigningOutEverywhereWorksAtOnce
	"POST /dashboard/account/sessions/:id/end":      {"", 0},                                    // TestNobodyEndsAnothersSession
	"GET /dashboard/account/shown":                  {"/dashboard/account/shown", 303},          // TestASecretIsShownOnceToTheBrowserThatMadeIt
	"GET /dashboard/sign-in/code":                   {"", 0},                                    // TestASecondFactorIsAskedForAfterThePassword
	"POST /dashboard/sign-in/code":                  {"", 0},
	"GET /dashboard/link/:token":                    {"", 0}, // TestAnInvitationOpensOnce
	"POST /dashboard/link/:token":                   {"", 0},
}
