package api

// Webhooks in the OpenAPI document: what resellers' programs are sent. The examples
// are made by what makes the events.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// eventSummaries say in the document what each event is.
var eventSummaries = map[billing.EventType]string{
	billing.EventTopUpSucceeded: "A top-up was delivered and charged.",
	billing.EventTopUpFailed:    "A top-up was certainly not delivered, and nothing was charged.",
	billing.EventTopUpUnknown:   "Nobody knows yet whether a top-up was delivered.",
	billing.EventTopUpReversed:  "A delivered top-up was given back.",
	billing.EventBalanceLow:     "Available fell below the low threshold.",
	billing.EventCreditAdjusted: "A deposit, a fee or a correction was posted.",
	billing.EventTest:           "Somebody tried the webhook.",
}

const eventAnswer = "Answer within 15 seconds. 2xx: delivered. 410: nothing more is sent. Anything else: tried again, for 3 days."

// describeWebhooks adds what is sent to resellers.
func describeWebhooks(document *huma.OpenAPI) {
	schemas := document.Components.Schemas.Map()
	for name, schema := range eventSchemas() {
		schemas[name] = schema
	}
	document.Webhooks = map[string]*huma.PathItem{}
	for _, kind := range append(billing.EventTypes(), billing.EventTest) {
		example := sampleEvent(kind)
		document.Webhooks[string(kind)] = &huma.PathItem{Post: &huma.Operation{
			OperationID: "webhook-" + string(kind), Summary: eventSummaries[kind],
			Description: "Sent to each of your webhooks that has chosen it, at least once, signed after Standard Webhooks 1.0.",
			Parameters:  eventHeaders(example.ID.String()),
			RequestBody: &huma.RequestBody{Required: true, Description: "The event.", Content: map[string]*huma.MediaType{"application/json": {
				Schema:   &huma.Schema{Ref: "#/components/schemas/" + eventSchemaOf(kind)},
				Examples: map[string]*huma.Example{string(kind): {Summary: eventSummaries[kind], Value: json.RawMessage(example.Body)}},
			}}},
			Responses: map[string]*huma.Response{"2XX": {Description: eventAnswer}},
			Security:  []map[string][]string{{}},
		}}
	}
}

func eventHeaders(id string) []*huma.Param {
	header := func(name, description, example string) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: description, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
	}
	at := strconv.FormatInt(sampleTopUp(billing.StatusSucceeded).UpdatedAt.Unix(), 10)
	return []*huma.Param{
		header("webhook-id", "Names the event; the same at every try and every replay.", id),
		header("webhook-timestamp", "When this request was signed, in seconds since 1970.", at),
		header("webhook-signature", "v1, and the base64 of HMAC-SHA256 over id.timestamp.body; two with a space between while a secret is being replaced.", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="),
	}
}

func eventSchemaOf(kind billing.EventType) string {
	switch kind {
	case billing.EventBalanceLow:
		return "LowEvent"
	case billing.EventCreditAdjusted:
		return "AdjustedEvent"
	case billing.EventTest:
		return "TestEvent"
	default:
		return "TopUpEvent"
	}
}

