package handlers

// What the overview shows, read once a second for everybody who looks at it.

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	overviewEvery  = time.Second
	unknownShown   = 5
	customersShown = 6
)

// back is which day today is compared with.
type back int

const (
	yesterday back = iota
	lastWeek
	backs // how many there are
)

func (b back) days() int {
	if b == lastWeek {
		return -7
	}
	return -1
}

// span is a time from (inclusive) to (exclusive).
type span struct{ from, to time.Time }

// today is the business day up to now; before is the day that it is compared
// with, up to the same time, and whole.
func (s *Site) today(now time.Time) span { return span{s.businessDay(now), now} }

func (s *Site) before(now time.Time, b back) (upToNow, whole span) {
	day := s.businessDay(now).AddDate(0, 0, b.days())
	return span{day, now.In(s.Zone).AddDate(0, 0, b.days())}, span{day, day.AddDate(0, 0, 1)}
}

// overviewNow is what moves with each top-up.
type overviewNow struct {
	at      time.Time
	today   store.Sums
	before  [backs]store.Sums // up to the same time
	open    store.OpenTopUps
	mean    float64 // seconds of a delivery
	breaker store.Breaker
	pauses  []billing.Pause
	waiting store.Waiting
	unknown []store.UnknownTopUp // the oldest first
	sellers []views.Seller
	float   views.FloatFigures
}

func (s *Site) readOverviewNow(ctx context.Context) (o overviewNow, err error) {
	ctx, o.at = store.Fresh(ctx), time.Now()
	day := s.today(o.at)
	if o.today, err = s.Store.Reading(ctx).Between(ctx, 0, day.from, day.to); err != nil {
		return o, err
	}
	for b := range backs {
		upToNow, _ := s.before(o.at, b)
		if o.before[b], err = s.Store.Reading(ctx).Between(ctx, 0, upToNow.from, upToNow.to); err != nil {
			return o, err
		}
	}
	if o.open, err = s.Store.OpenNow(ctx, 0); err != nil {
		return o, err
	}
	if o.mean, err = s.Store.Reading(ctx).MeanDeliverySeconds(ctx); err != nil {
		return o, err
	}
	if o.breaker, err = s.Store.Breaker(ctx); err != nil {
		return o, err
	}
	if o.pauses, err = s.Store.Pauses(ctx); err != nil {
		return o, err
	}
	if o.waiting, err = s.Store.Waiting(ctx); err != nil {
		return o, err
	}
	if o.unknown, err = s.Store.OldestUnknown(ctx, unknownShown); err != nil {
		return o, err
	}
	if o.sellers, err = s.sellers(ctx, "", o.at); err != nil {
		return o, err
	}
	o.float, err = s.floatNow.latest(ctx)
	return o, err
}

// overviewDay is the charts, and what failed.
type overviewDay struct {
	at     time.Time
	hours  [24]views.HourCount
	before [backs][24]views.HourCount
	times  []store.DeliveryTimes
	was    [backs][]store.DeliveryTimes // up to the same time
	causes []store.Cause
}

func (s *Site) readOverviewDay(ctx context.Context) (o overviewDay, err error) {
	ctx, o.at = store.Fresh(ctx), time.Now()
	day := s.today(o.at)
	if o.hours, err = s.hours(ctx, 0, day); err != nil {
		return o, err
	}
	if o.times, err = s.Store.Reading(ctx).DeliveryTimes(ctx, day.from, day.to); err != nil {
		return o, err
	}
	for b := range backs {
		upToNow, whole := s.before(o.at, b)
		if o.before[b], err = s.hours(ctx, 0, whole); err != nil {
			return o, err
		}
		if o.was[b], err = s.Store.Reading(ctx).DeliveryTimes(ctx, upToNow.from, upToNow.to); err != nil {
			return o, err
		}
	}
	o.causes, err = s.Store.Reading(ctx).Causes(ctx, day.from, day.to)
	return o, err
}

// hours counts a day by its hours on the business's clock. In the night in which
// clocks are set back, two of them share a column.
func (s *Site) hours(ctx context.Context, customerID int64, day span) (hours [24]views.HourCount, err error) {
	quarters, err := s.Store.Reading(ctx).Quarters(ctx, customerID, day.from, day.to)
	if err != nil {
		return hours, err
	}
	for _, q := range quarters {
		into := &hours[q.Began.In(s.Zone).Hour()]
		into.Succeeded += int(q.Succeeded + q.Reversed)
		into.Failed += int(q.Failed)
		into.Unknown += int(q.Unknown)
		into.Open += int(q.Open())
	}
	return hours, nil
}

// sellers are customers with how their day goes and how long their credit lasts;
// search narrows them.
func (s *Site) sellers(ctx context.Context, search string, at time.Time) ([]views.Seller, error) {
	customers, err := s.Store.Customers(ctx, search)
	if err != nil {
		return nil, err
	}
	day := s.businessDay(at)
	paces, err := s.Store.Reading(ctx).Paces(ctx, day, at)
	if err != nil {
		return nil, err
	}
	usual, err := s.usual.latest(ctx)
	if err != nil {
		return nil, err
	}
	pace := make(map[int64]store.Pace, len(paces))
	for _, p := range paces {
		pace[p.CustomerID] = p
	}
	sellers := make([]views.Seller, len(customers))
	for i, c := range customers {
		p := pace[c.ID]
		sellers[i] = views.Seller{
			Customer: c, Today: int(p.Accepted), Delivered: p.Delivered,
			Runway: billing.Runway(c.Available(), billing.PresentSpending(p.LastHour, p.Spent, at.Sub(day))),
			Usual:  billing.Runway(c.Available(), usual[c.ID]),
		}
	}
	return sellers, nil
}

// usualDays is how many days of the same weekday make what is usual.
const usualDays = 4

// readUsual says what each customer spends on a usual day of today's weekday.
func (s *Site) readUsual(ctx context.Context) (map[int64]billing.Spending, error) {
	var begin, end []time.Time
	for week := 1; week <= usualDays; week++ {
		day := s.businessDay(time.Now()).AddDate(0, 0, -7*week)
		begin, end = append(begin, day), append(end, day.AddDate(0, 0, 1))
	}
	averages, err := s.Store.Reading(ctx).Usual(ctx, begin, end)
	if err != nil {
		return nil, err
	}
	usual := make(map[int64]billing.Spending, len(averages))
	for _, u := range averages {
		usual[u.CustomerID] = billing.Spending{Amount: u.Spent, Period: 24 * time.Hour}
	}
	return usual, nil
}

// soonest puts first whose credit runs out first; then who has the least. Who
// cannot order spends nothing.
func soonest(a, b views.Seller) int {
	return cmp.Or(
		cmp.Compare(asleep(a), asleep(b)),
		cmp.Compare(uint64(a.Lasts()), uint64(b.Lasts())), //nolint:gosec // no runway is -1: the longest of all
		a.Available().Cmp(b.Available()),
	)
}

func asleep(s views.Seller) int {
	if s.Suspended {
		return 1
	}
	return 0
}

// runOutFirst are the few whose credit lasts the shortest time.
func runOutFirst(sellers []views.Seller) []views.Seller {
	sorted := slices.SortedStableFunc(slices.Values(sellers), soonest)
	return sorted[:min(len(sorted), customersShown)]
}

func countLevels(sellers []views.Seller) (low, medium, good int) {
	for _, seller := range sellers {
		switch seller.Level() {
		case billing.LevelLow:
			low++
		case billing.LevelMedium:
			medium++
		default:
			good++
		}
	}
	return low, medium, good
}
