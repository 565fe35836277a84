package apiwalk

// What is sent: values that the document calls right, and what is made of them.

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// harvest is what answers said, by the name of the field: ids, references and
// cursors that later requests ask for.
type harvest map[string][]string

const harvested = 200

func (h harvest) take(media string, answer []byte) {
	var said any
	if strings.Contains(media, "json") && json.Unmarshal(answer, &said) == nil {
		h.in(said)
	}
}

func (h harvest) in(said any) {
	switch said := said.(type) {
	case map[string]any:
		for name, value := range said {
			if text, ok := value.(string); ok && text != "" {
				name = strings.TrimPrefix(name, "next_")
				h[name] = append(h[name], text)
				if len(h[name]) > harvested {
					h[name] = h[name][1:]
				}
			}
			h.in(value)
		}
	case []any:
		for _, value := range said {
			h.in(value)
		}
	}
}

func (w *Walk) harvestOf(random *rand.Rand, name string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	values := w.harvest[name]
	if len(values) == 0 {
		return "", false
	}
	return values[random.IntN(len(values))], true
}

// right makes a request that the document calls right.
func (w *Walk) right(random *rand.Rand, op *Operation) request {
	r := request{op: op, method: op.Method, path: op.Path, header: http.Header{}}
	query := url.Values{}
	for _, p := range op.Parameters {
		if !p.Required && p.In != "header" && random.IntN(4) > 0 {
			continue
		}
		switch value := w.parameter(random, p); p.In {
		case "path":
			r.path = strings.ReplaceAll(r.path, "{"+p.Name+"}", url.PathEscape(value))
		case "query":
			query.Set(p.Name, value)
		case "header":
			if value != "" {
				r.header.Set(p.Name, value)
			}
		}
	}
	r.query = query.Encode()
	if len(op.Media) > 1 {
		r.header.Set("Accept", op.Media[random.IntN(len(op.Media))])
	}
	if op.Body != nil {
		r.header.Set("Content-Type", "application/json")
		r.body = w.body(random, op)
	}
	return r
}

// parameter is a value for one: what was harvested, what the document shows, what
// its schema allows.
func (w *Walk) parameter(random *rand.Rand, p Parameter) string {
	if p.In == "header" && strings.EqualFold(p.Name, "Prefer") {
		return []string{"", "respond-async", "wait=1", "wait=30, foo=bar"}[random.IntN(4)]
	}
	if p.Example != nil && random.IntN(2) == 0 {
		return fmt.Sprint(p.Example)
	}
	if text, ok := w.harvestOf(random, p.Name); ok && p.Name != "amount" && random.IntN(8) > 0 {
		return text // but for amounts, which are USD in one place and MXN in another
	}
	return fmt.Sprint(w.value(random, p.Name, p.Schema))
}

func (w *Walk) body(random *rand.Rand, op *Operation) any {
	if len(op.Bodies) > 0 && random.IntN(3) > 0 {
		body := op.Bodies[random.IntN(len(op.Bodies))]
		return w.renamed(random, body)
	}
	return w.value(random, "", op.Body)
}

// renamed copies an example and gives everything in it that is unique for ever a
// name of its own.
func (w *Walk) renamed(random *rand.Rand, example any) any {
	switch example := example.(type) {
	case map[string]any:
		fresh := maps.Clone(example)
		for name, value := range fresh {
			switch _, isText := value.(string); {
			case name == "reference" && isText:
				fresh[name] = reference(random)
			case name == "phone" && isText:
				fresh[name] = phone(random)
			default:
				fresh[name] = w.renamed(random, value)
			}
		}
		return fresh
	case []any:
		fresh := make([]any, len(example))
		for i, value := range example {
			fresh[i] = w.renamed(random, value)
		}
		return fresh
	}
	return example
}

func reference(random *rand.Rand) string { return "walk-" + strconv.FormatUint(random.Uint64(), 36) }

// fates are the simulator's numbers (latcom/simulator/FATES.md) that end otherwise
// than delivered, and not by a silence that would open the breaker.
var fates = []string{"5512990001", "5512990002", "5512990008", "5512990012", "5512990015", "5512990022", "5512990034"}

// phone is mostly an ordinary number; some meet a fate of the simulator.
func phone(random *rand.Rand) string {
	if random.IntN(8) == 0 {
		return fates[random.IntN(len(fates))]
	}
	return fmt.Sprintf("5512%06d", 100000+random.IntN(800000))
}

// value makes one that a schema allows, by its name where the name says more.
func (w *Walk) value(random *rand.Rand, name string, s map[string]any) any {
	s = w.Document.schema(s)
	switch name {
	case "reference":
		return reference(random)
	case "phone":
		return phone(random)
	case "cursor":
		return ""
	}
	if some, ok := s["enum"].([]any); ok {
		return some[random.IntN(len(some))]
	}
	if some, ok := s["examples"].([]any); ok && len(some) > 0 {
		return some[random.IntN(len(some))]
	}
	for _, one := range []string{"oneOf", "anyOf"} {
		if some, ok := s[one].([]any); ok && len(some) > 0 {
			return w.value(random, name, some[random.IntN(len(some))].(map[string]any))
		}
	}
	return w.byType(random, s)
}

func (w *Walk) byType(random *rand.Rand, s map[string]any) any {
	switch typeOf(s) {
	case "integer":
		low, high := number(s, "minimum", 1), number(s, "maximum", 100)
		return low + random.IntN(high-low+1)
	case "number":
		return 20 + random.IntN(180)
	case "boolean":
		return random.IntN(2) == 0
	case "array":
		items, _ := s["items"].(map[string]any)
		list := []any{}
		for range 1 + random.IntN(3) {
			list = append(list, w.value(random, "", items))
		}
		return list
	case "object":
		return w.object(random, s)
	case "string":
		switch s["format"] {
		case "date-time":
			return time.Now().Add(-time.Duration(random.IntN(100)) * time.Hour).UTC().Format(time.RFC3339)
		case "date":
			return time.Now().Format(time.DateOnly)
		case "uuid":
			return "00000000-0000-4000-8000-000000000000"
		}
		return "x"
	}
	return nil
}

func (w *Walk) object(random *rand.Rand, s map[string]any) map[string]any {
	object := map[string]any{}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !slices.Contains(required, any(name)) && random.IntN(3) > 0 {
			continue
		}
		object[name] = w.value(random, name, properties[name].(map[string]any))
	}
	return object
}

func typeOf(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		text, _ := t[0].(string)
		return text
	}
	return ""
}

func number(s map[string]any, name string, otherwise int) int {
	if n, ok := s[name].(float64); ok {
		return int(n)
	}
	return otherwise
}
