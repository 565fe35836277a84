package telemetry_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/telemetry"
)

// The id of a top-up's trace is the top-up's own, and what is left goes out at the end.
func TestARequestIsInTheTraceOfItsTopUp(t *testing.T) {
	t.Parallel()
	bodies := make(chan []byte, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/v1/traces" {
			bodies <- body
		}
	}))
	defer server.Close()
	tracing, err := telemetry.NewTracing(t.Context(), server.URL, "test")
	if err != nil {
		t.Fatal(err)
	}
	topUp := uuid.New()
	tracing.Answered(t.Context(), telemetry.Request{Method: "POST", Route: "/api/v1/topups", Status: 201, Began: time.Now(), TopUp: topUp, Headers: map[string]string{"traceparent": ""}})
	if err := tracing.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case body := <-bodies:
		if !bytes.Contains(body, topUp[:]) || !bytes.Contains(body, []byte("/api/v1/topups")) {
			t.Errorf("it was sent %q", body)
		}
	default:
		t.Error("nothing was sent")
	}
}
