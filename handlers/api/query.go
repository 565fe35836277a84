package api

// Query parameters: filters, pages, cursors; read as strictly as bodies.

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

const (
	usualPage   = 50
	longestPage = 200
)

// checkQuery refuses parameters that the operation does not know, has twice or
// cannot be text.
func checkQuery(raw string, known map[string]bool) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return invalid(FieldError{Location: "query", Message: "The query cannot be read."})
	}
	var wrong mistakes
	for name, values := range query {
		switch {
		case !known[name]:
			wrong.add("query", strings.ToValidUTF8(name, "\uFFFD"), "is not a parameter of this call")
		case len(values) > 1:
			wrong.add("query", name, "is there twice")
		case !utf8.ValidString(values[0]) || strings.ContainsFunc(values[0], unicode.IsControl):
			wrong.add("query", name, "is not readable text")
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
		return invalid(wrong...)
	}
	return nil
}

// read turns the parameters of a list into a filter and a place. An empty one is
// as good as none.
func (in listInput) read() (f billing.TopUpFilter, page billing.PageRequest, err error) {
	var wrong mistakes
	page.Limit = usualPage
	if f.Reference = in.Reference; len(f.Reference) > 100 {
		wrong.add("query", "reference", "has 100 characters at most")
	}
	if status := billing.Status(in.Status); status != "" && !slices.Contains(billing.Statuses(), status) {
		wrong.add("query", "status", "must be one of "+listed(billing.Statuses()))
	} else if status != "" {
		f.Statuses = []billing.Status{status}
	}
	if f.From, err = parseTime(in.From); err != nil {
		wrong.add("query", "from", err.Error())
	}
	if f.To, err = parseTime(in.To); err != nil {
		wrong.add("query", "to", err.Error())
	}
	if in.Limit != "" {
		if page.Limit, err = strconv.Atoi(in.Limit); err != nil || page.Limit < 1 || page.Limit > longestPage {
			wrong.add("query", "limit", fmt.Sprintf("must be a number from 1 to %d", longestPage))
		}
	}
	if in.Cursor != "" {
		if page.Older, err = readCursor(in.Cursor); err != nil {
			wrong.add("query", "cursor", err.Error())
		}
	}
	if len(wrong) > 0 {
		return f, page, invalid(wrong...)
	}
	if in.Phone == "" {
		return f, page, nil
	}
	var refused billing.PhoneError
	if f.Phone, err = billing.ParsePhone(in.Phone); errors.As(err, &refused) {
		return f, page, invalidPhone("query", refused)
	}
	return f, page, err
}

// parseTime reads RFC 3339. A plus sign that nobody escaped arrives as a space.
func parseTime(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, strings.Replace(s, " ", "+", 1))
	if err != nil || at.Year() < 1 {
		return nil, errors.New("must be a time like 2026-03-12T00:00:00Z")
	}
	return &at, nil
}

func listed(statuses []billing.Status) string {
	words := make([]string, len(statuses))
	for i, s := range statuses {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// A cursor is the place of the last row that was seen: 8 bytes of microseconds,
// 16 bytes of id.
const cursorBytes = 24

func writeCursor(last billing.TopUp) string {
	place := binary.BigEndian.AppendUint64(nil, uint64(last.CreatedAt.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(append(place, last.ID.UUID[:]...))
}

func readCursor(s string) (*billing.Cursor, error) {
	place, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(place) != cursorBytes || strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return nil, errors.New("is not a cursor that this interface gave")
	}
	at := time.UnixMicro(int64(binary.BigEndian.Uint64(place))) //nolint:gosec // as above
	if at.Year() < 2000 || at.Year() > 9999 {
		return nil, errors.New("is not a cursor that this interface gave")
	}
	return &billing.Cursor{CreatedAt: at.UTC(), ID: billing.TopUpID{UUID: uuid.UUID(place[8:])}}, nil
}
