package views

// The columns of the back office's list: some are always there, the others are chosen.

import (
	"slices"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// column is one of the table. Plain cells have a text; the others are drawn by the row.
type column struct {
	name   string
	fixed  bool
	number bool
	beside bool // hidden while the drawer leaves little room
	head   func(Reader) string
	text   func(Reader, billing.TopUp) string
	mono   bool
}

// Names of the columns that can be chosen. They are kept in the database.
const (
	columnCustomer  = "customer"
	columnReference = "reference"
	columnMXN       = "mxn"
	columnUSD       = "usd"
	columnTook      = "took"
)

func adminColumns() []column {
	return []column{
		{name: "time", fixed: true, head: func(r Reader) string { return r.T("Time") }},
		{name: "phone", fixed: true, head: func(r Reader) string { return r.T("Phone") }},
		{name: columnCustomer, head: func(r Reader) string { return r.T("Customer") }, text: func(_ Reader, t billing.TopUp) string { return t.CustomerName }},
		{name: columnReference, beside: true, mono: true, head: func(r Reader) string { return r.T("Reference") }, text: func(_ Reader, t billing.TopUp) string { return t.Reference }},
		{name: "status", fixed: true, head: func(r Reader) string { return r.T("Status") }},
		{name: "reason", beside: true, head: func(r Reader) string { return r.T("Reason") }, text: reasonInRow},
		{name: "latcom", beside: true, mono: true, head: func(r Reader) string { return r.T("Latcom’s id") }, text: func(_ Reader, t billing.TopUp) string { return orNothing(t.ProviderTransactionID) }},
		{name: "carrier", beside: true, mono: true, head: func(r Reader) string { return r.T("Carrier’s id") }, text: func(_ Reader, t billing.TopUp) string { return orNothing(t.CarrierTransactionID) }},
		{name: "key", beside: true, mono: true, head: func(r Reader) string { return r.T("API key") }, text: func(_ Reader, t billing.TopUp) string { return orNothing(t.APIKeyHint) }},
		{name: "product", beside: true, head: func(r Reader) string { return r.T("Product") }, text: productWord},
		{name: "attempts", beside: true, number: true, head: func(r Reader) string { return r.T("Attempts") }, text: func(_ Reader, t billing.TopUp) string { return Integer(t.Attempts) }},
		{name: columnMXN, number: true, head: func(Reader) string { return "MXN" }},
		{name: columnUSD, number: true, head: func(Reader) string { return "USD" }},
		{name: columnTook, number: true, head: func(r Reader) string { return r.T("Took") }},
	}
}

// UsualColumns are those of who never chose.
var UsualColumns = []string{columnCustomer, columnReference, columnMXN, columnUSD, columnTook}

// KnownColumns keeps of what a form sent the names that can be chosen.
func KnownColumns(names []string) []string {
	known := []string{}
	for _, c := range adminColumns() {
		if !c.fixed && slices.Contains(names, c.name) {
			known = append(known, c.name)
		}
	}
	return known
}

func reasonInRow(r Reader, t billing.TopUp) string {
	switch {
	case t.FailureReason != "":
		return t.FailureReason
	case t.FailureCode != "":
		return FailureWord(r, t.FailureCode)
	}
	return Nothing
}

// columnChecks are the columns to choose from, as they are now.
func columnChecks(r Reader, chosen []string) ui.Checks {
	checks := ui.Checks{Name: "column", Legend: r.T("Columns")}
	for _, c := range adminColumns() {
		if !c.fixed {
			checks.Options = append(checks.Options, ui.Check{Value: c.name, Label: c.head(r), Checked: slices.Contains(chosen, c.name)})
		}
	}
	return checks
}
