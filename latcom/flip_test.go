package latcom

// Every row of the policy is contradicted by a test when it is judged otherwise,
// left out, or read in another order.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

// known is something that was seen, with what the tables of the other tests say
// that it means.
type known struct {
	name    string
	seen    seen
	outcome billing.Outcome
	fault   *billing.Fault // nil: the other test does not say
	row     string
}

// contradicts says whether p judges it otherwise than the tests.
func (k known) contradicts(p policy) bool {
	row := p.judge(k.seen)
	return row.Outcome != k.outcome || k.fault != nil && row.Fault != *k.fault
}

// watched runs an order or an inquiry and returns what the policy was asked last.
func watched(t *testing.T, f *fake, run func(c *Client)) seen {
	t.Helper()
	var last seen
	withFake(t, f, func(c *Client) {
		c.judge = func(s seen) Row {
			last = s
			return table.judge(s)
		}
		run(c)
	})
	return last
}

// allKnown are the cases of the tests of shapes, of what was not sent, given up or
// held back, and of inquiries.
func allKnown(t *testing.T) []known {
	t.Helper()
	var all []known
	add := func(name string, s seen, outcome billing.Outcome, fault *billing.Fault, row string) {
		all = append(all, known{name, s, outcome, fault, row})
	}
	order := func(c *Client) { c.TopUp(context.Background(), send("d1")) }
	for _, want := range shapes {
		add(want.name, watched(t, &fake{onOrder: want.answers}, order), want.outcome, &want.fault, want.row)
	}
	for _, want := range unsent {
		f := &fake{onLogin: want.login, onOrder: []say{json200(good)}}
		if want.conn != nil {
			f.onLogin = reply(200, "Connection: close\r\n", `{"access":"TOKEN"}`)
			f.instead = afterLogin(want.conn)
		}
		add(want.name, watched(t, f, order), notSent, &want.fault, want.row)
	}
	for _, want := range inquiries {
		f := &fake{onLogin: want.login, onOrder: want.answers}
		add(want.name, watched(t, f, func(c *Client) { c.Inquire(context.Background(), "d1") }), want.outcome, want.fault, want.row)
	}
	for _, want := range givenUp {
		f := &fake{onLogin: want.login, onOrder: []say{after(6*time.Second, headersOnly)}}
		add(want.name, watched(t, f, func(c *Client) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			if want.after == 0 {
				cancel()
			}
			time.AfterFunc(want.after, cancel)
			c.TopUp(ctx, send("d1"))
			passes(10 * time.Second)
		}), want.outcome, faultOf(nobody), want.row)
	}
	for _, want := range heldBack {
		add(want.name, watched(t, &fake{onOrder: append(want.answers, json200(good))}, func(c *Client) {
			asked, request := int32(0), send("d1")
			request.MayStart = func() bool { asked++; return asked <= want.yes }
			order := func() { c.TopUp(context.Background(), request) }
			if order(); want.name == "on a kept connection" {
				order()
			}
		}), notSent, faultOf(us), want.row)
	}
	malformed := exchange{event: EventMalformed, err: errors.New("no phone")}
	add("an order that cannot be written", seen{malformed: true, exchange: malformed}, notSent, faultOf(us), rowMalformed)
	add("a first 401", look(exchange{event: EventAnswered, status: http.StatusUnauthorized, written: 600}), notSent, faultOf(nobody), rowUnauthorized)
	return all
}

func faultOf(f billing.Fault) *billing.Fault { return &f }

func TestAFlippedRowContradictsATest(t *testing.T) {
	all := allKnown(t)
	for _, k := range all {
		if row := table.judge(k.seen); k.contradicts(table) || row.Name != k.row {
			t.Errorf("%s: judged by %s, not by %s", k.name, row.Name, k.row)
		}
	}
	contradicted := func(p policy) bool {
		return slices.ContainsFunc(all, func(k known) bool { return k.contradicts(p) })
	}
	for i, row := range table {
		for _, outcome := range []billing.Outcome{delivered, refused, notSent, unknown} {
			flipped := slices.Clone(table)
			if flipped[i].Outcome = outcome; outcome != row.Outcome && !contradicted(flipped) {
				t.Errorf("%s could be %s, and no test would notice", row.Name, outcome)
			}
		}
		for _, fault := range []billing.Fault{nobody, provider, billing.FaultReseller, number, us} {
			flipped := slices.Clone(table)
			if flipped[i].Fault = fault; fault != row.Fault && !contradicted(flipped) {
				t.Errorf("%s could be the fault of %q, and no test would notice", row.Name, fault)
			}
		}
		// Without the last one, judge says the same.
		if without := slices.Delete(slices.Clone(table), i, i+1); i < len(table)-1 && !namesMatter(all, without) {
			t.Errorf("%s could be missing, and no test would notice", row.Name)
		}
	}
}

