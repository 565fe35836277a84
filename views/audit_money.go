package views

// Money in the audit log: a figure with its currency, which follows from what it is.

import (
	"strings"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// usdFacts and mxnFacts are always of one currency.
var (
	usdFacts = map[string]bool{
		"balance": true, "held": true, "price": true, "daily_cap": true, "low_below": true, "medium_below": true, "credited": true, "debited": true,
	}
	mxnFacts = map[string]bool{"min": true, "max": true}
)

// factMoney is a figure of the log with its unit; ok is false for what is none.
func factMoney(line billing.Audit, name, value string) (said string, ok bool) {
	figure, err := decimal.NewFromString(value)
	if err != nil {
		return "", false
	}
	kind, _, _ := strings.Cut(line.Action, ".")
	switch term := billing.ChangeKind(name); term {
	case billing.ChangeCreditLimit, billing.ChangeDiscount, billing.ChangeRate:
		return TermValue(term, figure), true
	}
	switch {
	case usdFacts[name], name == "amount" && kind == "adjustment":
		return WithUnit(Money4(figure), "USD"), true
	case mxnFacts[name], name == "amount" && (kind == "topup" || kind == "float"):
		return WithUnit(Money2(figure), "MXN"), true
	}
	return "", false
}
