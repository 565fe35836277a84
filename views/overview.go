package views

// The figures and charts of the overview, made of what was counted.

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Overview is the page and its three fragments. A fragment is handed only what it shows.
type Overview struct {
	Frame
	Zone     *time.Location // of the business day
	LastWeek bool           // compares with the same day of last week; else with yesterday
	At       time.Time      // when the figures were read
	Now      OverviewNow
	Side     OverviewSide
	Day      OverviewDay
}

// OverviewNow is the two bands of figures.
type OverviewNow struct {
	Today, Before billing.TopUpTotals // Before: up to the same time of the day compared with
	Places        int                 // at Latcom, all instances together
	Sending       int
	Queued        int
	OldestQueued  time.Duration
	LastMinute    int // accepted within it
	PaceLimit     int // a minute, as long as deliveries take now; 0: not known
	Unknown       int
	UnknownHeld   billing.USD
	Stopped       *Stopped        // nil: orders go out
	Pauses        []billing.Pause // by operators, that hold
}

// Stopped says why no orders go out to Latcom, except one now and then that tries.
type Stopped struct {
	Since  time.Duration
	Retry  time.Duration // until the next try; 0: now
	Reason string        // as it was noted
	Trying bool          // one order is out to see
}

// OverviewSide is what needs somebody: the oldest unknown top-ups, the credit that runs out first.
type OverviewSide struct {
	Unknown           []UnknownTopUp // the oldest first
	OfUnknown         int
	Sellers           []Seller // whose credit runs out first
	Low, Medium, Good int      // how many customers are at each level
	Float             FloatFigures
}

// UnknownTopUp is one with what its last answer was.
type UnknownTopUp struct {
	billing.TopUp
	Why string
}

// OverviewDay is the charts and the causes.
type OverviewDay struct {
	Hours, Before          [24]HourCount
	Latencies              [24]Latency
	Latency, LatencyBefore Latency   // of the day so far, and of the other day up to the same time
	Causes                 []Cause   // the most frequent first
	Ended                  int       // succeeded and failed today
	Hour                   int       // the present one
	Began                  time.Time // the business day
}

// HourCount counts the top-ups accepted within an hour of the business day.
type HourCount struct{ Succeeded, Failed, Unknown, Open int }

func (h HourCount) total() int { return h.Succeeded + h.Failed + h.Unknown + h.Open }

// Latency is how long deliveries took, in seconds; zero without one.
type Latency struct{ P50, P95 float64 }

// Cause counts failed top-ups by who was at fault.
type Cause struct {
	Fault         billing.Fault
	Mostly        string // the most frequent reason
	Times, Failed int
}

// In the business zone the day's times are the business's, wherever the reader is.
func (o Overview) business() Reader {
	return Reader{Language: o.Language, Zone: o.Zone, Now: o.Frame.Now}
}

// The city of the usual business zone is in the catalogue like other words.
var _ = Term("Mexico City")

// ZoneWord names a zone by its city: "Mexico City".
func ZoneWord(zone *time.Location) string {
	name := zone.String()
	return strings.ReplaceAll(name[strings.LastIndex(name, "/")+1:], "_", " ")
}

func (o Overview) facts() string {
	b := o.business()
	return o.T("%s, up to %s in %s", b.LongDate(o.At), b.TimeOfDay(o.At), o.lookUp(ZoneWord(o.Zone)))
}

// comparedDay is the name of the day that today is compared with.
func (o Overview) comparedDay() string {
	if o.LastWeek {
		return o.T("Last %s", o.weekday())
	}
	return o.T("Yesterday")
}

// weekday is today's, for the sake of "Last Thursday", "Jueves pasado".
func (o Overview) weekday() string {
	word := []rune(o.Weekday(o.Zone))
	return strings.ToUpper(string(word[:1])) + string(word[1:])
}

func (o Overview) comparisons() []ui.Segment {
	other := o
	other.LastWeek = !o.LastWeek
	yesterday, week := o, other
	if o.LastWeek {
		yesterday, week = other, o
	}
	return []ui.Segment{
		{Text: yesterday.comparedDay(), Href: yesterday.path(), Current: !o.LastWeek},
		{Text: week.comparedDay(), Href: week.path(), Current: o.LastWeek},
	}
}

