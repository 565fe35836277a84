package handlers

// The one form in which an address carries a filter. A form leaves fields empty
// and names some of them several times, and the search line holds a text: both
// lead to the same address as a link to the same list.

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// mostText is how long a filter's text may be.
const mostText = 500

// manyValued are the fields whose values an address joins with commas.
var manyValued = []string{views.FieldCustomer, views.FieldStatus, views.FieldKey}

// tidy finds what a form leaves empty and says where the address without it leads.
func tidy(c echo.Context) (path string, untidy bool) { return tidier(c, withoutEmpty) }

// tidyFilter does the same for a filter of top-ups, in whichever form it came.
func tidyFilter(c echo.Context) (path string, untidy bool) { return tidier(c, tidied) }

func tidier(c echo.Context, tidied func(url.Values) url.Values) (path string, untidy bool) {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return "", false // which the reader of the query says
	}
	kept := tidied(query)
	if kept.Encode() == query.Encode() {
		return "", false
	}
	return views.WithQuery(c.Request().URL.Path, kept), true
}

func withoutEmpty(query url.Values) url.Values {
	kept := url.Values{}
	for name, values := range query {
		values = slices.DeleteFunc(slices.Clone(values), func(value string) bool { return strings.TrimSpace(value) == "" })
		if len(values) > 0 {
			kept[name] = values
		}
	}
	return kept
}

func tidied(query url.Values) url.Values {
	kept := withoutEmpty(query)
	for _, name := range manyValued {
		if len(kept[name]) > 1 {
			kept.Set(name, strings.Join(kept[name], ","))
		}
	}
	if text := kept.Get(views.FieldText); text != "" && len(text) <= mostText && len(kept[views.FieldText]) == 1 {
		if fields, problems := billing.ReadFilterText(text); len(problems) == 0 {
			kept = url.Values{}
			for field, value := range fields {
				kept.Set(field, value)
			}
		}
	}
	joinAmounts(kept)
	if kept.Has(views.FieldFrom) || kept.Has(views.FieldTo) {
		kept.Del(views.FieldDate) // days that somebody typed win over those with a name
	}
	return kept
}

// joinAmounts puts the two ends of the form into the one field of the address.
func joinAmounts(kept url.Values) {
	least, most := strings.TrimSpace(kept.Get(views.FieldLeast)), strings.TrimSpace(kept.Get(views.FieldMost))
	kept.Del(views.FieldLeast)
	kept.Del(views.FieldMost)
	if least == "" && most == "" {
		return
	}
	text := least + ".." + most
	if amounts, err := billing.ParseAmountRange(text); err == nil {
		text = amounts.String()
	}
	kept.Set(views.FieldAmount, text)
}
