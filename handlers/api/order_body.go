package api

// The body of an order.

import (
	"fmt"
	"regexp"

	"latcom.example/latcom-billing/billing"
)

// referencePattern is what a reference may look like.
var referencePattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// longestOverride is more than any override has.
const longestOverride = 64

const (
	wrongReference = "must be 1 to 64 characters of A-Z a-z 0-9 . _ : -"
	wrongPhoneType = "must be a string"
	wrongAmount    = `must be a decimal number, such as 50 or "50.00"`
	missing        = "is missing"
)

// mistakesListed bounds what one answer says about one request.
const mistakesListed = 20

// mistakes collects what is wrong with a request, in the order of its fields.
type mistakes []FieldError

func (m *mistakes) add(location, name, message string) {
	if len(*m) < mistakesListed {
		if len(name) > 64 {
			name = fmt.Sprintf("%.64s…", name)
		}
		*m = append(*m, FieldError{Location: location + "." + name, Field: name, Message: message})
	}
}

// parseOrder reads an order. What is wrong with its shape is told first, all of
// it at once; then the phone, then the amount. Whether the amount is in range is
// the engine's to say, after it has looked for a replay.
func parseOrder(body []byte) (o billing.Order, err error) {
	fields, ok := fieldsOf(body)
	if !ok {
		return o, invalid(FieldError{Location: "body", Message: "The body must be a JSON object."})
	}
	var wrong mistakes
	var phone, amount string
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.name] {
			wrong.add("body", f.name, "is there twice")
			continue
		}
		seen[f.name] = true
		switch f.name {
		case "phone":
			if phone, ok = f.text(); !ok {
				wrong.add("body", f.name, wrongPhoneType)
			}
		case "amount":
			if amount, ok = f.decimal(); !ok {
				wrong.add("body", f.name, wrongAmount)
			}
		case "reference":
			if o.Reference, ok = f.text(); !ok || !referencePattern.MatchString(o.Reference) {
				wrong.add("body", f.name, wrongReference)
			}
		case "override":
			if o.Override, ok = f.text(); !ok || len(o.Override) > longestOverride {
				wrong.add("body", f.name, "must be an override that we offered")
			}
		case "quote":
			if o.Quote, ok = f.quote(); !ok {
				wrong.add("body", f.name, wrongQuote)
			}
		case "max_price":
			if o.MaxPrice, ok = f.usd(); !ok {
				wrong.add("body", f.name, wrongMaxPrice)
			}
		case "metadata":
			if o.Metadata, err = parseMetadata(f.value); err != nil {
				wrong.add("body", f.name, err.Error())
			}
		default:
			wrong.add("body", f.name, "is not a field of an order")
		}
	}
	for _, name := range []string{"phone", "amount", "reference"} {
		if !seen[name] {
			wrong.add("body", name, missing)
		}
	}
	if len(wrong) > 0 {
		return o, invalid(wrong...)
	}
	if o.Phone, err = billing.ParsePhone(phone); err != nil {
		return o, err
	}
	o.Amount, err = parseAmount(amount)
	return o, err
}
