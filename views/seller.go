package views

// A customer with how its day goes and how long its credit lasts.

import (
	"time"

	"latcom.example/latcom-billing/billing"
)

// Seller is a customer as the overview and the list of customers show it.
type Seller struct {
	billing.Customer
	Today         int // top-ups accepted today
	Delivered     billing.MXN
	Runway, Usual time.Duration // at the present rate, and as this weekday usually goes; billing.NoRunway: there is none to tell
}

// Lasts is the runway that counts: the present one, or the usual one while nothing is spent.
func (s Seller) Lasts() time.Duration {
	if s.Runway < 0 {
		return s.Usual
	}
	return s.Runway
}

// Level is the lower one of the customer's own thresholds and of its runway.
func (s Seller) Level() billing.Level { return s.LevelWith(s.Lasts()) }

const farAway = 60 * 24 * time.Hour // beyond it a runway is a guess about a guess

// RunwayShort is how long money lasts, in a row of a list.
func (r Reader) RunwayShort(d time.Duration) string {
	if d > farAway {
		return "> " + r.Runway(farAway)
	}
	return r.Runway(d)
}

// Weekday is today's in a zone: "Thursday", "jueves".
func (r Reader) Weekday(zone *time.Location) string {
	day := r.Now.In(zone).Weekday()
	if r.Language == Spanish {
		return spanishWeekdays[day]
	}
	return day.String()
}

// asUsual tells the other runway beside the one that counts, where there are two.
func (s Seller) asUsual(r Reader, zone *time.Location) string {
	if s.Runway < 0 || s.Usual < 0 || s.Available().Sign() <= 0 {
		return ""
	}
	return r.T("%s on a usual %s", r.RunwayShort(s.Usual), r.Weekday(zone))
}
