package views

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Runway says how long the available amount lasts, and from what that
// was told.
type Runway struct {
	Lasts     time.Duration // at the pace; negative: nothing was spent, there is none to tell
	Usual     time.Duration // as today's weekday usually goes; negative: nothing is usual yet
	Spent     billing.USD   // the pace: this much
	Hour      bool          // within the last 60 minutes, else since the day began
	DayBegan  time.Time
	Available []AvailableAt // today, from the ledger
	Low       billing.USD   // below it the level is low
	Level     billing.Level
	Left      billing.USD // what is available now
}

// AvailableAt is what could be spent at a moment of the day.
type AvailableAt struct {
	At     time.Time
	Amount billing.USD
}

const pictureDays = 2 // today and tomorrow

// Counts is the runway that counts: the present one, or the usual one while nothing is spent.
func (w Runway) Counts() time.Duration {
	if w.Lasts < 0 {
		return w.Usual
	}
	return w.Lasts
}

// headline is how long the money lasts.
func (w Runway) headline(r Reader) string {
	switch lasts := w.Counts(); {
	case w.Left.Sign() <= 0:
		return r.T("Nothing available")
	case lasts > farAway:
		return r.T("more than %s", r.Runway(farAway))
	default:
		return r.Runway(lasts)
	}
}

// usual says how long it lasts as the weekday usually goes, beside the present pace.
func (w Runway) usual(r Reader) string {
	if w.Left.Sign() <= 0 || w.Lasts < 0 || w.Usual < 0 {
		return ""
	}
	return r.T("On a usual %s: %s", r.Weekday(w.DayBegan.Location()), r.RunwayShort(w.Usual))
}

// pace says what the headline was told from.
func (w Runway) pace(r Reader) string {
	spent := WithUnit(Money2(w.Spent.Decimal()), "USD")
	switch {
	case w.Left.Sign() <= 0:
		return r.T("No top-up is accepted before a deposit arrives.")
	case w.Lasts < 0 && w.Usual >= 0:
		return r.T("Nothing was spent today yet; this is how a usual %s goes.", r.Weekday(w.DayBegan.Location()))
	case w.Lasts < 0:
		return r.T("Nothing was spent today, so there is no pace to tell it from.")
	case w.Hour:
		return r.T("at the pace of the last 60 minutes: %s", spent)
	}
	return r.T("at the pace of today: %s so far", spent)
}

// drawable says whether there is a line to draw.
func (w Runway) drawable() bool { return len(w.Available) > 1 }

// at is a moment's place in the picture.
func (w Runway) at(t time.Time) float64 {
	return t.Sub(w.DayBegan).Hours() / (24 * pictureDays)
}

func (w Runway) usedUpAt(r Reader) (t time.Time, ok bool) {
	lasts := w.Counts()
	if lasts < 0 || lasts > farAway || w.Left.Sign() <= 0 {
		return time.Time{}, false
	}
	return r.Now.Add(lasts), true
}

func (w Runway) chart(r Reader) ui.Depletion {
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
func (w Runway) said(r Reader) string {
	if end, ends := w.usedUpAt(r); ends {
		return r.T("Available today; at this pace it is used up on %s", r.DateTime(end))
	}
	return r.T("Available today")
}
