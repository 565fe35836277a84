package handlers

// The overview: a page, and three fragments that read themselves again.

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// openOverview prepares what all viewers share.
func (s *Site) openOverview() {
	s.usual = newShared(10*time.Minute, s.readUsual)
	s.floatPace = newShared(paceEvery, func(ctx context.Context) (billing.FloatPace, error) { return s.Store.FloatPace(ctx) })
	s.floatPast, s.floatToday = &floatPast{}, &floatPast{}
	s.floatNow = newShared(floatEvery, func(ctx context.Context) (views.FloatFigures, error) { return s.floatFigures(ctx, time.Now()) })
	s.overviewNow = newShared(overviewEvery, s.readOverviewNow)
	s.overviewDay = newShared(overviewEvery, s.readOverviewDay)
}

func (s *Site) showOverview(c echo.Context) error {
	ctx := c.Request().Context()
	o := views.Overview{Zone: s.Zone}
	compared := yesterday
	if c.QueryParam("compare") == "week" {
		o.LastWeek, compared = true, lastWeek
	}
	if swaps(c, "overview-charts") {
		o.Reader = s.reader(c)
		if err := s.fillDay(ctx, &o, compared); err != nil {
			return err
		}
		return render(c, http.StatusOK, views.OverviewCharts(o))
	}
	now, err := s.overviewNow.latest(ctx)
	if err != nil {
		return err
	}
	s.fillNow(c, &o, now, compared)
	switch {
	case swaps(c, "overview-bands"):
		return render(c, http.StatusOK, views.OverviewBandsAgain(o))
	case swaps(c, "overview-needs"):
		return render(c, http.StatusOK, views.OverviewNeeds(o))
	}
	if err := s.fillDay(ctx, &o, compared); err != nil {
		return err
	}
	if o.Frame, err = s.adminFrame(c, s.reader(c).T("Overview"), views.AdminPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.OverviewPage(o))
}

// fillNow says the shared figures for one reader.
func (s *Site) fillNow(c echo.Context, o *views.Overview, now overviewNow, compared back) {
	o.Reader, o.At = s.reader(c), now.at
	o.Now = views.OverviewNow{
		Today: totals(now.today), Before: totals(now.before[compared]),
		Places: s.Engine.Concurrency(), Sending: int(now.open.Sending), Queued: int(now.open.Queued),
		OldestQueued: inSeconds(now.open.OldestQueued), LastMinute: int(now.open.LastMinute),
		Unknown: int(now.open.Unknown), UnknownHeld: now.open.UnknownHeld, Pauses: now.pauses,
	}
	if now.mean > 0 {
		o.Now.PaceLimit = int(float64(o.Now.Places) * 60 / now.mean)
	}
	o.Now.Stopped = s.stopped(o.Reader, now.breaker)
	o.Side = views.OverviewSide{OfUnknown: now.waiting.Unknown, Sellers: runOutFirst(now.sellers), Float: now.float}
	o.Side.Low, o.Side.Medium, o.Side.Good = countLevels(now.sellers)
	for _, unknown := range now.unknown {
		o.Side.Unknown = append(o.Side.Unknown, views.UnknownTopUp{TopUp: unknown.TopUp, Why: s.because(o.Reader, unknown.Row, unknown.Reason)})
	}
}

// because is the policy's sentence about a row, in the reader's language; of a row
// that it no longer has, the text that was noted.
func (s *Site) because(r views.Reader, row, noted string) string {
	if text := s.explain(r, row); text != "" {
		return text
	}
	return noted
}

func inSeconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// totals are sums as the figures show them: a top-up that was given back later
// had succeeded.
func totals(s store.Sums) billing.TopUpTotals {
	return billing.TopUpTotals{Count: s.Accepted, Succeeded: s.Succeeded + s.Reversed, Failed: s.Failed, Delivered: s.Delivered, Charged: s.Charged}
}

func (s *Site) fillDay(ctx context.Context, o *views.Overview, compared back) error {
	day, err := s.overviewDay.latest(ctx)
	if err != nil {
		return err
	}
	o.Day = views.OverviewDay{Hours: day.hours, Before: day.before[compared], Hour: day.at.In(s.Zone).Hour(), Began: s.businessDay(day.at)}
	for _, t := range day.times {
		latency := views.Latency{P50: t.P50, P95: t.P95}
		if t.Hour == nil {
			o.Day.Latency = latency
			continue
		}
		o.Day.Latencies[t.Hour.In(s.Zone).Hour()] = latency
	}
	if was := day.was[compared]; len(was) > 0 && was[0].Hour == nil {
		o.Day.LatencyBefore = views.Latency{P50: was[0].P50, P95: was[0].P95}
	}
	for _, cause := range day.causes {
		o.Day.Causes = append(o.Day.Causes, views.Cause{Fault: cause.Fault, Mostly: cause.Mostly, Times: int(cause.Times), Failed: int(cause.Failed)})
	}
	for _, hour := range o.Day.Hours {
		o.Day.Ended += hour.Succeeded + hour.Failed
	}
	return nil
}

// liveOverview tells the open overviews that something changed, once it is in the
// figures that they share: then reading them costs the database nothing.
func (s *Site) liveOverview(c echo.Context) error {
	hash := s.token(c, operatorCookie)
	return s.live(c, stream{
		alive: func() bool {
			_, err := s.Store.OperatorBySession(c.Request().Context(), hash)
			return err == nil
		},
		ready: func(ctx context.Context) {
			if _, err := s.overviewNow.since(ctx, time.Now()); err != nil && ctx.Err() == nil {
				s.Log.ErrorContext(ctx, "could not renew the overview", "error", err)
			}
		},
	})
}
