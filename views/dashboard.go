package views

import (
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Dashboard is the customer's first page.
type Dashboard struct {
	Now   DashboardNow
	Hours DashboardHours
	Keys  KeyList
}

// DashboardNow is what moves with each top-up, all read at one moment.
type DashboardNow struct {
	Customer    billing.Customer
	Pauses      []billing.Pause   // by operators: new orders are refused
	MayOrder    bool              // who is signed in
	LastDeposit *DashboardDeposit // nil: there was none
	Runway      Runway
	Today       CustomerSums
	Latest      []billing.TopUp
	Failing     int // endpoints at which webhooks were given up, or that ended with 410
}

// DashboardDeposit is money that the customer paid in.
type DashboardDeposit struct {
	Amount billing.USD
	At     time.Time
}

// CustomerSums is the business day so far.
type CustomerSums struct {
	Count, Succeeded, Failed, Unknown int
	Delivered                         billing.MXN
	Charged                           billing.USD
	Yesterday                         int           // up to the same time
	Rate                              *billing.Rate // nil: none is set
	Discount                          billing.Fraction
}

// DashboardHours is the business day by hour; Zone is its zone, At the hour that
// has begun.
type DashboardHours struct {
	Hours [24]HourCount
	Zone  *time.Location
	At    int
}

// balanceParts draws what the customer's money is made of: its own, what is held
// of it, and the part of the credit limit that is used.
func balanceParts(b billing.Balance) []ui.Part {
	posted, held := b.Posted.Decimal(), b.Held.Decimal()
	own := decimal.Max(posted, decimal.Zero)
	whole := own.Add(b.CreditLimit.Decimal())
	if !whole.IsPositive() {
		return nil
	}
	free := decimal.Max(own.Sub(held), decimal.Zero)
	used := decimal.Max(posted.Neg(), decimal.Zero)
	parts := []ui.Part{}
	for _, part := range []struct {
		amount decimal.Decimal
		tone   string
	}{{free, "ink"}, {used, "mute"}, {held, "held"}} {
		if part.amount.IsPositive() {
			parts = append(parts, ui.Part{Percent: part.amount.Mul(decimal.NewFromInt(100)).Div(whole).InexactFloat64(), Tone: part.tone})
		}
	}
	return parts
}

// figures are the four of the band.
func (d CustomerSums) figures(r Reader) []ui.Figure {
	success, unit := Nothing, ""
	if ended := d.Succeeded + d.Failed; ended > 0 {
		success, unit = fixed(share(d.Succeeded, ended).Shift(2).Round(1), 1), "%"
	}
	return []ui.Figure{
		{Label: r.T("Top-ups today"), Value: Integer(d.Count), Note: d.againstYesterday(r)},
		{Label: r.T("Delivered|amount"), Value: Money2(d.Delivered.Decimal()), Unit: "MXN", Note: d.average(r)},
		{Label: r.T("Charged|amount"), Value: Money2(d.Charged.Decimal()), Unit: "USD", Note: d.terms(r)},
		{Label: r.T("Success"), Value: success, Unit: unit, Note: d.exceptions(r)},
	}
}

func (d CustomerSums) againstYesterday(r Reader) string {
	if d.Yesterday == 0 {
		return r.T("none yesterday by this time")
	}
	change := share(d.Count-d.Yesterday, d.Yesterday).Shift(2).Round(1)
	return r.T("%s on yesterday at this time", WithUnit(Signed(change, 1), "%"))
}

func (d CustomerSums) average(r Reader) string {
	if d.Succeeded == 0 {
		return r.T("nothing delivered yet")
	}
	return r.T("%s on average", Money2(d.Delivered.Decimal().Div(decimal.NewFromInt(int64(d.Succeeded)))))
}

func (d CustomerSums) terms(r Reader) string {
	if d.Rate == nil {
		return r.T("no exchange rate is set")
	}
	rate := Rate(d.Rate.Decimal())
	if d.Discount.Decimal().IsPositive() {
		return r.T("now %s MXN per USD, %s off", rate, Discount(d.Discount.Decimal()))
	}
	return r.T("now %s MXN per USD", rate)
}

func (d CustomerSums) exceptions(r Reader) string {
	failed := r.N(d.Failed, "%s failed|one", "%s failed|many")
	if d.Unknown == 0 {
		return failed
	}
	return failed + ", " + r.T("%s unknown", Integer(d.Unknown))
}

// chart draws the day by hour; hours to come stay empty.
func (h DashboardHours) chart(r Reader) ui.Volume {
	chart := ui.Volume{
		Caption: r.T("Top-ups by hour"), Head: r.T("Hour"), Foot: r.T("Success"), Height: 180,
		Series: []ui.Series{
			{Name: StatusWordMany(r, "succeeded"), Tone: "succeeded"},
			{Name: StatusWordMany(r, "failed"), Tone: "failed", Least: 2},
			{Name: StatusWordMany(r, "unknown"), Tone: "unknown", Least: 5},
			{Name: StatusWordMany(r, "sending"), Tone: "sending", Least: 3},
		},
	}
	for i, hour := range h.Hours {
		column := ui.Column{Tick: hourTick(i), Span: hourSpan(i)}
		if i <= h.At {
			column.Values = []int{hour.Succeeded, hour.Failed, hour.Unknown, hour.Open}
			column.Foot = Share(hour.Succeeded, hour.Succeeded+hour.Failed)
		}
		chart.Columns = append(chart.Columns, column)
	}
	return chart
}

// elsewhere names the business zone to a reader whose clock differs from it.
func (h DashboardHours) elsewhere(r Reader) string {
	_, ours := r.Now.In(h.Zone).Zone()
	_, theirs := r.local(r.Now).Zone()
	if ours == theirs {
		return ""
	}
	return r.T("hours of %s", r.lookUp(ZoneWord(h.Zone)))
}

func share(part, whole int) decimal.Decimal {
	return decimal.NewFromInt(int64(part)).Div(decimal.NewFromInt(int64(whole)))
}

// lowCredit says what low credit means for orders; empty while there is enough.
func (n DashboardNow) lowCredit(r Reader) string {
	available := WithUnit(Floor2(n.Customer.Available().Decimal()), "USD")
	switch lasts := n.Runway.Counts(); {
	case n.Customer.Suspended, n.Runway.Level != billing.LevelLow:
		return ""
	case n.Customer.Available().Sign() <= 0:
		return r.T("Nothing is available: orders are refused and nothing is charged, until a deposit arrives.")
	case lasts < 0 || lasts > farAway:
		return r.T("%s are available. Orders beyond that are refused and not charged.", available)
	default:
		return r.T("%s are available and last %s at this pace. Orders beyond that are refused and not charged.", available, r.Runway(lasts))
	}
}
