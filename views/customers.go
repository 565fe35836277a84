package views

// The list of customers: how it is searched, sorted and narrowed. All of it stands in the address.

import (
	"net/url"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// CustomerList is the page and its fragment.
type CustomerList struct {
	Frame
	Zone              *time.Location // of the business day
	Search            string
	Level             billing.Level // only this one; empty: all
	Sort              CustomerSort
	Low, Medium, Good int // found at each level
	Found             int // at the level that is shown
	Rows              []Seller
	MayMake           bool
}

// CustomerSort names the column that the list is sorted by; a minus before it turns the order round.
type CustomerSort string

// The columns.
const (
	SortName      = "name"
	SortAvailable = "available"
	SortRunway    = "runway"
	SortToday     = "today"
)

// Known is the sort itself, or that by name when there is none such.
func (s CustomerSort) Known() CustomerSort {
	switch s.Column() {
	case SortName, SortAvailable, SortRunway, SortToday:
		return s
	}
	return SortName
}

// Column is what it sorts by.
func (s CustomerSort) Column() string { return strings.TrimPrefix(string(s), "-") }

// Descending says whether the most comes first.
func (s CustomerSort) Descending() bool { return strings.HasPrefix(string(s), "-") }

// direction is how a column is sorted, for its head.
func (s CustomerSort) direction(column string) string {
	switch {
	case s.Column() != column:
		return ""
	case s.Descending():
		return "descending"
	}
	return "ascending"
}

// next is the sort that a click on a column's head asks for: first the order that people want of it, then the other.
func (s CustomerSort) next(column string) CustomerSort {
	first, other := CustomerSort(column), CustomerSort("-"+column)
	if column == SortToday {
		first, other = other, first
	}
	if s == first {
		return other
	}
	return first
}

func (l CustomerList) any() bool {
	return l.Low+l.Medium+l.Good > 0 || l.Search != ""
}

func (l CustomerList) address(level billing.Level, sort CustomerSort) string {
	query := url.Values{}
	for name, value := range map[string]string{"q": l.Search, "level": string(level), "sort": string(sort)} {
		if value != "" && (name != "sort" || value != SortName) {
			query.Set(name, value)
		}
	}
	return WithQuery(CustomersPath, query)
}

func (l CustomerList) sortedBy(column string) string { return l.address(l.Level, l.Sort.next(column)) }

func (l CustomerList) levels() []ui.Tab {
	tab := func(level billing.Level, text string, count int) ui.Tab {
		return ui.Tab{Text: text, Href: l.address(level, l.Sort), Current: l.Level == level, Count: count}
	}
	return []ui.Tab{
		tab("", l.T("All"), l.Low+l.Medium+l.Good),
		tab(billing.LevelLow, l.T("Low"), l.Low), tab(billing.LevelMedium, l.T("Medium"), l.Medium), tab(billing.LevelGood, l.T("Good"), l.Good),
	}
}

// sorts are the orders that a small screen offers, which has no heads to click on.
func (l CustomerList) sorts() []ui.Option {
	return []ui.Option{
		{Value: SortName, Label: l.T("Name")},
		{Value: SortRunway, Label: l.T("Runs out first")},
		{Value: SortAvailable, Label: l.T("Least available")},
		{Value: "-" + SortToday, Label: l.T("Most top-ups today")},
	}
}
