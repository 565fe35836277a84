package latcom

// What an inquiry decides, and what it does not.

import (
	"context"
	"testing"

	"latcom.example/latcom-billing/billing"
)

var inquiries = []struct {
	name    string
	login   say
	answers []say
	outcome billing.Outcome
	fault   *billing.Fault // nil: that of the row, which the shapes prove
	row     string
}{
	{"delivered", nil, []say{json200(good)}, delivered, nil, "answer.success"},
	{"refused", nil, []say{json200(fail)}, refused, nil, "answer.refused_product"},
	{"still pending", nil, []say{json200(`{"status":"Pending"}`)}, unknown, nil, "answer.other_status"},
	{"a failure that has not ended", nil, []say{json200(with(fail, `"endedAt":"2026-01-01T00:00:00Z"`, `"endedAt":null`))}, unknown, nil, "answer.fail_not_ended"},
	{"not seen", nil, []say{reply(404, "", `{"error":"Not Found"}`)}, unknown, faultOf(nobody), "inquiry.not_seen"},
	{"another order", nil, []say{json200(with(fail, `"d1"`, `"d2"`))}, unknown, faultOf(provider), "inquiry.another"},
	{"one 401, then delivered", nil, []say{reply(401, "", ``), json200(good)}, delivered, nil, "answer.success"},
	{"401, always", nil, []say{reply(401, "", ``)}, unknown, faultOf(provider), "inquiry.failed"},
	{"429", nil, []say{reply(429, "", ``)}, unknown, faultOf(provider), "inquiry.failed"},
	{"a 400 with an error", nil, []say{reply(400, "", `{"error":"Bad Request"}`)}, unknown, faultOf(provider), "inquiry.failed"},
	{"500", nil, []say{reply(500, "", ``)}, unknown, faultOf(provider), "inquiry.failed"},
	{"no answer", nil, []say{closes}, unknown, faultOf(provider), "inquiry.failed"},
	{"an answer cut", nil, []say{raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + good)}, unknown, faultOf(provider), "inquiry.failed"},
	{"no login", reply(500, "", ``), []say{json200(good)}, unknown, faultOf(provider), "inquiry.failed"},
}

func TestAnInquiryDecidesOnlyByAKnownAnswer(t *testing.T) {
	for _, want := range inquiries {
		t.Run(want.name, func(t *testing.T) {
			f := &fake{onLogin: want.login, onOrder: want.answers}
			withFake(t, f, func(c *Client) {
				got := c.Inquire(context.Background(), "d1")
				if got.Outcome != want.outcome || got.Row != want.row || want.fault != nil && got.Fault != *want.fault {
					t.Errorf("got %s by %s (%q)", got.Outcome, got.Row, got.Reason)
				}
			})
		})
	}
}

func TestAnInquiryThatCannotBeAskedProvesNothing(t *testing.T) {
	f := &fake{onOrder: []say{json200(good)}}
	withFake(t, f, func(c *Client) {
		if got := c.Inquire(context.Background(), "../tn/fast"); got.Outcome != unknown || got.Row != "inquiry.failed" || f.dials != 0 {
			t.Errorf("got %s by %s", got.Outcome, got.Row)
		}
	})
}
