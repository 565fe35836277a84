package latcom

// What operators classified, and what they cannot.

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

// anew classifies the shape of an answer and sends the order once more.
func anew(t *testing.T, answer say, outcome billing.Outcome, fault billing.Fault) (before, after billing.Answer) {
	t.Helper()
	withFake(t, &fake{onOrder: []say{answer}}, func(c *Client) {
		before = c.TopUp(context.Background(), send("d1"))
		c.Classify([]billing.Classification{{Number: 17, ShapeKey: before.Shape, Was: before.Outcome, Outcome: outcome, Fault: fault}})
		after = c.TopUp(context.Background(), send("d2"))
	})
	return before, after
}

func TestAClassificationDecidesLaterAnswersOfItsShape(t *testing.T) {
	tests := []struct {
		name    string
		answer  say
		outcome billing.Outcome
		fault   billing.Fault
		row     string
	}{
		{"the fault of a refusal", json200(failText("Not possible")), refused, number, "classified.refused.number#17"},
		{"a refusal that is none", json200(failText("Not possible")), unknown, provider, "classified.unknown.provider#17"},
		{"a status that refuses", json200(`{"status":"Rejected","vendorResponseMsg":"blocked"}`), refused, billing.FaultReseller, "classified.refused.reseller#17"},
		{"a status that delivers", json200(`{"status":"Done","transId":"LT1","venTransid":"V1"}`), delivered, nobody, "classified.delivered.#17"},
		{"a 201 that delivers", reply(201, "", good), delivered, nobody, "classified.delivered.#17"},
		{"a code that delivers", json200(with(good, `"0"`, `"00"`)), delivered, nobody, "classified.delivered.#17"},
		{"a 404 without a word", reply(404, "", `{"message":"no such product 7"}`), refused, us, "classified.refused.us#17"},
		{"who is to blame for a doubt", reply(204, "", ``), unknown, us, "classified.unknown.us#17"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := anew(t, tt.answer, tt.outcome, tt.fault)
			if before.Shape == "" || !NeedsClassification(before.Row) {
				t.Fatalf("it is not listed: %s", before.Row)
			}
			if after.Outcome != tt.outcome || after.Fault != tt.fault || after.Row != tt.row || after.Shape != "" || after.Policy != PolicyVersion {
				t.Errorf("got %s, %q by %s", after.Outcome, after.Fault, after.Row)
			}
		})
	}
}

// Whatever was recorded, and however it got there.
func TestAClassificationNeverGoesAgainstSignsOfADelivery(t *testing.T) {
	rejected := `{"status":"Rejected","vendorResponseMsg":"blocked"}`
	for name, answer := range map[string]say{
		"a transId":                     json200(with(rejected, `{`, `{"transId":"LT1",`)),
		"a venTransid":                  json200(with(rejected, `{`, `{"venTransid":"V1",`)),
		"a venTransid that is a number": json200(with(rejected, `{`, `{"venTransid":0,`)),
		"an end that has not come":      json200(with(rejected, `{`, `{"endedAt":null,`)),
		"a word of pending":             json200(`{"status":"Rejected","vendorResponseMsg":"pendiente"}`),
		"a status that is pending":      json200(`{"status":"Pending"}`),
		"a word of success":             json200(`{"status":"Successful"}`),
		"success with another code":     json200(with(good, `"0"`, `"-1"`)),
		"nothing that can be read":      reply(404, "", `<html>not found</html>`),
		"nothing at all":                reply(204, "", ``),
		"no word":                       json200(`{}`),
		"a 201 that says success":       reply(201, "", good),
	} {
		t.Run(name, func(t *testing.T) {
			before, after := anew(t, answer, refused, number)
			if before.Outcome != unknown || after.Outcome != unknown {
				t.Errorf("got %s, then %s by %s", before.Outcome, after.Outcome, after.Row)
			}
		})
	}
	for name, answer := range map[string]say{
		"no id":              json200(`{"status":"Done"}`),
		"a 404":              reply(404, "", `{"transId":"LT1"}`),
		"a word of pending":  json200(`{"status":"Done","transId":"LT1","responseMessage":"pending"}`),
		"an end not come":    json200(`{"status":"Done","transId":"LT1","endedAt":null}`),
		"what says it fails": reply(201, "", fail),
		"a refusal":          json200(failText("Not possible")),
	} {
		t.Run("no delivery without a proof: "+name, func(t *testing.T) {
			if before, after := anew(t, answer, delivered, nobody); after.Outcome != before.Outcome || after.Row != before.Row {
				t.Errorf("got %s by %s", after.Outcome, after.Row)
			}
		})
	}
	if _, after := anew(t, json200(rejected), notSent, nobody); after.Outcome != unknown {
		t.Errorf("it would be sent again: %s", after.Outcome)
	}
}

