package handlers

// Whether this process lives, is ready, and how it does: for load balancers and
// for Prometheus.

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/migrations"
)

const readyTime = time.Second

// alive answers as long as the process does.
func (s *Site) alive(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "alive", "version": s.Version})
}

// ready says whether requests should be sent here: the database answers, its
// schema is the one of this build (and with it the queue's), and the process is
// not stopping. It says which of these is not so.
func (s *Site) ready(c echo.Context) error {
	checks := s.checkDatabase(c.Request().Context())
	checks["process"] = "ok"
	select {
	case <-s.Engine.Stopping():
		checks["process"] = "stopping"
	default:
		if s.Readiness.asked(c.Request()) {
			checks["process"] = "stopping"
		}
	}
	code, status := http.StatusOK, "ready"
	for _, found := range checks {
		if found != "ok" {
			code, status = http.StatusServiceUnavailable, "not ready"
		}
	}
	if redis := s.Cache.Redis(); redis != cache.RedisNone {
		checks["redis"] = string(redis) // away, it is missed by nobody
	}
	return c.JSON(code, map[string]any{"status": status, "checks": checks})
}

// checkDatabase answers in time even when a connection hangs without being cut:
// there the driver takes no notice of a context, and is left alone.
func (s *Site) checkDatabase(ctx context.Context) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	found := make(chan map[string]string, 1)
	go func() {
		defer cancel()
		found <- s.askDatabase(ctx)
	}()
	select {
	case checks := <-found:
		return checks
	case <-ctx.Done():
	}
	select {
	case checks := <-found: // it answered, and then its time was over
		return checks
	default:
		return databaseSilent()
	}
}

func databaseSilent() map[string]string {
	return map[string]string{"database": "does not answer", "migrations": "not known", "queue": "not known"}
}

func (s *Site) askDatabase(ctx context.Context) map[string]string {
	if err := s.Store.Ping(ctx); err != nil {
		return databaseSilent()
	}
	checks := map[string]string{"database": "ok", "migrations": "ok", "queue": "ok"}
	if err := migrations.Check(ctx, s.Store.DB().DB); err != nil {
		checks["migrations"] = "behind"
	}
	if _, err := s.Store.CountQueued(ctx); err != nil {
		checks["queue"] = "does not answer"
	}
	return checks
}

// metrics serves Prometheus: to whoever has the token, and without one set to
// this machine alone.
func (s *Site) metrics() echo.HandlerFunc {
	handler := promhttp.HandlerFor(s.Recorder.Registry, promhttp.HandlerOpts{ErrorLog: nil})
	return func(c echo.Context) error {
		if !s.mayReadMetrics(c.Request()) {
			c.Response().Header().Set("WWW-Authenticate", "Bearer")
			return c.String(http.StatusUnauthorized, "metrics need METRICS_TOKEN as a bearer token\n")
		}
		handler.ServeHTTP(c.Response(), c.Request())
		return nil
	}
}

func (s *Site) mayReadMetrics(r *http.Request) bool {
	if s.MetricsToken == "" {
		return onThisMachine(r)
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) == 1
}

// onThisMachine believes the connection and no header: what a proxy on this
// machine passes on comes from elsewhere.
func onThisMachine(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback()
}
