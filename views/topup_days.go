package views

// Days with a name: an address says "today", and means another day tomorrow.

import (
	"maps"
	"net/url"
	"time"

	"latcom.example/latcom-billing/views/ui"
)

// DaysNamed are the first and the last business day of a name; zero when nobody knows it.
func DaysNamed(name string, today time.Time) (first, last time.Time) {
	month := func(ago int) time.Time {
		return time.Date(today.Year(), today.Month()-time.Month(ago), 1, 0, 0, 0, 0, today.Location())
	}
	switch name {
	case "today":
		return today, today
	case "yesterday":
		yesterday := today.AddDate(0, 0, -1)
		return yesterday, yesterday
	case "7d":
		return today.AddDate(0, 0, -6), today
	case "30d":
		return today.AddDate(0, 0, -29), today
	case "month":
		return month(0), today
	case "lastmonth":
		return month(1), month(0).AddDate(0, 0, -1)
	}
	return time.Time{}, time.Time{}
}

func daysWord(r Reader, name string) string {
	switch name {
	case "today":
		return r.T("Today")
	case "yesterday":
		return r.T("Yesterday")
	case "7d":
		return r.T("7 days")
	case "30d":
		return r.T("30 days")
	case "month":
		return r.T("This month")
	case "lastmonth":
		return r.T("Last month")
	}
	return name
}

// presets are the days that somebody usually wants, each a link to the list with them and all else as it is.
func (f TopUpFilter) presets(r Reader) []ui.Segment {
	presets := []ui.Segment{{
		Text: r.T("Any day"), Href: f.without(FieldDate, FieldFrom, FieldTo),
		Current: !f.Typed.Has(FieldDate) && !f.Typed.Has(FieldFrom) && !f.Typed.Has(FieldTo),
	}}
	for _, name := range []string{"today", "yesterday", "7d", "30d", "month", "lastmonth"} {
		presets = append(presets, ui.Segment{Text: daysWord(r, name), Href: f.on(name), Current: f.Typed.Get(FieldDate) == name})
	}
	return presets
}

// on is the list's address on other days.
func (f TopUpFilter) on(name string) string {
	query := maps.Clone(f.Typed)
	if query == nil {
		query = url.Values{}
	}
	query.Del(FieldFrom)
	query.Del(FieldTo)
	query.Set(FieldDate, name)
	return WithQuery(f.Path, query)
}
