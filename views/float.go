package views

// The float in figures: what is left of it, how long that lasts, how its days went.

import (
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// FloatFigures are what our money at Latcom stands at.
type FloatFigures struct {
	billing.Float
	Pace  billing.FloatPace
	Least billing.MXN // the face value of the smallest order
	Today FloatDay
}

// FloatDay is a business day of the float: it closed with what it opened with, and deposited, less corrected and spent.
type FloatDay struct {
	Day                                          time.Time // its first moment in the business zone
	Opened, Deposited, Corrected, Spent, Closing billing.MXN
}

// FloatPage is the page.
type FloatPage struct {
	Frame
	Figures       FloatFigures
	Days          []FloatDay // the newest first
	History       []FloatPoint
	Began         time.Time // of the picture
	Deposits      []billing.FloatDeposit
	Newest, Older string // addresses of other pages of the deposits; empty: there is none
	BeforeFirst   billing.MXN
	MayRecord     bool
}

// FloatPoint is the balance at a moment.
type FloatPoint struct {
	At      time.Time
	Balance billing.MXN
}

// mxn is an amount with its unit.
func mxn(amount billing.MXN) string { return WithUnit(Money2(amount.Decimal()), "MXN") }

// SignedMXN is an amount with its sign and unit.
func SignedMXN(amount billing.MXN) string { return WithUnit(Signed(amount.Decimal(), 2), "MXN") }

// Level is how the float stands.
func (f FloatFigures) Level() billing.FloatLevel { return f.Float.Level(f.Pace, f.Least, "") }

// lasts is the runway as the present goes.
func (f FloatFigures) lasts(r Reader) string {
	if f.Left().Cmp(f.Least) < 0 {
		return r.T("Nothing more")
	}
	return r.RunwayShort(f.Pace.Present(f.Left()))
}

// pace says what the runway was told from.
func (f FloatFigures) pace(r Reader) string {
	switch {
	case f.Pace.LastHour.Sign() > 0:
		return r.T("at the pace of the last 60 minutes: %s", mxn(f.Pace.LastHour))
	case f.Pace.LastDay.Sign() > 0:
		return r.T("at the pace of the last 24 hours: %s", mxn(f.Pace.LastDay))
	}
	return r.T("Nothing was delivered for 24 hours, so there is no pace to tell it from.")
}

// usual is the runway as the last 24 hours went, beside the present one.
func (f FloatFigures) usual(r Reader) string {
	if f.Pace.LastHour.Sign() <= 0 || f.Left().Sign() <= 0 {
		return ""
	}
	return r.T("As the last 24 hours went: %s", r.RunwayShort(f.Pace.Usual(f.Left())))
}

// until is when it is used up; "" when that is far away or never.
func (f FloatFigures) until(r Reader) string {
	end, ends := f.usedUp(r.Now)
	switch {
	case !ends:
		return ""
	case r.Today(end):
		return r.T("until %s", r.TimeOfDay(end)[:5])
	}
	return r.T("until %s", r.DateTime(end))
}

func (f FloatFigures) usedUp(now time.Time) (time.Time, bool) {
	lasts := f.Pace.Present(f.Left())
	return now.Add(lasts), lasts > 0 && lasts <= farAway
}

// parts are what became of all that was there today: left, under way; the rest of the bar is spent.
func (f FloatFigures) parts() []ui.Part {
	whole := f.Today.Opened.Add(f.Today.Deposited).Sub(f.Today.Corrected)
	share := func(amount billing.MXN) float64 {
		if whole.Sign() <= 0 || amount.Sign() <= 0 {
			return 0
		}
		return min(100*amount.Decimal().Div(whole.Decimal()).InexactFloat64(), 100)
	}
	left := share(f.Left())
	return []ui.Part{{Percent: left, Tone: "ink"}, {Percent: min(share(f.InFlight), 100-left), Tone: "held"}}
}

// warning is what somebody has to do; an empty note: nothing.
func (f FloatFigures) warning(r Reader) ui.Note {
	left := mxn(f.Left())
	switch f.Level() {
	case billing.FloatEmpty:
		return ui.Note{Tone: "failed", Icon: "octagon-alert", Head: r.T("The float is used up."), Text: r.T("%s are left. New orders are refused with 503 before anything is held, until a deposit is recorded.", left)}
	case billing.FloatShort:
		return ui.Note{Tone: "failed", Icon: "octagon-alert", Head: r.T("The float lasts for less than 4 hours."), Text: r.T("A transfer has to be on its way now. When it is used up, orders are refused.")}
	case billing.FloatLow:
		return ui.Note{Tone: "unknown", Icon: "triangle-alert", Head: r.T("The float lasts for less than 24 hours."), Text: r.T("Pay in today. When it is used up, orders are refused.")}
	}
	return ui.Note{}
}

func (p FloatPage) figures() []ui.Figure {
	f := p.Figures
	return []ui.Figure{
		{Label: p.T("Left"), Value: Money2(f.Left().Decimal()), Unit: "MXN", Note: p.T("what further orders can be made from")},
		{Label: p.T("Lasts for"), Value: f.lasts(p.Reader), Was: f.usual(p.Reader), Note: f.pace(p.Reader)},
		{Label: p.T("In flight"), Value: Money2(f.InFlight.Decimal()), Unit: "MXN", Note: p.T("top-ups that are not final: counted as spent")},
		{Label: p.T("Spent today"), Value: Money2(f.Today.Spent.Decimal()), Unit: "MXN", Note: p.T("%s in the last 24 hours", mxn(f.Pace.LastDay))},
	}
}

// Days of the picture: those before now, and those ahead.
const (
	FloatDaysBack  = 7
	floatDaysAhead = 2
)

// at is a moment's place in the picture.
func (p FloatPage) at(t time.Time) float64 {
	return t.Sub(p.Began).Hours() / (24 * (FloatDaysBack + floatDaysAhead))
}

func (p FloatPage) chart() ui.Depletion {
	chart := ui.Depletion{Said: p.said(), Now: p.T("now"), Height: 180}
	for _, point := range p.History {
		chart.Past = append(chart.Past, ui.Point{At: p.at(point.At), Level: point.Balance.Decimal().InexactFloat64()})
	}
	chart.Past = append(chart.Past, ui.Point{At: p.at(p.Now), Level: p.Figures.Balance.Decimal().InexactFloat64()})
	if end, ends := p.Figures.usedUp(p.Now); ends {
		chart.EmptyAt = p.at(end)
	}
	for i := len(p.Days) - 1; i >= 0; i-- {
		if at := p.at(p.Days[i].Day); at >= 0 && i%2 == 0 {
			chart.Ticks = append(chart.Ticks, ui.Tick{At: at, Text: p.dayShort(p.Days[i].Day)})
		}
	}
	return chart
}

func (p FloatPage) said() string {
	if end, ends := p.Figures.usedUp(p.Now); ends {
		return p.T("The balance of the last 7 days; at this pace it is used up on %s", p.DateTime(end))
	}
	return p.T("The balance of the last 7 days")
}

// dayShort is "12 Mar", without its year.
func (p FloatPage) dayShort(day time.Time) string {
	date := p.BusinessDate(day)
	return date[:len(date)-len(" 2006")]
}

// total is all the days together.
func (p FloatPage) total() FloatDay {
	all := FloatDay{Opened: p.Days[len(p.Days)-1].Opened, Closing: p.Days[0].Closing}
	for _, day := range p.Days {
		all.Deposited, all.Corrected, all.Spent = all.Deposited.Add(day.Deposited), all.Corrected.Add(day.Corrected), all.Spent.Add(day.Spent)
	}
	return all
}

// moved writes an amount that moved the balance, and nothing where none did.
func moved(amount billing.MXN, sign string) string {
	if amount.Sign() == 0 {
		return Nothing
	}
	return sign + Money2(amount.Decimal())
}
