package api

// The documentation page: the OpenAPI document for people.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// showDocs draws the page in the reader's language, or in the one that the
// address names.
func (a *api) showDocs(c echo.Context) error {
	page := a.docs
	page.Frame = a.frame(c)
	page.Key = shownKey(c.QueryParam("key"))
	if page.Server == "" {
		page.Server = server(c)
	}
	var html bytes.Buffer
	if err := views.APIDocsPage(page).Render(c.Request().Context(), &html); err != nil {
		return fmt.Errorf("draw the documentation: %w", err)
	}
	c.Response().Header().Add(echo.HeaderVary, "Accept-Language, Cookie")
	return c.HTMLBlob(http.StatusOK, html.Bytes())
}

var keyHint = regexp.MustCompile(`^lb_live_…[A-Z2-7]{4}$`)

// shownKey is what an address says of the reader's key, if it is no more than may
// be shown: a whole key in an address is not written into the page.
func shownKey(hint string) string {
	if keyHint.MatchString(hint) {
		return hint
	}
	return ""
}

func (a *api) frame(c echo.Context) views.Frame {
	frame := views.Frame{Reader: views.Reader{Language: views.English}}
	if a.Frame != nil {
		frame = a.Frame(c, "")
	}
	for _, language := range views.Languages {
		if c.QueryParam("lang") == string(language) {
			frame.Language = language
		}
	}
	frame.Title = frame.T("Documentation")
	return frame
}

// docsOf reads from the document what the page says about calls and codes.
func (a *api) docsOf(document *huma.OpenAPI) views.APIDocs {
	d := views.APIDocs{Server: a.BaseURL, WebhookSample: webhookSample()}
	for _, op := range []huma.Operation{orderOperation, showOperation, listOperation, balanceOperation, quoteOperation, numberOperation, ledgerOperation, batchOperation, promiseOperation, productsOperation, statementsOperation, statementOperation} {
		described := operationsOf(document.Paths[prefix+op.Path])[op.Method]
		d.Operations = append(d.Operations, docsOperation(document.Components.Schemas, described))
	}
	for _, op := range oldOperations {
		described := operationsOf(document.Paths[op.Path])[op.Method]
		d.OldOperations = append(d.OldOperations, docsOperation(document.Components.Schemas, described))
	}
	for _, inner := range []struct {
		schema string
		names  []string
	}{
		{"OldTransaction", []string{"id", "status", "amount", "phone", "reference", "operatorTransactionId", "processedAt", "currency"}},
		{"OldError", []string{"success", "error", "current_balance", "requested"}},
	} {
		d.OldFields = append(d.OldFields, membersOf(document.Components.Schemas, &huma.Schema{Ref: "#/components/schemas/" + inner.schema}, inner.names)...)
	}
	for _, k := range kinds {
		d.Problems = append(d.Problems, views.DocsProblem{
			Code: k.code, Status: strconv.Itoa(k.status), Retry: k.retry, Title: k.title, Cause: k.cause, Cure: k.cure,
		})
	}
	d.Inner = innerOf(document.Components.Schemas)
	d.ProblemFields = membersOf(document.Components.Schemas, &huma.Schema{Ref: "#/components/schemas/Problem"}, problemMembers)
	for _, code := range failureCodes {
		d.Failures = append(d.Failures, views.DocsField{Name: string(code), Text: failures[code]})
	}
	return d
}

var failureCodes = []billing.FailureCode{
	billing.FailureRefused, billing.FailureUnreachable, billing.FailureExpired, billing.FailureCancelled, billing.FailureNotDelivered,
}

func docsOperation(schemas huma.Registry, op *huma.Operation) views.DocsOperation {
	o := views.DocsOperation{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Description: op.Description,
	}
	if op.RequestBody != nil {
		o.Takes = membersOf(schemas, op.RequestBody.Content["application/json"].Schema, bodyMembers[op.OperationID])
	}
	for _, p := range op.Parameters {
		o.Takes = append(o.Takes, views.DocsField{Name: p.Name, Type: typeWord(p.Schema), Text: p.Description, Required: p.Required})
	}
	success := op.Responses[strconv.Itoa(op.DefaultStatus)].Content["application/json"]
	o.Gives = membersOf(schemas, success.Schema, answerMembers[op.OperationID])
	o.Sample = indented(success.Examples)
	for status, text := range answerWords[op.OperationID] {
		o.Answers = append(o.Answers, views.DocsAnswer{Status: strconv.Itoa(status), Text: text})
	}
	slices.SortFunc(o.Answers, func(x, y views.DocsAnswer) int { return strings.Compare(x.Status, y.Status) })
	if !op.Deprecated {
		o.Codes = slices.Concat(refusals[op.OperationID], refusalsOfAll)
	}
	return o
}