// eventSchemas are written by hand: the events' own types are nobody's business.
func eventSchemas() map[string]*huma.Schema {
	text := func(description string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: description}
	}
	money := func(description string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: description, Pattern: `^-?[0-9]+\.[0-9]{4}$`}
	}
	currency := &huma.Schema{Type: huma.TypeString, Enum: []any{"USD"}}
	first := 1.0
	code := &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "Why it failed; null when it did not."}
	return map[string]*huma.Schema{
		"TopUpEvent": eventSchema(map[string]*huma.Schema{
			"id": text("The top-up's id."), "reference": text("Your reference."),
			"status":       {Type: huma.TypeString, Enum: []any{"succeeded", "failed", "unknown", "reversed"}},
			"sequence":     {Type: huma.TypeInteger, Minimum: &first, Description: "1, 2, 3 without a gap, in the order of the top-up's states. Keep the highest that you saw."},
			"failure_code": code,
		}),
		"LowEvent": eventSchema(map[string]*huma.Schema{"available": money("What you can still spend."), "threshold": money("Your low threshold."), "currency": currency}),
		"AdjustedEvent": eventSchema(map[string]*huma.Schema{
			"id": text("The adjustment's id."), "amount": money("Below zero: a debit."), "reason": text("DEPOSIT, COURTESY, CORRECTION, REFUND, FEE or OPENING."),
			"available": money("What you can spend after it."), "currency": currency,
		}),
		"TestEvent": eventSchema(map[string]*huma.Schema{"id": text("The webhook's id."), "message": text("Words for people.")}),
	}
}

func eventSchema(data map[string]*huma.Schema) *huma.Schema {
	happened := objectOf(data)
	happened.Description = "What it happened to, in short: read the rest where you need it."
	return objectOf(map[string]*huma.Schema{
		"type":      {Type: huma.TypeString, Description: "What happened."},
		"timestamp": {Type: huma.TypeString, Format: "date-time", Description: "When it happened."},
		"data":      happened,
	})
}

// objectOf is an object that has all of these.
func objectOf(properties map[string]*huma.Schema) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Properties: properties}
	for name := range properties {
		s.Required = append(s.Required, name)
	}
	slices.Sort(s.Required)
	return s
}

// sampleEvent is an event as it would be written.
func sampleEvent(kind billing.EventType) billing.Event {
	at := sampleTopUp(billing.StatusSucceeded).UpdatedAt
	fixed := uuid.MustParse("0195b0e6-5a2c-7a31-9a4e-3f0d6a1c2b44")
	after := billing.Balance{Posted: billing.MustUSD("997.2222")}
	var (
		event billing.Event
		err   error
	)
	switch kind {
	case billing.EventBalanceLow:
		event, err = billing.LowEvent(after, billing.MustUSD("1000.0000"), at)
	case billing.EventCreditAdjusted:
		event, err = billing.AdjustedEvent(billing.Adjustment{ID: fixed, Amount: billing.MustUSD("500.0000"), Reason: billing.ReasonDeposit}, billing.Balance{Posted: billing.MustUSD("1497.2222")}, at)
	case billing.EventTest:
		event, err = billing.TestEvent(billing.WebhookEndpoint{ID: fixed}, at)
	default:
		event, err = sampleTopUpEvent(kind, at)
	}
	if err != nil {
		panic(fmt.Sprintf("api: the sample of %s: %v", kind, err)) // at the start, and never after it
	}
	event.ID = billing.EventID{UUID: fixed}
	return event
}

func sampleTopUpEvent(kind billing.EventType, at time.Time) (billing.Event, error) {
	id, err := billing.ParseTopUpID(sampleID)
	if err != nil {
		return billing.Event{}, err
	}
	for _, status := range billing.Statuses() {
		if of, told := status.Event(); !told || of != kind {
			continue
		}
		sequence := map[billing.Status]int{billing.StatusReversed: 2}[status]
		return billing.TopUpEvent(billing.TopUp{ID: id, Reference: "order-1001", Status: status, FailureCode: billing.FailureRefused}, max(sequence, 1), at)
	}
	return billing.Event{}, fmt.Errorf("no state is told as %s", kind)
}

// webhookSample is a request as it arrives, for people.
func webhookSample() string {
	event := sampleEvent(billing.EventTopUpSucceeded)
	var text strings.Builder
	text.WriteString(http.MethodPost + " /webhooks HTTP/1.1\nContent-Type: application/json\n")
	for _, h := range eventHeaders(event.ID.String()) {
		fmt.Fprintf(&text, "%s: %v\n", h.Name, h.Example)
	}
	return text.String() + "\n" + event.Body
}
