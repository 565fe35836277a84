package api

// The old calls in the OpenAPI document: deprecated, in their own words.

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/views"
)

const (
	oldOrderID   = "old-order"
	oldBalanceID = "old-balance"
)

var oldOperations = []huma.Operation{
	{
		OperationID: oldOrderID, Method: http.MethodPost, Path: oldOrderPath, DefaultStatus: http.StatusOK, Deprecated: true,
		Summary:     views.Term("Order a top-up, the old way"),
		Description: views.Term("For integrations that were written for the system before this one. A reference that was seen before answers its first result; without one, the same phone and amount within 5 minutes do."),
	},
	{
		OperationID: oldBalanceID, Method: http.MethodGet, Path: oldBalancePath, DefaultStatus: http.StatusOK, Deprecated: true,
		Summary:     views.Term("Read the balance, the old way"),
		Description: views.Term("What you have before your credit limit is touched, less what open top-ups hold."),
	},
}

// member is one field of an old body.
type member struct {
	name, kind string
	nullable   bool
}

// oldSchemas are written by hand: json.Number is a number to people.
var oldSchemas = map[string][]member{
	"OldTopUp": {{"success", "boolean", false}, {"transaction", "OldTransaction", false}, {"message", "string", false}, {"remaining_balance", "number", false}},
	"OldTransaction": {
		{"id", "string", false},
		{"status", "string", false},
		{"amount", "number", false},
		{"phone", "string", false},
		{"reference", "string", false},
		{"operatorTransactionId", "string", true},
		{"processedAt", "string", true},
		{"currency", "string", false},
	},
	"OldBalance": {
		{"success", "boolean", false},
		{"customer_id", "string", false},
		{"company_name", "string", false},
		{"current_balance", "number", false},
		{"credit_limit", "number", false},
		{"currency", "string", false},
	},
	"OldError": {{"success", "boolean", false}, {"error", "string", false}, {"current_balance", "number", false}, {"requested", "number", false}},
	"OldOrder": {{"phone", "string", false}, {"amount", "number", false}, {"reference", "string", true}},
}

// oldOptional are the members that are not always there.
var oldOptional = map[string]bool{"OldError.current_balance": true, "OldError.requested": true, "OldOrder.reference": true}

func oldSchemaOf(name string) *huma.Schema {
	schema := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	for _, m := range oldSchemas[name] {
		property := &huma.Schema{Type: m.kind, Nullable: m.nullable, Description: words(name + "." + m.name)}
		if _, nested := oldSchemas[m.kind]; nested {
			property = &huma.Schema{Ref: "#/components/schemas/" + m.kind, Description: property.Description}
		}
		if name == "OldOrder" && m.name == "reference" { // programs without much care for types sent numbers too
			property = &huma.Schema{Description: property.Description, OneOf: []*huma.Schema{{Type: huma.TypeString, Nullable: true}, {Type: huma.TypeNumber}}}
		}
		if m.name == "processedAt" {
			property.Format = "date-time"
		}
		schema.Properties[m.name] = property
		if !oldOptional[name+"."+m.name] {
			schema.Required = append(schema.Required, m.name)
		}
	}
	schema.PrecomputeMessages()
	return schema
}

// describeOldCalls adds them; what was said about the others is said.
func (a *api) describeOldCalls(document *huma.OpenAPI) {
	for name := range oldSchemas {
		document.Components.Schemas.Map()[name] = oldSchemaOf(name)
	}
	order, balance := oldOperations[0], oldOperations[1]
	order.Parameters, balance.Parameters = oldParameters(oldOrderID), oldParameters(oldBalanceID)
	order.Security = []map[string][]string{{"apiKey": {}}}
	balance.Security = order.Security
	order.RequestBody = &huma.RequestBody{Required: true, Description: "One order.", Content: map[string]*huma.MediaType{"application/json": {
		Schema:   &huma.Schema{Ref: "#/components/schemas/OldOrder"},
		Examples: map[string]*huma.Example{"order": sample("50 MXN for one phone", map[string]any{"phone": "5512345678", "amount": 50, "reference": "A-1"})},
	}}}
	order.Responses = oldResponses(oldOrderID, "OldTopUp", map[int]any{200: oldSampleTopUp(oldSuccess), 202: oldSampleTopUp(oldPending)})
	maps.Copy(order.Responses, oldErrors(oldOrderRefusals))
	balance.Responses = oldResponses(oldBalanceID, "OldBalance", map[int]any{200: OldBalance{
		Success: true, CustomerID: "ENVIA", CompanyName: "Envía Despensa", CurrentBalance: "997.2222", CreditLimit: "0", Currency: "USD",
	}})
	maps.Copy(balance.Responses, oldErrors(oldBalanceRefusals))
	document.Paths[order.Path] = &huma.PathItem{Post: &order}
	document.Paths[balance.Path] = &huma.PathItem{Get: &balance}
}

