package handlers_test

// The back office as a whole: who may come in where, forms that are not ours,
// texts that nobody translated.

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/net/html"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// openOffice is a site on which adjustments above 1,000 USD wait for approval.
func openOffice(t *testing.T, change ...func(*handlers.Site)) premises {
	t.Helper()
	return openSite(t, outcome(billing.OutcomeDelivered), append(change, func(site *handlers.Site) {
		site.Engine = topup.New(site.Store, outcome(billing.OutcomeDelivered), slog.New(slog.DiscardHandler), topup.Options{
			Concurrency: 5, ApprovalLimit: billing.MustUSD("1000"), Min: billing.MustMXN("20"), Max: billing.MustMXN("200"),
		})
	})...)
}

// as is the browser of a new operator with a role, who is signed in.
func (p premises) as(t *testing.T, role billing.Role) visitor {
	t.Helper()
	_, v := p.hire(t, role)
	return v
}

func (p premises) hire(t *testing.T, role billing.Role) (billing.Actor, visitor) {
	t.Helper()
	name := string(role) + "-" + uuid.NewString()[:6]
	var id int64
	err := p.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.InsertOperator(t.Context(), billing.Operator{SignInName: name, Name: "Ana " + name, Role: role, PasswordHash: passwordHash()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v := p.visit(t)
	got := v.submit("/admin/sign-in", "/admin/sign-in", url.Values{"name": {name}, "password": {password}})
	if got.status != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: %d", name, got.status)
	}
	return billing.Actor{Kind: billing.ActorOperator, ID: &id, Name: "Ana " + name}, v
}

// waiting asks, as one operator, for an adjustment that another has to approve.
func (p premises) waiting(t *testing.T, asker billing.Actor, c billing.Customer, amount string) billing.Adjustment {
	t.Helper()
	engine := topup.New(p.store, outcome(billing.OutcomeDelivered), slog.New(slog.DiscardHandler), topup.Options{ApprovalLimit: billing.MustUSD("1000")})
	a, err := engine.Adjust(t.Context(), asker, billing.Adjustment{
		ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD(amount), Reason: billing.ReasonDeposit, Note: "SPEI of today",
	})
	if err != nil || a.State != billing.AdjustmentWaiting {
		t.Fatalf("asked for %s: %s, %v", amount, a.State, err)
	}
	return a
}

// Who may do what. The routes are the router's own: one without a case fails.
func TestEveryRouteOfTheBackOfficeKnowsItsRoles(t *testing.T) {
	t.Parallel()
	second := openSandbox(t)
	p := openOffice(t, beside(second))
	c, other := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "0")
	done := p.order(t, c, "r1")
	asker, _ := p.hire(t, billing.RoleAdmin)
	waits := p.waiting(t, asker, c, "2500")
	operatorPath := "/admin/operators/" + strconv.FormatInt(*asker.ID, 10)
	const look, manage = "viewer support finance admin", "finance admin"
	const public = "-"
	cases := map[string]struct {
		path    string
		may     string
		allowed int // the status of who may
	}{
		"GET /admin":                                {"/admin", look, 200},
		"GET /admin/live":                           {"", look, 200}, // TestTheStreamTellsOfACapture
		"GET /admin/live/overview":                  {"", look, 200}, // TestTheOverviewIsToldOnceItsFiguresAreRead
		"GET /admin/topups":                         {"/admin/topups", look, 200},
		"GET /admin/topups/totals":                  {"/admin/topups/totals", look, 200},
		"GET /admin/topups/newer":                   {"/admin/topups/newer?newer=" + strings.Repeat("A", 32), look, 200},
		"GET /admin/topups.csv":                     {"/admin/topups.csv", look, 200},
		"GET /admin/topups/:id":                     {"/admin/topups/" + done.ID.String(), look, 200},
		"GET /admin/search":                         {"/admin/search?q=a", look, 200},
		"GET /admin/shortcuts":                      {"/admin/shortcuts", look, 200},
		"POST /admin/shortcuts":                     {"/admin/shortcuts", look, 303},
		"GET /admin/topups.xlsx":                    {"/admin/topups.xlsx", look, 200},
		"GET /admin/exports":                        {"/admin/exports", look, 200},
		"GET /admin/exports/new":                    {"/admin/exports/new", look, 200},
		"POST /admin/exports":                       {"/admin/exports", look, 400},
		"GET /admin/exports/:id":                    {"/admin/exports/" + uuid.NewString(), look, 404},
		"GET /admin/exports/:id/file":               {"/admin/exports/" + uuid.NewString() + "/file", look, 404},
		"POST /admin/exports/:id/cancel":            {"/admin/exports/" + uuid.NewString() + "/cancel", look, 404},
		"POST /admin/topups/views":                  {"/admin/topups/views", look, 400},
		"POST /admin/topups/views/:id/forget":       {"/admin/topups/views/1/forget", look, 303},
		"POST /admin/topups/look":                   {"/admin/topups/look", look, 303},
		"GET /admin/customers":                      {"/admin/customers", look, 200},
		"GET /admin/customers/new":                  {"/admin/customers/new", manage, 200},
		"POST /admin/customers":                     {"/admin/customers", manage, 422},
		"GET /admin/customers/:code":                {"/admin/customers/" + c.Code, look, 200},
		"GET /admin/customers/:code/topups":         {"/admin/customers/" + c.Code + "/topups", look, 200},
		"GET /admin/customers/:code/credit":         {"/admin/customers/" + c.Code + "/credit", look, 200},
		"GET /admin/customers/:code/ledger":         {"/admin/customers/" + c.Code + "/ledger", look, 200},
		"GET /admin/customers/:code/audit":          {"/admin/customers/" + c.Code + "/audit", look, 200},
		"GET /admin/customers/:code/notifications":  {"/admin/customers/" + c.Code + "/notifications", look, 200},
		"POST /admin/customers/:code/notifications": {"/admin/customers/" + c.Code + "/notifications", manage, 422},
		"GET /admin/customers/:code/suspension":     {"/admin/customers/" + c.Code + "/suspension", manage, 200},
		"POST /admin/customers/:code/suspension":    {"/admin/customers/" + c.Code + "/suspension", manage, 303},
		"GET /admin/customers/:code/credit/new":     {"/admin/customers/" + c.Code + "/credit/new", manage, 200},
		"POST /admin/customers/:code/credit/new":    {"/admin/customers/" + c.Code + "/credit/new", manage, 200},
		"POST /admin/customers/:code/credit/review": {"/admin/customers/" + c.Code + "/credit/review", manage, 400},
		"POST /admin/customers/:code/credit":        {"/admin/customers/" + c.Code + "/credit", manage, 400},
		"GET /admin/approvals":                      {"/admin/approvals", look, 200},
		"GET /admin/approvals/:id":                  {"/admin/approvals/" + waits.ID.String(), look, 200},
		"GET /admin/approvals/:id/reversal":         {"/admin/approvals/" + waits.ID.String() + "/reversal", manage, 200},
		"POST /admin/approvals/:id/reversal":        {"/admin/approvals/" + waits.ID.String() + "/reversal", manage, 400},
		"POST /admin/approvals/:id":                 {"/admin/approvals/" + waits.ID.String(), manage, 400},
		"GET /admin/audit":                          {"/admin/audit", look, 200},
		"GET /admin/credit":                         {"/admin/credit", look, 200},
		"GET /admin/credit.csv":                     {"/admin/credit.csv", look, 200},
		"GET /admin/credit/one":                     {"/admin/credit/one?customer=" + c.Code, manage, 303},
		"GET /admin/credit/many":                    {"/admin/credit/many", manage, 200},
		"POST /admin/credit/many":                   {"/admin/credit/many", manage, 200},
		"POST /admin/credit/many/review":            {"/admin/credit/many/review", manage, 422},
		"POST /admin/credit/many/lists":             {"/admin/credit/many/lists", manage, 400},
		"GET /admin/settings":                       {"/admin/settings", look, 200},
		"GET /admin/audit.csv":                      {"/admin/audit.csv", look, 200},
		"GET /admin/queue":                          {"/admin/queue", look, 200},
		"POST /admin/queue/pauses":                  {"/admin/queue/pauses", manage, 422},
		"POST /admin/queue/pauses/:id/resume":       {"/admin/queue/pauses/1/resume", manage, 303}, // over, or never: no error
		"GET /admin/queue/restore":                  {"/admin/queue/restore", look, 200},
		"POST /admin/queue/restore":                 {"/admin/queue/restore", manage, 422},
		"GET /admin/queue/river":                    {"/admin/queue/river", look, 301},
		"GET /admin/queue/river/*":                  {"/admin/queue/river/jobs", look, 200},
		"POST /admin/queue/river":                   {"/admin/queue/river", look, 405},
		"POST /admin/queue/river/*":                 {"/admin/queue/river/api/jobs/cancel", look, 405},
		"PUT /admin/queue/river":                    {"", look, 405}, // TestTheQueuesJobsAreToLookAtOnly
		"PUT /admin/queue/river/*":                  {"", look, 405},
		"PATCH /admin/queue/river":                  {"", look, 405},
		"PATCH /admin/queue/river/*":                {"", look, 405},
		"DELETE /admin/queue/river":                 {"", look, 405},
		"DELETE /admin/queue/river/*":               {"", look, 405},
		"GET /admin/topups/:id/cancel":              {"/admin/topups/" + done.ID.String() + "/cancel", manage, 303}, // too late
		"POST /admin/topups/:id/cancel":             {"/admin/topups/" + done.ID.String() + "/cancel", manage, 303},
		"GET /admin/customers/:code/order":          {"/admin/customers/" + c.Code + "/order", manage, 200},
		"POST /admin/customers/:code/order/edit":    {"/admin/customers/" + c.Code + "/order/edit", manage, 400},
		"POST /admin/customers/:code/order/review":  {"/admin/customers/" + c.Code + "/order/review", manage, 400},
		"POST /admin/customers/:code/order":         {"/admin/customers/" + c.Code + "/order", manage, 400},
		"GET /admin/classifications":                {"/admin/classifications", look, 200},
		"GET /admin/classifications/new":            {"/admin/classifications/new?attempt=0", manage, 404},
		"POST /admin/classifications/new":           {"/admin/classifications/new", manage, 400},
		"POST /admin/classifications/review":        {"/admin/classifications/review", manage, 400},
		"POST /admin/classifications":               {"/admin/classifications", manage, 400},
		"GET /admin/classifications/:id":            {"/admin/classifications/x", look, 404},
		"POST /admin/classifications/:id":           {"/admin/classifications/x", manage, 404},
		"GET /admin/float":                          {"/admin/float", look, 200},
		"GET /admin/float/deposits/new":             {"/admin/float/deposits/new", manage, 200},
		"POST /admin/float/deposits/new":            {"/admin/float/deposits/new", manage, 200},
		"POST /admin/float/deposits/review":         {"/admin/float/deposits/review", manage, 400},
		"POST /admin/float/deposits":                {"/admin/float/deposits", manage, 400},
		"GET /admin/float/deposits/:id":             {"/admin/float/deposits/x", look, 404},
		"GET /admin/float/deposits/:id/correction":  {"/admin/float/deposits/x/correction", manage, 404},
		"POST /admin/float/deposits/:id/correction": {"/admin/float/deposits/x/correction", manage, 400},
		"GET /admin/unknown":                        {"/admin/unknown", look, 200},
		"GET /admin/unknown/:id":                    {"/admin/unknown/" + done.ID.String(), look, 200},
		"POST /admin/unknown/:id":                   {"/admin/unknown/" + done.ID.String(), manage, 400},
		"POST /admin/unknown/:id/confirm":           {"/admin/unknown/" + done.ID.String() + "/confirm", manage, 400},
		"POST /admin/unknown/:id/disagree":          {"/admin/unknown/" + done.ID.String() + "/disagree", manage, 400},
		"GET /admin/unknown/lists/new":              {"/admin/unknown/lists/new", manage, 200},
		"POST /admin/unknown/lists/review":          {"/admin/unknown/lists/review", manage, 422},
		"POST /admin/unknown/lists":                 {"/admin/unknown/lists", manage, 400},
		"GET /admin/unknown/open.csv":               {"/admin/unknown/open.csv", look, 200},
		"GET /admin/unknown/lists/:id":              {"/admin/unknown/lists/x", look, 404},
		"POST /admin/unknown/lists/:id/confirm":     {"/admin/unknown/lists/x/confirm", manage, 404},
		"POST /admin/unknown/lists/:id/disagree":    {"/admin/unknown/lists/x/disagree", manage, 404},
		"GET /admin/topups/:id/reversal":            {"/admin/topups/" + done.ID.String() + "/reversal", look, 200},
		"POST /admin/topups/:id/reversal":           {"/admin/topups/" + done.ID.String() + "/reversal", manage, 400},
		"GET /admin/customers/:code/statements":     {"/admin/customers/" + c.Code + "/statements", look, 200},
		"GET /admin/customers/:code/statement":      {"/admin/customers/" + c.Code + "/statement?month=" + thisMonth(t), look, 200},
		"GET /admin/customers/:code/statement.csv":  {"/admin/customers/" + c.Code + "/statement.csv?month=" + thisMonth(t), look, 200},
		"GET /admin/customers/:code/statement.pdf":  {"/admin/customers/" + c.Code + "/statement.pdf?month=" + thisMonth(t), look, 200},
		"GET /admin/books":                          {"/admin/books", look, 200},
		"POST /admin/books/proofs":                  {"/admin/books/proofs", manage, 303},
		"GET /admin/account":                        {"/admin/account", look, 200},
		"POST /admin/account/password":              {"/admin/account/password", look, 422},
		"GET /admin/account/second-factor":          {"/admin/account/second-factor", look, 200},
		"POST /admin/account/second-factor":         {"/admin/account/second-factor", look, 303}, // without a secret: from the beginning
		"POST /admin/account/second-factor/removal": {"/admin/account/second-factor/removal", look, 422},
		"POST /admin/account/recovery-codes":        {"/admin/account/recovery-codes", look, 303}, // nobody has a second factor here
		"POST /admin/account/sessions/end":          {"", look, 0},                                // TestSigningOutEverywhereWorksAtOnce
		"POST /admin/account/sessions/:id/end":      {"/admin/account/sessions/0/end", look, 404},
		"GET /admin/account/shown":                  {"/admin/account/shown", look, 303}, // TestASecretIsShownOnceToTheBrowserThatMadeIt
		"GET /admin/operators":                      {"/admin/operators", look, 200},
		"POST /admin/operators/second-factor":       {"/admin/operators/second-factor", "admin", 303},
		"GET /admin/operators/new":                  {"/admin/operators/new", "admin", 200},
		"POST /admin/operators":                     {"/admin/operators", "admin", 422},
		"GET /admin/operators/:id":                  {operatorPath, look, 200},
		"POST /admin/operators/:id/role":            {operatorPath + "/role", "admin", 422},
		"POST /admin/operators/:id/link":            {operatorPath + "/link", "admin", 422},
		"GET /admin/operators/:id/access":           {operatorPath + "/access", "admin", 200},
		"POST /admin/operators/:id/access":          {operatorPath + "/access", "admin", 303},
		"GET /admin/customers/:code/keys/end":       {"/admin/customers/" + other.Code + "/keys/end", manage, 200},
		"POST /admin/customers/:code/keys/end":      {"/admin/customers/" + other.Code + "/keys/end", manage, 303},
		"GET /admin/sign-in/code":                   {"", public, 0},
		"POST /admin/sign-in/code":                  {"", public, 0},
		"GET /admin/link/:token":                    {"", public, 0},
		"POST /admin/link/:token":                   {"", public, 0},
		"GET /admin/break-glass":                    {"", public, 0},
		"POST /admin/break-glass":                   {"", public, 0},
		"GET /admin/sign-in":                        {"", public, 0},
		"POST /admin/sign-in":                       {"", public, 0},
		"POST /admin/sign-out":                      {"", public, 0},
		"GET /admin/first-operator":                 {"", public, 0},
		"POST /admin/first-operator":                {"", public, 0},
	}
	maps.Copy(cases, termCases(c))
	maps.Copy(cases, alertCases(c))
	keeping := p.accessCases(t, c, "/admin/customers/"+c.Code, "/admin/customers/:code")
	maps.Copy(keeping, sandboxCases(t, second, c, "/admin/customers/"+c.Code, "/admin/customers/:code"))
	for name, keeps := range keeping {
		test := cases[name]
		test.path, test.may, test.allowed = keeps.path, map[bool]string{true: manage, false: look}[keeps.changes], keeps.status
		cases[name] = test
	}
	p.walk(t, "/admin", func(name string) (visit, bool) {
		test, known := cases[name]
		return visit{path: test.path, want: func(who string) int {
			switch {
			case !strings.Contains(look, who):
				return http.StatusSeeOther // to sign in
			case !strings.Contains(test.may, who):
				return http.StatusForbidden
			}
			return test.allowed
		}}, known
	}, p.everybody(t, c, storetest.Customer(t, p.store, "100")))
	if again, err := p.store.Customer(t.Context(), c.ID); err != nil || again.Suspended {
		t.Errorf("a form without a token did something: %v %v", again.Suspended, err)
	}
}

