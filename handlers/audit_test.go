package handlers_test

// The audit log: what its filter shows, page by page, as a file, and in words.

import (
	"encoding/csv"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
)

// logged adds lines of three kinds, and 120 of a fourth, three at each moment.
func (p premises) logged(t *testing.T, customerID int64) {
	t.Helper()
	storetest.Owner(p.store).MustExecContext(t.Context(), `
		INSERT INTO audit_log (at, actor_kind, actor_name, address, action, customer_id, subject, before, after) VALUES
			('2026-03-12 05:30+00', 'operator', 'Rosa Cué', '192.0.2.7', 'customer.suspended', $1, 'one', '{"suspended": false}', '{"suspended": true}'),
			('2026-03-12 06:30+00', 'member', 'Beto', '192.0.2.8', 'member.password_reset', $1, 'two', NULL, '{"second_factor_removed": false, "sessions_ended": 2}'),
			('2026-03-13 07:00+00', 'system', '=cmd()', '', 'adjustment.posted', NULL, 'three', '{"balance": "1.0000"}', '{"balance": "6.0000", "adjustment": {"reason": "DEPOSIT", "state": "posted", "amount": "5.0000"}}')`, customerID)
	storetest.Owner(p.store).MustExecContext(t.Context(), `
		INSERT INTO audit_log (at, actor_kind, actor_name, action, subject)
		SELECT timestamptz '2025-01-01' + n / 3 * interval '1 second', 'command_line', 'many', 'books.proof_asked', CAST(n AS text) FROM generate_series(1, 120) n`)
}

func subjects(page *goquery.Document) (found []string) {
	page.Find("#main ol .id").Each(func(_ int, s *goquery.Selection) { found = append(found, strings.TrimSpace(s.Text())) })
	return found
}

func TestTheAuditLogShowsWhatItsFilterSays(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	p.logged(t, c.ID)
	v := p.as(t, billing.RoleViewer)
	for query, want := range map[string][]string{
		"who=rosa+cu%C3%A9":                                      {"one"},
		"action=member.password_reset":                           {"two"},
		"customer=" + strings.ToLower(c.Code) + "&to=2026-03-12": {"two", "one"},
		"subject=three":                                          {"three"},
		"address=192.0.2.7":                                      {"one"},
		"from=2026-03-11&to=2026-03-11":                          {"one"}, // the business day: UTC is a day ahead by then
		"from=2026-03-12&to=2026-03-13":                          {"three", "two"},
		"who=nobody":                                             nil,
		"who=beto&address=192.0.2.7":                             nil,
	} {
		got := v.get("/admin/audit?" + query)
		if got.status != http.StatusOK || !slices.Equal(subjects(got.Document), want) {
			t.Errorf("%s: %d, %v, want %v", query, got.status, subjects(got.Document), want)
		}
	}
	for query, field := range map[string]string{"action=nonsense.done": "action", "from=12/3": "from", "to=x": "to", "customer=NOBODY": "customer"} {
		got := v.get("/admin/audit?" + query)
		if got.status != http.StatusUnprocessableEntity || got.Find("#f-"+field+"-error").Length() != 1 {
			t.Errorf("%s: %d without a word beside the field", query, got.status)
		}
	}
	if got := v.get("/admin/audit?before=x"); got.status != http.StatusBadRequest {
		t.Errorf("a place that is none: %d", got.status)
	}
	if line := text(v.get("/admin/audit?subject=three").Find("#main ol li")); !strings.Contains(line, "Posted an adjustment") ||
		!strings.Contains(line, "By itself: =cmd()") || !strings.Contains(bare(line), "Balance1.0000USD6.0000USD") || !strings.Contains(bare(line), "Amount5.0000USD") || !strings.Contains(line, "ReasonDeposit received") || !strings.Contains(line, "StatePosted") {
		t.Errorf("the line says %q", line)
	}
	if line := text(v.get("/admin/audit?subject=two").Find("#main ol li")); !strings.Contains(line, "Second factor removedNo") || !strings.Contains(line, "Sessions ended2") {
		t.Errorf("the line says %q", line)
	}
}

func TestThePagesOfTheAuditLogMissNothing(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	p.logged(t, storetest.Customer(t, p.store, "0").ID)
	v := p.as(t, billing.RoleSupport)
	var pages [][]string
	for href := "/admin/audit?who=many"; href != ""; {
		page := v.get(href)
		pages = append(pages, subjects(page.Document))
		href = page.Find(".pager a").Last().AttrOr("href", "")
		if !strings.Contains(href, "before=") {
			href = ""
		}
	}
	all := slices.Concat(pages...)
	seen := slices.Compact(slices.Sorted(slices.Values(all)))
	if len(pages) != 3 || len(all) != 120 || len(seen) != 120 || all[0] != "120" || all[119] != "1" {
		t.Fatalf("%d pages of %d lines, %d different", len(pages), len(all), len(seen))
	}
	last := v.get("/admin/audit?who=many")
	for range 2 {
		last = v.get(last.Find(".pager a").Last().AttrOr("href", ""))
	}
	back := v.get(last.Find(".pager a").First().AttrOr("href", ""))
	if !slices.Equal(subjects(back.Document), pages[1]) {
		t.Errorf("back from the last page: %v, want %v", subjects(back.Document), pages[1])
	}
}

