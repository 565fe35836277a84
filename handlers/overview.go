package handlers

// The overview: a page, and three fragments that read themselves again.

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	unknownShown   = 5
	customersShown = 6
)

// span is a time from (inclusive) to (exclusive).
type span struct{ from, to time.Time }

// spans are today up to now, and the day that it is compared with: up to the
// same time, and whole.
func (s *Site) spans(now time.Time, lastWeek bool) (today, before, wholeBefore span) {
	start, back := s.businessDay(now), -1
	if lastWeek {
		back = -7
	}
	day := start.AddDate(0, 0, back)
	return span{start, now}, span{day, now.In(s.Zone).AddDate(0, 0, back)}, span{day, day.AddDate(0, 0, 1)}
}

func (s *Site) showOverview(c echo.Context) error {
	ctx, now := c.Request().Context(), time.Now()
	o := views.Overview{Zone: s.Zone, LastWeek: c.QueryParam("compare") == "week"}
	today, before, wholeBefore := s.spans(now, o.LastWeek)
	parts := []struct {
		id   string
		read func() error
		draw func() error
	}{
		{
			"overview-bands", func() (err error) { o.Now, err = s.overviewNow(ctx, today, before); return err },
			func() error { return render(c, http.StatusOK, views.OverviewBands(o)) },
		},
		{
			"overview-needs", func() (err error) { o.Side, err = s.overviewSide(ctx, s.reader(c)); return err },
			func() error { return render(c, http.StatusOK, views.OverviewNeeds(o)) },
		},
		{
			"overview-charts", func() (err error) { o.Day, err = s.overviewDay(ctx, today, wholeBefore); return err },
			func() error { return render(c, http.StatusOK, views.OverviewCharts(o)) },
		},
	}
	for _, part := range parts {
		if swaps(c, part.id) {
			o.Reader = s.reader(c)
			if err := part.read(); err != nil {
				return err
			}
			return part.draw()
		}
	}
	var err error
	if o.Frame, err = s.adminFrame(c, s.reader(c).T("Overview"), views.AdminPath); err != nil {
		return err
	}
	for _, part := range parts {
		if err := part.read(); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, views.OverviewPage(o))
}

func (s *Site) overviewNow(ctx context.Context, today, before span) (now views.OverviewNow, err error) {
	if now.Today, err = s.Store.TopUpTotals(ctx, billing.TopUpFilter{From: &today.from, To: &today.to}); err != nil {
		return now, err
	}
	if now.Before, err = s.Store.TopUpTotals(ctx, billing.TopUpFilter{From: &before.from, To: &before.to}); err != nil {
		return now, err
	}
	open, err := s.Store.OpenNow(ctx, 0)
	if err != nil {
		return now, err
	}
	seconds, err := s.Store.MeanDeliverySeconds(ctx)
	if err != nil {
		return now, err
	}
	now.Places = s.Engine.Concurrency()
	now.Sending, now.Queued, now.LastMinute = int(open.Sending), int(open.Queued), int(open.LastMinute)
	now.OldestQueued = inSeconds(open.OldestQueued)
	now.Unknown, now.UnknownHeld = int(open.Unknown), open.UnknownHeld
	if seconds > 0 {
		now.PaceLimit = int(float64(now.Places) * 60 / seconds)
	}
	breaker, err := s.Store.Breaker(ctx)
	if err == nil && breaker.Open {
		now.Stopped = &views.Stopped{Since: inSeconds(breaker.OpenSeconds), Retry: inSeconds(breaker.RetrySeconds), Reason: breaker.Reason}
	}
	return now, err
}

func inSeconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func (s *Site) overviewSide(ctx context.Context, r views.Reader) (side views.OverviewSide, err error) {
	beginning := &billing.Cursor{}
	oldest, err := s.Store.TopUps(ctx, billing.TopUpFilter{Statuses: []billing.Status{billing.StatusUnknown}}, billing.PageRequest{Newer: beginning, Limit: unknownShown})
	if err != nil {
		return side, err
	}
	side.Unknown = oldest.TopUps
	slices.Reverse(side.Unknown)
	if side.Why, err = s.whyUnknown(ctx, r, side.Unknown); err != nil {
		return side, err
	}
	waiting, err := s.Store.Waiting(ctx)
	if err != nil {
		return side, err
	}
	side.OfUnknown = waiting.Unknown
	customers, err := s.Store.Customers(ctx, "")
	if err != nil {
		return side, err
	}
	side.Low, side.Medium, side.Good = countLevels(customers)
	slices.SortStableFunc(customers, byLevel)
	side.Customers = customers[:min(len(customers), customersShown)]
	return side, nil
}

// whyUnknown says of each top-up what its last answer was, in the reader's language.
func (s *Site) whyUnknown(ctx context.Context, r views.Reader, topUps []billing.TopUp) ([]string, error) {
	why := make([]string, len(topUps))
	for i, t := range topUps {
		why[i] = t.FailureReason
		attempts, err := s.Store.Attempts(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		if len(attempts) == 0 {
			continue
		}
		if text := s.explain(r, attempts[len(attempts)-1].Row); text != "" {
			why[i] = text
		}
	}
	return why, nil
}

func countLevels(customers []billing.Customer) (low, medium, good int) {
	for _, customer := range customers {
		switch customer.Level() {
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

// byLevel puts the lowest level first, and within a level the least available.
func byLevel(a, b billing.Customer) int {
	order := []billing.Level{billing.LevelLow, billing.LevelMedium, billing.LevelGood}
	return cmp.Or(
		cmp.Compare(slices.Index(order, a.Level()), slices.Index(order, b.Level())),
		a.Available().Cmp(b.Available()),
	)
}

func (s *Site) overviewDay(ctx context.Context, today, before span) (day views.OverviewDay, err error) {
	day.Hour = today.to.In(s.Zone).Hour()
	if day.Hours, err = s.hours(ctx, today); err != nil {
		return day, err
	}
	if day.Before, err = s.hours(ctx, before); err != nil {
		return day, err
	}
	latencies, err := s.Store.Latencies(ctx, today.from, today.to)
	if err != nil {
		return day, err
	}
	for _, l := range latencies {
		day.Latencies[l.Hour.In(s.Zone).Hour()] = views.HourLatency{P50: l.P50, P95: l.P95}
	}
	causes, err := s.Store.Causes(ctx, today.from, today.to)
	if err != nil {
		return day, err
	}
	for _, cause := range causes {
		day.Causes = append(day.Causes, views.Cause{Fault: cause.Fault, Mostly: cause.Mostly, Times: int(cause.Times), Failed: int(cause.Failed)})
	}
	for _, hour := range day.Hours {
		day.Ended += hour.Succeeded + hour.Failed
	}
	return day, nil
}

// hours counts a day by its hours on the business's clock. In the night in which
// clocks are set back, two of them share a column.
func (s *Site) hours(ctx context.Context, day span) (hours [24]views.HourCount, err error) {
	counted, err := s.Store.Hours(ctx, 0, day.from, day.to)
	if err != nil {
		return hours, err
	}
	for _, h := range counted {
		add(&hours[h.Hour.In(s.Zone).Hour()], h)
	}
	return hours, nil
}

func add(to *views.HourCount, h store.Hour) {
	to.Succeeded += int(h.Succeeded)
	to.Failed += int(h.Failed)
	to.Unknown += int(h.Unknown)
	to.Open += int(h.Open)
}
