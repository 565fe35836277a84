// Package ui holds the blocks that every page is built of. They know no word of the domain, no language and no clock:
// each shows the ready strings it was handed, in the look of docs' design language.
package ui

import (
	"strconv"
	"strings"

	"latcom.example/latcom-billing/static"
)

const (
	noBreakSpace = "\u00a0"
	minus        = "\u2212"
	// Nothing stands where there is no value: an en dash, never a zero or an empty cell.
	Nothing = "\u2013"
)

// WithUnit joins a figure and its unit so that no line break parts them: "6.4 s", "78,390.43 USD".
func WithUnit(figure, unit string) string { return figure + noBreakSpace + unit }

// Thousands writes a count with separators and a real minus: 11694 is "11,694".
func Thousands(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = minus, digits[1:]
	}
	return sign + GroupDigits(digits)
}

// GroupDigits puts a comma before each group of three from the right.
func GroupDigits(digits string) string {
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

func iconHref(name string) string { return static.Path("icons.svg") + "#i-" + name }

func classes(names ...string) string {
	kept := names[:0:0]
	for _, name := range names {
		if name != "" {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, " ")
}

func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}
