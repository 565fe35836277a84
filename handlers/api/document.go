package api

// The OpenAPI document: what huma found in the types, and what types cannot say.

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

const version = "1.0.0"

func (a *api) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Top-up API", Version: version,
				Description: "Airtime for prepaid phones, paid from your credit. A cent or a top-up is never lost, doubled or guessed. " + carrierNote,
			},
			ExternalDocs: &huma.ExternalDocs{Description: "Documentation for people", URL: a.BaseURL + views.APIDocsPath},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer": {Type: "http", Scheme: "bearer", Description: "Authorization: Bearer KEY"},
					"apiKey": {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "The same key in a header of its own."},
				},
			},
			Security: []map[string][]string{{"bearer": {}}, {"apiKey": {}}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
}

// refusals are the codes that each operation can answer, beside those of all.
var refusals = map[string][]string{
	orderOperation.OperationID: {
		codeMalformed, codeInsufficient, codeSuspended, codeReused, codeTooLarge, codeMediaType, codePhone, codeAmount, codeKeyCap, codeRecent,
		codeQuoteExpired, codeQuoteUsed, codePriceChanged, codeQuoteMismatch,
	},
	listOperation.OperationID:      {codePhone},
	showOperation.OperationID:      {codeNotFound},
	statementOperation.OperationID: {codeNotFound},
	promiseOperation.OperationID:   {codeMalformed, codeTooLarge, codeMediaType, codeAmount},
	batchOperation.OperationID:     {codeMalformed, codeTooLarge, codeMediaType},
	quoteOperation.OperationID:     {codeAmount},
}

var refusalsOfAll = []string{codeUnauthorized, codeAddress, codeScope, codeInvalid, codeRateLimited, codeInternal, codeUnavailable}

// finishDocument adds to what huma made: words, examples, refusals.
func (a *api) finishDocument() {
	document := a.huma.OpenAPI()
	schemas := document.Components.Schemas
	schemas.Schema(problemType, true, "Problem")
	for name, schema := range requestSchemas() {
		schemas.Map()[name] = schema
	}
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} { // huma's own; ours is Problem
		delete(schemas.Map(), unused)
	}
	describeSchemas(schemas.Map())
	for _, item := range document.Paths {
		for _, op := range operationsOf(item) {
			for _, p := range op.Parameters {
				describeParameter(op.OperationID, p)
			}
			a.describeAnswers(op)
		}
	}
	a.describeOldCalls(document)
	describeFiles(document)
	describeWebhooks(document)
	describeRequests(document)
}

// describeAnswers documents every status that an operation can answer.
func (a *api) describeAnswers(op *huma.Operation) {
	for status, examples := range samples(op.OperationID) {
		answer := op.Responses[strconv.Itoa(status)]
		if answer == nil { // an order's other successes look like the first
			first := *op.Responses[strconv.Itoa(op.DefaultStatus)]
			first.Content = map[string]*huma.MediaType{"application/json": {Schema: first.Content["application/json"].Schema}}
			answer = &first
			op.Responses[strconv.Itoa(status)] = answer
		}
		answer.Description = answerWords[op.OperationID][status]
		answer.Content["application/json"].Examples = examples
		answer.Headers = headersOf(op.OperationID, status)
	}
	delete(op.Responses, "default")
	for _, code := range slices.Concat(refusals[op.OperationID], refusalsOfAll) {
		a.describeRefusal(op, kindOf(code))
	}
}

func (a *api) describeRefusal(op *huma.Operation, k kind) {
	status := strconv.Itoa(k.status)
	answer := op.Responses[status]
	if answer == nil {
		answer = &huma.Response{
			Description: http.StatusText(k.status),
			Headers:     headersOf("", k.status),
			Content: map[string]*huma.MediaType{"application/problem+json": {
				Schema:   &huma.Schema{Ref: "#/components/schemas/Problem"},
				Examples: map[string]*huma.Example{},
			}},
		}
		op.Responses[status] = answer
	}
	sample := samplesOfProblems[k.code]()
	sample.Type, sample.RequestID = cmp.Or(sample.Type, a.typeOf(k.code)), sampleRequestID
	answer.Content["application/problem+json"].Examples[k.code] = &huma.Example{Summary: k.title, Description: k.cause, Value: sample}
	answer.Description = joined(answer.Description, k)
}

// joined tells of each code that a status can stand for.
func joined(said string, k kind) string {
	line := fmt.Sprintf("%s: %s", k.code, k.cause)
	if said == http.StatusText(k.status) {
		return line
	}
	return said + " " + line
}

// operationsOf lists what a path can do.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	found := map[string]*huma.Operation{}
	for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post} {
		if op != nil {
			found[method] = op
		}
	}
	return found
}

// showDocument names as server the address under which it was asked, unless one
// is set.
func (a *api) showDocument(c echo.Context) error {
	document := *a.huma.OpenAPI()
	address := a.BaseURL
	if address == "" {
		address = server(c)
	}
	document.Servers = []*huma.Server{{URL: address}}
	return c.JSON(http.StatusOK, &document)
}
