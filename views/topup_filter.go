package views

// The filter of top-ups: what is typed, what is chipped and what is in the address are the same thing.

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// The fields of the filter, as the address names them.
const (
	FieldFind        = billing.FieldFind
	FieldDate        = billing.FieldDate
	FieldFrom        = billing.FieldFrom
	FieldTo          = billing.FieldTo
	FieldCustomer    = billing.FieldCustomer
	FieldStatus      = billing.FieldStatus
	FieldAmount      = billing.FieldAmount
	FieldPhone       = billing.FieldPhone
	FieldReference   = billing.FieldReference
	FieldTransaction = billing.FieldTransaction
	FieldKey         = billing.FieldKey

	FieldText  = "q"     // the search line: a form sends it, an address keeps it only while it is wrong
	FieldLeast = "min"   // of the form: both together are the amount
	FieldMost  = "max"   //
	FieldOlder = "older" // cursors: no filter, but a place in its list
	FieldNewer = "newer"
	FieldOpen  = "open" // the top-up in the drawer

	FieldPatience = "patience" // of totals: longer than usual
)

// DateForm is how an address and a date field write a day.
const DateForm = time.DateOnly

// TopUpFilter is the filter in use. Typed holds what the address says, without cursors; Problems what is wrong with
// it, by field, in the reader's words, under "" what belongs to none.
type TopUpFilter struct {
	Path        string // of the list: AdminTopUpsPath, DashboardTopUpsPath
	Typed       url.Values
	Text        string // of the search line, when it is not understood
	Problems    map[string]string
	Suggestions []Suggestion
	Names       map[string]string // of customers, by code
	Codes       []string          // of customers, in the order of their names
	Keys        []billing.APIKey  // of the customer, on its dashboard
	Today       time.Time         // the business day
}

// Suggestion is what may have been meant: another value of a field, or another text.
type Suggestion struct {
	Text         string
	Field, Value string
	Query        url.Values // instead of the whole filter
}

func (f TopUpFilter) suggested(s Suggestion) string {
	if s.Query != nil {
		return WithQuery(f.Path, s.Query)
	}
	query := maps.Clone(f.Typed)
	query.Set(s.Field, s.Value)
	return WithQuery(f.Path, query)
}

// text is what the search line says: the filter in use, unless the line itself is wrong.
func (f TopUpFilter) text() string {
	if f.Text != "" {
		return f.Text
	}
	fields := map[string]string{}
	for _, field := range billing.FilterFields() {
		fields[field] = f.Typed.Get(field)
	}
	return billing.WriteFilterText(fields)
}

// WithPatience is the query of the same filter whose totals may take long.
func WithPatience(typed url.Values) string {
	query := url.Values{FieldPatience: {"long"}}
	maps.Copy(query, typed)
	return query.Encode()
}

// without is the list's address without some fields.
func (f TopUpFilter) without(fields ...string) string {
	query := maps.Clone(f.Typed)
	for _, field := range fields {
		delete(query, field)
	}
	return WithQuery(f.Path, query)
}

// Active says whether anything is filtered.
func (f TopUpFilter) Active() bool { return len(f.Typed) > 0 }

// chips are the filters in use, each with the address of the list without it.
func (f TopUpFilter) chips(r Reader) []ui.Chip {
	var chips []ui.Chip
	add := func(name, value string, fields ...string) {
		chips = append(chips, ui.Chip{Key: name + ":", Value: value, RemoveHref: f.without(fields...), RemoveLabel: r.T("Remove the filter %s %s", name, value)})
	}
	both := f.Typed.Has(FieldFrom) && f.Typed.Has(FieldTo) && f.Problems[FieldFrom] == "" && f.Problems[FieldTo] == ""
	for _, field := range billing.FilterFields() {
		switch {
		case !f.Typed.Has(field), both && field == FieldTo:
		case both && field == FieldFrom:
			add(r.T("Days"), f.span(r), FieldFrom, FieldTo)
		default:
			add(f.label(r, field), f.value(r, field), field)
		}
	}
	return chips
}

