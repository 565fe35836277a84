package views

import (
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

// What anybody does has words in both languages, members and keys as well.
func TestEveryActionOfTheLogHasWords(t *testing.T) {
	t.Parallel()
	for _, action := range AuditActions() {
		english, spanish := ActionWord(Reader{Language: English}, action), ActionWord(Reader{Language: Spanish}, action)
		if english == action || spanish == action || spanish == english {
			t.Errorf("%s is %q in English and %q in Spanish", action, english, spanish)
		}
	}
}

func TestMoneyInTheLogSaysItsCurrency(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ action, name, value, want string }{
		{"adjustment.posted", "amount", "1500.0000", "1,500.0000 USD"},
		{"adjustment.posted", "balance", "-2.5000", "−2.5000 USD"},
		{"adjustments.listed", "debited", "12.5000", "12.5000 USD"},
		{"topup.ordered", "amount", "50.00", "50.00 MXN"},
		{"topup.ordered", "price", "2.7778", "2.7778 USD"},
		{"float.deposited", "amount", "50000.55", "50,000.55 MXN"},
		{"customer.limits", "max", "200.00", "200.00 MXN"},
		{"customer.limits", "daily_cap", "1000.0000", "1,000.0000 USD"},
		{"credit_limit.changed", "credit_limit", "5000", "5,000.00 USD"},
		{"exchange_rate.changed", "exchange_rate", "18.5", "18.5000 MXN"},
		{"discount.changed", "discount", "0.05", "5 %"},
		{"customer.limits", "requests_per_minute", "60", "60"},
		{"export.requested", "rows", "12", "12"},
	} {
		if got := FactValue(Reader{Language: English}, billing.Audit{Action: tt.action}, tt.name, tt.value); strings.ReplaceAll(got, "\u00a0", " ") != tt.want {
			t.Errorf("%s, %s %s: %q, want %q", tt.action, tt.name, tt.value, got, tt.want)
		}
	}
}
