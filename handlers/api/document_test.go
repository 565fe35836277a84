package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

// described is the API without a database, for what its document says.
func described(t *testing.T) *site {
	t.Helper()
	return &site{t: t, api: mount(echo.New(), Dependencies{})}
}

func TestEveryExampleIsWhatItsSchemaSays(t *testing.T) {
	t.Parallel()
	s := described(t)
	for path, item := range s.api.huma.OpenAPI().Paths {
		for method, op := range operationsOf(item) {
			for status, response := range op.Responses {
				for _, media := range response.Content {
					if len(media.Examples) == 0 {
						t.Errorf("%s %s: %s has no example", method, path, status)
					}
					for _, example := range media.Examples {
						s.conforms(media.Schema, throughJSON(t, example.Value))
					}
				}
			}
		}
	}
	body := s.api.huma.OpenAPI().Paths["/api/v1/topups"].Post.RequestBody.Content["application/json"]
	s.conforms(body.Schema, throughJSON(t, body.Examples["order"].Value))
}

func TestEveryOperationDocumentsItsRefusals(t *testing.T) {
	t.Parallel()
	s := described(t)
	want := map[string]string{
		"order-topup":     "200 201 202 400 401 402 403 409 413 415 422 429 500 503",
		"list-topups":     "200 401 403 422 429 500 503",
		"show-topup":      "200 401 403 404 422 429 500 503",
		"read-balance":    "200 401 403 422 429 500 503",
		"quote-topup":     "200 401 403 422 429 500 503",
		"read-number":     "200 401 403 422 429 500 503",
		"list-ledger":     "200 401 403 422 429 500 503",
		"make-quote":      "201 400 401 403 413 415 422 429 500 503",
		"order-batch":     "200 400 401 403 413 415 422 429 500 503",
		"list-products":   "200 401 403 422 429 500 503",
		"list-statements": "200 401 403 422 429 500 503",
		"read-statement":  "200 401 403 404 422 429 500 503",
		"old-order":       "200 202 400 401 403 413 429 500 503",
		"old-balance":     "200 401 403 429 500 503",
	}
	for _, item := range s.api.huma.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			var statuses []string
			for status := range op.Responses {
				statuses = append(statuses, status)
			}
			slices.Sort(statuses)
			if got := strings.Join(statuses, " "); got != want[op.OperationID] {
				t.Errorf("%s answers %s, want %s", op.OperationID, got, want[op.OperationID])
			}
			delete(want, op.OperationID)
		}
	}
	if len(want) != 0 {
		t.Errorf("not in the document: %v", want)
	}
}

func TestTheDocumentIsServedWithTheAddressItWasAskedAt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	a := s.ask(http.MethodGet, "/api/openapi.json", "", "")
	if a.status != http.StatusOK || a.text("openapi") != "3.1.0" || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %.200s", a.status, a.raw)
	}
	servers, _ := a.body["servers"].([]any)
	if len(servers) != 1 || servers[0].(map[string]any)["url"] != s.URL {
		t.Errorf("servers: %v, want %s", servers, s.URL)
	}
	for _, ref := range refsIn(a.body) {
		if _, ok := at(a.body, strings.TrimPrefix(ref, "#/")); !ok {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	if _, ok := at(a.body, "components/securitySchemes/bearer"); !ok {
		t.Error("no security scheme")
	}
	if again := s.ask(http.MethodGet, "/api/openapi.json", "", ""); again.raw != a.raw {
		t.Error("the document changes from one request to the next")
	}
}

func TestEverySchemaIsUsedAndEveryFieldExplained(t *testing.T) {
	t.Parallel()
	s := described(t)
	raw, err := json.Marshal(s.api.huma.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range s.api.huma.OpenAPI().Components.Schemas.Map() {
		if !strings.Contains(string(raw), `"$ref":"#/components/schemas/`+name+`"`) {
			t.Errorf("%s is not used", name)
		}
		for field, property := range schema.Properties {
			if property.Description == "" {
				t.Errorf("%s.%s is not explained", name, field)
			}
		}
	}
	for key := range fieldWords {
		name, field, _ := strings.Cut(key, ".")
		if name[0] < 'A' || name[0] > 'Z' {
			continue
		}
		if schema := s.api.huma.OpenAPI().Components.Schemas.Map()[name]; schema == nil || schema.Properties[field] == nil {
			t.Errorf("%s is explained and does not exist", key)
		}
	}
}

func throughJSON(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func refsIn(v any) (refs []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			if ref, ok := one.(string); ok && name == "$ref" {
				refs = append(refs, ref)
			}
			refs = append(refs, refsIn(one)...)
		}
	case []any:
		for _, one := range v {
			refs = append(refs, refsIn(one)...)
		}
	}
	return refs
}

func at(v any, path string) (any, bool) {
	for _, name := range strings.Split(path, "/") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = object[name]; !ok {
			return nil, false
		}
	}
	return v, true
}
