package api

// What the OpenAPI document says of the bodies that are read by hand.

import (
	"github.com/danielgtaylor/huma/v2"
)

const (
	quotePattern  = `^qu_[0-9A-Z]{26}$`
	sampleQuoteID = "qu_068ZQY6QYNZ3R3EWHQ8Q3G0CG8"
)

// requestSchemas are the bodies, by the name of the schema.
func requestSchemas() map[string]*huma.Schema {
	return map[string]*huma.Schema{"Order": orderSchema(), "QuoteRequest": quoteRequestSchema(), "Batch": batchSchema()}
}

func quoteRequestSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"amount"},
		Properties: map[string]*huma.Schema{"amount": {
			Examples: []any{"50.00", 50},
			OneOf:    []*huma.Schema{{Type: huma.TypeString, Pattern: decimalText.String()}, {Type: huma.TypeNumber}},
		}},
	}
}

// batchSchema says of an order only that it is an object: a wrong one is refused
// by itself, and its neighbours are not.
func batchSchema() *huma.Schema {
	least, most := 1, mostOrder
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"orders"},
		Properties: map[string]*huma.Schema{
			"orders": {
				Type: huma.TypeArray, MinItems: &least, MaxItems: &most, Items: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true},
				Examples: []any{sampleBatch["orders"]},
			},
			"dry_run": {Type: huma.TypeBoolean, Default: false},
		},
	}
}

var sampleBatch = map[string]any{"orders": []any{
	map[string]any{"phone": "55 1234 5678", "amount": "50.00", "reference": "order-1001"},
	map[string]any{"phone": "55 8765 4321", "amount": 100, "reference": "order-1002"},
}}

// describeRequests adds the bodies to the document.
func describeRequests(document *huma.OpenAPI) {
	for _, described := range []struct {
		op                    huma.Operation
		schema, says, summary string
		example               any
	}{
		{orderOperation, "Order", "One order.", "50 MXN for one phone", sampleOrder},
		{promiseOperation, "QuoteRequest", "What the price is asked of.", "50 MXN", map[string]any{"amount": "50.00"}},
		{batchOperation, "Batch", "Orders as POST /topups takes them.", "Two orders", sampleBatch},
	} {
		document.Paths[prefix+described.op.Path].Post.RequestBody = &huma.RequestBody{
			Required: true, Description: described.says,
			Content: map[string]*huma.MediaType{"application/json": {
				Schema:   &huma.Schema{Ref: "#/components/schemas/" + described.schema},
				Examples: map[string]*huma.Example{"order": {Summary: described.summary, Value: described.example}},
			}},
		}
	}
}
