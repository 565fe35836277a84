package api

// What strangers write in queries and amounts, read here a second time.

import (
	"encoding/base64"
	"errors"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
)

// FuzzParseAmount: a JSON number is taken exactly when it is a whole number of
// centavos below the bound, and means what mathematics says.
func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{
		"50", "50.00", "19.99", "5e1", "500e-1", "0.0005e5", "-50", "0", "-0", "0e999999999", "1e10", "9999999999.99", "1e-3", "1E+2",
		"50.000000000000000000000000000001", "00050", "0.001e1", "123456e-2", "1e99999999999999999999",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !numberText.MatchString(s) || len(s) > 200 {
			return
		}
		mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
		if len(strings.TrimLeft(exponent, "+-0")) > 3 { // beyond what a fraction can be written out for: only zero fits
			if amount, err := parseAmount(s); err == nil && (amount.Sign() != 0 || strings.Trim(mantissa, "-0.") != "") {
				t.Errorf("%s became %s", s, amount)
			}
			return
		}
		written, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%s is a number to us alone", s)
		}
		fits := new(big.Rat).Mul(written, big.NewRat(100, 1)).IsInt() && new(big.Rat).Abs(written).Cmp(big.NewRat(1e10, 1)) < 0
		amount, err := parseAmount(s)
		if (err == nil) != fits {
			t.Fatalf("%s: %s, %v", s, amount, err)
		}
		if err == nil {
			if worth, _ := new(big.Rat).SetString(amount.String()); worth.Cmp(written) != 0 {
				t.Errorf("%s became %s", s, amount)
			}
		}
	})
}

// FuzzReadCursor: whatever is taken for a place is one that we would write.
func FuzzReadCursor(f *testing.F) {
	f.Add(writeCursor(billing.TopUp{ID: billing.NewTopUpID(), CreatedAt: time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC)}))
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, cursorBytes)))
	for _, s := range []string{"", "=", "AAAA", strings.Repeat("_", 32), strings.Repeat("A", 32) + "=", "\n", "A0\n" + strings.Repeat("0", 30)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, err := readCursor(s)
		if err != nil {
			return
		}
		if again := writeCursor(billing.TopUp{ID: place.ID, CreatedAt: place.CreatedAt}); again != s {
			t.Errorf("%q is the place %v, which we write %q", s, place, again)
		}
		if year := place.CreatedAt.Year(); year < 2000 || year > 9999 {
			t.Errorf("%q is a place in the year %d", s, year)
		}
	})
}

var listParameters = map[string]bool{"reference": true, "status": true, "phone": true, "from": true, "to": true, "limit": true, "cursor": true}

// FuzzListQuery: a query is refused, or every word of it narrows the list.
func FuzzListQuery(f *testing.F) {
	for _, s := range []string{
		"", "status=failed&limit=10", "phone=%2B52+1+55+1234+5678", "from=2026-03-12T00:00:00Z&to=2026-03-13T00:00:00%2B01:00",
		"reference=a&reference=b", "limit=0", "limit=201", "limit=+5", "cursor=AAAA", "from=2026-03-12T00:00:00 01:00", "status=%00",
		"%zz", "a;b", "status=unknown&status=", "limit=١", "from=0000-01-01T00:00:00Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if err := checkQuery(raw, listParameters); err != nil {
			if p := describe(err); p.Code != codeInvalid {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		query, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatalf("%q was taken: %v", raw, err)
		}
		filter, page, err := listInput{
			Reference: query.Get("reference"), Status: query.Get("status"), Phone: query.Get("phone"),
			From: query.Get("from"), To: query.Get("to"), Limit: query.Get("limit"), Cursor: query.Get("cursor"),
		}.read()
		if p := (*Problem)(nil); err != nil && !errors.As(err, &p) {
			t.Errorf("%q: an error that is no refusal: %v", raw, err)
		}
		if err != nil {
			return
		}
		narrowed := map[string]bool{
			"reference": filter.Reference == query.Get("reference"),
			"status":    query.Get("status") == "" && filter.Statuses == nil || len(filter.Statuses) == 1 && string(filter.Statuses[0]) == query.Get("status"),
			"phone":     (filter.Phone != "") == (query.Get("phone") != ""),
			"from":      (filter.From != nil) == (query.Get("from") != ""),
			"to":        (filter.To != nil) == (query.Get("to") != ""),
			"limit":     page.Limit >= 1 && page.Limit <= longestPage,
			"cursor":    (page.Older != nil) == (query.Get("cursor") != "") && page.Newer == nil,
		}
		for name := range query {
			if !narrowed[name] {
				t.Errorf("%q: %s narrows nothing: %+v, %+v", raw, name, filter, page)
			}
		}
	})
}
