package views

// The form behind "Filter": every field of it, with what is chosen now.

import (
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// field is one line of the form.
func (f TopUpFilter) field(r Reader, name string) ui.Field {
	return ui.Field{Name: name, Label: f.label(r, name), Value: f.Typed.Get(name), Error: f.Problems[name]}
}

func (f TopUpFilter) date(r Reader, name string) ui.Field {
	field := f.field(r, name)
	field.Type = "date"
	return field
}

func (f TopUpFilter) mono(r Reader, name string) ui.Field {
	field := f.field(r, name)
	field.Mono = true
	return field
}

func (f TopUpFilter) phone(r Reader) ui.Field {
	field := f.field(r, FieldPhone)
	field.Hint = r.T("10 digits, or the first ones and *")
	return field
}

// amounts are the two ends, as far as two ends can say what is in use.
func (f TopUpFilter) amounts(r Reader) (least, most ui.Field, rest string) {
	least = ui.Field{Name: FieldLeast, Label: r.T("Amount from"), Unit: "MXN", InputMode: "decimal", Error: f.Problems[FieldAmount]}
	most = ui.Field{Name: FieldMost, Label: r.T("Amount up to"), Unit: "MXN", InputMode: "decimal"}
	typed := f.Typed.Get(FieldAmount)
	amounts, err := billing.ParseAmountRange(typed)
	switch {
	case typed == "":
	case err != nil:
		least.Value, most.Value, _ = strings.Cut(typed, "..")
	case amounts.Above || amounts.Below:
		rest = typed
	default:
		if amounts.Min != nil {
			least.Value = amounts.Min.Short()
		}
		if amounts.Max != nil {
			most.Value = amounts.Max.Short()
		}
	}
	return least, most, rest
}

func (f TopUpFilter) statuses(r Reader) ui.Checks {
	checks := ui.Checks{Name: FieldStatus, Legend: f.label(r, FieldStatus), Error: f.Problems[FieldStatus]}
	for _, status := range billing.Statuses() {
		value := string(status)
		checks.Options = append(checks.Options, ui.Check{Value: value, Label: StatusWord(r, value), Checked: f.chosen(FieldStatus, value)})
	}
	return checks
}

// customers is one choice; several are shown as what they are, and kept.
func (f TopUpFilter) customers(r Reader) ui.Select {
	options := []ui.Option{{Label: r.T("Every customer")}}
	for _, code := range f.Codes {
		options = append(options, ui.Option{Value: code, Label: f.Names[code]})
	}
	return ui.Select{Field: f.field(r, FieldCustomer), Options: f.keepTyped(r, FieldCustomer, options)}
}

// keys are the customer's own to choose from; of all customers' the end is typed.
func (f TopUpFilter) keys(r Reader) ui.Select {
	options := []ui.Option{{Label: r.T("Every API key")}}
	for _, key := range f.Keys {
		end := key.Hint[max(0, len(key.Hint)-4):]
		options = append(options, ui.Option{Value: end, Label: key.Name + " …" + end})
	}
	return ui.Select{Field: f.field(r, FieldKey), Options: f.keepTyped(r, FieldKey, options)}
}

func (f TopUpFilter) keyEnd(r Reader) ui.Field {
	field := f.mono(r, FieldKey)
	field.Hint = r.T("Its last 4 characters")
	return field
}

// keepTyped shows a value that is no single choice as it was typed: it is not gone.
func (f TopUpFilter) keepTyped(r Reader, field string, options []ui.Option) []ui.Option {
	typed := f.Typed.Get(field)
	for _, option := range options {
		if option.Value == typed {
			return options
		}
	}
	return append(options, ui.Option{Value: typed, Label: f.value(r, field)})
}

// help is what the search line understands.
func (f TopUpFilter) help(r Reader) string {
	if len(f.Codes) == 0 {
		return r.T("Words like status:failed, amount>50, date:7d, or any phone, reference or id")
	}
	return r.T("Words like status:failed, customer:ENVIA, amount>50, date:7d, or any phone, reference or id")
}

// line is the search line. What is wrong with the filter stands under it.
func (f TopUpFilter) line(r Reader) ui.Search {
	return ui.Search{Name: FieldText, Label: r.T("Filter top-ups"), Value: f.text(), Help: f.help(r), Error: f.wrong(), Placeholder: "status:failed amount>50 5512345678"}
}

// wrong is every problem in one line: where the line is, the form may be closed.
func (f TopUpFilter) wrong() string {
	var problems []string
	for _, field := range append([]string{"", FieldText}, billing.FilterFields()...) {
		if problem := f.Problems[field]; problem != "" {
			problems = append(problems, sentence(problem))
		}
	}
	return strings.Join(problems, " ")
}
