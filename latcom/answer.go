package latcom

// The decoder of Latcom's answers: which of the known fields are there, and what
// the texts speak of. It judges nothing; the policy does.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The fields that contract §7 knows, spelled as observed.
var knownFields = []string{
	"status", "transId", "venTransid", "responseMessage", "vendorResponseMsg",
	"vendorResponseCode", "endedAt", "error", "message", "distTransid", "access",
}

// fields are the top-level fields of an answer. A spelling that differs from the
// known one only in case makes the whole answer unreadable: guessing which is
// meant is how a refusal becomes a delivery.
type fields map[string]json.RawMessage

var errNotAnObject = errors.New("not a JSON object")

// readFields is strict: one object, no field twice, nothing after it.
func readFields(body []byte) (fields, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, errNotAnObject
	}
	found, folded := fields{}, map[string]string{}
	for decoder.More() {
		name, value, err := readField(decoder)
		if err != nil {
			return nil, err
		}
		if _, twice := folded[strings.ToLower(name)]; twice {
			return nil, fmt.Errorf("the field %.40q is there twice", name)
		}
		folded[strings.ToLower(name)] = name
		found[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("broken JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	for _, known := range knownFields {
		if name, there := folded[strings.ToLower(known)]; there && name != known {
			return nil, fmt.Errorf("the field %s is spelled %.40q", known, name)
		}
	}
	return found, nil
}

func readField(decoder *json.Decoder) (string, json.RawMessage, error) {
	token, err := decoder.Token()
	if err != nil {
		return "", nil, fmt.Errorf("broken JSON: %w", err)
	}
	name, _ := token.(string) // in an object nothing else can stand here
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		return "", nil, fmt.Errorf("broken JSON: %w", err)
	}
	return name, value, nil
}

// blank: absent, null or an empty string.
func (f fields) blank(name string) bool {
	raw := string(f[name])
	return raw == "" || raw == "null" || raw == `""`
}

// isNull: there, and null (or an empty string, which says as little).
func (f fields) isNull(name string) bool {
	_, there := f[name]
	return there && f.blank(name)
}

// text is a string's content; of a number or anything else its JSON; empty when blank.
func (f fields) text(name string) string {
	if f.blank(name) {
		return ""
	}
	var s string
	if err := json.Unmarshal(f[name], &s); err != nil {
		return string(f[name]) // not a string: kept as it was written
	}
	return s
}

// status is the answer's own word, lower case; empty for anything that is no string.
func (f fields) status() string {
	if raw := f["status"]; len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	return strings.ToLower(f.text("status"))
}

// isToken: a string that can stand in a header.
func (f fields) isToken(name string) bool {
	raw, text := f[name], f.text(name)
	outside := func(r rune) bool { return r <= ' ' || r > '~' }
	return len(raw) > 2 && raw[0] == '"' && len(text) <= 8<<10 && !strings.ContainsFunc(text, outside)
}

// hasError: a JSON `error` that says something.
func (f fields) hasError() bool {
	return !f.blank("error") && !slices.Contains([]string{"false", "0", "{}", "[]"}, string(f["error"]))
}

// codeIsZero: vendorResponseCode is absent, null, empty or 0.
func (f fields) codeIsZero() bool {
	return f.blank("vendorResponseCode") || f.text("vendorResponseCode") == "0"
}

// reason is Latcom's words: vendorResponseMsg, else responseMessage, else what
// an error says.
func (f fields) reason() string {
	for _, name := range []string{"vendorResponseMsg", "responseMessage", "message", "error"} {
		if !f.blank(name) {
			return f.text(name)
		}
	}
	return ""
}

// identifiers are fields whose content is no text about the order.
var identifiers = []string{
	"uid", "transId", "venTransid", "distTransid", "dist_transid", "productId",
	"createdAt", "endedAt", "timestamp", "status",
}

// words is every text of the answer, nested ones too, for the search for a
// duplicate, a delay and the like.
func (f fields) words() string {
	var b strings.Builder
	for name, raw := range f {
		if !slices.Contains(identifiers, name) {
			var value any
			if err := json.Unmarshal(raw, &value); err == nil { // it was read once: it can be read again
				collect(&b, value)
			}
		}
	}
	return b.String()
}

func collect(b *strings.Builder, value any) {
	switch v := value.(type) {
	case string:
		b.WriteString(v)
		b.WriteByte('\n')
	case []any:
		for _, item := range v {
			collect(b, item)
		}
	case map[string]any:
		for _, item := range v {
			collect(b, item)
		}
	}
}
