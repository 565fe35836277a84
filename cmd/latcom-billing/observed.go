package main

// How this process is seen from outside: its log with ids, errors to Sentry, traces
// to a collector.

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"latcom.example/latcom-billing/telemetry"
)

// lastWords is how long an ending process may take to send what it still has.
const lastWords = 5 * time.Second

// observers are who looks on.
type observers struct {
	log     *slog.Logger
	tracing *telemetry.Tracing
	sentry  *telemetry.Sentry
}

func (c config) observe(ctx context.Context, log *slog.Logger) (o observers, err error) {
	if o.sentry, err = telemetry.NewSentry(string(c.SentryDSN), builtVersion()); err != nil {
		return o, err
	}
	o.log = slog.New(o.sentry.Handler(telemetry.Identified{Handler: log.Handler()}))
	o.tracing, err = telemetry.NewTracing(ctx, string(c.OTLPEndpoint), builtVersion())
	return o, err
}

// stop sends what was not sent yet.
func (o observers) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	err := o.tracing.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		o.log.WarnContext(ctx, "the last traces were not taken", "error", err)
		err = nil
	}
	o.sentry.Stop(lastWords)
	return err
}
