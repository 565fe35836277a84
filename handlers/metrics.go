package handlers

// What Prometheus reads. What is the same on every instance (the queue, unknown
// top-ups) is read from the database when it is asked for.

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"latcom.example/latcom-billing/cache"
)

type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(s *Site) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "latcom_billing_http_request_duration_seconds", Help: "Time to answer a request, waits for a delivery included.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 7.5, 10, 25, 60},
		}, []string{"method", "route", "status"}),
	}
	gauge := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "latcom_billing_" + name, Help: help}, read)
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(s.Store.DB().DB, "latcom_billing"),
		m.requests, openCollector{s},
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
		m.registry.MustRegister(gauge("redis_up", "1 while balances and limits are shared through Redis, 0 while the database does without it.", func() float64 {
			if s.Cache.Redis() == cache.RedisOK {
				return 1
			}
			return 0
		}))
	}
	return m
}

// measured times every request by its route, never by its address.
func (m *metrics) measured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // answered here, so that its status is known
		}
		route := c.Path()
		if route == "" || c.Response().Status == http.StatusNotFound {
			route = "other"
		}
		m.requests.WithLabelValues(known(c.Request().Method), route, strconv.Itoa(c.Response().Status)).Observe(time.Since(begun).Seconds())
		return nil
	}
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

// openCollector tells what is not final.
type openCollector struct{ site *Site }

var (
	openTopUps  = prometheus.NewDesc("latcom_billing_topups_open", "Top-ups that are not final, by status.", []string{"status"}, nil)
	oldestQueue = prometheus.NewDesc("latcom_billing_queue_oldest_seconds", "How long the oldest queued top-up waits.", nil, nil)
	unknownHeld = prometheus.NewDesc("latcom_billing_unknown_held_usd", "Money held by top-ups whose outcome is unknown, in USD.", nil, nil)
)

// Describe lists what Collect tells.
func (openCollector) Describe(to chan<- *prometheus.Desc) {
	to <- openTopUps
	to <- oldestQueue
	to <- unknownHeld
}

// Collect reads the database; while it is away, these metrics are absent.
func (o openCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	open, err := o.site.Store.OpenNow(ctx, 0)
	if err != nil {
		return
	}
	held, _ := open.UnknownHeld.Decimal().Float64() // a gauge on a screen, not money
	for status, n := range map[string]int64{"queued": open.Queued, "sending": open.Sending, "unknown": open.Unknown} {
		to <- prometheus.MustNewConstMetric(openTopUps, prometheus.GaugeValue, float64(n), status)
	}
	to <- prometheus.MustNewConstMetric(oldestQueue, prometheus.GaugeValue, open.OldestQueued)
	to <- prometheus.MustNewConstMetric(unknownHeld, prometheus.GaugeValue, held)
}
