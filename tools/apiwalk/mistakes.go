package apiwalk

// What programs get wrong, and what strangers try.

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// oddities are values of which no field wants every one.
var oddities = []any{
	nil, true, -1, 0, 1e300, 1e-300, 20.005, 200.01, 99999999999999, "", " ", "0", "-5", "50.00 ", "NaN", "Infinity", "1e2", "0x20", "٥٠",
	"12:34", "2026-13-45T99:99:99Z", "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "\x00", "\u202e", "\ufeff", "é́", strings.Repeat("9", 500),
	strings.Repeat("x", 70),
	[]any{},
	[]any{[]any{}},
	map[string]any{},
	map[string]any{"$ref": "#"},
}

func oddity(random *rand.Rand) any { return oddities[random.IntN(len(oddities))] }

// wrong breaks a right request in one place.
func wrong(random *rand.Rand, r request) request {
	r = r.clone()
	object, hasBody := r.body.(map[string]any)
	choice := random.IntN(6)
	if !hasBody && choice < 4 {
		choice = 4 + random.IntN(2)
	}
	names := slices.Sorted(maps.Keys(object))
	switch {
	case choice == 0 && len(names) > 0:
		delete(object, names[random.IntN(len(names))])
	case choice == 1:
		object["surprise"] = oddity(random)
	case choice < 4 && len(names) > 0:
		object[names[random.IntN(len(names))]] = oddity(random)
	case choice == 4:
		return inQuery(random, r)
	default:
		return inPath(random, r)
	}
	return r
}

func inQuery(random *rand.Rand, r request) request {
	query, err := url.ParseQuery(r.query)
	if err != nil {
		query = url.Values{}
	}
	name := "surprise"
	if len(r.op.Parameters) > 0 && random.IntN(4) > 0 {
		name = r.op.Parameters[random.IntN(len(r.op.Parameters))].Name
	}
	text, ok := oddity(random).(string)
	if !ok {
		text = "-1"
	}
	query.Add(name, text)
	r.query = query.Encode()
	return r
}

func inPath(random *rand.Rand, r request) request {
	last := strings.LastIndex(r.path, "/")
	text, ok := oddity(random).(string)
	if !ok {
		text = "none"
	}
	if strings.Contains(r.op.Path, "{") {
		r.path = r.path[:last+1] + url.PathEscape(text)
		return r
	}
	r.path += []string{"/", "//", "/..", "/" + url.PathEscape(text), "%2f..", ";x=1"}[random.IntN(6)]
	return r
}

// withOther is the same request with another content under the same name.
func (r request) withOther(random *rand.Rand) request {
	r = r.clone()
	if object, ok := r.body.(map[string]any); ok {
		for _, name := range []string{"amount", "phone"} {
			if _, has := object[name]; has {
				object["amount"] = 20 + random.IntN(180)
				break
			}
		}
	}
	return r
}

// noises is how many kinds of noise there are.
const noises = 9

// noise is what no program of a reseller sends on purpose, of one kind of noises.
func noise(random *rand.Rand, r request, kind int) request {
	r = r.clone()
	sent := r.bytes()
	switch kind {
	case 0:
		r.body, r.raw = nil, []byte(strings.Repeat("[", 5000))
	case 1:
		r.body, r.raw = nil, slices.Concat(sent, sent)
	case 2:
		r.body, r.raw = nil, []byte{0xff, 0xfe, 0x00}
	case 3:
		r.body, r.raw = nil, sent[:len(sent)/2]
	case 4:
		r.header.Set("Content-Type", []string{"text/plain", "application/xml", "multipart/form-data", ""}[random.IntN(4)])
	case 5:
		r.body, r.raw = nil, []byte(`{"reference":"`+strings.Repeat("x", 2<<20)+`"}`)
	case 6:
		r.method = []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodHead, http.MethodOptions, "BREW"}[random.IntN(6)]
	case 7:
		r.header.Set("Accept", []string{"text/csv", "image/png", "application/x-ndjson", ";;;"}[random.IntN(4)])
	case 8:
		r.header.Set("Prefer", []string{"wait=-1", "wait=999999999999999999999", "wait=", "respond-async, wait=5", "\"", "wait=1;x=;;"}[random.IntN(6)])
	}
	return r
}

// bytes is the body as it is sent.
func (r request) bytes() []byte {
	if r.body == nil {
		return r.raw
	}
	raw, err := json.Marshal(r.body)
	if err != nil {
		return nil // what was made of the document's own values is JSON
	}
	return raw
}