// path is the page's address, with the comparison that was chosen.
func (o Overview) path() string {
	if o.LastWeek {
		return AdminPath + "?compare=week"
	}
	return AdminPath
}

func (o Overview) figures() []ui.Figure {
	now, was := o.Now.Today, o.Now.Before
	count := decimal.NewFromInt
	success := ui.Figure{Label: o.T("Success rate"), Value: Nothing}
	today, ok := successPercent(now)
	if ok {
		success.Value, success.Unit = fixed(today, 1), "%"
	}
	if before, had := successPercent(was); ok && had {
		points := today.Sub(before)
		success.Was, success.Tone = o.T("was %s", WithUnit(fixed(before, 1), "%")), map[int]string{1: "good", -1: "bad"}[points.Sign()]
		if !points.IsZero() {
			success.Change = WithUnit(fixed(points, 1), o.T("pt"))
		}
	}
	return []ui.Figure{
		{Label: o.T("Top-ups"), Value: Integer(int(now.Count)), Change: change(count(now.Count), count(was.Count)), Was: o.T("was %s", Integer(int(was.Count)))},
		{Label: o.T("Delivered|money"), Value: Money2(now.Delivered.Decimal()), Unit: "MXN", Change: change(now.Delivered.Decimal(), was.Delivered.Decimal()), Was: o.T("was %s", Money2(was.Delivered.Decimal()))},
		{Label: o.T("Charged"), Value: Money2(now.Charged.Decimal()), Unit: "USD", Change: change(now.Charged.Decimal(), was.Charged.Decimal()), Was: o.T("was %s", Money2(was.Charged.Decimal()))},
		success,
	}
}

// change is how much more or less than before, and nothing where there was nothing or it is the same.
func change(now, was decimal.Decimal) string {
	if was.IsZero() {
		return ""
	}
	percent := now.Sub(was).Shift(2).DivRound(was, 1)
	if percent.IsZero() {
		return ""
	}
	return WithUnit(fixed(percent, 1), "%")
}

// successPercent is succeeded of what ended, with one place; false when nothing did.
func successPercent(t billing.TopUpTotals) (decimal.Decimal, bool) {
	ended := t.Succeeded + t.Failed
	if ended == 0 {
		return decimal.Zero, false
	}
	return decimal.NewFromInt(t.Succeeded).Shift(2).DivRound(decimal.NewFromInt(ended), 1), true
}

func (o Overview) queuedNote() string {
	if o.Now.Queued == 0 {
		return ""
	}
	return o.T("for %s", o.Duration(o.Now.OldestQueued))
}

func (o Overview) paceNote() string {
	if o.Now.PaceLimit == 0 {
		return o.T("a minute")
	}
	return o.T("a minute of %s", Integer(o.Now.PaceLimit))
}

func (o Overview) heldNote() string {
	if o.Now.Unknown == 0 {
		return ""
	}
	return o.T("%s held", WithUnit(Money2(o.Now.UnknownHeld.Decimal()), "USD"))
}

func (o Overview) failed() int {
	sum := 0
	for _, cause := range o.Day.Causes {
		sum += cause.Failed
	}
	return sum
}

// withoutNumbers is the success rate if nobody had ordered for a wrong number.
func (o Overview) withoutNumbers() string {
	wrong := 0
	for _, cause := range o.Day.Causes {
		if cause.Fault == billing.FaultNumber {
			wrong = cause.Failed
		}
	}
	if wrong == 0 {
		return ""
	}
	return Share(o.Day.Ended-o.failed(), o.Day.Ended-wrong)
}

// share2 is a share with two places: causes are rare.
func share2(part, whole int) string {
	if whole == 0 {
		return Nothing
	}
	return Percent(decimal.NewFromInt(int64(part)).Div(decimal.NewFromInt(int64(whole))), 2)
}

// mostly is the most frequent reason of a cause with how often; our own codes in words.
func (o Overview) mostly(c Cause) string {
	return FailureWord(o.Reader, billing.FailureCode(c.Mostly)) + ", " + Integer(c.Times)
}

// failedToday is the list behind the causes.
func (o Overview) failedToday() string {
	today := o.Day.Began.In(o.Zone).Format(DateForm)
	return TopUpFilter{Path: AdminTopUpsPath, Typed: map[string][]string{FieldStatus: {"failed"}, FieldFrom: {today}, FieldTo: {today}}}.without()
}
