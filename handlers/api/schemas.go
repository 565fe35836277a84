package api

// What the types of the OpenAPI document cannot say by themselves.

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
)

// orderSchema is written by hand, because an order is read by hand.
func orderSchema() *huma.Schema {
	sixtyFour := 64
	keys := metadataKeys
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"phone", "amount", "reference"},
		Properties: map[string]*huma.Schema{
			"phone": {Type: huma.TypeString, MaxLength: &sixtyFour, Examples: []any{"55 1234 5678", "+525512345678"}},
			"amount": {
				Examples: []any{"50.00", 50},
				OneOf:    []*huma.Schema{{Type: huma.TypeString, Pattern: decimalText.String()}, {Type: huma.TypeNumber}},
			},
			"reference": {Type: huma.TypeString, Pattern: referencePattern.String(), Examples: []any{"order-1001"}},
			"override":  {Type: huma.TypeString, MaxLength: &sixtyFour},
			"quote":     {Type: huma.TypeString, Pattern: quotePattern, Examples: []any{sampleQuoteID}},
			"max_price": {
				Examples: []any{"12.0000"},
				OneOf:    []*huma.Schema{{Type: huma.TypeString, Pattern: decimalText.String()}, {Type: huma.TypeNumber}},
			},
			"metadata": {
				Type: huma.TypeObject, Nullable: true, AdditionalProperties: true, MaxProperties: &keys,
				Examples: []any{map[string]any{"store": "Centro"}},
			},
		},
	}
}

const (
	usdPattern   = `^-?[0-9]+\.[0-9]{4}$`
	mxnPattern   = `^[0-9]+\.[0-9]{2}$`
	monthPattern = `^[0-9]{4}-[0-9]{2}$`
	rateExample  = `^[0-9]+\.[0-9]{4,6}$`
)

// patterns of the answers' decimal strings, by field.
var patterns = map[string]string{
	"price": usdPattern, "available_after": usdPattern, "balance": usdPattern, "held": usdPattern, "credit_limit": usdPattern,
	"available": usdPattern, "total_price": usdPattern, "amount": mxnPattern, "minimum": mxnPattern, "maximum": mxnPattern, "cap": usdPattern, "spent": usdPattern,
	"balance_change": usdPattern, "held_change": usdPattern, "balance_after": usdPattern, "held_after": usdPattern,
	"exchange_rate": rateExample, "discount": rateExample, "phone": `^\+52[2-9][0-9]{9}$`,
}

// describeSchemas adds words, patterns and enumerations. Answers may get more
// fields later, so a client must not refuse unknown ones.
func describeSchemas(schemas map[string]*huma.Schema) {
	for name, schema := range schemas {
		for field, property := range schema.Properties {
			property.Description = words(name + "." + field)
			if requestSchemas()[name] == nil && property.Type == huma.TypeString && property.Pattern == "" {
				property.Pattern = patterns[field]
			}
		}
		if requestSchemas()[name] == nil {
			schema.AdditionalProperties = nil
		}
	}
	topUp := schemas["TopUp"].Properties
	topUp["status"].Enum = enumeration(billing.Statuses())
	topUp["currency"].Enum, topUp["price_currency"].Enum = []any{"MXN"}, []any{"USD"}
	topUp["metadata"] = &huma.Schema{Type: huma.TypeObject, Nullable: true, AdditionalProperties: true, Description: words("TopUp.metadata")}
	topUp["failure"] = &huma.Schema{
		Description: words("TopUp.failure"),
		AnyOf:       []*huma.Schema{{Ref: "#/components/schemas/Failure"}, {Type: "null"}},
	}
	for field, inner := range map[string]string{"topup": "TopUp", "problem": "Problem"} {
		schemas["BatchResult"].Properties[field] = &huma.Schema{
			Description: words("BatchResult." + field),
			AnyOf:       []*huma.Schema{{Ref: "#/components/schemas/" + inner}, {Type: "null"}},
		}
	}
	schemas["Failure"].Properties["code"].Examples = []any{string(billing.FailureRefused)}
	schemas["Entry"].Properties["amount"].Pattern = usdPattern
	for _, list := range []string{"EntryPage.data", "ProductList.data", "Product.prices", "StatementList.data", "StatementMonth.movements", "Statement.movements", "Statement.entries", "BatchAnswer.results"} {
		name, field, _ := strings.Cut(list, ".")
		schemas[name].Properties[field].Nullable = false
	}
	schemas["Statement"].Properties["month"].Pattern, schemas["StatementMonth"].Properties["month"].Pattern = monthPattern, monthPattern
	page := schemas["TopUpPage"].Properties
	page["data"].Nullable = false
	problem := schemas["Problem"].Properties
	problem["retry"].Enum = []any{retrySafe, retrySame, retryNever}
	problem["type"].Format = "uri-reference"
	for _, list := range []string{"errors", "amounts", "violated-policies"} {
		problem[list].Nullable = false
	}
	for _, k := range kinds {
		problem["code"].Examples = append(problem["code"].Examples, k.code) // later ones may follow: no enumeration
	}
	for _, schema := range schemas {
		schema.PrecomputeMessages()
	}
}

func enumeration[T ~string](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// words are those of the table; a field without any is a mistake that the first
// start finds.
func words(key string) string {
	said, ok := fieldWords[key]
	if !ok {
		panic("api: nothing is said about " + key)
	}
	return said
}

func describeParameter(operationID string, p *huma.Param) {
	p.Description = words(operationID + "." + p.Name)
	p.Schema.Description = ""
	switch p.Name {
	case "status":
		p.Schema.Enum = enumeration(billing.Statuses())
	case "from", "to":
		p.Schema.Format = "date-time"
	case "limit":
		least, most := 1.0, float64(longestPage)
		p.Schema = &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most, Default: usualPage}
	case "amount":
		p.Example = "50.00"
	case "id":
		p.Example = sampleID
	case "Prefer":
		p.Example = "wait=10"
	}
	p.Schema.PrecomputeMessages()
}

// headersOf documents the headers of an answer.
func headersOf(operationID string, status int) map[string]*huma.Param {
	names := []string{"X-Request-Id", headerPolicy, headerLimit}
	switch {
	case status == 401:
		names = append(names, "WWW-Authenticate")
	case status == 429 || status == 503:
		names = append(names, "Retry-After")
	case operationID == orderOperation.OperationID:
		names = append(names, "Preference-Applied")
		if status != 201 {
			names = append(names, "Idempotent-Replayed")
		}
		if status != 200 {
			names = append(names, "Location")
		}
	}
	headers := map[string]*huma.Param{}
	for _, name := range names {
		headers[name] = &huma.Param{Description: words("header." + name), Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return headers
}
