// Package telemetry is how this process is seen from outside: what Prometheus reads
// of it, its traces, its log and what it reports of errors. It decides nothing and
// knows neither the database nor HTTP.
package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"latcom.example/latcom-billing/billing"
)

// Namespace begins every name of ours.
const Namespace = "latcom_billing"

// Recorder counts what happens in this process. All its methods may be called at
// any time by anybody; a nil Recorder counts nothing.
type Recorder struct {
	Registry *prometheus.Registry

	requests  *prometheus.HistogramVec
	provider  *prometheus.HistogramVec
	causes    *prometheus.CounterVec
	groups    *prometheus.HistogramVec
	cache     *prometheus.CounterVec
	messages  *prometheus.CounterVec
	readsFail *prometheus.CounterVec
}

// NewRecorder returns a recorder with a registry of its own.
func NewRecorder(version string) *Recorder {
	r := &Recorder{
		Registry: prometheus.NewRegistry(),
		requests: histogram("http_request_duration_seconds", "Time to answer a request, waits for a delivery included.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 7.5, 10, 25, 60}, "method", "route", "status"),
		provider: histogram("provider_request_duration_seconds", "Time that Latcom took for an order, by what its answer proves.",
			[]float64{.015, .05, .1, .5, 1, 2.5, 5, 6, 6.5, 7, 7.5, 8, 10, 15, 20, 30, 60, 90}, "outcome"),
		causes: counter("provider_answers_total", "Answers of Latcom, by outcome and whose doing it is.", "outcome", "cause"),
		groups: histogram("group_size_orders", "How many orders one transaction took together, by what was done.",
			[]float64{1, 2, 4, 8, 16, 32, 64, 128, 256}, "step"),
		cache:     counter("cache_lookups_total", "Look-ups in a cache, by whether it had the answer.", "cache", "result"),
		messages:  counter("webhook_requests_total", "Requests to customers' webhooks, by what came of them.", "result"),
		readsFail: counter("metrics_reads_failed_total", "Metrics that could not be read from the database, and are absent since.", "what"),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: Namespace, Name: "build_info", Help: "1; which version this is."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	r.Registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build,
		r.requests, r.provider, r.causes, r.groups, r.cache, r.messages, r.readsFail,
	)
	r.begin()
	return r
}

// begin shows what has not happened yet as zero: a series that appears with its first
// failure tells Prometheus of no rise.
func (r *Recorder) begin() {
	for _, outcome := range []billing.Outcome{billing.OutcomeDelivered, billing.OutcomeRefused, billing.OutcomeNotSent, billing.OutcomeUnknown} {
		r.provider.WithLabelValues(string(outcome))
		r.causes.WithLabelValues(string(outcome), "none")
	}
	for _, step := range []string{"accept", "begin", "settle"} {
		r.groups.WithLabelValues(step)
	}
	for _, result := range []string{"hit", "miss"} {
		r.cache.WithLabelValues("balance", result)
	}
	for _, result := range []string{"delivered", "failed"} {
		r.messages.WithLabelValues(result)
	}
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: Namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: Namespace, Name: name, Help: help}, labels)
}

// Answered is a request that was answered, by its route, never by its address.
func (r *Recorder) Answered(method, route, status string, took time.Duration) {
	if r != nil {
		r.requests.WithLabelValues(method, route, status).Observe(took.Seconds())
	}
}

// Grouped is a transaction that took several orders together: step is accept, begin
// or settle.
func (r *Recorder) Grouped(step string, orders int) {
	if r != nil {
		r.groups.WithLabelValues(step).Observe(float64(orders))
	}
}

// CacheLookup is a look-up in a cache.
func (r *Recorder) CacheLookup(cache string, hit bool) {
	if r == nil {
		return
	}
	result := "miss"
	if hit {
		result = "hit"
	}
	r.cache.WithLabelValues(cache, result).Inc()
}

// WebhookTried is a request to a customer's webhook.
func (r *Recorder) WebhookTried(delivered bool) {
	if r == nil {
		return
	}
	result := "failed"
	if delivered {
		result = "delivered"
	}
	r.messages.WithLabelValues(result).Inc()
}

// MayRead names something that is read for Prometheus: it has not failed yet.
func (r *Recorder) MayRead(what string) { r.readsFail.WithLabelValues(what) }

// NotRead is something that could not be read for Prometheus.
func (r *Recorder) NotRead(what string) {
	if r != nil {
		r.readsFail.WithLabelValues(what).Inc()
	}
}

// Provider is whoever delivers airtime.
type Provider interface {
	TopUp(ctx context.Context, send billing.Send) billing.Answer
}

// Measured counts and traces what a provider answers, and changes nothing of it.
type Measured struct {
	Next     Provider
	Recorder *Recorder
	Tracing  *Tracing
}

// TopUp passes an order on.
func (m Measured) TopUp(ctx context.Context, send billing.Send) billing.Answer {
	began := time.Now()
	ctx, span := m.Tracing.asked(ctx)
	answer := m.Next.TopUp(ctx, send)
	if span != nil {
		span.SetAttributes(attribute.String("outcome", string(answer.Outcome)), attribute.String("policy_row", answer.Row), attribute.String("cause", string(answer.Fault)))
		if answer.Outcome != billing.OutcomeDelivered {
			span.SetStatus(codes.Error, string(answer.Outcome))
		}
		span.End()
	}
	if m.Recorder != nil {
		cause := string(answer.Fault)
		if cause == "" {
			cause = "none"
		}
		m.Recorder.provider.WithLabelValues(string(answer.Outcome)).Observe(time.Since(began).Seconds())
		m.Recorder.causes.WithLabelValues(string(answer.Outcome), cause).Inc()
	}
	return answer
}
