package telemetry

// Traces. An order's trace has the 128 bits of its top-up's id as its own: the request
// that accepted it, the job that carried it and Latcom's answer find each other by the
// id that the job carries anyway, and a person finds the trace by its attribute
// topup.id.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"latcom.example/latcom-billing/billing"
)

// Tracing sends spans to a collector. A nil Tracing costs nothing and does nothing.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTracing sends spans to the OTLP collector at an address (HTTP), such as
// http://collector:4318. No address: nil.
func NewTracing(ctx context.Context, endpoint, version string) (*Tracing, error) {
	if endpoint == "" {
		return nil, nil //nolint:nilnil // a nil Tracing is nobody who traces
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimSuffix(endpoint, "/")+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("prepare traces for OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter), sdktrace.WithIDGenerator(ids{}),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "latcom-billing"), attribute.String("service.version", version))),
	)
	return &Tracing{provider: provider, tracer: provider.Tracer("latcom.example/latcom-billing")}, nil
}

// Stop sends what was not sent yet.
func (t *Tracing) Stop(ctx context.Context) error {
	if t == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// TraceOf is the id of a top-up's trace.
func TraceOf(topUp uuid.UUID) trace.TraceID { return trace.TraceID(topUp) }

// rootOf is the id of the span that accepted it.
func rootOf(topUp uuid.UUID) trace.SpanID {
	sum := sha256.Sum256([]byte("accepted " + topUp.String()))
	return trace.SpanID(sum[:8])
}

// chosen are the ids of the next span; ids takes them.
type chosen struct {
	trace trace.TraceID
	span  trace.SpanID
}

type chosenKey struct{}

// ids gives spans random ids, unless they were chosen.
type ids struct{}

// NewIDs is for a span that begins a trace.
func (g ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	if c, is := ctx.Value(chosenKey{}).(chosen); is {
		return c.trace, c.span
	}
	var id trace.TraceID
	_, _ = rand.Read(id[:]) // it never fails
	return id, g.NewSpanID(ctx, id)
}

// NewSpanID is for all others.
func (ids) NewSpanID(context.Context, trace.TraceID) (id trace.SpanID) {
	_, _ = rand.Read(id[:]) // it never fails
	return id
}

// Request is an HTTP request that was answered.
type Request struct {
	Method, Route string
	Status        int
	Began         time.Time
	TopUp         uuid.UUID         // that it accepted or found; zero: none
	Replayed      bool              // it was accepted by an earlier one
	Headers       map[string]string // traceparent and tracestate, as they came
}

// Answered writes the span of a request: in the trace of its top-up, or of whoever
// asked.
func (t *Tracing) Answered(ctx context.Context, r Request) {
	if t == nil {
		return
	}
	asked := propagation.TraceContext{}.Extract(context.WithoutCancel(ctx), propagation.MapCarrier(r.Headers))
	options := []trace.SpanStartOption{
		trace.WithTimestamp(r.Began), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("http.route", r.Route), attribute.Int("http.response.status_code", r.Status)),
	}
	if r.TopUp != uuid.Nil {
		if from := trace.SpanContextFromContext(asked); from.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: from}))
		}
		options = append(options, trace.WithAttributes(attribute.String("topup.id", billing.TopUpID{UUID: r.TopUp}.String()), attribute.Bool("topup.replayed", r.Replayed)))
		if asked = context.WithValue(trace.ContextWithSpanContext(asked, trace.SpanContext{}), chosenKey{}, chosen{TraceOf(r.TopUp), rootOf(r.TopUp)}); r.Replayed {
			asked = within(asked, r.TopUp)
		}
	}
	_, span := t.tracer.Start(asked, r.Method+" "+r.Route, options...)
	if r.Status >= 500 {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// within is a context in a top-up's trace, below the span that accepted it.
func within(ctx context.Context, topUp uuid.UUID) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: TraceOf(topUp), SpanID: rootOf(topUp), TraceFlags: trace.FlagsSampled, Remote: true,
	}))
}

// Jobs puts the queue's jobs about a top-up into its trace, and its ids into the log.
type Jobs struct{ Tracing *Tracing }

// IsMiddleware says what it is to the queue.
func (Jobs) IsMiddleware() bool { return true }

// Work works a job.
func (j Jobs) Work(ctx context.Context, job *rivertype.JobRow, doInner func(context.Context) error) error {
	var args struct {
		TopUp uuid.UUID `json:"topup"`
	}
	if err := json.Unmarshal(job.EncodedArgs, &args); err != nil || args.TopUp == uuid.Nil {
		return doInner(ctx)
	}
	ctx = WithIDs(ctx, IDs{TopUp: args.TopUp})
	if j.Tracing == nil {
		return doInner(ctx)
	}
	ctx, span := j.Tracing.tracer.Start(within(ctx, args.TopUp), "job "+job.Kind, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("topup.id", billing.TopUpID{UUID: args.TopUp}.String()), attribute.Int("job.attempt", job.Attempt), attribute.Int("job.priority", job.Priority),
		attribute.Float64("job.waited_seconds", time.Since(job.ScheduledAt).Seconds()),
	))
	defer span.End()
	err := doInner(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "the job is tried again")
	}
	return err
}

// asked traces a request to Latcom, below the job that makes it.
func (t *Tracing) asked(ctx context.Context) (context.Context, trace.Span) {
	if t == nil {
		return ctx, nil
	}
	return t.tracer.Start(ctx, "Latcom top-up", trace.WithSpanKind(trace.SpanKindClient))
}
