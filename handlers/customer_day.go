package handlers

// How a customer's day goes, and how long its money lasts: for its dashboard and
// for its page in the back office.

import (
	"context"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// dayOf reads a customer's day against the day before, and tells the runway from
// what it really spent: within the last hour, else today, and as today's weekday
// usually goes.
func (s *Site) dayOf(ctx context.Context, c billing.Customer, at time.Time) (day views.CustomerSums, runway views.Runway, err error) {
	today := s.today(at)
	before, _ := s.before(at, yesterday)
	sums, err := s.Store.Reading(ctx).Between(ctx, c.ID, today.from, today.to)
	if err != nil {
		return day, runway, err
	}
	earlier, err := s.Store.Reading(ctx).Between(ctx, c.ID, before.from, before.to)
	if err != nil {
		return day, runway, err
	}
	terms, err := s.Store.Account(ctx, c.ID)
	if err != nil {
		return day, runway, err
	}
	day = views.CustomerSums{
		Rate: terms.Rate, Discount: terms.Discount,
		Count: int(sums.Accepted), Succeeded: int(sums.Succeeded + sums.Reversed), Failed: int(sums.Failed), Unknown: int(sums.Unknown),
		Delivered: sums.Delivered, Charged: sums.Charged, Yesterday: int(earlier.Accepted),
	}
	hour, err := s.Store.Reading(ctx).Between(ctx, c.ID, at.Add(-time.Hour), at)
	if err != nil {
		return day, runway, err
	}
	usual, err := s.usual.latest(ctx)
	if err != nil {
		return day, runway, err
	}
	pace := billing.PresentSpending(hour.Spent, sums.Spent, at.Sub(today.from))
	runway = views.Runway{
		DayBegan: today.from, Low: c.LowBelow, Left: c.Available(), Spent: pace.Amount, Hour: hour.Spent.Sign() > 0,
		Lasts: billing.Runway(c.Available(), pace), Usual: billing.Runway(c.Available(), usual[c.ID]),
	}
	runway.Level = c.LevelWith(runway.Counts())
	return day, runway, nil
}

// sampleEvery is how often the day's line of available money has a point.
const sampleEvery = 15 * time.Minute

// lineOfDay fills in what was available through the day.
func (s *Site) lineOfDay(ctx context.Context, customerID int64, runway *views.Runway) error {
	sampled, err := s.Store.Reading(ctx).AvailableSince(ctx, customerID, runway.DayBegan, sampleEvery)
	for _, point := range sampled {
		if point.Deposit { // a step, not a slope
			runway.Available = append(runway.Available, views.AvailableAt{At: point.At, Amount: point.Before})
		}
		runway.Available = append(runway.Available, views.AvailableAt{At: point.At, Amount: point.After})
	}
	return err
}

// hoursOfDay reads the business day by hour.
func (s *Site) hoursOfDay(ctx context.Context, customerID int64, at time.Time) (views.DashboardHours, error) {
	day := s.businessDay(at)
	counted, err := s.hours(ctx, customerID, span{day, day.AddDate(0, 0, 1)})
	return views.DashboardHours{Hours: counted, Zone: s.Zone, At: at.In(s.Zone).Hour()}, err
}