func TestWhoMayNotMoveMoneySeesNoButtonsForIt(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, _ := p.hire(t, billing.RoleAdmin)
	waits := p.waiting(t, asker, c, "2500")
	for role, want := range map[billing.Role]int{billing.RoleViewer: 0, billing.RoleSupport: 0, billing.RoleFinance: 1, billing.RoleAdmin: 1} {
		v := p.as(t, role)
		for page, selector := range map[string]string{
			"/admin/customers":                       `#main a[href="/admin/customers/new"]`,
			"/admin/customers/" + c.Code:             `a[href$="/credit/new"]`,
			"/admin/queue":                           `form[action="/admin/queue/pauses"]`,
			"/admin/customers/" + c.Code + "/topups": `a[href$="/order"]`,
			"/admin/customers/" + c.Code + "/ledger": `a[href$="/suspension"]`,
			"/admin/approvals/" + waits.ID.String():  `button[value="approve"]`,
		} {
			if got := v.get(page).Find(selector).Length(); got != want {
				t.Errorf("%s on %s finds %s %d times, want %d", role, page, selector, got, want)
			}
		}
	}
}

// In the pseudo-language every text of the catalogue stands between brackets:
// what is left outside is data, or was never translated.
func TestTheBackOfficeSaysNothingUntranslated(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	asker, v := p.hire(t, billing.RoleAdmin)
	invited, _ := p.hire(t, billing.RoleFinance)
	key, invitee := p.addKey(t, c), p.addMember(t, c, "olga@a.example")
	waits := p.waiting(t, asker, c, "2500")
	limit := p.asks(t, asker, billing.ChangeCreditLimit, &c, "0", "5000")
	done := p.order(t, c, "r1")
	base, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	v.client.Jar.SetCookies(base, []*http.Cookie{{Name: "lang", Value: "qps"}})
	ours := regexp.MustCompile(`⟦[^⟧]*⟧|Latcom Billing|English|Español|Ana \S+|^A[A-Z0-9]$|\b(admin|finance)-[0-9a-f]{6}|Abarrotes \S+|T[A-Z2-7]{8}|tu_\S+|LB\S+|LT77001|88260455|SPEI of today|as agreed on the phone|test deposit|` +
		`DEPOSIT|wire-evidence|Laura Campos|Point of sale|adjustment\.\w+|Mexico City|USD|MXN|\bp(50|95)\b|\b(min|h|d|s|en|es|pt)\b|\br1\b|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|\w+day\b`)
	word := regexp.MustCompile(`\pL{2,}`)
	p.quiet(t)
	v.submit("/admin/books", "/admin/books/proofs", url.Values{})
	for _, alert := range everyAlert() {
		p.raise(t, alert)
	}
	for _, path := range []string{
		"/admin", "/admin/alerts", "/admin/alerts/channels", "/admin/alerts/channels/new", "/admin/help/alerts", "/admin/help/alerts/disk_full", "/admin/books", "/admin/customers/" + c.Code + "/statements", "/admin/customers/" + c.Code + "/statement?month=" + thisMonth(t), "/admin?compare=week", "/admin/topups", "/admin/topups?status=unknown", "/admin/topups?status=x&phone=1&from=x&customer=y&reference=%21&transaction=a+b&to=2020-01-01&more=1",
		"/admin/credit", "/admin/credit?customer=nobody&from=x", "/admin/credit?state=expired&reason=FEE", "/admin/credit/one", "/admin/credit/one?customer=x", "/admin/credit/many",
		"/admin/audit", "/admin/audit?who=nobody&from=x", "/admin/topups/totals", "/admin/search", "/admin/search?q=zzz", "/admin/shortcuts", "/admin/exports", "/admin/exports/new?status=failed", "/admin/topups?open=" + done.ID.String(), "/admin/topups/" + done.ID.String(), "/admin/customers", "/admin/customers?q=nobody", "/admin/customers/new",
		"/admin/customers?level=medium&sort=-today", "/admin/customers/" + c.Code, "/admin/customers/" + c.Code + "/topups", "/admin/customers/" + c.Code + "/credit",
		"/admin/customers/" + c.Code + "/ledger", "/admin/customers/" + c.Code + "/keys", "/admin/customers/" + c.Code + "/keys/new", "/admin/customers/" + c.Code + "/keys/" + strconv.FormatInt(key.ID, 10) + "/rotation",
		"/admin/customers/" + c.Code + "/keys/" + strconv.FormatInt(key.ID, 10) + "/end", "/admin/customers/" + c.Code + "/members", "/admin/customers/" + c.Code + "/members/new",
		"/admin/customers/" + c.Code + "/members/" + strconv.FormatInt(invitee, 10), "/admin/customers/" + c.Code + "/members/" + strconv.FormatInt(invitee, 10) + "/access", "/admin/customers/" + c.Code + "/notifications",
		"/admin/customers/" + c.Code + "/suspension", "/admin/customers/" + c.Code + "/credit/new", "/admin/approvals", "/admin/approvals/" + waits.ID.String(), "/admin/approvals/" + limit.ID.String(),
		"/admin/approvals/" + waits.ID.String() + "/reversal",
		"/admin/operators", "/admin/operators/new", operatorPage(asker), operatorPage(invited), operatorPage(invited) + "/access", "/admin/account", "/admin/account/second-factor",
		"/admin/break-glass", "/dashboard/sign-in", "/admin/queue", "/admin/queue/restore", "/admin/customers/" + c.Code + "/order",
		"/admin/pricing", "/admin/pricing?amount=x", "/admin/pricing/rate", openRange, "/admin/customers/" + c.Code + "/limits",
		"/admin/customers/" + c.Code + "/limits/credit-limit", "/admin/customers/" + c.Code + "/limits/discount", "/admin/customers/" + c.Code + "/limits/orders",
	} {
		got := v.get(path)
		got.Find("script, style, pre, .id, option[value='x'], option[value='y']").Remove()
		for _, said := range textsOf(got.Find("body")) {
			if rest := word.FindString(ours.ReplaceAllString(said, "")); rest != "" {
				t.Errorf("%s says %q (%s)", path, said, rest)
			}
		}
	}
}

// textsOf lists the pieces of text under an element.
func textsOf(s interface{ Get(int) *html.Node }) []string {
	var texts []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			texts = append(texts, strings.TrimSpace(n.Data))
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(s.Get(0))
	return texts
}

func TestAStopOfSendingIsSaidOnTheOverview(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	v := p.as(t, billing.RoleViewer)
	if got := v.get("/admin").Find("#overview-bands .note").Length(); got != 0 {
		t.Errorf("%d notes while orders go out", got)
	}
	err := p.store.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.NoteProviderFailure(context.Background(), billing.NewTopUpID(), store.Why{Text: "Login refused: Latcom does not accept our credentials."}, true)
	})
	if err != nil {
		t.Fatal(err)
	}
	v.until("/admin", "#overview-bands .note") // the figures that all share are a second old at most
	if got := text(v.get("/admin").Find("#overview-bands .note")); !strings.Contains(got, "Sending to Latcom stopped") || !strings.Contains(got, "credentials. New orders are refused with 503") {
		t.Errorf("the note says %q", got)
	}
}
