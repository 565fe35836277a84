package store

// What the watches of alerts ask the database.

import (
	"context"

	"latcom.example/latcom-billing/billing"
)

// ProviderLately is how Latcom did within some time.
type ProviderLately struct {
	Delivered int     `db:"delivered"`
	Missed    int     `db:"missed"` // refused for a fault that is not the order's, not sent, or unknown
	P95       float64 `db:"p95"`    // seconds of a delivery; 0: there was none
}

// Percent is the share that was delivered, cut to whole percent.
func (p ProviderLately) Percent() int {
	if p.Delivered+p.Missed == 0 {
		return 100
	}
	return p.Delivered * 100 / (p.Delivered + p.Missed)
}

// ProviderLately counts what ended within the last seconds.
func (r reader) ProviderLately(ctx context.Context, seconds float64) (ProviderLately, error) {
	return get[ProviderLately](ctx, r.q, "how Latcom did lately", `
		SELECT count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
		       count(*) FILTER (WHERE outcome IN ('unknown', 'not_sent') OR outcome = 'refused' AND fault NOT IN ('number', 'reseller')) AS missed,
		       COALESCE(percentile_cont(0.95) WITHIN GROUP (ORDER BY took_ms) FILTER (WHERE outcome = 'delivered') / 1000.0, 0) AS p95
		FROM attempts
		WHERE started_at > now() - make_interval(secs => $1) AND finished_at IS NOT NULL`, seconds)
}

// WatchedCustomer is a customer that ordered lately, with what it wants to know.
type WatchedCustomer struct {
	billing.Customer
	billing.CustomerWatch
}

// WatchedCustomers lists those that are not suspended and ordered within seven days.
func (r reader) WatchedCustomers(ctx context.Context) ([]WatchedCustomer, error) {
	return list[WatchedCustomer](ctx, r.q, "customers with their levels", `
		SELECT c.*, COALESCE(w.runway_minutes, $1) AS runway_minutes, COALESCE(w.mail, true) AS mail, COALESCE(w.language, 'es') AS language
		FROM (`+selectCustomers+`) c
		LEFT JOIN customer_watches w ON w.customer_id = c.id
		WHERE NOT c.suspended
		  AND EXISTS (SELECT FROM quarter_hours q WHERE q.customer_id = c.id AND q.began > now() - interval '7 days')
		ORDER BY c.id`, billing.UsualCustomerWatch().RunwayMinutes)
}

// LostAlerts lists the open alerts of a kind that nobody has seen for some seconds:
// whoever saw them is gone.
func (r reader) LostAlerts(ctx context.Context, kind billing.AlertKind, seconds float64) ([]billing.Alert, error) {
	return alerts(ctx, r, "alerts that nobody sees any more", `
		SELECT `+alertColumns+` FROM alerts
		WHERE kind = $1 AND ended_at IS NULL AND seen_at < now() - make_interval(secs => $2)`, string(kind), seconds)
}
