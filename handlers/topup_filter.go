package handlers

// The filter of top-ups, read from the address. Nothing is ignored: a value that
// cannot be understood is a problem beside its field, never a wider list.

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const pageRows = 50

var (
	referencePattern   = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)
	transactionPattern = regexp.MustCompile(`^[!-~]{1,128}$`)
)

// topUpQuery is what the address of a list of top-ups asks for.
type topUpQuery struct {
	Typed    url.Values        // the filter's fields, as they were typed
	Problems map[string]string // by field; "" holds what belongs to none
	Filter   billing.TopUpFilter
	Page     billing.PageRequest

	reader views.Reader
	zone   *time.Location
}

// readTopUpQuery reads the fields that a list knows. customers are those it may
// be narrowed to; the dashboard has none.
func (s *Site) readTopUpQuery(c echo.Context, fields []string, customers []billing.Customer) topUpQuery {
	q := topUpQuery{
		Typed: url.Values{}, Problems: map[string]string{}, Page: billing.PageRequest{Limit: pageRows},
		reader: s.reader(c), zone: s.Zone,
	}
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		q.Problems[""] = q.reader.T("This address cannot be read")
	}
	for name, values := range query {
		isCursor := name == views.FieldOlder || name == views.FieldNewer
		switch text := strings.TrimSpace(values[0]); {
		case !isCursor && !slices.Contains(fields, name):
			q.Problems[""] = q.reader.T("“%s” is not a filter of this list", name)
		case len(values) > 1:
			q.Typed.Set(name, text)
			q.Problems[name] = q.reader.T("Give one value, not several")
		case text == "":
		case isCursor:
			q.readPlace(name, text)
		default:
			q.Typed.Set(name, text)
			q.read(name, text, customers)
		}
	}
	if q.Filter.From != nil && q.Filter.To != nil && !q.Filter.From.Before(*q.Filter.To) {
		q.Problems[views.FieldTo] = q.reader.T("The last day lies before the first")
	}
	return q
}

func (q *topUpQuery) read(name, text string, customers []billing.Customer) {
	var problem string
	switch name {
	case views.FieldCustomer:
		problem = q.readCustomer(text, customers)
	case views.FieldStatus:
		if q.Filter.Status = billing.Status(text); !slices.Contains(billing.Statuses(), q.Filter.Status) {
			problem = q.reader.T("No such status")
		}
	case views.FieldPhone:
		problem = q.readPhone(text)
	case views.FieldReference:
		if q.Filter.Reference = text; !referencePattern.MatchString(text) {
			problem = q.reader.T("A reference has up to 64 letters, digits and . _ : -")
		}
	case views.FieldTransaction:
		if q.Filter.ProviderRef = text; !transactionPattern.MatchString(text) {
			problem = q.reader.T("An id has no spaces and at most 128 characters")
		}
	case views.FieldFrom, views.FieldTo:
		problem = q.readDay(name, text)
	}
	if problem != "" {
		q.Problems[name] = problem
	}
}

func (q *topUpQuery) readCustomer(code string, customers []billing.Customer) string {
	for _, customer := range customers {
		if customer.Code == code {
			q.Filter.CustomerID = customer.ID
			return ""
		}
	}
	return q.reader.T("No customer has this code")
}

func (q *topUpQuery) readPhone(text string) string {
	phone, err := billing.ParsePhone(text)
	if err != nil {
		return phoneProblem(q.reader, err)
	}
	q.Filter.Phone = phone
	return ""
}

// readDay reads a business day; the last one counts whole.
func (q *topUpQuery) readDay(name, text string) string {
	day, err := time.ParseInLocation(views.DateForm, text, q.zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2999 {
		return q.reader.T("Write a day like %s", q.reader.Now.In(q.zone).Format(views.DateForm))
	}
	if name == views.FieldFrom {
		q.Filter.From = &day
		return ""
	}
	end := day.AddDate(0, 0, 1)
	q.Filter.To = &end
	return ""
}

func (q *topUpQuery) readPlace(name, text string) {
	place, err := readCursor(text)
	switch {
	case err != nil, q.Page.Older != nil, q.Page.Newer != nil:
		q.Problems[""] = q.reader.T("This place in the list cannot be read. Start from the newest.")
	case name == views.FieldOlder:
		q.Page.Older = place
	default:
		q.Page.Newer = place
	}
}

// with is the query of the same filter with one more field: a cursor.
func (q topUpQuery) with(field, value string) url.Values {
	query := url.Values{field: {value}}
	for name, values := range q.Typed {
		query[name] = values
	}
	return query
}

// tidy finds what a form leaves empty and says where the address without it leads.
func tidy(c echo.Context) (path string, untidy bool) {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	kept := url.Values{}
	for name, values := range query {
		if strings.TrimSpace(strings.Join(values, "")) != "" {
			kept[name] = values
		}
	}
	return views.WithQuery(c.Request().URL.Path, kept), err == nil && len(kept) < len(query)
}

func phoneProblem(r views.Reader, err error) string {
	var wrong billing.PhoneError
	if errors.As(err, &wrong) {
		return views.PhoneProblemWord(r, wrong.Problem)
	}
	return views.PhoneProblemWord(r, billing.PhoneNotOne)
}