func oldParameters(operationID string) []*huma.Param {
	p := &huma.Param{
		Name: "x-customer-id", In: "header", Required: true, Description: words(operationID + ".x-customer-id"),
		Schema: &huma.Schema{Type: huma.TypeString}, Example: "ENVIA",
	}
	return []*huma.Param{p}
}

func oldResponses(operationID, schema string, bodies map[int]any) map[string]*huma.Response {
	found := map[string]*huma.Response{}
	for status, body := range bodies {
		found[strconv.Itoa(status)] = oldResponse(schema, answerWords[operationID][status], body)
	}
	return found
}

func oldResponse(schema, description string, body any) *huma.Response {
	headers := headersOf("", http.StatusOK)
	for _, name := range []string{"Deprecation", "Link"} {
		headers[name] = &huma.Param{Description: words("header." + name), Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return &huma.Response{Description: description, Headers: headers, Content: map[string]*huma.MediaType{"application/json": {
		Schema: &huma.Schema{Ref: "#/components/schemas/" + schema}, Examples: map[string]*huma.Example{"answer": sample(description, body)},
	}}}
}

var (
	oldBalanceRefusals = map[int]string{
		401: "The key or the customer is wrong.", 403: "The key may not do this, or not from this address.",
		429: "The key or the customer calls too often, or too many wrong keys came from this address.",
		500: "Something went wrong on our side.", 503: "The service cannot answer now.",
	}
	oldOrderRefusals = map[int]string{
		400: "The order is wrong, its reference belongs to another order, or the carrier refused it. Nothing was charged.",
		401: "The key or the customer is wrong.", 403: "The balance does not suffice, the account is suspended, or the key may not do this, or not from this address.",
		413: "The body is too large.", 429: "The key or the customer calls too often, a cap is reached, or too many wrong keys came from this address.",
		500: "The top-up was certainly not delivered, or something went wrong on our side: the same request answers its result.",
		503: "The service cannot answer now: repeat the same request.",
	}
)

func oldErrors(refusals map[int]string) map[string]*huma.Response {
	found := map[string]*huma.Response{}
	for status, said := range refusals {
		body := OldError{Error: said}
		switch status {
		case http.StatusUnauthorized:
			body.Error = "Invalid API credentials"
		case http.StatusForbidden:
			if _, orders := refusals[http.StatusBadRequest]; !orders {
				break // whoever only asks needs no balance
			}
			body = OldError{Error: "Insufficient balance", CurrentBalance: oldNumber("1.2"), Requested: oldNumber("2.7778")}
		}
		answer := oldResponse("OldError", said, body)
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			answer.Headers["Retry-After"] = headersOf("", status)["Retry-After"]
		}
		found[strconv.Itoa(status)] = answer
	}
	return found
}

func oldSampleTopUp(status string) OldTopUp {
	o := OldTopUp{
		Success: true, Message: oldMessages[status], RemainingBalance: json.Number("997.2222"),
		Transaction: OldTransaction{ID: sampleID, Status: status, Amount: json.Number("50"), Phone: "5512345678", Reference: "A-1", Currency: "MXN"},
	}
	if status == oldSuccess {
		at := time.Date(2026, 3, 12, 21, 42, 6, 0, time.UTC)
		o.Transaction.ProcessedAt, o.Transaction.OperatorTransactionID = &at, orNull("8841203377")
	}
	return o
}
