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
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	checks := map[string]string{"database": "ok", "migrations": "ok", "queue": "ok", "process": "ok"}
	status := http.StatusOK
	broken := func(what, how string) { checks[what], status = how, http.StatusServiceUnavailable }
	select {
	case <-s.Engine.Stopping():
		broken("process", "stopping")
	default:
	}
	if err := s.Store.Ping(ctx); err != nil {
		broken("database", "does not answer")
		broken("migrations", "not known")
		broken("queue", "not known")
	} else {
		if err := migrations.Check(ctx, s.Store.DB().DB); err != nil {
			broken("migrations", "behind")
		}
		if _, err := s.Store.CountQueued(ctx); err != nil {
			broken("queue", "does not answer")
		}
	}
	answer := map[string]any{"status": "ready", "checks": checks}
	if status != http.StatusOK {
		answer["status"] = "not ready"
	}
	return c.JSON(status, answer)
}

// metrics serves Prometheus: to whoever has the token, and without one set to
// this machine alone.
func (s *Site) metrics(m *metrics) echo.HandlerFunc {
	handler := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: nil})
	return func(c echo.Context) error {
		if !s.mayReadMetrics(c) {
			c.Response().Header().Set("WWW-Authenticate", "Bearer")
			return c.String(http.StatusUnauthorized, "metrics need METRICS_TOKEN as a bearer token\n")
		}
		handler.ServeHTTP(c.Response(), c.Request())
		return nil
	}
}

func (s *Site) mayReadMetrics(c echo.Context) bool {
	if s.MetricsToken == "" {
		ip := net.ParseIP(c.RealIP())
		return ip != nil && ip.IsLoopback()
	}
	token, ok := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) == 1
}