// The order in which members are explained: a schema has none.
var (
	bodyMembers = map[string][]string{
		orderOperation.OperationID:   {"phone", "amount", "reference", "quote", "max_price", "metadata", "override"},
		promiseOperation.OperationID: {"amount"},
		batchOperation.OperationID:   {"orders", "dry_run"},
		oldOrderID:                   {"phone", "amount", "reference"},
	}
	topUpMembers = []string{
		"id", "reference", "status", "phone", "amount", "currency", "price", "price_currency", "exchange_rate",
		"provider_transaction_id", "carrier_transaction_id", "failure", "available_after", "metadata",
		"created_at", "updated_at", "completed_at",
	}
	problemMembers = []string{
		"type", "title", "status", "detail", "code", "retry", "request_id", "errors", "available", "price", "minimum", "maximum", "amounts",
		"scope", "cap", "spent", "earlier", "override", "violated-policies",
	}
	answerMembers = map[string][]string{
		orderOperation.OperationID:      topUpMembers,
		listOperation.OperationID:       {"data", "next_cursor"},
		balanceOperation.OperationID:    {"balance", "held", "credit_limit", "available", "currency", "as_of"},
		quoteOperation.OperationID:      {"amount", "currency", "price", "price_currency", "exchange_rate", "discount"},
		numberOperation.OperationID:     {"input", "valid", "phone", "national", "in_numbering_plan", "mobile", "problem"},
		ledgerOperation.OperationID:     {"data", "next_cursor"},
		promiseOperation.OperationID:    promisedMembers,
		batchOperation.OperationID:      {"dry_run", "accepted", "replayed", "refused", "total_price", "available_after", "results"},
		productsOperation.OperationID:   {"data"},
		statementsOperation.OperationID: {"data"},
		statementOperation.OperationID:  {"month", "currency", "closed", "opening", "movements", "closing", "entries", "next_cursor"},
		oldOrderID:                      {"success", "transaction", "message", "remaining_balance"},
		oldBalanceID:                    {"success", "customer_id", "company_name", "current_balance", "credit_limit", "currency"},
	}
)

func membersOf(schemas huma.Registry, schema *huma.Schema, names []string) []views.DocsField {
	if schema.Ref != "" {
		schema = schemas.SchemaFromRef(schema.Ref)
	}
	fields := make([]views.DocsField, len(names))
	for i, name := range names {
		member := schema.Properties[name]
		fields[i] = views.DocsField{
			Name: name, Type: typeWord(member), Text: member.Description,
			Required: schema.AdditionalProperties == false && slices.Contains(schema.Required, name),
		}
	}
	return fields
}

// typeWord is the type as JSON names it, in every language.
func typeWord(s *huma.Schema) string {
	word := s.Type
	switch {
	case s.Ref != "":
		word = "object"
	case s.Format == "date-time":
		word = "RFC 3339"
	case len(s.OneOf) > 0:
		word = s.OneOf[0].Type + ", " + s.OneOf[1].Type
	case len(s.AnyOf) > 0:
		word = "object, null"
	}
	if s.Nullable {
		word += ", null"
	}
	return word
}

// indented is the example that shows the usual case.
func indented(examples map[string]*huma.Example) string {
	for _, name := range []string{"succeeded", "last_page", "balance", "quote", "answer"} {
		if example, ok := examples[name]; ok {
			text, err := json.MarshalIndent(example.Value, "", "  ")
			if err != nil {
				panic("api: write an example: " + err.Error())
			}
			return string(text)
		}
	}
	return ""
}

// server is the address under which the request reached us.
func server(c echo.Context) string { return c.Scheme() + "://" + c.Request().Host }