// namesMatter says whether some known case is judged by another row than its own.
func namesMatter(all []known, p policy) bool {
	return slices.ContainsFunc(all, func(k known) bool { return p.judge(k.seen).Name != k.row })
}

// Where two rows that stand one after the other fit the same thing, a test knows
// such a thing: else they could be read the other way round.
func TestTheOrderOfTheRowsIsTested(t *testing.T) {
	all, anything := allKnown(t), everything()
	for i := range len(table) - 1 {
		first, second := table[i], table[i+1]
		if first.Outcome == second.Outcome && first.Fault == second.Fault {
			continue // it would only be named otherwise
		}
		decides := func(s seen) bool { return first.fits(s) && second.fits(s) && table.judge(s).Name == first.Name }
		meet := slices.IndexFunc(anything, decides)
		if meet < 0 {
			continue // nothing fits both
		}
		swapped := slices.Clone(table)
		swapped[i], swapped[i+1] = second, first
		if !slices.ContainsFunc(all, func(k known) bool { return k.contradicts(swapped) }) {
			s := anything[meet]
			t.Errorf("%s and %s could change places, and no test would notice: both fit %s %d %s", first.Name, second.Name, s.event, s.status, s.body)
		}
	}
}

// everything is each way in which an exchange can end, with each answer.
func everything() []seen {
	var all []seen
	answered := []string{
		good, fail, noIP, `{}`, `<html>`, ``, `{"error":"x"}`, `{"error":"x","transId":"LT1"}`, `{"error":"duplicate"}`, `{"error":"pending"}`,
		`{"error":"saldo"}`, `{"error":"invalid number"}`, `{"error":"saldo of the number"}`, `{"status":"Pending"}`, `{"transId":"LT1"}`,
		failText("Saldo insuficiente"), failText("Número inválido"), failText("x"), failText("pending"), failText("duplicate"),
		with(failText("saldo"), `"venTransid":null`, `"venTransid":"V1"`), with(fail, `"endedAt":"2026-01-01T00:00:00Z"`, `"endedAt":null`),
		with(good, `"0"`, `"7"`), with(good, `"ok"`, `"duplicate"`), with(fail, `"d1"`, `"d2"`), with(fail, "Product not Found", "pending"),
		with(fail, "Product not Found", "invalid number"), with(fail, `"venTransid":null`, `"venTransid":"V1"`),
	}
	events := []string{
		EventAnswered, EventCut, EventTooLarge, EventTimeout, EventCancelled, EventLost, EventRefused, EventDNS, EventTLS,
		EventUnreachable, EventHeldBack, EventMalformed, EventNotLoggedIn,
	}
	logins := []*loginError{nil, {row: rowLoginAddress}, {row: rowLoginRefused}, {row: rowLoginFailed}, {row: rowCancelled}}
	for _, event := range events {
		statuses, bodies := []int{0, 200}, answered[:1]
		if event == EventAnswered {
			statuses, bodies = []int{101, 200, 201, 204, 301, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 503, 600}, answered
		}
		for _, status := range statuses {
			for _, body := range bodies {
				for variant := range 2 * 2 * 2 * 2 {
					s := look(exchange{event: event, status: status, body: []byte(body), written: int64(variant & 1 * 600), took: time.Duration(variant>>1&1) * 3 * time.Second})
					s.second = variant>>2&1 == 1
					if variant>>3&1 == 1 {
						s.inquiry = "d1"
					}
					all = append(all, s)
				}
			}
		}
	}
	for _, login := range logins {
		for _, inquiry := range []string{"", "d1"} {
			all = append(all, seen{login: login, inquiry: inquiry}, seen{login: login, inquiry: inquiry, malformed: true})
		}
	}
	return all
}

func ExampleNeedsClassification() {
	for _, row := range Policy() {
		if NeedsClassification(row.Name) {
			fmt.Println(row.Name, row.Outcome)
		}
	}
	// Output:
	// answer.success_with_code unknown
	// answer.refused_unlisted_us refused
	// answer.refused_unlisted_number refused
	// answer.refused_unlisted refused
	// answer.other_status unknown
	// answer.error_bare unknown
	// unclassified unknown
}
