// Package billing holds the vocabulary of Latcom Billing and all its money
// rules: what a top-up may do next, what a price is, which entry moves which
// money. It knows no SQL, no HTTP, no queue and no clock.
package billing

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Places of the two currencies: USD is kept with 4 decimals everywhere inside
// and in the API, MXN with 2.
const (
	usdPlaces = 4
	mxnPlaces = 2
)

// maxMoney bounds what a person or program may type; NUMERIC(16,4) holds more.
var maxMoney = decimal.New(1, 11)

// USD is an amount of US dollars with at most 4 decimals. Its zero value is 0.
type USD struct{ amount decimal.Decimal }

// MXN is an amount of Mexican pesos with at most 2 decimals. Its zero value is 0.
// Only a Rate turns MXN into USD.
type MXN struct{ amount decimal.Decimal }

// ParseUSD reads "12.5", "-3" or "0.0001". More than 4 decimals, an exponent or
// anything that is not a plain decimal number is an error.
func ParseUSD(s string) (USD, error) {
	d, err := parseDecimal(s, usdPlaces)
	return USD{d}, err
}

// ParseMXN reads a plain decimal number with at most 2 decimals.
func ParseMXN(s string) (MXN, error) {
	d, err := parseDecimal(s, mxnPlaces)
	return MXN{d}, err
}

// MustUSD is ParseUSD for constants in code and tests; it panics on bad input.
func MustUSD(s string) USD { return must(ParseUSD(s)) }

// MustMXN is ParseMXN for constants in code and tests; it panics on bad input.
func MustMXN(s string) MXN { return must(ParseMXN(s)) }

// Add, Sub, Neg: plain arithmetic, exact.
func (a USD) Add(b USD) USD { return USD{a.amount.Add(b.amount)} }

// Sub returns a - b.
func (a USD) Sub(b USD) USD { return USD{a.amount.Sub(b.amount)} }

// Neg returns -a.
func (a USD) Neg() USD { return USD{a.amount.Neg()} }

// Abs returns a without its sign.
func (a USD) Abs() USD { return USD{a.amount.Abs()} }

// Cmp is -1, 0 or 1 as a is less than, equal to or more than b.
func (a USD) Cmp(b USD) int { return a.amount.Cmp(b.amount) }

// Sign is -1, 0 or 1.
func (a USD) Sign() int { return a.amount.Sign() }

// Decimal gives the bare number, for formatting only.
func (a USD) Decimal() decimal.Decimal { return a.amount }

// String has exactly 4 decimals: "2.7778".
func (a USD) String() string { return a.amount.StringFixed(usdPlaces) }

// MarshalText writes String; JSON therefore carries a string.
func (a USD) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *USD) UnmarshalText(text []byte) (err error) {
	*a, err = ParseUSD(string(text))
	return err
}

// Scan reads a NUMERIC.
func (a *USD) Scan(src any) error { return a.amount.Scan(src) }

// Value writes a NUMERIC.
func (a USD) Value() (driver.Value, error) { return a.String(), nil }

// Add returns a + b.
func (a MXN) Add(b MXN) MXN { return MXN{a.amount.Add(b.amount)} }

// Sub returns a - b.
func (a MXN) Sub(b MXN) MXN { return MXN{a.amount.Sub(b.amount)} }

// Cmp is -1, 0 or 1 as a is less than, equal to or more than b.
func (a MXN) Cmp(b MXN) int { return a.amount.Cmp(b.amount) }

// Sign is -1, 0 or 1.
func (a MXN) Sign() int { return a.amount.Sign() }

// Decimal gives the bare number, for formatting and for Latcom's wire only.
func (a MXN) Decimal() decimal.Decimal { return a.amount }

// String has exactly 2 decimals: "50.00".
func (a MXN) String() string { return a.amount.StringFixed(mxnPlaces) }

// MarshalText writes String; JSON therefore carries a string.
func (a MXN) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *MXN) UnmarshalText(text []byte) (err error) {
	*a, err = ParseMXN(string(text))
	return err
}

// Scan reads a NUMERIC.
func (a *MXN) Scan(src any) error { return a.amount.Scan(src) }

// Value writes a NUMERIC.
func (a MXN) Value() (driver.Value, error) { return a.String(), nil }

// parseDecimal is strict on purpose: an amount that has to be guessed is refused.
func parseDecimal(s string, places int32) (decimal.Decimal, error) {
	if s == "" || strings.Trim(s, "0123456789.-") != "" || len(s) > 32 {
		return decimal.Zero, fmt.Errorf("%q is not a decimal number", s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Zero, fmt.Errorf("%q is not a decimal number", s)
	}
	if !d.Equal(d.Truncate(places)) {
		return decimal.Zero, fmt.Errorf("%q is finer than %d decimals", s, places)
	}
	if d.Abs().GreaterThan(maxMoney) {
		return decimal.Zero, fmt.Errorf("%q is out of range", s)
	}
	return d, nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
