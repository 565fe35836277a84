package views

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// DashboardRunway says how long the available amount lasts, and from what that
// was told.
type DashboardRunway struct {
	Lasts     time.Duration // at the pace; negative: nothing was spent, there is none to tell
	Spent     billing.USD   // the pace: this much
	Hour      bool          // within the last 60 minutes, else since the day began
	DayBegan  time.Time
	Available []DashboardAvailable // today, from the ledger
	Low       billing.USD          // below it the level is low
	Level     billing.Level
	Left      billing.USD // what is available now
}

// DashboardAvailable is what could be spent at a moment of the day.
type DashboardAvailable struct {
	At     time.Time
	Amount billing.USD
}

const (
	farAway     = 60 * 24 * time.Hour // beyond it a runway is a guess about a guess
	pictureDays = 2                   // today and tomorrow
)

// headline is how long the money lasts.
func (w DashboardRunway) headline(r Reader) string {
	switch {
	case w.Left.Sign() <= 0:
		return r.T("Nothing available")
	case w.Lasts > farAway:
		return r.T("more than %s", r.Runway(farAway))
	}
	return r.Runway(w.Lasts)
}

// pace says what the headline was told from.
func (w DashboardRunway) pace(r Reader) string {
	spent := WithUnit(Money2(w.Spent.Decimal()), "USD")
	switch {
	case w.Left.Sign() <= 0:
		return r.T("No top-up is accepted before a deposit arrives.")
	case w.Lasts < 0:
		return r.T("Nothing was spent today, so there is no pace to tell it from.")
	case w.Hour:
		return r.T("at the pace of the last 60 minutes: %s", spent)
	}
	return r.T("at the pace of today: %s so far", spent)
}

// drawable says whether there is a line to draw.
func (w DashboardRunway) drawable() bool { return len(w.Available) > 1 }

// at is a moment's place in the picture.
func (w DashboardRunway) at(t time.Time) float64 {
	return t.Sub(w.DayBegan).Hours() / (24 * pictureDays)
}

func (w DashboardRunway) usedUpAt(r Reader) (t time.Time, ok bool) {
	if w.Lasts < 0 || w.Lasts > farAway || w.Left.Sign() <= 0 {
		return time.Time{}, false
	}
	return r.Now.Add(w.Lasts), true
}

func (w DashboardRunway) chart(r Reader) ui.Depletion {
	chart := ui.Depletion{Said: w.said(r), Now: r.T("now"), Ticks: []ui.Tick{{Text: r.T("today")}}}
	for _, a := range w.Available {
		chart.Past = append(chart.Past, ui.Point{At: w.at(a.At), Level: a.Amount.Decimal().InexactFloat64()})
	}
	chart.Past = append(chart.Past, ui.Point{At: w.at(r.Now), Level: w.Left.Decimal().InexactFloat64()})
	if w.Low.Sign() > 0 {
		chart.Threshold, chart.ThresholdName = w.Low.Decimal().InexactFloat64(), r.T("low below %s", Integer(int(w.Low.Decimal().IntPart())))
	}
	end, ends := w.usedUpAt(r)
	if ends {
		chart.EmptyAt = w.at(end)
	}
	if tomorrow := 1.0 / pictureDays; !ends || chart.EmptyAt > 1 || chart.EmptyAt < tomorrow-0.12 || chart.EmptyAt > tomorrow+0.14 {
		chart.Ticks = append(chart.Ticks, ui.Tick{At: tomorrow, Text: r.T("tomorrow")})
	}
	if ends && chart.EmptyAt <= 1 && chart.EmptyAt > 0.12 {
		chart.Ticks = append(chart.Ticks, ui.Tick{At: chart.EmptyAt, Text: r.TimeOfDay(end)[:5]})
	}
	return chart
}

// said is the picture for who does not see it.
func (w DashboardRunway) said(r Reader) string {
	if end, ends := w.usedUpAt(r); ends {
		return r.T("Available today; at this pace it is used up on %s", r.DateTime(end))
	}
	return r.T("Available today")
}
