package views

import (
	"strings"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/views/ui"
)

// How money, rates, counts and phones are written, in English and in Spanish alike: a comma between thousands, a point
// before decimals, U+2212 as minus. Moments and durations, which depend on the reader, are in time.go.

const minus = "\u2212"

// Nothing stands where there is no value.
const Nothing = ui.Nothing

// Money2 is a balance or a total: "78,390.43". What somebody may still spend is Floor2.
func Money2(amount decimal.Decimal) string { return fixed(amount.Round(2), 2) }

// Floor2 cuts an available amount downwards, so that the page never promises what is not there: 1.209 is "1.20",
// -1.201 is "−1.21".
func Floor2(amount decimal.Decimal) string { return fixed(amount.RoundFloor(2), 2) }

// Money4 is a unit price, a ledger line, the preview of an effect: "2.7778".
func Money4(amount decimal.Decimal) string { return fixed(amount.Round(4), 4) }

// Signed writes the plus too: "+2,500.00", "−12.50", and "0.00" without a sign.
func Signed(amount decimal.Decimal, places int32) string {
	amount = amount.Round(places)
	if amount.IsPositive() {
		return "+" + fixed(amount, places)
	}
	return fixed(amount, places)
}

// Rate is an exchange rate, with four places or as many as it has: "18.0000".
func Rate(rate decimal.Decimal) string { return fixed(rate, max(4, placesOf(rate))) }

// Percent writes a fraction: 0.965 with one place is "96.5 %".
func Percent(fraction decimal.Decimal, places int32) string {
	return ui.WithUnit(fixed(fraction.Shift(2).Round(places), places), "%")
}

// Share is part of whole with one place, and nothing where there is no whole.
func Share(part, whole int) string {
	if whole == 0 {
		return Nothing
	}
	return Percent(decimal.NewFromInt(int64(part)).Div(decimal.NewFromInt(int64(whole))), 1)
}

// Discount writes a fraction without needless zeros: 0.05 is "5 %", 0.0125 is "1.25 %".
func Discount(fraction decimal.Decimal) string {
	percent := fraction.Shift(2).Round(4)
	return ui.WithUnit(fixed(percent, placesOf(percent)), "%")
}

// placesOf counts the decimals that are not needless zeros.
func placesOf(d decimal.Decimal) (places int32) {
	_, decimals, _ := strings.Cut(d.String(), ".")
	for range strings.TrimRight(decimals, "0") {
		places++
	}
	return places
}

// Integer is a count: "11,694".
func Integer(n int) string { return ui.Thousands(n) }

// WithUnit keeps a figure and its unit on one line: WithUnit("50.00", "MXN").
func WithUnit(figure, unit string) string { return ui.WithUnit(figure, unit) }

// Phone writes a Mexican number as its ten digits, 2-4-4; another one as it is.
func Phone(e164 string) string {
	digits, ok := strings.CutPrefix(e164, "+52")
	if !ok || len(digits) != 10 {
		return e164
	}
	return digits[:2] + " " + digits[2:6] + " " + digits[6:]
}

// fixed writes an amount that is rounded already.
func fixed(amount decimal.Decimal, places int32) string {
	whole, decimals, _ := strings.Cut(amount.Abs().StringFixed(places), ".")
	text := ui.GroupDigits(whole)
	if decimals != "" {
		text += "." + decimals
	}
	if amount.IsNegative() {
		return minus + text
	}
	return text
}
