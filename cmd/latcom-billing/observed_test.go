package main

// How the program is seen from outside: traces at a collector, errors at Sentry, a log
// with ids; and in none of them anything of a person.

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"latcom.example/latcom-billing/latcom/simulator"
	"latcom.example/latcom-billing/store/storetest"
)

// sink keeps what it is sent: a collector's and Sentry's.
type sink struct {
	mu     sync.Mutex
	bodies map[string][][]byte // by path
}

func openSink(t *testing.T) (*sink, string) {
	t.Helper()
	s := &sink{bodies: map[string][][]byte{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// ServeHTTP takes everything.
func (s *sink) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	from := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return
		}
		from = unzipped
	}
	body, _ := io.ReadAll(from)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies[r.URL.Path] = append(s.bodies[r.URL.Path], body)
}

func (s *sink) at(path string) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies[path])
}

// spans are those of one trace, by name.
func (s *sink) spans(t *testing.T, traceID string) map[string]*trace.Span {
	t.Helper()
	found := map[string]*trace.Span{}
	for _, body := range s.at("/v1/traces") {
		var sent collector.ExportTraceServiceRequest
		if err := proto.Unmarshal(body, &sent); err != nil {
			t.Fatal(err)
		}
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					if hex.EncodeToString(span.TraceId) == traceID {
						found[span.Name] = span
					}
				}
			}
		}
	}
	return found
}

// personal is what nobody may read outside of the database: the phone of the orders in
// any writing, keys, addresses of e-mail.
var personal = regexp.MustCompile(`55[ -]?1234[ -]?5678|lb_live_\w{10,}|[\w.+-]+@[\w-]+\.\w+`)

const (
	traced = `{"phone":"+525512345678","amount":"50","reference":"traced-1","metadata":{"for":"ana@example.com"}}`
	again  = `{"phone":"55 1234 5678","amount":"50","reference":"refused-1"}`
)

func TestAnOrderIsOneTraceAndAnErrorIsReportedAndNobodyIsNamed(t *testing.T) {
	t.Parallel()
	latcom := simulator.New(simulator.Options{LatencyMax: time.Nanosecond, TokenTTL: time.Hour})
	server := httptest.NewServer(latcom)
	defer server.Close()
	collected, otlp := openSink(t)
	reported, sentry := openSink(t)
	_, database := storetest.NewAsOwner(t)
	p := starts(t, map[string]string{
		"DATABASE_URL": database, "LATCOM_BASE_URL": server.URL, "SECRET_KEY": strings.Repeat("k", 32), "PORT": "0", "HOST": "127.0.0.1", "LOG_LEVEL": "debug",
		"OTEL_EXPORTER_OTLP_ENDPOINT": otlp, "SENTRY_DSN": strings.Replace(sentry, "http://", "http://public@", 1) + "/7",
	}, "serve")
	url := p.url(t)
	key := newKey(t, database)
	status, body := order{"POST", url + "/api/v1/topups", key, traced}.ask(t)
	var topUp struct{ ID string }
	if err := json.Unmarshal([]byte(body), &topUp); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s, %v", status, body, err)
	}
	line := p.waitFor(t, `"order answered"`)
	var said struct {
		TopUp   string `json:"topup_id"`
		Trace   string `json:"trace_id"`
		Request string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(line), &said); err != nil || said.TopUp != topUp.ID || len(said.Trace) != 32 || said.Request == "" {
		t.Errorf("the log says %s (%v)", line, err)
	}
	latcom.EndTokens()
	latcom.RefuseLogins(true)
	refused := make(chan int, 1)
	go func() {
		status, _ := (order{"POST", url + "/api/v1/topups", key, again}).ask(t)
		refused <- status
	}()
	p.waitFor(t, "the breaker opened")

	eventually(t, func() (bool, string) {
		spans := collected.spans(t, said.Trace)
		request, job, asked := spans["POST /api/v1/topups"], spans["job topup_send"], spans["Latcom top-up"]
		if request == nil || job == nil || asked == nil {
			return false, "not all three spans came: " + strings.Join(namesOf(spans), ", ")
		}
		whole := len(request.ParentSpanId) == 0 && string(job.ParentSpanId) == string(request.SpanId) && string(asked.ParentSpanId) == string(job.SpanId)
		return whole, "they do not hang together"
	})
	eventually(t, func() (bool, string) {
		for _, envelope := range reported.at("/api/7/envelope/") {
			if strings.Contains(string(envelope), "the breaker opened") {
				return true, ""
			}
		}
		return false, "Sentry was not told"
	})
	if status := <-refused; status != http.StatusAccepted && status != http.StatusServiceUnavailable {
		t.Errorf("while Latcom refuses our login: %d", status)
	}
	p.nobodyIsNamed(t, collected, reported)
}

func namesOf(spans map[string]*trace.Span) (names []string) {
	for name := range spans {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// nobodyIsNamed reads every line of the log, every trace and every report.
func (p *process) nobodyIsNamed(t *testing.T, sinks ...*sink) {
	t.Helper()
	for line := range strings.Lines(p.output()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("this line of the log is no JSON: %s", line)
		}
		if found := personal.FindString(line); found != "" {
			t.Errorf("the log names %q: %s", found, line)
		}
	}
	for _, s := range sinks {
		s.mu.Lock()
		for path, bodies := range s.bodies {
			for _, body := range bodies {
				if found := personal.FindString(string(body)); found != "" && !strings.HasPrefix(found, "public@") {
					t.Errorf("%s is told of %q", path, found)
				}
			}
		}
		s.mu.Unlock()
	}
}

func TestWrongAddressesOfObserversStopTheStart(t *testing.T) {
	t.Parallel()
	got := runs(t, map[string]string{
		"DATABASE_URL": "postgres://x/y", "LATCOM_BASE_URL": "simulator", "SECRET_KEY": strings.Repeat("k", 32),
		"OTEL_EXPORTER_OTLP_ENDPOINT": "collector", "SENTRY_DSN": "a secret word", "SLACK_WEBHOOK_URL": "http://hooks.example/secret",
	}, "serve")
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "SENTRY_DSN", "SLACK_WEBHOOK_URL"} {
		if got.code == 0 || !strings.Contains(got.err+got.out, name+": ") {
			t.Errorf("%s is not named: %+v", name, got)
		}
	}
	if strings.Contains(got.err+got.out, "secret word") || strings.Contains(got.err+got.out, "hooks.example") {
		t.Errorf("a secret is shown: %+v", got)
	}
}
