package apiwalk

// The document: what it says of each operation, and what it says to an answer.

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"
)

// Document is an openapi.json that was read.
type Document struct {
	Server     string // the address that it was served from
	Operations []*Operation

	schemas   map[string]any // components/schemas
	validator validator.Validator
}

// Operation is one method of one path.
type Operation struct {
	ID, Method, Path string
	Parameters       []Parameter
	Body             map[string]any // schema; nil: it takes none
	Bodies           []any          // the examples of it
	Statuses         []int
	Media            []string // what a good answer may be written in
}

// Parameter is one that is sent outside the body.
type Parameter struct {
	Name, In string
	Required bool
	Schema   map[string]any
	Example  any
}

// Read reads a document and asks whether it is a valid one of its version.
func Read(raw []byte, server string) (*Document, error) {
	parsed, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	v, problems := validator.NewValidator(parsed)
	if len(problems) > 0 {
		return nil, fmt.Errorf("read the document: %w", problems[0])
	}
	if ok, complaints := v.ValidateDocument(); !ok {
		return nil, fmt.Errorf("the document is no valid OpenAPI: %s", words(complaints))
	}
	d := &Document{Server: server, validator: v}
	return d, d.read(raw)
}

func (d *Document) read(raw []byte) error {
	var whole struct {
		Paths      map[string]map[string]described `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return fmt.Errorf("read the operations: %w", err)
	}
	d.schemas = whole.Components.Schemas
	for path, methods := range whole.Paths {
		for method, said := range methods {
			d.Operations = append(d.Operations, said.operation(d, strings.ToUpper(method), path))
		}
	}
	slices.SortFunc(d.Operations, func(a, b *Operation) int { return cmp.Compare(a.ID, b.ID) })
	return nil
}

// described is an operation as the document writes it.
type described struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		Name     string         `json:"name"`
		In       string         `json:"in"`
		Required bool           `json:"required"`
		Schema   map[string]any `json:"schema"`
		Example  any            `json:"example"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema   map[string]any `json:"schema"`
			Examples map[string]struct {
				Value any `json:"value"`
			} `json:"examples"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]any `json:"content"`
	} `json:"responses"`
}

func (s described) operation(d *Document, method, path string) *Operation {
	op := &Operation{ID: s.ID, Method: method, Path: path}
	for _, p := range s.Parameters {
		op.Parameters = append(op.Parameters, Parameter{p.Name, p.In, p.Required, d.schema(p.Schema), p.Example})
	}
	if body, ok := s.RequestBody.Content["application/json"]; ok {
		op.Body = d.schema(body.Schema)
		for _, example := range body.Examples {
			op.Bodies = append(op.Bodies, example.Value)
		}
	}
	for status, response := range s.Responses {
		code, err := strconv.Atoi(status)
		if err != nil {
			continue // "default" is no status
		}
		op.Statuses = append(op.Statuses, code)
		if code == http.StatusOK {
			for media := range response.Content {
				op.Media = append(op.Media, media)
			}
		}
	}
	slices.Sort(op.Statuses)
	slices.Sort(op.Media)
	return op
}

// schema follows a reference.
func (d *Document) schema(s map[string]any) map[string]any {
	for {
		ref, ok := s["$ref"].(string)
		if !ok {
			return s
		}
		s, _ = d.schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
	}
}

// against says where an answer is not what the document promises.
func (d *Document) against(req *http.Request, res *http.Response, answer []byte) []string {
	if req.Method != http.MethodGet && req.Method != http.MethodPost || res.StatusCode == http.StatusMethodNotAllowed || res.StatusCode == http.StatusNotFound && !d.knows(req) {
		return nil // not an operation of the document; that it was refused clearly is all
	}
	if res.StatusCode == http.StatusBadRequest && len(answer) == 0 || !isJSON(res.Header.Get("Content-Type")) {
		return nil // lists as files, and what the server itself refuses before any route
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	ok, complaints := d.validator.ValidateHttpResponse(req, res)
	if ok {
		return nil
	}
	return []string{words(complaints)}
}

// taken says where a request that was taken is not what the document asks for.
func (d *Document) taken(req *http.Request, sent []byte) []string {
	if !d.knows(req) || req.Header.Get("Content-Type") == "" && len(sent) > 0 {
		return nil // a body without a type is taken for JSON: a kindness that no document needs to tell
	}
	req.Body, req.URL.RawQuery = io.NopCloser(bytes.NewReader(sent)), withoutEmpty(req.URL.Query())
	ok, complaints := d.validator.ValidateHttpRequestSync(req)
	if ok {
		return nil
	}
	return []string{words(complaints)}
}

// withoutEmpty drops parameters without a value: they count as not sent.
func withoutEmpty(query url.Values) string {
	maps.DeleteFunc(query, func(_ string, values []string) bool {
		return !slices.ContainsFunc(values, func(v string) bool { return v != "" })
	})
	return query.Encode()
}

func isJSON(media string) bool {
	kind, _, _ := strings.Cut(media, ";")
	return kind == "application/json" || kind == "application/problem+json"
}

func (d *Document) knows(req *http.Request) bool {
	for _, op := range d.Operations {
		if op.Method != req.Method {
			continue
		}
		want, got := strings.Split(op.Path, "/"), strings.Split(req.URL.EscapedPath(), "/")
		if len(want) == len(got) && slices.EqualFunc(want, got, func(a, b string) bool { return a == b || strings.HasPrefix(a, "{") && b != "" }) {
			return true
		}
	}
	return false
}

func words(complaints []*errors.ValidationError) string {
	var all []string
	for _, c := range complaints {
		all = append(all, c.Message+": "+c.Reason)
		for _, s := range c.SchemaValidationErrors {
			all = append(all, s.FieldPath+" "+s.Reason)
		}
	}
	return strings.Join(all, " | ")
}
