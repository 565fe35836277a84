package handlers

// What Prometheus reads. What is the same on every instance is read from the
// database when it is asked for: one query each, all of them once in a while at
// most, and within a limit. What cannot be read is absent, and counted.

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/telemetry"
)

// measure is what this site shows to Prometheus.
func (s *Site) measure() {
	if s.Recorder == nil {
		s.Recorder = telemetry.NewRecorder(s.Version)
	}
	gauge := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: telemetry.Namespace, Name: name, Help: help}, read)
	}
	s.Recorder.Registry.MustRegister(
		collectors.NewDBStatsCollector(s.Store.DB().DB, telemetry.Namespace), newTold(s),
		gauge("provider_requests_in_flight", "Requests to Latcom under way in this process.", func() float64 { return float64(s.Engine.InFlight()) }),
		gauge("provider_concurrency", "LATCOM_CONCURRENCY.", func() float64 { return float64(s.Engine.Concurrency()) }),
		gauge("provider_breaker_open", "1 while orders are held back because Latcom does not take them.", func() float64 {
			if s.Engine.Breaker().Open {
				return 1
			}
			return 0
		}),
	)
	if s.Cache.Redis() != cache.RedisNone {
		s.Recorder.Registry.MustRegister(gauge("redis_up", "1 while balances and limits are shared through Redis, 0 while the database does without it.", func() float64 {
			if s.Cache.Redis() == cache.RedisOK {
				return 1
			}
			return 0
		}))
	}
}

// measured times every request by its route, never by its address.
func (s *Site) measured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // answered here, so that its status is known
		}
		s.Recorder.Answered(known(c.Request().Method), routeOf(c), strconv.Itoa(c.Response().Status), time.Since(began))
		return nil
	}
}

// routeOf is a request's route; what leads nowhere has none.
func routeOf(c echo.Context) string {
	if c.Path() == "" || c.Response().Status == http.StatusNotFound {
		return "other"
	}
	return c.Path()
}

// known keeps who invents methods from making a series of each.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

const (
	toldEvery = 10 * time.Second // a scrape reads nothing again that is younger
	toldLimit = 2 * time.Second  // a query may take
)

// told are the gauges that come from the database.
type told struct {
	site   *Site
	groups []*group
}

// group is what one query gives, kept for a while.
type group struct {
	what  string
	descs []*prometheus.Desc
	kept  *shared[[]prometheus.Metric]
}

// Describe lists what Collect tells.
func (t *told) Describe(to chan<- *prometheus.Desc) {
	for _, g := range t.groups {
		for _, d := range g.descs {
			to <- d
		}
	}
}

// Collect reads the groups one after the other. One that cannot be read is absent
// until it can.
func (t *told) Collect(to chan<- prometheus.Metric) {
	for _, g := range t.groups {
		ctx, cancel := context.WithTimeout(context.Background(), toldLimit)
		metrics, err := g.kept.latest(ctx)
		cancel()
		if err != nil {
			t.site.Recorder.NotRead(g.what)
			continue
		}
		for _, m := range metrics {
			to <- m
		}
	}
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(telemetry.Namespace+"_"+name, help, labels, nil)
}

// is a gauge's value; no money depends on it.
func is(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}
