package history

// Answers with their evidence, in the words of package latcom and of Latcom.

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
)

// ids are those that Latcom and the carrier give.
type ids struct{ trans, ven string }

func newIDs(random *rand.Rand) ids {
	return ids{fmt.Sprintf("LT%010d", random.Int64N(1e10)), fmt.Sprintf("%012d", random.Int64N(1e12))}
}

// refusal is a way in which Latcom says no.
type refusal struct {
	of         float64 // share of all refusals
	text, code string
	row        string
	fault      billing.Fault
}

var refusals = []refusal{
	{0.50, "Invalid subscriber number", "-120012", "answer.refused_unlisted_number", billing.FaultNumber},
	{0.36, "Operation rejected", "-129999", "answer.refused_unlisted", billing.FaultProvider},
	{0.08, "Product not Found", "-120054", "answer.refused_product", billing.FaultUs},
	{0.06, "Insufficient balance", "-120033", "answer.refused_unlisted_us", billing.FaultUs},
}

// shape is that of a refusal which nobody has classified.
func (r refusal) shape() string {
	if !strings.HasPrefix(r.row, "answer.refused_unlisted") {
		return ""
	}
	return billing.Shape{Alone: billing.OutcomeRefused, HTTPStatus: 200, Status: "fail", Code: r.code}.Key()
}

// refusalAt is the refusal at a share from 0 to 1.
func refusalAt(share float64) refusal {
	for _, r := range refusals {
		if share -= r.of; share < 0 {
			return r
		}
	}
	return refusals[0]
}

const (
	latcomAddress = "192.0.2.10:443" // nobody's (RFC 5737)
	reused        = "reused, TLS 1.3, " + latcomAddress
	headerBytes   = 228
)

func delivered(t billing.TopUp, is ids, took time.Duration) billing.Answer {
	response := fmt.Sprintf(`{"responseMessage":"Transaction successful","status":"Success","transId":"%s","venTransid":"%s","vendorResponseCode":"0","vendorResponseMsg":"Success"}`, is.trans, is.ven)
	return billing.Answer{
		Outcome: billing.OutcomeDelivered, Row: "answer.success", Reason: "Success", Code: "0",
		ProviderTransactionID: is.trans, CarrierTransactionID: is.ven,
		Evidence: answered(t, 200, response, took),
	}
}

func refused(t billing.TopUp, r refusal, is ids, at time.Time, took time.Duration) billing.Answer {
	moment := at.UTC().Format(time.RFC3339)
	response := fmt.Sprintf(`{"amount":%s,"createdAt":"%s","distTransid":"%s","endedAt":"%s","productId":"%s","responseCode":null,"responseMessage":null,"service":2,"status":"Fail","transId":"%s","uid":"U%s","venTransid":null,"vendorResponseCode":"%s","vendorResponseMsg":"%s"}`,
		t.Sent.Decimal(), moment, t.DistTransID, moment, t.Product, is.trans, is.trans[2:], r.code, r.text)
	return billing.Answer{
		Outcome: billing.OutcomeRefused, Fault: r.fault, Row: r.row, Shape: r.shape(), Reason: r.text, Code: r.code,
		ProviderTransactionID: is.trans, Evidence: answered(t, 200, response, took),
	}
}

func throttled(t billing.TopUp, took time.Duration) billing.Answer {
	return billing.Answer{
		Outcome: billing.OutcomeNotSent, Fault: billing.FaultProvider, Row: "answer.throttled", Reason: "Slow down", RetryAfter: time.Second,
		Evidence: answered(t, 429, `{"error":"Too Many Requests","message":"Slow down","status":429}`, took),
	}
}

func unreachable(took time.Duration) billing.Answer {
	return billing.Answer{
		Outcome: billing.OutcomeNotSent, Fault: billing.FaultProvider, Row: "transport.refused",
		Reason:   "connection_refused: dial tcp " + latcomAddress + ": connect: connection refused",
		Evidence: billing.Evidence{Event: "connection_refused", Connection: "none", Took: took},
	}
}

func timedOut(t billing.TopUp) billing.Answer {
	evidence := answered(t, 0, "", timeout)
	evidence.Event = "timeout"
	return billing.Answer{
		Outcome: billing.OutcomeUnknown, Fault: billing.FaultProvider, Row: "transport.timeout_after",
		Reason: "timeout: context deadline exceeded", Evidence: evidence,
	}
}

func cutOff(t billing.TopUp, took time.Duration) billing.Answer {
	evidence := answered(t, 0, "", took)
	evidence.Event = "connection_lost"
	return billing.Answer{
		Outcome: billing.OutcomeUnknown, Fault: billing.FaultProvider, Row: "transport.lost_after",
		Reason: "connection_lost: EOF", Evidence: evidence,
	}
}

func answered(t billing.TopUp, status int, response string, took time.Duration) billing.Evidence {
	order := fmt.Sprintf(`{"targetMSISDN":"%s","dist_transid":"%s","operator":"TELEFONICA","country":"MEXICO","currency":"MXN","amount":%s,"productId":"%s","skuID":"0","service":2}`,
		t.Phone.National(), t.DistTransID, t.Sent.Decimal(), t.Product)
	return billing.Evidence{
		Event: "answered", HTTPStatus: status, BytesWritten: int64(headerBytes + len(order)),
		Request:  "POST /api/tn/fast\nAuthorization: Bearer [redacted]\n" + order,
		Response: response, Connection: reused, Took: took,
	}
}

// instance is the process that is said to have sent everything.
const instance = "demo-history"

func attempt(t billing.TopUp, number int, started, finished time.Time, answer billing.Answer) billing.Attempt {
	e := answer.Evidence
	return billing.Attempt{
		TopUpID: t.ID, Number: number, InstanceID: instance, StartedAt: started, FinishedAt: &finished,
		Outcome: answer.Outcome, Fault: answer.Fault, Row: answer.Row, Shape: answer.Shape, Reason: answer.Reason, Code: answer.Code,
		Event: e.Event, HTTPStatus: e.HTTPStatus, BytesWritten: e.BytesWritten, Request: e.Request, Response: e.Response,
		Connection: e.Connection, TookMillis: e.Took.Milliseconds(),
	}
}
