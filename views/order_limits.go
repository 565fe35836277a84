package views

// What a customer's orders are limited by: in force, as a form, and before and after a change.

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// LimitsForm is what was typed. Was is what the form was filled in upon, as the same fields.
type LimitsForm struct{ Min, Max, DailyCap, Requests, Burst, Networks, Products, Guard string }

// LimitsFormOf is a form with what is in force.
func LimitsFormOf(l billing.Limits) LimitsForm {
	facts := l.Facts()
	return LimitsForm{
		Min: facts["min"], Max: facts["max"], DailyCap: facts["daily_cap"], Requests: facts["requests_per_minute"], Burst: facts["burst"],
		Networks: billing.JoinNetworks(l.Networks, "\n"), Products: strings.Join(orderable(l), ","), Guard: facts["guard_minutes"],
	}
}

// OrderLimits is the form and, once it is reviewed, what it changes.
type OrderLimits struct {
	Frame
	Customer        billing.Customer
	Form, Was       LimitsForm
	Problems        map[string]string
	Lowest, Highest billing.MXN // the general range
	Now, After      billing.Limits
	Products        []billing.ListedProduct // all there are
	Reviewed        bool
}

// orderable are the codes of the products that may be ordered.
func orderable(l billing.Limits) []string {
	if len(l.Products) == 0 {
		return []string{billing.OpenRange}
	}
	return l.Products
}

// productChoices are the boxes of the products, those checked that were chosen.
func (o OrderLimits) productChoices() (choices []ui.Check) {
	chosen := strings.Split(o.Form.Products, ",")
	for _, product := range o.Products {
		choices = append(choices, ui.Check{Value: product.Code, Label: codeWord(o.Reader, product.Code), Checked: slices.Contains(chosen, product.Code)})
	}
	return choices
}

// codeWord is a product as people call it: the open range, or its amount.
func codeWord(r Reader, code string) string {
	if code == billing.OpenRange {
		return r.T("Open range")
	}
	if amount, fixed := strings.CutPrefix(code, "XOOM_"); fixed {
		if amount, fixed = strings.CutSuffix(amount, "_MXN"); fixed {
			return WithUnit(amount, "MXN")
		}
	}
	return code
}

func codeWords(r Reader, codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = codeWord(r, code)
	}
	return strings.Join(words, ", ")
}

// LimitLine is one limit with what it is.
type LimitLine struct{ Name, Value string }

// limitLines are limits in words.
func limitLines(r Reader, l billing.Limits, lowest, highest billing.MXN) []LimitLine {
	least, most := lowest, highest
	if l.Min != nil {
		least = *l.Min
	}
	if l.Max != nil {
		most = *l.Max
	}
	lines := []LimitLine{
		{r.T("Range of face values"), WithUnit(Money2(least.Decimal())+" – "+Money2(most.Decimal()), "MXN")},
		{r.T("Daily cap"), r.T("No cap")},
		{r.T("Requests a minute"), r.T("No limit|requests")},
		{r.T("Allowed addresses"), r.T("From anywhere")},
		{r.T("Products"), codeWords(r, orderable(l))},
		{r.T("Guard against doubles"), r.T("Off")},
	}
	if l.Guard > 0 {
		lines[5].Value = r.N(l.Guard, "%s minute", "%s minutes")
	}
	if l.DailyCap != nil {
		lines[1].Value = WithUnit(short(l.DailyCap.Decimal()), "USD")
	}
	if l.PerMinute > 0 {
		lines[2].Value = Integer(l.PerMinute)
	}
	if l.Burst > 0 {
		lines[2].Value = r.T("%s, %s at once", Integer(l.PerMinute), Integer(l.Burst))
	}
	if len(l.Networks) > 0 {
		lines[3].Value = billing.JoinNetworks(l.Networks, ", ")
	}
	return lines
}

// LimitEventsOf reads a line of the audit log: one event for each limit that changed.
func LimitEventsOf(r Reader, line billing.Audit) (events []LimitEvent) {
	var before, after map[string]string
	if json.Unmarshal(line.Before, &before) != nil || json.Unmarshal(line.After, &after) != nil {
		return nil
	}
	for _, limit := range []struct{ fact, name string }{
		{"min", r.T("Lowest amount")},
		{"max", r.T("Highest amount")},
		{"daily_cap", r.T("Daily cap")},
		{"requests_per_minute", r.T("Requests a minute")},
		{"burst", r.T("At once")},
		{"networks", r.T("Allowed addresses")},
		{"products", r.T("Products")},
		{"guard_minutes", r.T("Guard against doubles")},
	} {
		if before[limit.fact] == after[limit.fact] {
			continue
		}
		events = append(events, LimitEvent{
			At: line.At, What: limit.name, Before: factWord(r, limit.fact, before[limit.fact]), After: factWord(r, limit.fact, after[limit.fact]), Who: line.ActorName,
			Request: Request{State: RequestDone, DoneWord: r.T("In force")},
		})
	}
	return events
}

// factWord is a limit as the audit log keeps it, with its unit.
func factWord(r Reader, fact, value string) string {
	switch {
	case fact == "products" && value == "":
		return codeWord(r, billing.OpenRange)
	case fact == "products":
		return codeWords(r, strings.Split(value, ", "))
	case value == "":
		return Nothing
	case fact == "min" || fact == "max":
		return WithUnit(value, "MXN")
	case fact == "daily_cap":
		if amount, err := billing.ParseUSD(value); err == nil {
			return WithUnit(short(amount.Decimal()), "USD")
		}
	case fact == "requests_per_minute" || fact == "burst" || fact == "guard_minutes":
		if n, err := strconv.Atoi(value); err == nil {
			return Integer(n)
		}
	}
	return value
}

func (o OrderLimits) step() int {
	if o.Reviewed {
		return 1
	}
	return 0
}

func (o OrderLimits) action() string {
	if o.Reviewed {
		return OrderLimitsPath(o.Customer.Code)
	}
	return ReviewTermPath(OrderLimitsPath(o.Customer.Code))
}

// changes pairs what is in force with what is asked for.
func (o OrderLimits) changes() (rows []struct{ Name, Now, After string }) {
	after := limitLines(o.Reader, o.After, o.Lowest, o.Highest)
	for i, now := range limitLines(o.Reader, o.Now, o.Lowest, o.Highest) {
		rows = append(rows, struct{ Name, Now, After string }{now.Name, now.Value, after[i].Value})
	}
	return rows
}
