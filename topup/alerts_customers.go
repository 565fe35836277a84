package topup

// Somebody has to know when a customer's credit runs out: its members and we.

import (
	"context"
	"slices"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const customersEvery = 30 * time.Second

// LookAtCustomers raises and ends what there is to say about single customers.
func (e *Engine) LookAtCustomers(ctx context.Context) error {
	return e.lookAt(ctx, []watch{{billing.AlertCustomerBalance, lowBalances}, {billing.AlertCustomerRunway, e.shortRunways}})
}

// customerPage is where a customer's money is seen.
func customerPage(code string) string { return "/admin/customers/" + code }

func lowBalances(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	watched, err := tx.WatchedCustomers(ctx)
	if err != nil {
		return nil, err
	}
	var due []billing.Alert
	for _, c := range watched {
		if c.Available().Cmp(c.LowBelow) >= 0 {
			continue
		}
		due = append(due, billing.Alert{
			Kind: billing.AlertCustomerBalance, Subject: c.Code, Severity: billing.SeverityWarning, Link: customerPage(c.Code),
			Words: map[string]string{"name": c.Name, "left": c.Available().String(), "level": c.LowBelow.String()},
		})
	}
	return due, nil
}

// shortRunways ends an alert only when the credit lasts a quarter longer than what
// began it: a pace goes up and down.
func (e *Engine) shortRunways(ctx context.Context, tx *store.Tx) ([]billing.Alert, error) {
	watched, err := tx.WatchedCustomers(ctx)
	if err != nil {
		return nil, err
	}
	paces, sinceMidnight, err := e.paces(ctx, tx)
	if err != nil {
		return nil, err
	}
	open, err := tx.OpenAlerts(ctx)
	if err != nil {
		return nil, err
	}
	var due []billing.Alert
	for _, c := range watched {
		p := paces[c.ID]
		runway := billing.Runway(c.Available(), billing.PresentSpending(p.LastHour, p.Spent, sinceMidnight))
		least := time.Duration(c.RunwayMinutes) * time.Minute
		if slices.ContainsFunc(open, func(a billing.Alert) bool { return a.Kind == billing.AlertCustomerRunway && a.Subject == c.Code }) {
			least += least / 4
		}
		if runway < 0 || runway >= least {
			continue
		}
		due = append(due, billing.Alert{
			Kind: billing.AlertCustomerRunway, Subject: c.Code, Severity: billing.SeverityWarning, Link: customerPage(c.Code),
			Words: map[string]string{"name": c.Name, "left": c.Available().String(), "seconds": strconv.FormatInt(int64(runway/time.Second), 10)},
		})
	}
	return due, nil
}

// paces are how fast customers spend, by their ids, and how old the business day is.
func (e *Engine) paces(ctx context.Context, tx *store.Tx) (map[int64]store.Pace, time.Duration, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, 0, err
	}
	day, _ := e.businessDay(now)
	all, err := tx.Paces(ctx, day, now)
	if err != nil {
		return nil, 0, err
	}
	paces := make(map[int64]store.Pace, len(all))
	for _, p := range all {
		paces[p.CustomerID] = p
	}
	return paces, now.Sub(day), nil
}
