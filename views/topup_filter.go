package views

// The filter of top-ups: what is typed, what is chipped and what is in the address are the same thing.

import (
	"maps"
	"net/url"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// The fields of the filter, as the address names them.
const (
	FieldCustomer    = "customer"
	FieldStatus      = "status"
	FieldPhone       = "phone"
	FieldReference   = "reference"
	FieldTransaction = "transaction" // Latcom's or the carrier's id
	FieldFrom        = "from"        // first business day
	FieldTo          = "to"          // last business day
	FieldOlder       = "older"       // cursors: no filter, but a place in its list
	FieldNewer       = "newer"
)

// DateForm is how an address and a date field write a day.
const DateForm = time.DateOnly

// TopUpFilter is the filter in use. Typed holds what the address says, without cursors; Problems what is wrong with
// it, by field, in the reader's words, under "" what belongs to none.
type TopUpFilter struct {
	Path     string // of the list: AdminTopUpsPath, DashboardTopUpsPath
	Typed    url.Values
	Problems map[string]string
	Names    map[string]string // of customers, by code
	Codes    []string          // of customers, in the order of their names
	Today    time.Time         // the business day
}

// without is the list's address without some fields.
func (f TopUpFilter) without(fields ...string) string {
	query := maps.Clone(f.Typed)
	for _, field := range fields {
		delete(query, field)
	}
	return WithQuery(f.Path, query)
}

// with is the list's address with other days, and all else as it is.
func (f TopUpFilter) between(from, to time.Time) string {
	query := maps.Clone(f.Typed)
	if query == nil {
		query = url.Values{}
	}
	query.Set(FieldFrom, from.Format(DateForm))
	query.Set(FieldTo, to.Format(DateForm))
	return WithQuery(f.Path, query)
}

func (f TopUpFilter) spans(from, to time.Time) bool {
	return f.Typed.Get(FieldFrom) == from.Format(DateForm) && f.Typed.Get(FieldTo) == to.Format(DateForm)
}

// Presets are the spans of days that somebody usually wants.
func (f TopUpFilter) presets(r Reader) []ui.Segment {
	yesterday, week := f.Today.AddDate(0, 0, -1), f.Today.AddDate(0, 0, -6)
	return []ui.Segment{
		{Text: r.T("Any day"), Href: f.without(FieldFrom, FieldTo), Current: !f.Typed.Has(FieldFrom) && !f.Typed.Has(FieldTo)},
		{Text: r.T("Today"), Href: f.between(f.Today, f.Today), Current: f.spans(f.Today, f.Today)},
		{Text: r.T("Yesterday"), Href: f.between(yesterday, yesterday), Current: f.spans(yesterday, yesterday)},
		{Text: r.T("7 days"), Href: f.between(week, f.Today), Current: f.spans(week, f.Today)},
	}
}

// Active says whether anything is filtered.
func (f TopUpFilter) Active() bool { return len(f.Typed) > 0 }

// chips are the filters in use, each with the address of the list without it.
func (f TopUpFilter) chips(r Reader) []ui.Chip {
	var chips []ui.Chip
	for _, field := range []string{FieldCustomer, FieldStatus, FieldPhone, FieldReference, FieldTransaction, FieldFrom, FieldTo} {
		if !f.Typed.Has(field) {
			continue
		}
		name, value := f.label(r, field), f.value(r, field)
		chips = append(chips, ui.Chip{Key: name + ":", Value: value, RemoveHref: f.without(field), RemoveLabel: r.T("Remove the filter %s %s", name, value)})
	}
	return chips
}

func (f TopUpFilter) label(r Reader, field string) string {
	switch field {
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
		return f.Names[typed]
	case FieldStatus:
		return StatusWord(r, typed)
	case FieldPhone:
		if phone, err := billing.ParsePhone(typed); err == nil {
			return Phone(string(phone))
		}
	case FieldFrom, FieldTo:
		if day, err := time.ParseInLocation(DateForm, typed, f.Today.Location()); err == nil {
			return Reader{Language: r.Language, Zone: f.Today.Location()}.Date(day)
		}
	}
	return typed
}

// field is one line of the bar.
func (f TopUpFilter) field(r Reader, name string) ui.Field {
	return ui.Field{Name: name, Label: f.label(r, name), Value: f.Typed.Get(name), Error: f.Problems[name]}
}

func (f TopUpFilter) date(r Reader, name string) ui.Field {
	field := f.field(r, name)
	field.Type = "date"
	return field
}

func (f TopUpFilter) statuses(r Reader) ui.Select {
	options := []ui.Option{{Label: r.T("Every status")}}
	for _, status := range billing.Statuses() {
		options = append(options, ui.Option{Value: string(status), Label: StatusWord(r, string(status))})
	}
	return ui.Select{Field: f.field(r, FieldStatus), Options: f.keepTyped(FieldStatus, options)}
}

func (f TopUpFilter) customers(r Reader) ui.Select {
	options := []ui.Option{{Label: r.T("Every customer")}}
	for _, code := range f.Codes {
		options = append(options, ui.Option{Value: code, Label: f.Names[code]})
	}
	return ui.Select{Field: f.field(r, FieldCustomer), Options: f.keepTyped(FieldCustomer, options)}
}

// keepTyped shows a value that is no choice as it was typed: it is wrong, not gone.
func (f TopUpFilter) keepTyped(field string, options []ui.Option) []ui.Option {
	if f.Problems[field] == "" || !f.Typed.Has(field) {
		return options
	}
	typed := f.Typed.Get(field)
	return append(options, ui.Option{Value: typed, Label: typed})
}
