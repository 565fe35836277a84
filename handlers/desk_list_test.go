package handlers_test

// Many decisions from a file: the dry run, what is wrong with a line, the
// proposal, the second operator.

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// upload sends a file to the dry run, as the browser does.
func (v visitor) upload(file string, typed url.Values) answer {
	v.t.Helper()
	return v.uploadTo("/admin/unknown/lists/review", file, typed)
}

func (v visitor) uploadTo(path, file string, typed url.Values) answer {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	write := func(name, value string) {
		if err := form.WriteField(name, value); err != nil {
			v.t.Fatal(err)
		}
	}
	write("csrf", v.csrf())
	for name, values := range typed {
		write(name, values[0])
	}
	part, err := form.CreateFormFile("file", "statement.csv")
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := io.WriteString(part, file); err != nil {
		v.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	document, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, Document: document}
}

var fromStatement = url.Values{"reason": {"STATEMENT"}, "note": {"Statement of today"}}

// carried is what the review sends on: its hidden fields.
func carried(v visitor, review answer) url.Values {
	form := url.Values{"csrf": {v.csrf()}}
	review.Find(`form[action="/admin/unknown/lists"] input[type="hidden"]`).Each(func(_ int, field *goquery.Selection) {
		form.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	})
	form.Set("text", review.Find(`textarea[name="text"]`).Text())
	form.Set("csrf", v.csrf())
	return form
}

func TestTheDryRunShowsEachLineItsEffectOrItsError(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	one, two := p.order(t, c, "r1"), p.order(t, c, "r2")
	v := p.as(t, billing.RoleFinance)
	page := v.upload("id;verdict;note\r\n"+one.ID.String()+";delivered;line 4\r\n"+two.ID.String()+";entregada;'=1+1\r\n;;\r\ntu_none;delivered;x\r\n"+one.ID.String()+";maybe;x\r\n", fromStatement)
	if page.status != http.StatusOK {
		t.Fatalf("status %d: %s", page.status, text(page.Find("main")))
	}
	lines := page.Find("tbody tr").Map(func(_ int, row *goquery.Selection) string { return text(row) })
	if len(lines) < 4 || !strings.Contains(lines[0], "55 1234 5678") || !strings.Contains(lines[0], "capture 2.7778 USD") {
		t.Errorf("the lines say %q", lines)
	}
	problems := page.Find("tbody .field-error").Map(func(_ int, s *goquery.Selection) string { return text(s) })
	if fmt.Sprint(problems) != "[No top-up has this name The verdict is neither delivered nor not_delivered]" {
		t.Errorf("the problems are %q", problems)
	}
	if got := text(page.Find("#list-sums")); !strings.Contains(got, "Delivered 2 To capture 5.5556USD") && !strings.Contains(strings.ReplaceAll(got, " ", ""), "Delivered2Tocapture5.5556USD") {
		t.Errorf("the sums say %q", got)
	}
	account := text(page.Find("[data-account]"))
	if !strings.Contains(strings.ReplaceAll(account, " ", ""), "Balance100.000094.4444Held5.55560.0000") {
		t.Errorf("the account says %q", account)
	}
	if page.Find(`form[action="/admin/unknown/lists"]`).Length() != 0 || !strings.HasPrefix(text(page.Find("#list-wrong")), "2 lines cannot be proposed") {
		t.Error("a list with wrong lines can be proposed")
	}
	if n := len(p.waits(t, one.ID)); n != 0 {
		t.Errorf("the dry run kept %d proposals", n)
	}
}

func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	v := p.as(t, billing.RoleFinance)
	many := strings.Repeat("tu_x,delivered\n", billing.MaxListLines+1)
	for file, want := range map[string]string{
		"":                                  "The file is empty",
		"id,note\n1,2\n":                    "one of them is verdict",
		"verdict,note\ndelivered,x\n":       "No column names the top-ups",
		"reference,verdict\nr1,delivered\n": "No column names the top-ups",
		"id,verdict\n":                      "a head and no lines",
		"id,id,verdict\na,b,delivered\n":    "The column id is there twice",
		"id,verdict\n\"a,delivered\n":       "cannot be read as CSV",
		"id,verdict\n\xff\xfe,delivered\n":  "not text in UTF-8",
		"id,verdict\n" + many:               "more than 1,000 lines",
		"id,verdict\n" + strings.Repeat("x", billing.MaxListBytes): "larger than 256 KB",
	} {
		got := v.upload(file, fromStatement)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find("#f-file-error")), want) {
			t.Errorf("%.30q: %d, %q", file, got.status, text(got.Find("#f-file-error")))
		}
	}
	if got := v.upload("id,verdict\n"+strings.Repeat("x", 2<<20), fromStatement); got.status != http.StatusRequestEntityTooLarge || !strings.Contains(text(got.Find("main")), "may have 1 MB") {
		t.Errorf("2 MB: %d, %q", got.status, text(got.Find("main")))
	}
	if got := v.upload("id,verdict\ntu_x,delivered\n", url.Values{"reason": {"LUCK"}}); got.status != http.StatusUnprocessableEntity || got.Find("#f-reason-error").Length() != 1 {
		t.Errorf("without a reason: %d", got.status)
	}
}

