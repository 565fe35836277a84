package handlers

// The search line of a list: a text that is not understood, with what may have
// been meant.

import (
	"net/url"
	"slices"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// readText says what is wrong with a text; one that is right has become an address.
func (q *topUpQuery) readText(text string) {
	q.Text = text
	if text == "" {
		return
	}
	if len(text) > mostText {
		q.Problems[views.FieldText] = q.reader.T("Write at most %s characters", views.Integer(mostText))
		return
	}
	_, problems := billing.ReadFilterText(text)
	if len(problems) == 0 {
		q.Problems[views.FieldText] = q.reader.T("Write it in the search line of the list")
		return
	}
	first := problems[0]
	q.Problems[views.FieldText] = filterProblemWord(q.reader, first)
	if first.Corrected != "" {
		q.Suggestions = append(q.Suggestions, views.Suggestion{Text: first.Instead, Query: url.Values{views.FieldText: {first.Corrected}}})
	}
	if first.Kind == billing.FilterManyWords {
		if code := q.nearestCustomer(text); code != "" {
			text := views.FieldCustomer + ":" + code
			q.Suggestions = append(q.Suggestions, views.Suggestion{Text: text, Query: url.Values{views.FieldText: {text}}})
		}
	}
}

// suggest offers another value in place of one that nobody knows.
func (q *topUpQuery) suggest(field, typed, instead string) {
	if instead == "" {
		return
	}
	values := strings.Split(q.Typed.Get(field), ",")
	if at := slices.Index(values, typed); at >= 0 {
		values[at] = instead
	} else {
		values = []string{instead}
	}
	q.Suggestions = append(q.Suggestions, views.Suggestion{Text: instead, Field: field, Value: strings.Join(values, ",")})
}

func filterProblemWord(r views.Reader, p billing.FilterProblem) string {
	switch p.Kind {
	case billing.FilterUnknownWord:
		return r.T("“%s” is not understood.", p.Word)
	case billing.FilterNoValue:
		return r.T("“%s” has no value.", p.Word)
	case billing.FilterTwice:
		return r.T("“%s” comes after another of its kind: keep one.", p.Word)
	case billing.FilterOpenQuote:
		return r.T("A quote is not closed.")
	default: // several words
		return r.T("One word without a field is enough: a phone, a reference or an id.")
	}
}
