package billing_test

// What strangers write: phone numbers and amounts, read here a second time by
// code that shares nothing with ours.

import (
	"math/big"
	"regexp"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

// separators may stand anywhere in a phone number.
var separators = regexp.MustCompile(`[ ()\-./\x{a0}\x{2010}\x{2011}\x{2013}]`)

// usual is what is left of a Mexican number without them.
var usual = regexp.MustCompile(`^(?:\+521?|521?)?([2-9][0-9]{9})$`)

// FuzzParsePhone: a number is taken exactly when it is a usual writing of a
// Mexican one, and means the ten digits that a person would read.
func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{
		"5512345678", "55 1234 5678", "(55) 1234-5678", "+52 1 55 1234 5678", "5215512345678", "+52 52 1234 5678", "5212345678",
		"521551234567", "+1 212 555 0100", "+", "++52", "5+5", "٥٥١٢٣٤٥٦٧٨", "55\u00a01234\u20115678", "", " ", "abc", "0512345678",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		phone, err := billing.ParsePhone(s)
		read := usual.FindStringSubmatch(separators.ReplaceAllString(strings.TrimSpace(s), ""))
		switch {
		case len(s) > 64:
			if err == nil {
				t.Errorf("%d characters became %q", len(s), phone)
			}
		case read == nil && err == nil:
			t.Errorf("%q became %q", s, phone)
		case read != nil && (err != nil || phone.National() != read[1]):
			t.Errorf("%q became %q, %v; a person reads %s", s, phone, err, read[1])
		case err == nil:
			if again, err := billing.ParsePhone(string(phone)); err != nil || again != phone {
				t.Errorf("%q became %q, then %q, %v", s, phone, again, err)
			}
		}
	})
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,11}(?:\.[0-9]{1,4})?$`)

// FuzzParseMoney: what is taken is worth exactly what is written, and comes out
// as it went in; a plain number within range is never refused.
func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{
		"0", "50", "50.00", "19.99", "-3", "0.0001", "0.001", "1e3", "1,5", "NaN", ".5", "5.", "-", "--1", "1.2.3",
		"99999999999.9999", "100000000000", "100000000000.0001", "0000000000000000000000000000000001", "٥",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		usd, notUSD := billing.ParseUSD(s)
		mxn, notMXN := billing.ParseMXN(s)
		for _, read := range []struct {
			name   string
			places int
			text   string
			err    error
		}{{"USD", 4, usd.String(), notUSD}, {"MXN", 2, mxn.String(), notMXN}} {
			if read.err != nil {
				_, decimals, _ := strings.Cut(s, ".")
				if plainNumber.MatchString(s) && len(strings.TrimRight(decimals, "0")) <= read.places {
					t.Errorf("%q is not taken as %s: %v", s, read.name, read.err)
				}
				continue
			}
			written, ok := new(big.Rat).SetString(s)
			worth, _ := new(big.Rat).SetString(read.text)
			if !ok || worth.Cmp(written) != 0 {
				t.Errorf("%q became %s %s", s, read.name, read.text)
			}
			if whole, decimals, _ := strings.Cut(read.text, "."); whole == "" || len(decimals) != read.places {
				t.Errorf("%q is written %q", s, read.text)
			}
		}
	})
}
