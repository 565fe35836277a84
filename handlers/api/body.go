package api

// Request bodies, read strictly: what would have to be guessed is refused.

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

const (
	maxBody  = 64 << 10
	bodyTime = 10 * time.Second // for a slow sender
)

// readBody returns a body that is JSON in UTF-8 and has so many bytes at most.
func readBody(c echo.Context, most int64) ([]byte, error) {
	r := c.Request()
	if err := checkMediaType(r.Header); err != nil {
		return nil, err
	}
	if r.ContentLength > most {
		return nil, tooLarge(most)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, most))
	if tooMuch := (*http.MaxBytesError)(nil); errors.As(err, &tooMuch) {
		return nil, tooLarge(most)
	}
	if err != nil {
		return nil, problem(codeMalformed, "The body did not arrive whole.")
	}
	limitBody(c, time.Time{})
	if !utf8.Valid(body) || !json.Valid(body) {
		return nil, problem(codeMalformed, "The body is not JSON.")
	}
	return body, nil
}

// limitBody sets when a body has to have arrived. It is set for every request
// that has one, also for those refused unread: the server reads on before it
// answers. It is lifted once the body is there, or waiting would end with it; a
// connection that knows no deadline has its own way to end.
func limitBody(c echo.Context, end time.Time) {
	_ = http.NewResponseController(c.Response()).SetReadDeadline(end)
}

func checkMediaType(h http.Header) error {
	refused := problem(codeMediaType, "Send the body as application/json in UTF-8, not compressed.")
	if h.Get(echo.HeaderContentEncoding) != "" {
		return refused
	}
	if h.Get(echo.HeaderContentType) == "" {
		return nil // it has to be JSON all the same
	}
	media, parameters, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	if err != nil || media != echo.MIMEApplicationJSON {
		return refused
	}
	if charset, ok := parameters["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return refused
	}
	return nil
}

// field is one member of an object as it was sent.
type field struct {
	name  string
	value json.RawMessage
}

// fieldsOf takes valid JSON apart that has to be an object. ok is false when it
// is something else.
func fieldsOf(object []byte) (fields []field, ok bool) {
	d := json.NewDecoder(bytes.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		f := field{name: name.(string)} //nolint:forcetypeassert // the JSON is valid: a member begins with its name
		if err := d.Decode(&f.value); err != nil {
			return nil, false
		}
		fields = append(fields, f)
	}
	return fields, true
}

// text reads a JSON string.
func (f field) text() (s string, ok bool) {
	if f.value[0] != '"' {
		return "", false
	}
	return s, json.Unmarshal(f.value, &s) == nil
}
