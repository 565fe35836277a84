package views

// Which amounts a customer may order, in words.

import (
	"strings"

	"latcom.example/latcom-billing/billing"
)

// AmountsAllowed says what may be ordered where something else was.
func AmountsAllowed(r Reader, e billing.AmountError) string {
	fixed := make([]string, len(e.Fixed))
	for i, amount := range e.Fixed {
		fixed[i] = amount.String()
	}
	switch amounts := strings.Join(fixed, ", "); {
	case len(fixed) == 0:
		return r.T("An amount is from %s to %s MXN", e.Min.String(), e.Max.String())
	case e.Max.Sign() == 0:
		return r.T("An amount is one of these: %s MXN", amounts)
	default:
		return r.T("An amount is from %s to %s MXN, or one of these: %s MXN", e.Min.String(), e.Max.String(), amounts)
	}
}
