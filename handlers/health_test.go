package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
)

func TestAProcessThatIsStoppingIsAliveAndNotReady(t *testing.T) {
	t.Parallel()
	site := openSite(t, outcome(billing.OutcomeDelivered))
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/health": 200, "/metrics": 200} {
		if got := site.asked(path, "127.0.0.1:5000", ""); got.Code != want {
			t.Errorf("%s: got %d, %s", path, got.Code, got.Body)
		}
	}
	site.engine.Stop()
	if got := site.asked("/healthz", "127.0.0.1:5000", ""); got.Code != 200 {
		t.Errorf("alive while stopping: got %d", got.Code)
	}
	if got := site.asked("/readyz", "127.0.0.1:5000", ""); got.Code != 503 || !strings.Contains(got.Body.String(), "stopping") {
		t.Errorf("ready while stopping: got %d, %s", got.Code, got.Body)
	}
}

func TestMetricsAreForThisMachineOrForTheToken(t *testing.T) {
	t.Parallel()
	site := openSite(t, outcome(billing.OutcomeDelivered))
	if got := site.asked("/metrics", "203.0.113.9:5000", ""); got.Code != http.StatusUnauthorized {
		t.Errorf("from elsewhere: got %d", got.Code)
	}
	if body := site.asked("/metrics", "127.0.0.1:5000", "").Body.String(); !strings.Contains(body, `latcom_billing_topups_open{status="queued"} 0`) {
		t.Errorf("no gauge of open top-ups in\n%s", body)
	}
	for _, header := range []string{"X-Forwarded-For", "Forwarded"} { // what a proxy on this machine passes on comes from elsewhere
		if got := site.asked("/metrics", "127.0.0.1:5000", "", header, "127.0.0.1"); got.Code != http.StatusUnauthorized {
			t.Errorf("with %s: got %d", header, got.Code)
		}
	}
	guarded := openSite(t, outcome(billing.OutcomeDelivered), func(s *handlers.Site) { s.MetricsToken = "a token for metrics" })
	for token, want := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer a token for metrics": 200} {
		if got := guarded.asked("/metrics", "127.0.0.1:5000", token); got.Code != want {
			t.Errorf("token %q: got %d", token, got.Code)
		}
	}
}

func TestWithoutADatabaseAProcessIsAliveAndNotReady(t *testing.T) {
	t.Parallel()
	site := openSite(t, outcome(billing.OutcomeDelivered))
	// Every connection of the pool is taken: nobody answers, nobody refuses.
	for range site.store.Stats().MaxOpenConnections {
		connection, err := site.store.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
	}
	if got := site.asked("/readyz", "127.0.0.1:5000", ""); got.Code != 503 || !strings.Contains(got.Body.String(), `"database":"does not answer"`) {
		t.Errorf("ready: got %d, %s", got.Code, got.Body)
	}
	if got := site.asked("/health", "127.0.0.1:5000", ""); got.Code != 503 || !strings.Contains(got.Body.String(), `"status":"unavailable"`) {
		t.Errorf("healthy: got %d, %s", got.Code, got.Body)
	}
	if got := site.asked("/healthz", "127.0.0.1:5000", ""); got.Code != 200 {
		t.Errorf("alive: got %d", got.Code)
	}
}

// asked asks the site as if from another address.
func (p premises) asked(path, from, authorization string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.RemoteAddr = from
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	p.echo.ServeHTTP(rec, req)
	return rec
}
