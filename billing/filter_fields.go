package billing

// What a filter of top-ups can say, field by field, and how people call it.

import (
	"slices"
	"strings"
)

// The fields of a filter, as addresses and forms name them.
const (
	FieldFind        = "find" // a phone, a reference or any id
	FieldDate        = "date" // days by name: today, 7d
	FieldFrom        = "from" // first business day
	FieldTo          = "to"   // last business day
	FieldCustomer    = "customer"
	FieldStatus      = "status"
	FieldAmount      = "amount"
	FieldPhone       = "phone"
	FieldReference   = "reference"
	FieldTransaction = "transaction" // Latcom's or the carrier's id
	FieldKey         = "key"         // the end of an API key
)

// FilterFields lists them in the order in which a text names them.
func FilterFields() []string {
	return []string{
		FieldDate, FieldFrom, FieldTo, FieldCustomer, FieldStatus, FieldAmount, FieldPhone, FieldReference, FieldTransaction, FieldKey, FieldFind,
	}
}

// manyValued are the fields that may have several values, with commas between.
var manyValued = []string{FieldCustomer, FieldStatus, FieldKey, FieldAmount}

// fieldWords are the words before a colon, in both languages; the first of each
// field is the one that is written.
var fieldWords = []struct {
	field string
	words []string
}{
	{FieldDate, []string{"date", "day", "fecha", "día", "dia"}},
	{FieldCustomer, []string{"customer", "cliente"}},
	{FieldStatus, []string{"status", "state", "estado"}},
	{FieldAmount, []string{"amount", "mxn", "monto", "importe"}},
	{FieldPhone, []string{"phone", "tel", "teléfono", "telefono"}},
	{FieldReference, []string{"reference", "ref", "referencia"}},
	{FieldTransaction, []string{"id", "transaction", "transacción"}},
	{FieldKey, []string{"key", "clave"}},
}

// valueWords are the words that stand for themselves, with or without their field.
var valueWords = []struct {
	field, value string
	words        []string
}{
	{FieldStatus, string(StatusQueued), []string{"queued", "encola"}},
	{FieldStatus, string(StatusSending), []string{"sending", "enviando"}},
	{FieldStatus, string(StatusSucceeded), []string{"succeeded", "exitosa", "exitosas"}},
	{FieldStatus, string(StatusFailed), []string{"failed", "fallida", "fallidas"}},
	{FieldStatus, string(StatusUnknown), []string{"unknown", "porconfirmar"}},
	{FieldStatus, string(StatusReversed), []string{"reversed", "revertida", "revertidas"}},
	{FieldDate, "today", []string{"today", "hoy"}},
	{FieldDate, "yesterday", []string{"yesterday", "ayer"}},
	{FieldDate, "7d", []string{"7d", "week", "semana"}},
	{FieldDate, "30d", []string{"30d"}},
	{FieldDate, "month", []string{"month", "mes"}},
	{FieldDate, "lastmonth", []string{"lastmonth", "mespasado"}},
}

// FilterDays are the days that have a name: an address says "today" and means
// another day tomorrow.
func FilterDays() (names []string) {
	for _, v := range valueWords {
		if v.field == FieldDate {
			names = append(names, v.value)
		}
	}
	return names
}

// filterField is the field that a word before a colon means; "" for none.
func filterField(word string) string {
	for _, f := range fieldWords {
		if slices.Contains(f.words, word) {
			return f.field
		}
	}
	return ""
}

// writtenAs is the word that stands for a field in a text.
func writtenAs(field string) string {
	for _, f := range fieldWords {
		if f.field == field {
			return f.words[0]
		}
	}
	return field
}

// wordValue is what a word means by itself.
func wordValue(word string) (field, value string, known bool) {
	word = strings.ToLower(word)
	for _, v := range valueWords {
		if slices.Contains(v.words, word) {
			return v.field, v.value, true
		}
	}
	return "", "", false
}
