package handlers

// The filter of top-ups, read from the address. Nothing is ignored: a value that
// cannot be understood is a problem beside its field, never a wider list.

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const pageRows = 50

// topUpQuery is what the address of a list of top-ups asks for.
type topUpQuery struct {
	views.TopUpFilter // as it was typed, with what is wrong with it
	Filter            billing.TopUpFilter
	Page              billing.PageRequest
	Open              string     // the top-up in the drawer
	place             url.Values // the cursor as it was given

	reader views.Reader
	zone   *time.Location
	known  knownValues
}

// knownValues are what a filter can name.
type knownValues struct {
	fields    []string           // that the list has
	customers []billing.Customer // none on the dashboard
	keys      func(ends []string) ([]billing.APIKey, error)
}

// readTopUpQuery reads the fields that a list knows. The only errors are the database's.
func (s *Site) readTopUpQuery(c echo.Context, path string, known knownValues) (*topUpQuery, error) {
	q := &topUpQuery{
		TopUpFilter: views.TopUpFilter{Path: path, Typed: url.Values{}, Problems: map[string]string{}, Today: s.businessDay(time.Now())},
		Page:        billing.PageRequest{Limit: pageRows}, reader: s.reader(c), zone: s.Zone, known: known,
	}
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		q.Problems[""] = q.reader.T("This address cannot be read")
	}
	for _, name := range []string{views.FieldLeast, views.FieldMost} { // which tidy has joined for lists
		if query.Has(name) {
			joinAmounts(query)
		}
	}
	for name, values := range query {
		if err := q.readField(name, values); err != nil {
			return nil, err
		}
	}
	if q.Filter.From != nil && q.Filter.To != nil && !q.Filter.From.Before(*q.Filter.To) {
		q.Problems[views.FieldTo] = q.reader.T("The last day lies before the first")
	}
	if q.Typed.Has(views.FieldDate) && (q.Typed.Has(views.FieldFrom) || q.Typed.Has(views.FieldTo)) {
		q.Problems[views.FieldDate] = q.reader.T("Choose days by their name or by their dates, not both")
	}
	return q, nil
}

func (q *topUpQuery) readField(name string, values []string) error {
	text := strings.TrimSpace(values[0])
	switch isPlace := name == views.FieldOlder || name == views.FieldNewer || name == views.FieldOpen; {
	case name == views.FieldPatience:
	case name == views.FieldText:
		q.readText(text)
	case !isPlace && !slices.Contains(q.known.fields, name):
		q.Problems[""] = q.reader.T("“%s” is not a filter of this list", name)
	case len(values) > 1:
		q.Typed.Set(name, text)
		q.Problems[name] = q.reader.T("Give one value, not several")
	case text == "":
	case isPlace:
		q.readPlace(name, text)
	default:
		q.Typed.Set(name, text)
		problem, err := q.readValue(name, text)
		if problem != "" {
			q.Problems[name] = problem
		}
		return err
	}
	return nil
}

// wrong says whether something is not understood: then nothing is looked for.
func (q *topUpQuery) wrong() bool { return len(q.Problems) > 0 }

// hasPlace says whether a part of the list is asked for.
func (q *topUpQuery) hasPlace() bool { return q.Page.Older != nil || q.Page.Newer != nil }

func (q *topUpQuery) readPlace(name, text string) {
	if name == views.FieldOpen {
		q.Open = text
		return
	}
	q.place = url.Values{name: {text}}
	place, err := readCursor(text)
	switch {
	case err != nil, q.hasPlace():
		q.Problems[""] = q.reader.T("This place in the list cannot be read. Start from the newest.")
	case name == views.FieldOlder:
		q.Page.Older = place
	default:
		q.Page.Newer = place
	}
}

// opened is the query of the same rows with one of them in the drawer; "" closes it.
func (q *topUpQuery) opened(id string) url.Values {
	query := maps.Clone(q.Typed)
	maps.Copy(query, q.place)
	if id != "" {
		query.Set(views.FieldOpen, id)
	}
	return query
}

// with is the query of the same filter with one more field: a cursor.
func (q *topUpQuery) with(field, value string) url.Values {
	query := url.Values{field: {value}}
	for name, values := range q.Typed {
		query[name] = values
	}
	return query
}
