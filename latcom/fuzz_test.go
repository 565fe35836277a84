package latcom

// The decoder of Latcom's answers against Go's own, and the two readers of
// answers that FuzzDecide does not reach: inquiries and logins.

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

var strangeBodies = []string{
	good, fail, noIP, `{}`, `[]`, ``, `null`, `{"status":"Success","status":"Fail"}`, `{"status":"Success","Status":"Fail"}`, "\ufeff{}",
	`{"a":1}{"b":2}`, `{"a":{"status":"Success"}}`, `{"status":"\u0053uccess"}`, `{"\u0073tatus":"Success"}`, `{"status":1e999}`, "{\"\xff\":1}",
	`{"access":"TOKEN"}`, `{"access":""}`, `{"access":7}`, `{"access":"a b"}`, `{"Access":"T"}`, `{"a":1,}`, `{"distTransid":"LBA","status":"Success"}`,
}

// FuzzReadFields: what the decoder takes is an object to Go's as well, with the
// same fields and values, none of them there twice and none known by another
// spelling.
func FuzzReadFields(f *testing.F) {
	for _, body := range strangeBodies {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := readFields(body)
		if err != nil {
			return
		}
		var theirs map[string]json.RawMessage
		if err := json.Unmarshal(body, &theirs); err != nil || len(theirs) != len(got) {
			t.Fatalf("%q: %d fields, Go's decoder has %d: %v", body, len(got), len(theirs), err)
		}
		spelled := map[string]string{}
		for name, raw := range theirs {
			if !bytes.Equal(raw, got[name]) {
				t.Errorf("%q: %q is %s, to Go's decoder %s", body, name, got[name], raw)
			}
			small := strings.ToLower(name)
			if _, twice := spelled[small]; twice {
				t.Errorf("%q: %q is there twice", body, name)
			}
			spelled[small] = name
		}
		for _, known := range knownFields {
			if name, there := spelled[strings.ToLower(known)]; there && name != known {
				t.Errorf("%q: %q passes beside %s", body, name, known)
			}
		}
	})
}

// FuzzInquiry: an answer about another order, or of any status but 200, proves
// nothing about this one.
func FuzzInquiry(f *testing.F) {
	for _, body := range strangeBodies {
		for _, status := range []int{200, 202, 401, 404, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		s := look(exchange{event: EventAnswered, status: status, body: body, written: 300, took: time.Millisecond})
		s.inquiry = "LBMINE"
		row := table.judge(s)
		if row.Outcome == billing.OutcomeUnknown {
			return
		}
		var plainly map[string]any
		if json.Unmarshal(body, &plainly) != nil || status != 200 || row.Outcome == billing.OutcomeNotSent {
			t.Errorf("%s by %s: %d %q", row.Outcome, row.Name, status, body)
		}
		if named := plainly["distTransid"]; named != nil && named != "" && named != "LBMINE" {
			t.Errorf("%s by %s about %v: %q", row.Outcome, row.Name, named, body)
		}
	})
}

// FuzzLogin: a token comes of a 200 with `access` alone, and can stand in a header.
func FuzzLogin(f *testing.F) {
	for _, body := range strangeBodies {
		for _, status := range []int{200, 201, 400, 401, 429, 503} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		token, failed := readLogin(exchange{event: EventAnswered, status: status, body: body}, newVeil("the password"))
		if (token == "") == (failed == nil) {
			t.Fatalf("%d %q: token %q, error %v", status, body, token, failed)
		}
		if failed != nil {
			return
		}
		var plainly map[string]any
		if json.Unmarshal(body, &plainly) != nil || status != 200 || plainly["access"] != token {
			t.Errorf("%d %q gave the token %q", status, body, token)
		}
		if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("the token %q cannot stand in a header", token)
		}
	})
}
