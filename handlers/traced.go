package handlers

// Which request, which top-up, which trace: in the log, and in the traces.

import (
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/telemetry"
)

// identified lets every log line of a request say which one it was.
func (s *Site) identified(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Response().Header().Get("X-Request-Id")
		c.SetRequest(c.Request().WithContext(telemetry.WithIDs(c.Request().Context(), telemetry.IDs{Request: id})))
		return next(c)
	}
}

// traced writes a line in the log for each order, and a span for each request. Of who
// asked and what for, it says the route alone.
func (s *Site) traced(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // answered here, so that its status is known
		}
		noted, ctx := api.NotedOf(c), c.Request().Context()
		if noted.TopUp != uuid.Nil {
			ctx = telemetry.WithIDs(ctx, telemetry.IDs{TopUp: noted.TopUp})
			s.Log.InfoContext(ctx, "order answered", "route", routeOf(c), "status", c.Response().Status, "replayed", noted.Replayed, "took_ms", time.Since(began).Milliseconds())
		}
		if s.Tracing != nil {
			s.Tracing.Answered(ctx, telemetry.Request{
				Method: known(c.Request().Method), Route: routeOf(c), Status: c.Response().Status, Began: began, TopUp: noted.TopUp, Replayed: noted.Replayed,
				Headers: map[string]string{"traceparent": c.Request().Header.Get("traceparent"), "tracestate": c.Request().Header.Get("tracestate")},
			})
		}
		return nil
	}
}