func TestTheFileOfTheAuditLogIsWhatTheFilterShows(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	p.logged(t, c.ID)
	v := p.as(t, billing.RoleViewer)
	href, _ := v.get("/admin/audit?from=2026-03-12&to=2026-03-13").Find(`a[href^="/admin/audit.csv"]`).Attr("href")
	got := v.get(href)
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 3 || !strings.Contains(got.header.Get("Content-Disposition"), "audit-log.csv") {
		t.Fatalf("%d rows, %v, %v", len(rows), got.header, err)
	}
	if first := rows[1]; first[1] != "2026-03-13T07:00:00.000Z" || first[3] != "'=cmd()" || first[5] != "adjustment.posted" || first[7] != "three" || !strings.Contains(first[9], `"DEPOSIT"`) {
		t.Errorf("the first row is %q", first)
	}
	if second := rows[2]; second[4] != "192.0.2.8" || second[6] != c.Code || second[8] != "null" {
		t.Errorf("the second row is %q", second)
	}
}

// written finds the actions in the program's own text.
func written(t *testing.T) (actions []string) {
	t.Helper()
	whole := regexp.MustCompile(`"([a-z_]+\.[a-z_]+)"`)
	composed := map[*regexp.Regexp][]string{
		regexp.MustCompile(`\.Did\("([a-z_]+)"`):              {"operator.", "member."},
		regexp.MustCompile(`didToKey\("([a-z_]+)"`):           {"key."},
		regexp.MustCompile(`auditChange\([^"\n]*"([a-z_]+)"`): {"credit_limit.", "discount.", "exchange_rate."},
	}
	about := regexp.MustCompile(`Action:|action :?= |exportAct\(|recordFloat\(`)
	for _, folder := range []string{"access", "topup", "store", "bookkeeper", "exports", "handlers"} {
		files, err := filepath.Glob("../" + folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for line := range strings.Lines(string(source)) {
				if about.MatchString(line) && !strings.Contains(line, "db:\"action\"") {
					for _, found := range whole.FindAllStringSubmatch(line, -1) {
						actions = append(actions, found[1])
					}
				}
				for pattern, kinds := range composed {
					if found := pattern.FindStringSubmatch(line); found != nil {
						for _, kind := range kinds {
							actions = append(actions, kind+found[1])
						}
					}
				}
			}
		}
	}
	return actions
}

func TestEveryActionOfTheAuditLogHasWords(t *testing.T) {
	t.Parallel()
	found := written(t)
	if len(found) < 40 {
		t.Fatalf("found %v only", found)
	}
	known := views.AuditActions()
	only := []string{"member.created", "member.broke_glass", "operator.erased"} // the other kind of person does it
	for _, action := range found {
		if !slices.Contains(known, action) && !slices.Contains(only, action) {
			t.Errorf("%s is written and is not among the filter's choices", action)
		}
	}
	english, spanish := views.Reader{Language: views.English}, views.Reader{Language: views.Spanish}
	for _, action := range known {
		if said := views.ActionWord(english, action); said == action || said == views.ActionWord(spanish, action) {
			t.Errorf("%s has no words: %q", action, said)
		}
	}
}

func TestACustomersAuditTabSpeaksInWords(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "0")
	v := p.as(t, billing.RoleFinance)
	p.deposit(t, c)
	page := v.get("/admin/customers/" + c.Code + "/audit")
	said := text(page.Find("#main ol"))
	if !strings.Contains(said, "ReasonDeposit received") || !strings.Contains(said, "StatePosted") || strings.Contains(said, "DEPOSIT") {
		t.Errorf("it says %q", said)
	}
	if page.Find(`a[href="/admin/audit?customer=`+url.QueryEscape(c.Code)+`"]`).Length() != 1 {
		t.Error("no way to the whole log")
	}
}

// deposit posts 5 USD as the command line does.
func (p premises) deposit(t *testing.T, c billing.Customer) {
	t.Helper()
	engine := topup.New(p.store, outcome(billing.OutcomeDelivered), slog.New(slog.DiscardHandler), topup.Options{})
	_, err := engine.Adjust(t.Context(), billing.Actor{Kind: billing.ActorCommandLine, Name: "ana"}, billing.Adjustment{
		ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD("5"), Reason: billing.ReasonDeposit, Note: "SPEI of today",
	})
	if err != nil {
		t.Fatal(err)
	}
}