// span is the days from the first to the last.
func (f TopUpFilter) span(r Reader) string {
	first, last := f.value(r, FieldFrom), f.value(r, FieldTo)
	if first == last {
		return first
	}
	return r.T("%s to %s", first, last)
}

func (f TopUpFilter) label(r Reader, field string) string {
	switch field {
	case FieldFind:
		return r.T("Phone, reference or id")
	case FieldCustomer:
		return r.T("Customer")
	case FieldStatus:
		return r.T("Status")
	case FieldPhone:
		return r.T("Phone")
	case FieldReference:
		return r.T("Reference")
	case FieldTransaction:
		return r.T("Transaction id")
	case FieldAmount:
		return r.T("Amount")
	case FieldKey:
		return r.T("API key")
	case FieldDate:
		return r.T("Days")
	case FieldFrom:
		return r.T("From")
	}
	return r.T("To")
}

// value is what was typed in the reader's words; as it was typed when it is wrong.
func (f TopUpFilter) value(r Reader, field string) string {
	typed := f.Typed.Get(field)
	if f.Problems[field] != "" {
		return typed
	}
	switch field {
	case FieldCustomer:
		return f.customersWord(r, typed)
	case FieldStatus:
		return each(typed, func(status string) string { return StatusWord(r, strings.ToLower(status)) })
	case FieldKey:
		return each(typed, func(end string) string { return "…" + end })
	case FieldPhone, FieldFind:
		return phoneTyped(r, typed)
	case FieldAmount:
		return amountWord(r, typed)
	case FieldDate:
		return daysWord(r, typed)
	case FieldFrom, FieldTo:
		if day, err := time.ParseInLocation(DateForm, typed, f.Today.Location()); err == nil {
			return Reader{Language: r.Language, Zone: f.Today.Location()}.Date(day)
		}
	}
	return typed
}

func each(list string, word func(string) string) string {
	parts := strings.Split(list, ",")
	for i, part := range parts {
		parts[i] = word(part)
	}
	return strings.Join(parts, ", ")
}

func (f TopUpFilter) customersWord(r Reader, typed string) string {
	codes := strings.Split(typed, ",")
	if len(codes) > 2 {
		return r.T("%s chosen", Integer(len(codes)))
	}
	return each(typed, func(code string) string {
		if name := f.Names[strings.ToUpper(code)]; name != "" {
			return name
		}
		return code
	})
}

func phoneTyped(r Reader, typed string) string {
	if begins := strings.TrimRight(typed, "*…"); begins != typed {
		return r.T("begins with %s", begins)
	}
	if phone, err := billing.ParsePhone(typed); err == nil {
		return Phone(string(phone))
	}
	return typed
}

func amountWord(r Reader, typed string) string {
	amounts, err := billing.ParseAmountRange(typed)
	if err != nil {
		return typed
	}
	pesos := func(a *billing.MXN) string { return WithUnit(a.String(), "MXN") }
	var ends []string
	switch {
	case amounts.Min != nil && amounts.Max != nil && amounts.Min.Cmp(*amounts.Max) == 0:
		return pesos(amounts.Min)
	case amounts.Min != nil && amounts.Max != nil && !amounts.Above && !amounts.Below:
		return r.T("%s to %s", amounts.Min.String(), pesos(amounts.Max))
	}
	switch {
	case amounts.Min == nil:
	case amounts.Above:
		ends = append(ends, r.T("above %s", pesos(amounts.Min)))
	default:
		ends = append(ends, r.T("from %s|amount", pesos(amounts.Min)))
	}
	switch {
	case amounts.Max == nil:
	case amounts.Below:
		ends = append(ends, r.T("below %s", pesos(amounts.Max)))
	default:
		ends = append(ends, r.T("up to %s", pesos(amounts.Max)))
	}
	return strings.Join(ends, ", ")
}

// chosen says whether a value is among those of a field.
func (f TopUpFilter) chosen(field, value string) bool {
	return slices.Contains(strings.Split(f.Typed.Get(field), ","), value)
}
