package handlers

// How long a customer's money lasts, told from what it really spent.

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// sampleEvery is how often the day's line of available money has a point.
const sampleEvery = 15 * time.Minute

func (s *Site) dashboardRunway(ctx context.Context, c billing.Customer, day store.CustomerDay, at time.Time) (views.DashboardRunway, error) {
	began := s.businessDay(at)
	runway := views.DashboardRunway{DayBegan: began, Low: c.LowBelow, Level: c.Level(), Left: c.Available(), Lasts: -1}
	switch {
	case day.LastHour.Sign() > 0:
		runway.Hour, runway.Spent = true, day.LastHour
		runway.Lasts = lasts(c.Available(), day.LastHour, time.Hour)
	case day.Spent.Sign() > 0:
		runway.Spent = day.Spent
		runway.Lasts = lasts(c.Available(), day.Spent, at.Sub(began))
	}
	sampled, err := s.Store.AvailableSince(ctx, c.ID, began, sampleEvery)
	for _, point := range sampled {
		if point.Deposit { // a step, not a slope
			runway.Available = append(runway.Available, views.DashboardAvailable{At: point.At, Amount: point.Before})
		}
		runway.Available = append(runway.Available, views.DashboardAvailable{At: point.At, Amount: point.After})
	}
	return runway, err
}

// lasts is how long what is left will do if spent goes on every period. It stops
// at ten years: a duration holds no more than 290.
func lasts(left, spent billing.USD, period time.Duration) time.Duration {
	const most = 10 * 365 * 24 * time.Hour
	if left.Sign() <= 0 {
		return 0
	}
	seconds := left.Decimal().Mul(decimal.NewFromFloat(period.Seconds())).Div(spent.Decimal())
	if seconds.GreaterThan(decimal.NewFromFloat(most.Seconds())) {
		return most
	}
	return time.Duration(seconds.IntPart()) * time.Second
}
