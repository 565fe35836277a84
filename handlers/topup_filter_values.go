package handlers

// The values of a filter: each becomes a condition, or a sentence about what is
// wrong with it.

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var (
	referencePattern   = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)
	transactionPattern = regexp.MustCompile(`^[!-~]{1,128}$`)
	beginningPattern   = regexp.MustCompile(`^[2-9][0-9]{1,8}(\*|…)$`)
	keyEndPattern      = regexp.MustCompile(`^[A-Za-z0-9]{4,16}$`)
)

func (q *topUpQuery) readValue(name, text string) (problem string, err error) {
	switch name {
	case views.FieldCustomer:
		return q.readCustomers(text), nil
	case views.FieldStatus:
		return q.readStatuses(text), nil
	case views.FieldKey:
		return q.readKeys(text)
	case views.FieldPhone:
		return q.readPhone(text), nil
	case views.FieldFind:
		return q.readFind(text), nil
	case views.FieldDate:
		return q.readNamedDays(text), nil
	case views.FieldFrom, views.FieldTo:
		return q.readDay(name, text), nil
	case views.FieldAmount:
		return q.readAmount(text), nil
	case views.FieldReference:
		if q.Filter.Reference = text; !referencePattern.MatchString(text) {
			return q.reader.T("A reference has up to 64 letters, digits and . _ : -"), nil
		}
	case views.FieldTransaction:
		if q.Filter.ProviderRef = text; !transactionPattern.MatchString(text) {
			return q.reader.T("An id has no spaces and at most 128 characters"), nil
		}
	}
	return "", nil
}

// valuesOf cuts a list at its commas. Too many are a problem.
func (q *topUpQuery) valuesOf(text string) (values []string, problem string) {
	for _, value := range strings.Split(text, ",") {
		if value = strings.TrimSpace(value); value != "" && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	if len(values) == 0 || len(values) > billing.MostOfAFilter {
		return nil, q.reader.T("Choose from 1 to %s", views.Integer(billing.MostOfAFilter))
	}
	return values, ""
}

func (q *topUpQuery) readCustomers(text string) string {
	codes, problem := q.valuesOf(text)
	for _, code := range codes {
		at := slices.IndexFunc(q.known.customers, func(c billing.Customer) bool { return strings.EqualFold(c.Code, code) })
		if at < 0 {
			q.suggest(views.FieldCustomer, code, q.nearestCustomer(code))
			return q.reader.T("No customer has the code %s", code)
		}
		q.Filter.CustomerIDs = append(q.Filter.CustomerIDs, q.known.customers[at].ID)
	}
	return problem
}

// nearestCustomer is the code of who may have been meant, by code or name.
func (q *topUpQuery) nearestCustomer(typed string) string {
	byWord, words := map[string]string{}, []string{}
	for _, customer := range q.known.customers {
		for _, word := range []string{customer.Code, customer.Name} {
			word = strings.ToLower(word)
			words, byWord[word] = append(words, word), customer.Code
		}
	}
	return byWord[billing.Nearest(strings.ToLower(typed), words)]
}

func (q *topUpQuery) readStatuses(text string) string {
	names, problem := q.valuesOf(text)
	known := billing.Statuses()
	for _, name := range names {
		status := billing.Status(strings.ToLower(name))
		if !slices.Contains(known, status) {
			words := []string{}
			for _, status := range known {
				words = append(words, string(status))
			}
			q.suggest(views.FieldStatus, name, billing.Nearest(string(status), words))
			return q.reader.T("“%s” is no status", name)
		}
		q.Filter.Statuses = append(q.Filter.Statuses, status)
	}
	return problem
}

func (q *topUpQuery) readKeys(text string) (string, error) {
	ends, problem := q.valuesOf(text)
	if problem != "" {
		return problem, nil
	}
	for _, end := range ends {
		if !keyEndPattern.MatchString(end) {
			return q.reader.T("Write the last 4 characters of an API key"), nil
		}
	}
	keys, err := q.known.keys(ends)
	if err != nil {
		return "", err
	}
	for _, end := range ends {
		if !slices.ContainsFunc(keys, func(k billing.APIKey) bool { return strings.HasSuffix(k.Hint, end) }) {
			return q.reader.T("No API key ends with %s", end), nil
		}
	}
	for _, key := range keys {
		q.Filter.APIKeyIDs = append(q.Filter.APIKeyIDs, key.ID)
	}
	if len(keys) > billing.MostOfAFilter {
		return q.reader.T("Too many API keys end like this"), nil
	}
	return "", nil
}

func (q *topUpQuery) readAmount(text string) string {
	amounts, err := billing.ParseAmountRange(text)
	if err != nil {
		return q.reader.T("Write an amount like 50, >50 or 20..100")
	}
	q.Filter.Amount = amounts
	return ""
}

// readPhone reads a whole number, or its first digits before an asterisk.
func (q *topUpQuery) readPhone(text string) string {
	if beginningPattern.MatchString(text) {
		q.Filter.PhoneBegins = strings.TrimRight(text, "*…")
		return ""
	}
	phone, err := billing.ParsePhone(text)
	if err != nil {
		return phoneProblem(q.reader, err)
	}
	q.Filter.Phone = phone
	return ""
}

// readFind reads a word that may be a phone, a reference or any id. First digits
// before an asterisk can only be those of a phone.
func (q *topUpQuery) readFind(text string) string {
	if beginningPattern.MatchString(text) {
		return q.readPhone(text)
	}
	if phone, err := billing.ParsePhone(text); err == nil && strings.Contains(text, " ") {
		text = phone.National()
	}
	if q.Filter.Find = text; !transactionPattern.MatchString(text) {
		if near := q.nearestCustomer(text); near != "" {
			q.suggest(views.FieldFind, text, near)
		}
		return q.reader.T("An id has no spaces and at most 128 characters")
	}
	return ""
}

// readNamedDays turns a name into business days, as they are today.
func (q *topUpQuery) readNamedDays(name string) string {
	first, last := views.DaysNamed(name, q.Today)
	if first.IsZero() {
		q.suggest(views.FieldDate, name, billing.Nearest(name, billing.FilterDays()))
		return q.reader.T("No such days: write today, yesterday, 7d, 30d, month or a day like %s", q.Today.Format(views.DateForm))
	}
	end := last.AddDate(0, 0, 1)
	q.Filter.From, q.Filter.To = &first, &end
	return ""
}

// readDay reads a business day; the last one counts whole.
func (q *topUpQuery) readDay(name, text string) string {
	day, err := time.ParseInLocation(views.DateForm, text, q.zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2999 {
		return q.reader.T("Write a day like %s", q.Today.Format(views.DateForm))
	}
	if name == views.FieldFrom {
		q.Filter.From = &day
		return ""
	}
	end := day.AddDate(0, 0, 1)
	q.Filter.To = &end
	return ""
}

func phoneProblem(r views.Reader, err error) string {
	var wrong billing.PhoneError
	if errors.As(err, &wrong) {
		return views.PhoneProblemWord(r, wrong.Problem)
	}
	return views.PhoneProblemWord(r, billing.PhoneNotOne)
}
