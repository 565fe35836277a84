package api

// Amounts in MXN, as a JSON number or as a decimal string. No float touches them,
// and an exponent costs nothing however large it is.

import (
	"regexp"
	"strconv"
	"strings"

	"latcom.example/latcom-billing/billing"
)

var (
	decimalText = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	numberText  = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
)

// decimal reads a JSON number, or a string that is a plain decimal number.
func (f field) decimal() (number string, ok bool) {
	if number, ok = f.text(); ok {
		return number, decimalText.MatchString(number)
	}
	return string(f.value), numberText.Match(f.value)
}

// mxnDigits is how many digits before the point are read: more than any range.
const mxnDigits = 10

// parseAmount reads "50", "50.00" or "5e1" exactly. It refuses what is finer than
// 0.01 or larger than any range; the range itself is the engine's to know.
func parseAmount(number string) (billing.MXN, error) {
	digits, point := significant(number)
	switch {
	case point > mxnDigits:
		return billing.MXN{}, problem(codeAmount, "The amount is far out of range.")
	case len(digits)-point > 2:
		return billing.MXN{}, problem(codeAmount, "An amount has 2 decimals at most.")
	}
	digits = strings.Repeat("0", max(0, -point)) + digits
	point = max(0, point)
	digits += strings.Repeat("0", max(0, point-len(digits)))
	plain := "0" + digits[:point] + "." + digits[point:] + "0"
	if strings.HasPrefix(number, "-") {
		plain = "-" + plain
	}
	return billing.ParseMXN(plain)
}

// significant gives the digits of a number without zeros at either end, and where
// its point stands among them: 0.05 is "5" and -1, 5e1 is "5" and 2.
func significant(number string) (digits string, point int) {
	mantissa, exponent := strings.TrimPrefix(number, "-"), 0
	if at := strings.IndexAny(mantissa, "eE"); at >= 0 {
		exponent = boundedInt(mantissa[at+1:])
		mantissa = mantissa[:at]
	}
	whole, decimals, _ := strings.Cut(mantissa, ".")
	digits = strings.TrimLeft(whole+decimals, "0")
	point = len(whole) + exponent - (len(whole) + len(decimals) - len(digits))
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return "", 0
	}
	return digits, point
}

// boundedInt reads an exponent; one beyond any use counts as a large one.
func boundedInt(s string) int {
	const far = 1 << 20
	n, err := strconv.Atoi(s)
	if err != nil && strings.HasPrefix(s, "-") {
		return -far
	}
	if err != nil {
		return far
	}
	return min(max(n, -far), far)
}