func TestAListIsProposedByOneAndConfirmedByAnother(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	one, two := p.order(t, c, "r1"), p.order(t, c, "r2")
	maria, first := p.hire(t, billing.RoleFinance)
	second := p.as(t, billing.RoleAdmin)
	file := "customer,reference,dist_transid,verdict,provider_id\n" + c.Code + ",r1,,delivered,NEW1\n,," + two.DistTransID + ",not_delivered,\n"
	form := carried(first, first.upload(file, fromStatement))
	got := first.do(http.MethodPost, "/admin/unknown/lists", form)
	path := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/admin/unknown/lists/") {
		t.Fatalf("proposed: %d to %q", got.status, path)
	}
	if again := first.do(http.MethodPost, "/admin/unknown/lists", form); again.status != http.StatusSeeOther || again.header.Get("Location") != path {
		t.Errorf("proposed again: %d", again.status)
	}
	if len(p.waits(t, one.ID)) != 1 || len(p.waits(t, two.ID)) != 1 || p.read(t, one.ID).Status != billing.StatusUnknown {
		t.Fatal("not one proposal for each line, or something moved")
	}
	if own := first.get(path); own.Find(`form[action$="/confirm"]`).Length() != 0 || !strings.Contains(text(own.Find("#decision")), "You proposed this.") {
		t.Errorf("the proposer sees %q", text(own.Find("#decision")))
	}
	other := p.again(t, maria)
	refused := other.do(http.MethodPost, path+"/confirm", url.Values{"csrf": {other.csrf()}, "read": {"yes"}})
	if refused.status != http.StatusForbidden || !strings.Contains(text(refused.Find(".note-failed")), "another operator confirms it") {
		t.Errorf("the proposer in a second browser: %d", refused.status)
	}
	if got := text(second.get("/admin/unknown").Find(`a[href="` + path + `"]`)); got != "statement.csv" {
		t.Errorf("the desk calls the list %q", got)
	}
	page := second.get(path)
	if got := text(page.Find("#decision .btn-primary")); got != "Confirm all 2: capture 2.7778 USD, release 2.7778 USD" {
		t.Errorf("the button says %q", got)
	}
	if page.Find("[data-account]").Length() != 1 {
		t.Error("the second operator has no preview")
	}
	if got := second.submit(path, path+"/confirm", nil); got.status != http.StatusUnprocessableEntity || got.Find("#f-read-error").Length() != 1 {
		t.Errorf("unread: %d", got.status)
	}
	for range 2 { // a second click finds nothing to do
		form := url.Values{"csrf": {second.csrf()}, "read": {"yes"}}
		if got := second.do(http.MethodPost, path+"/confirm", form); got.status != http.StatusSeeOther {
			t.Errorf("confirmed: %d", got.status)
		}
	}
	b := storetest.Balance(t, p.store, c.ID)
	if p.read(t, one.ID).ProviderTransactionID != "NEW1" || p.read(t, two.ID).Status != billing.StatusFailed || b.Posted.String() != "97.2222" || b.Held.Sign() != 0 {
		t.Errorf("balance %s, held %s", b.Posted, b.Held)
	}
}

func TestAListThatHasAgedIsNotKeptAndSaysSo(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	one := p.order(t, c, "r1")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	form := carried(first, first.upload("id,verdict\n"+one.ID.String()+",delivered\n", fromStatement))
	second.submit(casePath(one.ID), casePath(one.ID), verdict(billing.VerdictNotDelivered))
	got := first.do(http.MethodPost, "/admin/unknown/lists", form)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find(".note-failed")), "Things have changed") || !strings.Contains(text(got.Find("tbody .field-error")), "Another proposal about it waits") {
		t.Errorf("%d, %q", got.status, text(got.Find("main")))
	}
}

func TestASecondOperatorRejectsAList(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	one := p.order(t, c, "r1")
	first, second := p.as(t, billing.RoleFinance), p.as(t, billing.RoleFinance)
	path := first.do(http.MethodPost, "/admin/unknown/lists", carried(first, first.upload("id,verdict\n"+one.ID.String()+",delivered\n", fromStatement))).header.Get("Location")
	if got := second.submit(path, path+"/disagree", url.Values{"objection": {" "}}); got.status != http.StatusUnprocessableEntity || got.Find("#f-objection-error").Length() != 1 {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := second.submit(path, path+"/disagree", url.Values{"objection": {"wrong day"}}); got.status != http.StatusSeeOther {
		t.Errorf("rejected: %d", got.status)
	}
	if len(p.waits(t, one.ID)) != 0 || p.read(t, one.ID).Status != billing.StatusUnknown {
		t.Error("it still waits, or something moved")
	}
}

// What somebody outside wrote cannot become a formula in a spreadsheet, and comes
// back as it was.
func TestTheOpenCasesCanBeFilledInAndSentBack(t *testing.T) {
	t.Parallel()
	p := unclear(t)
	c := storetest.Customer(t, p.store, "100")
	p.order(t, c, "-r1")
	v := p.as(t, billing.RoleFinance)
	got := v.get("/admin/unknown/open.csv")
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][2] != "'-r1" {
		t.Fatalf("the file is %q, %v", got.body, err)
	}
	rows[1][9] = "delivered"
	var file bytes.Buffer
	if err := csv.NewWriter(&file).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if page := v.upload("\xef\xbb\xbf"+file.String(), fromStatement); page.Find(`form[action="/admin/unknown/lists"]`).Length() != 1 {
		t.Errorf("sent back: %q", text(page.Find("tbody")))
	}
}