// What the policy knows is not touched, whatever is recorded for its shape; nor is
// an inquiry, which is about an order that is past.
func TestAClassificationLeavesAloneWhatIsKnown(t *testing.T) {
	for _, known := range shapes {
		s := watched(t, &fake{onOrder: known.answers}, func(c *Client) { c.TopUp(context.Background(), send("d1")) })
		c := newClient(t, Config{BaseURL: "http://127.0.0.1:1"})
		key := s.shape(table.judge(s), c.line.veil).Key()
		for _, outcome := range []billing.Outcome{delivered, refused, unknown, notSent} {
			c.Classify([]billing.Classification{{ShapeKey: key, Outcome: outcome, Fault: us}})
			row, shape := c.rule(s)
			if NeedsClassification(known.row) != (shape != "" || row.Name != known.row) {
				t.Errorf("%s: %s, shape %q", known.name, row.Name, shape)
			}
			if !NeedsClassification(known.row) && (row.Outcome != known.outcome || row.Fault != known.fault) {
				t.Errorf("%s became %s", known.name, row.Outcome)
			}
			s.inquiry = "d1"
			if row, shape := c.rule(s); shape != "" || strings.HasPrefix(row.Name, "classified.") {
				t.Errorf("%s: an inquiry is decided by %s", known.name, row.Name)
			}
			s.inquiry = ""
		}
	}
}

func TestAnswersOfOneKindHaveOneShape(t *testing.T) {
	c := newClient(t, Config{BaseURL: "http://127.0.0.1:1"})
	shape := func(status int, body string) string {
		s := look(exchange{event: EventAnswered, status: status, body: []byte(body)})
		return s.shape(table.judge(s), c.line.veil).Key()
	}
	same := [][2]string{
		{shape(200, failText("Número 5512345678 bloqueado")), shape(200, failText("anything else"))}, // one code, whatever it says
		{shape(200, with(failText("Not possible 12"), `"-7"`, `null`)), shape(200, with(failText("NOT  possible 345"), `"-7"`, `""`))},
		{shape(200, `{"status":"Rejected","message":"Línea 55"}`), shape(200, `{"message":"linea 1234","status":"REJECTED"}`)},
		{shape(404, `<html>a 1</html>`), shape(404, `<html>A 2</html>`)},
	}
	for _, pair := range same {
		if pair[0] != pair[1] {
			t.Errorf("%s and %s", pair[0], pair[1])
		}
		if _, err := billing.ParseShape(pair[0]); err != nil {
			t.Error(err)
		}
	}
	others := []string{
		shape(200, failText("x")), shape(201, failText("x")), shape(200, with(failText("x"), `"-7"`, `"-8"`)), shape(200, with(failText("x"), `"-7"`, `null`)),
		shape(200, with(failText("y"), `"-7"`, `null`)), shape(200, with(failText("x"), `"Fail"`, `"Rejected"`)),
	}
	for i, one := range others {
		for _, other := range others[i+1:] {
			if one == other {
				t.Errorf("two kinds have the shape %s", one)
			}
		}
	}
	c.line.veil.keep("T0KEN-0F-0URS")
	if key := shape(404, `<html>T0KEN-0F-0URS "password":"hidden"</html>`); strings.Contains(strings.ToLower(key), "t0ken") || strings.Contains(key, "t#ken") || strings.Contains(key, "hidden") {
		t.Errorf("a secret is part of a shape: %s", key)
	}
}

func TestWhatOperatorsClassifiedIsExplained(t *testing.T) {
	for _, was := range []billing.Outcome{refused, unknown} {
		for _, outcome := range billing.ClassifiableOutcomes(was) {
			for _, fault := range billing.ClassifiableFaults(outcome) {
				row := billing.Classification{Number: 3, Outcome: outcome, Fault: fault}.Row()
				s, found := Explain(row)
				if !found || s.ResellerEN == "" || s.ResellerES == "" || !strings.HasSuffix(s.OperatorEN, ".") || !strings.HasSuffix(s.OperatorES, ".") || s.Fault != fault {
					t.Errorf("%s: %+v", row, s)
				}
			}
		}
	}
	if _, found := Explain("classified."); found {
		t.Error("a row that is none was explained")
	}
}

// FuzzClassified: whatever is classified for the shape of whatever answer, signs of
// a delivery are never refused, and nothing is delivered without an id.
func FuzzClassified(f *testing.F) {
	hasID := regexp.MustCompile(`"(ven)?transid":"[^"]`) // a field of that name, not one that ends so
	for _, body := range []string{
		good, fail, failText("x"), `{"status":"Rejected"}`, `{"status":"Rejected","transId":"LT1"}`, `{"status":"Done","venTransid":1}`, `{}`, `<html>`, ``,
		`{"status":"Rejected","vendorResponseMsg":"ya existe"}`, `{"status":"Rejected","endedAt":null}`, `{"0TrAnsid":"0"}`,
	} {
		for _, status := range []int{200, 201, 204, 404, 600} {
			f.Add(status, []byte(body))
		}
	}
	c, err := New(Config{BaseURL: "http://127.0.0.1:1"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		s := look(exchange{event: EventAnswered, status: status, body: body, written: 600, took: time.Second})
		alone := table.judge(s)
		for _, outcome := range []billing.Outcome{refused, delivered} {
			c.Classify([]billing.Classification{{ShapeKey: s.shape(alone, c.line.veil).Key(), Outcome: outcome, Fault: us}})
			row, _ := c.rule(s)
			text := strings.ToLower(string(body))
			signs := strings.Contains(text, "pending") || strings.Contains(text, "duplic") || hasID.MatchString(text)
			if row.Outcome == refused && alone.Outcome != refused && signs {
				t.Errorf("refused in spite of signs: %d %s", status, body)
			}
			if row.Outcome == delivered && alone.Outcome != delivered && (!strings.Contains(text, "transid") || status < http.StatusOK || status > 299) {
				t.Errorf("delivered without a proof: %d %s", status, body)
			}
		}
	})
}
