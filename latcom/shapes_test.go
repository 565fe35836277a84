package latcom

// One row for each shape that contract §7 names, as bytes on a connection.

import (
	"context"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

const (
	good = `{"status":"Success","transId":"LT12345678","venTransid":"V99","responseMessage":"ok","vendorResponseCode":"0","vendorResponseMsg":"Success"}`
	fail = `{"uid":"U1","amount":50,"productId":"TFE_MXN_20_TO_2000","service":2,"transId":"LT12345678","status":"Fail",` +
		`"createdAt":"2026-01-01T00:00:00Z","venTransid":null,"responseCode":null,"responseMessage":null,` +
		`"vendorResponseMsg":"Product not Found","vendorResponseCode":"-120054","distTransid":"d1","endedAt":"2026-01-01T00:00:00Z"}`
	noIP = `{"error":"Validation Error","message":"IP Address not authorized","status":400,"timestamp":"2026-01-01T00:00:00Z"}`
)

// with changes a part of an answer.
func with(answer string, oldNew ...string) string {
	return strings.NewReplacer(oldNew...).Replace(answer)
}

func failText(text string) string {
	return with(fail, "Product not Found", text, "-120054", "-7")
}

type shape struct {
	name    string
	answers []say
	outcome billing.Outcome
	fault   billing.Fault
	row     string
}

func ok(name, body string) shape {
	return shape{name, []say{json200(body)}, delivered, nobody, "answer.success"}
}

func no(name, body, row string, fault billing.Fault) shape {
	return shape{name, []say{json200(body)}, refused, fault, row}
}

func open(name, body, row string) shape {
	return shape{name, []say{json200(body)}, unknown, provider, row}
}

func at(name, row string, answers ...say) shape {
	return shape{name, answers, unknown, provider, row}
}

var shapes = []shape{
	ok("a success", good),
	ok("a success in capitals", with(good, `"status":"Success"`, `"status":"SUCCESS"`)),
	ok("a success with code 0 as a number", with(good, `"0"`, `0`)),
	ok("a success with code null", with(good, `"0"`, `null`)),
	ok("a success with code empty", with(good, `"0"`, `""`)),
	ok("a success without a code", `{"status":"success","transId":"LT1","venTransid":"V1"}`),
	ok("a success without a carrier's id", with(good, `"V99"`, `null`)),
	{"a success in pieces", []say{inPieces(good)}, delivered, nobody, "answer.success"},
	open("a success with another code", with(good, `"0"`, `"-1"`), "answer.success_with_code"),
	open("a success with the code 00", with(good, `"0"`, `"00"`), "answer.success_with_code"),
	open("a success with the code false", with(good, `"0"`, `false`), "answer.success_with_code"),
	open("a success that speaks of a duplicate", with(good, `"ok"`, `"DUPLICATE transaction"`), "answer.duplicate"),

	no("a failure: product not found", fail, "answer.refused_product", us),
	no("a failure, status failed", with(fail, `"Fail"`, `"FAILED"`), "answer.refused_product", us),
	no("a failure with a code nobody has seen", failText("Not possible"), "answer.refused_unlisted", provider),
	no("a failure without a code", with(failText("Not possible"), `"-7"`, `null`), "answer.refused_unlisted", provider),
	no("a failure because of the float", failText("Saldo insuficiente"), "answer.refused_unlisted_us", us),
	no("a failure because of the number", failText("Número inválido"), "answer.refused_unlisted_number", number),
	no("a failure that speaks of number and product", failText("Product not allowed for this number"), "answer.refused_unlisted", provider),
	no("a failure without endedAt", `{"status":"fail","vendorResponseMsg":"Not possible"}`, "answer.refused_unlisted", provider),
	no("a failure with an empty carrier's id", with(fail, `"venTransid":null`, `"venTransid":""`), "answer.refused_product", us),
	open("a failure that has not ended", with(fail, `"endedAt":"2026-01-01T00:00:00Z"`, `"endedAt":null`), "answer.fail_not_ended"),
	open("a failure with a carrier's id", with(fail, `"venTransid":null`, `"venTransid":"V1"`), "answer.fail_with_carrier_id"),
	open("a failure with a carrier's id that is a number", with(fail, `"venTransid":null`, `"venTransid":0`), "answer.fail_with_carrier_id"),
	open("a failure that speaks of pending", failText("Transaction PENDING"), "answer.fail_delayed"),
	open("a failure with a known code that speaks of pending", with(fail, "Product not Found", "pending"), "answer.fail_delayed"),
	open("a failure that speaks of pendiente", failText("Recarga pendiente"), "answer.fail_delayed"),
	open("a failure that speaks of processing", failText("Still Processing"), "answer.fail_delayed"),
	open("a failure that speaks of procesando", failText("Se está procesando"), "answer.fail_delayed"),
	open("a failure that speaks of in progress", failText("IN_PROGRESS"), "answer.fail_delayed"),
	open("a failure that speaks of en proceso", failText("La recarga está en proceso"), "answer.fail_delayed"),
	open("a failure that speaks of a timeout", failText("Time-out at carrier"), "answer.fail_delayed"),
	open("a failure that timed out", failText("Request timed out"), "answer.fail_delayed"),
	open("a failure that speaks of tiempo agotado", failText("Tiempo agotado"), "answer.fail_delayed"),
	open("a failure that speaks of tiempo de espera", failText("Tiempo de espera excedido"), "answer.fail_delayed"),
	open("a failure that speaks of a duplicate", failText("Duplicated transaction"), "answer.duplicate"),
	open("a failure that speaks of duplicada", failText("Transacción duplicada"), "answer.duplicate"),
	open("a failure that speaks of already", failText("Order already exists"), "answer.duplicate"),
	open("a failure that speaks of ya existe", failText("La orden ya existe"), "answer.duplicate"),
	open("a failure that says ya", failText("YA FUE procesada"), "answer.duplicate"),
	open("a failure whose other text speaks of pending",
		with(failText("Not possible"), `"responseMessage":null`, `"responseMessage":"pending"`), "answer.fail_delayed"),
	no("a failure with ya inside a word", failText("Playa Bay"), "answer.refused_unlisted", provider),

	open("another status", with(good, `"status":"Success"`, `"status":"Pending"`), "answer.other_status"),
	open("a status that only begins with success", with(good, `"status":"Success"`, `"status":"Successful"`), "answer.other_status"),
	open("a status that is true", with(good, `"status":"Success"`, `"status":true`), "answer.other_status"),
	open("no status", `{"transId":"LT1"}`, "answer.other_status"),
	open("an empty object", `{}`, "answer.other_status"),
	open("an empty answer", ``, "answer.unreadable"),
	open("a web page", `<html>`, "answer.unreadable"),
	open("half of the JSON as a whole answer", good[:len(good)/2], "answer.unreadable"),
	open("a list", `[`+good+`]`, "answer.unreadable"),
	open("two answers in one", good+good, "answer.unreadable"),
	open("a status twice", with(good, `{"status":"Success"`, `{"status":"Fail","status":"Success"`), "answer.unreadable"),
	open("a status in another spelling", with(good, `"status"`, `"Status"`), "answer.unreadable"),
	at("an answer of more than 64 KiB", "answer.too_large", json200(with(good, "ok", strings.Repeat("o", 65<<10)))),
	at("an answer cut in its body", "answer.cut", raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"+good)),
	at("an answer cut in a chunk", "answer.cut", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n"+good)),
	at("an answer cut in its headers", "transport.lost_after", raw("HTTP/1.1 200 OK\r\nConte")),
	at("an answer that is not HTTP", "transport.lost_after", raw("bonjour\r\n\r\n")),
	at("no answer, closed", "transport.lost_after", closes),
	at("no answer, ever", "transport.timeout_after", hang),
	at("headers and then nothing", "transport.timeout_after", headersOnly),

	{"one 401, then delivered", []say{reply(401, "", `{"error":"Unauthorized"}`), json200(good)}, delivered, nobody, "answer.success"},
	{"one 401 without JSON, then delivered", []say{reply(401, "", ``), json200(good)}, delivered, nobody, "answer.success"},
	{"a second 401", []say{reply(401, "", `{"error":"Unauthorized"}`)}, notSent, us, "answer.unauthorized_twice"},
	at("a 401 after more than 2 s", "answer.unauthorized_late", after(2001*time.Millisecond, reply(401, "", `{"error":"Unauthorized"}`))),
	at("a 401 with a transId", "answer.unauthorized_late", reply(401, "", `{"error":"Unauthorized","transId":"LT1"}`)),
	at("a 401 with a transId in unreadable JSON", "answer.unauthorized_late", reply(401, "", `{"error":"Unauthorized","transId":"LT1"`)),
	at("a 401, then one that is late", "answer.unauthorized_late", reply(401, "", `{}`), after(3*time.Second, reply(401, "", `{}`))),
	at("a 401, then no answer", "transport.lost_after", reply(401, "", `{}`), closes),
	at("a 401, then one that speaks of a duplicate", "answer.duplicate", reply(401, "", `{}`), reply(401, "", `{"error":"duplicate"}`)),
	at("a 401 that speaks of a duplicate", "answer.duplicate", reply(401, "", `{"error":"duplicate"}`)),
	{"a 401 whose transId is null, twice", []say{reply(401, "", `{"transId":null}`)}, notSent, us, "answer.unauthorized_twice"},
	{"a 429", []say{reply(429, "Retry-After: 7\r\n", `{"error":"Too Many Requests"}`)}, notSent, provider, "answer.throttled"},
	{"a 429 after exactly 2 s", []say{after(2*time.Second, reply(429, "", ``))}, notSent, provider, "answer.throttled"},
	at("a 429 after more than 2 s", "answer.throttled_late", after(2001*time.Millisecond, reply(429, "", ``))),
	at("a 429 with a transId", "answer.throttled_late", reply(429, "", `{"transId":"LT1"}`)),
	at("a 429 that is cut", "answer.cut", raw("HTTP/1.1 429 X\r\nContent-Length: 50\r\n\r\n{")),

	at("a 409", "answer.conflict", reply(409, "", `{"error":"Conflict"}`)),
	at("a 425", "answer.too_early", reply(425, "", `{"error":"Too Early"}`)),
	at("a 408", "answer.request_timeout", reply(408, "", `{"error":"Request Timeout"}`)),
	at("a 301", "answer.redirect", reply(301, "Location: /api/tn/elsewhere\r\n", ``)),
	at("a 307, which would repeat the order", "answer.redirect", reply(307, "Location: /api/tn/fast\r\n", ``)),
	at("a 500", "answer.server_error", reply(500, "", `{"error":"Internal"}`)),
	at("a 503 that says fail", "answer.server_error", reply(503, "", fail)),
	at("a 504", "answer.server_error", reply(504, "", `<html>`)),
	at("a 201 that says success", "unclassified", reply(201, "", good)),
	at("a 204", "unclassified", raw("HTTP/1.1 204 X\r\n\r\n")),
	at("a 101", "unclassified", raw("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")),
	at("a 600", "unclassified", reply(600, "", good)),

	{"a 400 with an error", []say{reply(400, "", `{"error":"Bad Request"}`)}, refused, provider, "answer.error"},
	{"a 404 with an error", []say{reply(404, "", `{"error":"Not Found","message":"nothing here"}`)}, refused, provider, "answer.error"},
	{"a 422 because of the number", []say{reply(422, "", `{"error":"Validation","message":"targetMSISDN: invalid number"}`)}, refused, number, "answer.error_number"},
	{"a 403 because of us", []say{reply(403, "", noIP)}, refused, us, "answer.error_us"},
	at("a 400 that speaks of a duplicate", "answer.duplicate", reply(400, "", `{"error":"Duplicate dist_transid"}`)),
	at("a 400 that speaks of a duplicate in a detail", "answer.duplicate", reply(400, "", `{"error":"Bad","details":[{"why":"ya existe"}]}`)),
	at("a 400 that speaks of pending", "answer.error_doubtful", reply(400, "", `{"error":"pending"}`)),
	at("a 400 that says success", "answer.error_doubtful", reply(400, "", `{"error":"x","status":"Success"}`)),
	at("a 400 without an error", "answer.error_bare", reply(400, "", `{"message":"no"}`)),
	at("a 400 with an error that is null", "answer.error_bare", reply(400, "", `{"error":null}`)),
	at("a 404 with a web page", "answer.error_bare", reply(404, "", `<html>`)),
}

func TestEachShapeOfTheContractHasItsOutcome(t *testing.T) {
	for _, want := range shapes {
		t.Run(want.name, func(t *testing.T) {
			f := &fake{onOrder: want.answers}
			withFake(t, f, func(c *Client) {
				got := c.TopUp(context.Background(), send("d1"))
				if got.Outcome != want.outcome || got.Row != want.row || got.Fault != want.fault {
					t.Errorf("got %s, %q by %s (%q), want %s, %q by %s", got.Outcome, got.Fault, got.Row, got.Reason, want.outcome, want.fault, want.row)
				}
				if got.Evidence.BytesWritten == 0 || !strings.HasPrefix(got.Evidence.Request, "POST /api/tn/fast\nAuthorization: Bearer [redacted]\n{") {
					t.Errorf("evidence: %+v", got.Evidence)
				}
				if n := f.received(); n > len(want.answers) && want.row != "answer.unauthorized_twice" {
					t.Errorf("%d orders reached Latcom", n)
				}
			})
		})
	}
}

// A row that no shape reaches could be flipped and nobody would notice.
func TestEveryRowOfThePolicyIsReachedByATest(t *testing.T) {
	reached := map[string]bool{rowUnclassified: true, rowUnauthorized: true} // a first 401 is always followed by more
	for _, s := range shapes {
		reached[s.row] = true
	}
	for _, s := range unsent {
		reached[s.row] = true
	}
	for _, s := range inquiries {
		reached[s.row] = true
	}
	for _, s := range givenUp {
		reached[s.row] = true
	}
	for _, s := range heldBack {
		reached[s.row] = true
	}
	for _, row := range Policy() {
		if !reached[row.Name] && row.Name != rowMalformed { // which has a test of its own
			t.Errorf("no test reaches %s", row.Name)
		}
	}
}
