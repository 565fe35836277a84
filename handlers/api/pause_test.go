package api

import (
	"net/http"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

// Whoever orders while sending is paused reads the operator's own words, and when
// to ask again.
func TestAPauseIsA503WithItsReason(t *testing.T) {
	t.Parallel()
	for reason, says := range map[string]string{
		"Maintenance until 18:00":   "Top-ups are paused: Maintenance until 18:00. Repeat the request with the same reference.",
		"The carrier is upgrading.": "Top-ups are paused: The carrier is upgrading. Repeat the request with the same reference.",
	} {
		p := describe(billing.UnavailableError{Reason: reason, RetryAfter: 60, Paused: true})
		if p.Status != http.StatusServiceUnavailable || p.Code != codeUnavailable || p.Detail != says || strings.Contains(p.Detail, "..") {
			t.Errorf("%+v", p)
		}
		if got := p.headers.Get("Retry-After"); got != "60" {
			t.Errorf("Retry-After is %q", got)
		}
	}
}
