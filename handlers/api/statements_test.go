package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

func members(t *testing.T, list any) (objects []map[string]any) {
	t.Helper()
	for _, one := range list.([]any) {
		objects = append(objects, one.(map[string]any))
	}
	return objects
}

func TestAStatementAddsUpAsJSONAndAsAFile(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	_, stranger := s.customer("7")
	for i := range 3 {
		s.order(key, orderOf(fmt.Sprintf("r%d", i)))
	}
	months := members(t, s.ask(http.MethodGet, "/api/v1/statements", key, "").body["data"])
	month := time.Now().UTC().Format("2006-01")
	if len(months) != 1 || months[0]["month"] != month || months[0]["closed"] != false {
		t.Fatalf("the months are %v", months)
	}
	path := "/api/v1/statements/" + month
	page := s.ask(http.MethodGet, path+"?limit=4", key, "")
	if entries := members(t, page.body["entries"]); len(entries) != 4 || entries[0]["number"] != 1.0 || entries[3]["number"] != 4.0 {
		t.Errorf("the first page has %v", entries)
	}
	s.order(key, orderOf("later")) // a page stays right while entries arrive
	page = s.ask(http.MethodGet, path+"?limit=4&cursor="+page.text("next_cursor"), key, "")
	entries := members(t, page.body["entries"])
	if len(entries) != 4 || entries[0]["number"] != 5.0 {
		t.Errorf("the second page has %v", entries)
	}
	if last := s.ask(http.MethodGet, path+"?limit=4&cursor="+page.text("next_cursor"), key, ""); len(last.body["entries"].([]any)) != 1 || last.body["next_cursor"] != nil {
		t.Errorf("the last page is %s", last.raw)
	}
	whole := s.ask(http.MethodGet, path, key, "")
	closing, _ := whole.body["closing"].(map[string]any)
	if closing["balance"] != "88.8888" || closing["held"] != "0.0000" || closing["number"] != 9.0 {
		t.Errorf("it closes with %v", closing)
	}
	wantSum(t, whole.body, "balance", "balance_change")
	wantSum(t, whole.body, "held", "held_change")
	rows, err := csv.NewReader(strings.NewReader(s.ask(http.MethodGet, path, key, "", "Accept", "text/csv").raw)).ReadAll()
	if err != nil || len(rows) != 10 || rows[1][0] != "1" || rows[9][5] != "88.8888" {
		t.Errorf("the file has %v, %v", rows, err)
	}
	if a := s.ask(http.MethodGet, path, stranger, ""); strings.Contains(a.raw, "88.8888") || a.body["closing"].(map[string]any)["balance"] != "7.0000" {
		t.Errorf("a stranger reads %s", a.raw)
	}
	for _, none := range []string{"2020-01", "2999-01", "2026-13", "now", "2026-3"} {
		if a := s.ask(http.MethodGet, "/api/v1/statements/"+none, key, ""); a.status != http.StatusNotFound || a.text("code") != codeNotFound {
			t.Errorf("%s: %d %s", none, a.status, a.raw)
		}
	}
	if a := s.ask(http.MethodGet, path+"?limit=4", key, "", "Accept", "text/csv"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a file with pages: %d", a.status)
	}
	if a := s.ask(http.MethodHead, path, key, "", "Accept", "text/csv"); a.status != http.StatusOK || a.header.Get("Content-Type") != asCSV {
		t.Errorf("HEAD of a file: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

// wantSum holds opening, movements and entries of a statement against its closing.
func wantSum(t *testing.T, statement map[string]any, standing, change string) {
	t.Helper()
	opening, _ := statement["opening"].(map[string]any)
	closing, _ := statement["closing"].(map[string]any)
	for _, list := range []string{"movements", "entries"} {
		sum := billing.MustUSD(fmt.Sprint(opening[standing]))
		for _, one := range members(t, statement[list]) {
			sum = sum.Add(billing.MustUSD(fmt.Sprint(one[change])))
		}
		if sum.String() != closing[standing] {
			t.Errorf("opening and %s make a %s of %s, the closing says %v", list, standing, sum, closing[standing])
		}
	}
}

func TestTheLedgerIsAFileToo(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	for i := range 3 {
		s.order(key, `{"phone":"5512345678","amount":50,"reference":"-r`+fmt.Sprint(i)+`"}`)
	}
	rows, err := csv.NewReader(strings.NewReader(s.ask(http.MethodGet, "/api/v1/ledger", key, "", "Accept", "text/csv").raw)).ReadAll()
	if err != nil || len(rows) != 8 || rows[1][0] != "7" || rows[7][0] != "1" || rows[1][9] != "'-r2" {
		t.Errorf("CSV: %v, %v", rows, err)
	}
	lines := strings.Split(strings.TrimSpace(s.ask(http.MethodGet, "/api/v1/ledger", key, "", "Accept", "application/x-ndjson").raw), "\n")
	for _, line := range lines {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		s.conforms(s.api.huma.OpenAPI().Components.Schemas.Map()["Entry"], entry)
	}
	if len(lines) != 7 {
		t.Errorf("%d lines of NDJSON", len(lines))
	}
	_, empty := s.customer("0")
	if a := s.ask(http.MethodGet, "/api/v1/ledger", empty, "", "Accept", "text/csv"); strings.Count(a.raw, "\r\n") != 1 {
		t.Errorf("an empty file is %q", a.raw)
	}
	if a := s.ask(http.MethodGet, "/api/v1/statements", empty, ""); a.raw != `{"data":[]}`+"\n" {
		t.Errorf("months of an account without entries: %s", a.raw)
	}
}
