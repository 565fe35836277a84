package handlers_test

// Statements as operators and customers see them.

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// thisMonth is the business month now, as the address names it.
func thisMonth(t *testing.T) string { return time.Now().In(mexico(t)).Format("2006-01") }

func TestAStatementAddsUpOnTheDoubleRule(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "r1")
	v := p.as(t, billing.RoleViewer)
	list := v.get("/admin/customers/" + c.Code + "/statements")
	href := list.Find("#main tbody a.rowlink").AttrOr("href", "")
	if list.Find("#main tbody tr").Length() != 1 || href != "/admin/customers/"+c.Code+"/statement?month="+thisMonth(t) {
		t.Fatalf("the list leads to %q: %s", href, text(list.Find("#main tbody")))
	}
	page := v.get(href)
	lines := text(page.Find(`section[aria-label="Statement"] tbody`))
	for _, want := range []string{"Opening balance0.0000", "Deposits1", "+100.0000", "Delivered top-ups1", "−2.7778"} {
		if !strings.Contains(lines, want) {
			t.Errorf("the lines say %q, want %q in it", lines, want)
		}
	}
	if sum := text(page.Find(`section[aria-label="Statement"] tfoot .sum`)); sum != "97.2222" {
		t.Errorf("it closes with %q", sum)
	}
	if strings.Contains(lines, "Hold") {
		t.Error("a hold moved the balance")
	}
	var seal billing.Hash
	if err := p.store.DB().GetContext(t.Context(), &seal, `SELECT last_hash FROM balances WHERE customer_id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	if said := text(page.Find(".dl")); !strings.Contains(said, "1 to 3") || !strings.Contains(said, seal.String()) {
		t.Errorf("the end is %q", said)
	}
}

func TestAStatementThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c, none := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "0")
	v := p.as(t, billing.RoleViewer)
	next := time.Now().In(mexico(t)).AddDate(0, 1, 3).Format("2006-01")
	for _, path := range []string{
		"/admin/customers/" + c.Code + "/statement", "/admin/customers/" + c.Code + "/statement?month=2026-13", "/admin/customers/" + c.Code + "/statement?month=1999-01",
		"/admin/customers/" + c.Code + "/statement.csv?month=x", "/admin/customers/" + c.Code + "/statement?month=" + next,
		"/admin/customers/" + none.Code + "/statement?month=" + thisMonth(t), "/admin/customers/NOBODY/statements",
	} {
		if got := v.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := v.get("/admin/customers/" + none.Code + "/statements"); got.Find("#main .empty").Length() != 1 {
		t.Error("an account without entries has no empty list")
	}
}

func ledgerFile(t *testing.T, got answer) [][]string {
	t.Helper()
	if !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment; filename=\"statement-") {
		t.Fatalf("%d %s", got.status, got.header.Get("Content-Disposition"))
	}
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The file leads from the opening to the closing, entry by entry; what operators
// write to each other stands in theirs alone.
func TestAStatementsFileHoldsEveryEntryOfTheMonth(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "ana@a.example")
	p.order(t, c, "r1")
	operators := ledgerFile(t, p.as(t, billing.RoleViewer).get("/admin/customers/"+c.Code+"/statement.csv?month="+thisMonth(t)))
	own := ledgerFile(t, p.visit(t).signInAsMember("ana@a.example").get("/dashboard/statement.csv?month="+thisMonth(t)))
	if len(operators) != 4 || len(own) != 4 || !slices.Contains(operators[0], "note") || slices.Contains(own[0], "note") || slices.Contains(own[0], "operator") {
		t.Fatalf("%v\n%v", operators, own)
	}
	balance := billing.USD{}
	for i, row := range own[1:] {
		change, err := billing.ParseUSD(row[slices.Index(own[0], "balance_change_usd")])
		if err != nil {
			t.Fatal(err)
		}
		balance = balance.Add(change)
		if row[slices.Index(own[0], "balance_after_usd")] != balance.String() {
			t.Errorf("line %d: %v, and the changes make %s", i+1, row, balance)
		}
	}
	if want := storetest.Balance(t, p.store, c.ID).Posted; balance.Cmp(want) != 0 {
		t.Errorf("the file closes with %s, the account is at %s", balance, want)
	}
	if strings.Contains(strings.Join(own[1], ","), "test deposit") {
		t.Error("the customer reads an operator's note")
	}
}

// A member's statements are those of its own company, whatever the address says.
func TestAMemberSeesTheStatementsOfItsOwnCompanyAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	ours, theirs := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "7654.3210")
	p.addMember(t, ours, "us@a.example")
	p.order(t, theirs, "their-reference")
	v := p.visit(t).signInAsMember("us@a.example")
	for _, path := range []string{
		"/dashboard/statements", "/dashboard/statement?month=" + thisMonth(t), "/dashboard/statement.csv?month=" + thisMonth(t),
		"/dashboard/statement?month=" + thisMonth(t) + "&" + url.Values{"customer": {theirs.Code}, "code": {theirs.Code}}.Encode(),
	} {
		got := v.get(path)
		if got.status != http.StatusOK || strings.Contains(got.body, "7,65") || strings.Contains(got.body, "7654") || strings.Contains(got.body, "their-reference") || strings.Contains(text(got.Find("#main")), theirs.Code) {
			t.Errorf("%s: %d shows another company's money", path, got.status)
		}
		if strings.Contains(path, "statement?") && text(got.Find("tfoot .sum")) != "100.0000" {
			t.Errorf("%s closes with %s", path, text(got.Find("tfoot .sum")))
		}
	}
}

func TestAStatementIsThereAsPDF(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	p.addMember(t, c, "ana@a.example")
	for path, v := range map[string]visitor{
		"/admin/customers/" + c.Code + "/statement": p.as(t, billing.RoleSupport), "/dashboard/statement": p.visit(t).signInAsMember("ana@a.example"),
	} {
		page := v.get(path + "?month=" + thisMonth(t))
		href := page.Find(`#main a[href*=".pdf"]`).AttrOr("href", "")
		got := v.get(href)
		if got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.body, "%PDF-") ||
			got.header.Get("Content-Disposition") != `attachment; filename="statement-`+c.Code+"-"+thisMonth(t)+`.pdf"` {
			t.Errorf("%s: %d %v", href, got.status, got.header)
		}
		if got := v.get(path + ".pdf?month=1999-01"); got.status != http.StatusNotFound {
			t.Errorf("a month before the account: %d", got.status)
		}
	}
}
