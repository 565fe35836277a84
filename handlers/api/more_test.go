package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestAPhoneIsReadAsAnOrderWouldReadIt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("0")
	tests := []struct{ input, phone, problem string }{
		{"5512345678", "+525512345678", ""},
		{"(55) 1234-5678", "+525512345678", ""},
		{"+52 1 55 1234 5678", "+525512345678", ""},
		{"55.1234/5678", "+525512345678", ""},
		{"551234567", "", "digits missing: a Mexican number has 10"},
		{"+12125550100", "", "not a Mexican number"},
		{"abc", "", "not a phone number"},
	}
	for _, tt := range tests {
		a := s.ask(http.MethodGet, "/api/v1/numbers/"+url.PathEscape(tt.input), key, "")
		if a.status != http.StatusOK || a.text("input") != tt.input || a.text("phone") != tt.phone || a.text("problem") != tt.problem || a.body["valid"] != (tt.phone != "") {
			t.Errorf("%s: got %d %s", tt.input, a.status, a.raw)
		}
	}
	if a := s.ask(http.MethodGet, "/api/v1/numbers/5512345678", "", ""); a.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", a.status)
	}
	if a := s.ask(http.MethodGet, "/api/v1/numbers/5512345678", key, ""); a.body["in_numbering_plan"] != true || a.body["mobile"] != nil && a.body["mobile"] != true {
		t.Errorf("got %s", a.raw)
	}
}

func TestTheLedgerAddsUpAndItsPagesStayRight(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("100")
	_, other := s.customer("100")
	for i := range 3 {
		s.order(key, orderOf(fmt.Sprintf("r%d", i)))
		s.order(other, orderOf(fmt.Sprintf("r%d", i)))
	}
	var numbers []string
	path := "/api/v1/ledger?limit=2"
	for pages := 0; path != "" && pages < 10; pages++ {
		page := s.ask(http.MethodGet, path, key, "")
		if page.status != http.StatusOK {
			t.Fatalf("got %d %s", page.status, page.raw)
		}
		list, _ := page.body["data"].([]any)
		for _, one := range list {
			e, _ := one.(map[string]any)
			numbers = append(numbers, fmt.Sprintf("%v %v %v %v %v", e["number"], e["kind"], e["balance_change"], e["held_change"], e["reference"]))
		}
		s.order(key, orderOf(fmt.Sprintf("new%d", pages)))
		path = ""
		if cursor := page.text("next_cursor"); cursor != "" {
			path = "/api/v1/ledger?limit=2&cursor=" + cursor
		}
	}
	want := []string{
		"7 capture -2.7778 -2.7778 r2", "6 hold 0.0000 2.7778 r2", "5 capture -2.7778 -2.7778 r1", "4 hold 0.0000 2.7778 r1",
		"3 capture -2.7778 -2.7778 r0", "2 hold 0.0000 2.7778 r0", "1 deposit 100.0000 0.0000 <nil>",
	}
	if strings.Join(numbers, "|") != strings.Join(want, "|") {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(numbers, "\n"), strings.Join(want, "\n"))
	}
	for _, query := range []string{"limit=0", "limit=201", "limit=x", "cursor=x", "cursor=n0", "cursor=n01", "cursor=n-1", "cursor=n99999999999999999999", "from=2026"} {
		if a := s.ask(http.MethodGet, "/api/v1/ledger?"+query, key, ""); a.status != http.StatusUnprocessableEntity || a.text("code") != codeInvalid {
			t.Errorf("%s: got %d %s", query, a.status, a.raw)
		}
	}
}
