package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

type providerFunc func(context.Context, billing.Send) billing.Answer

func (f providerFunc) TopUp(ctx context.Context, s billing.Send) billing.Answer { return f(ctx, s) }

func answers(outcome billing.Outcome) providerFunc {
	return func(context.Context, billing.Send) billing.Answer {
		return billing.Answer{
			Outcome: outcome, Row: "answer." + string(outcome), Reason: "Latcom said " + string(outcome),
			ProviderTransactionID: "LT1", CarrierTransactionID: "V1",
		}
	}
}

var delivers = answers(billing.OutcomeDelivered)

// site is the API over real HTTP, on a real database and engine.
type site struct {
	*httptest.Server
	t      *testing.T
	store  *store.Store
	url    string // of the database
	engine *topup.Engine
	api    *api
	log    *journal
}

// journal keeps what was logged.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// held makes a provider that answers once released.
func held(outcome billing.Outcome) (p providerFunc, release func()) {
	gate := make(chan struct{})
	p = func(ctx context.Context, s billing.Send) billing.Answer {
		<-gate
		return answers(outcome)(ctx, s)
	}
	return p, sync.OnceFunc(func() { close(gate) })
}

func arrives(t *testing.T, asked <-chan struct{}) {
	t.Helper()
	select {
	case <-asked:
	case <-time.After(20 * time.Second):
		t.Fatal("the provider was never asked")
	}
}

func start(t *testing.T, p topup.Provider) *site {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	return startOn(t, s, url, p)
}

func startOn(t *testing.T, s *store.Store, url string, p topup.Provider) *site {
	t.Helper()
	log := &journal{}
	engine := topup.New(s, p, slog.New(slog.DiscardHandler), topup.Options{
		ListenURL: url, Concurrency: 20, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true,
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		engine.Stop()
		cancel()
		if err := <-done; err != nil {
			t.Log(err) // a database that went away is what some tests are about
		}
	})
	e := echo.New()
	e.RouteNotFound("/*", func(echo.Context) error { return echo.ErrNotFound })
	a := mount(e, Dependencies{
		House: House{Store: s, Engine: engine, Books: booksOf(s)}, Log: slog.New(slog.NewTextHandler(log, nil)),
		Explain: func(row string) (string, bool) {
			return "The carrier does not accept this phone number. Nothing was charged.", row == "answer.refused"
		},
	})
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return &site{Server: server, t: t, store: s, url: url, engine: engine, api: a, log: log}
}

func booksOf(s *store.Store) *bookkeeper.Keeper {
	return bookkeeper.New(s, slog.New(slog.DiscardHandler), bookkeeper.Options{Zone: time.UTC})
}

// customer makes a customer with credit and a key.
func (s *site) customer(credit string) (billing.Customer, string) {
	s.t.Helper()
	c := storetest.Customer(s.t, s.store, credit)
	key, hint := billing.NewSecretKey()
	err := s.store.InTx(s.t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertAPIKey(s.t.Context(), c.ID, "test", hint, billing.HashSecret(key))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c, key
}

// sql changes what the program has no hand for, and says so, as every hand of its own
// does: who keeps something for a moment forgets it.
func (s *site) sql(query string, args ...any) {
	s.t.Helper()
	s.store.DB().MustExecContext(s.t.Context(), query, args...)
	s.store.Hear(store.Change{Lost: true})
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (a answer) text(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// ask sends a request and holds what comes back against the OpenAPI document.
func (s *site) ask(method, path, key, body string, headers ...string) answer {
	s.t.Helper()
	return s.askWith(s.t.Context(), method, path, key, body, headers...)
}

func (s *site) askWith(ctx context.Context, method, path, key, body string, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(ctx, method, path, key, body, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.check(method, path, a)
	return a
}

func (s *site) try(ctx context.Context, method, path, key, body string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.Client().Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if err == nil && len(raw) > 0 && strings.HasSuffix(a.header.Get("Content-Type"), "json") && a.header.Get("Content-Type") != asNDJSON {
		err = json.Unmarshal(raw, &a.body)
	}
	return a, err
}

func (s *site) order(key, body string, headers ...string) answer {
	s.t.Helper()
	return s.ask(http.MethodPost, "/api/v1/topups", key, body, headers...)
}

func orderOf(reference string) string {
	return `{"phone":"5512345678","amount":"50","reference":"` + reference + `"}`
}

// check holds an answer against what the document says of its operation.
func (s *site) check(method, path string, a answer) {
	s.t.Helper()
	for _, name := range []string{"X-Request-Id", "Cache-Control"} {
		if a.header.Get(name) == "" {
			s.t.Errorf("%s %s: %d without %s", method, path, a.status, name)
		}
	}
	if strings.Contains(strings.ToLower(a.raw), "latcom") {
		s.t.Errorf("%s %s names the provider: %s", method, path, a.raw)
	}
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(path, "/api/v1/topups/") && method != http.MethodPost {
		path = "/api/v1/topups/{id}"
	}
	if strings.HasPrefix(path, "/api/v1/statements/") {
		path = "/api/v1/statements/{month}"
	}
	if strings.HasPrefix(path, "/api/v1/numbers/") {
		path = "/api/v1/numbers/{phone}"
	}
	item := s.api.huma.OpenAPI().Paths[path]
	if item == nil || operationsOf(item)[method] == nil {
		return
	}
	documented := operationsOf(item)[method].Responses[strconv.Itoa(a.status)]
	if documented == nil {
		s.t.Errorf("%s %s: %d is not documented", method, path, a.status)
		return
	}
	media := documented.Content[a.header.Get("Content-Type")]
	if media == nil {
		s.t.Errorf("%s %s: %d as %s is not documented", method, path, a.status, a.header.Get("Content-Type"))
		return
	}
	if media.Schema.Type == huma.TypeString {
		s.conforms(media.Schema, a.raw)
	} else {
		s.conforms(media.Schema, a.body)
	}
	for name := range a.header {
		if strings.HasPrefix(name, "Idempotent") || strings.HasPrefix(name, "Preference") || name == "Location" || name == "Retry-After" {
			if documented.Headers[name] == nil {
				s.t.Errorf("%s %s: %d with the header %s is not documented", method, path, a.status, name)
			}
		}
	}
}

func (s *site) conforms(schema *huma.Schema, value any) {
	s.t.Helper()
	result := &huma.ValidateResult{}
	huma.Validate(s.api.huma.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
	for _, err := range result.Errors {
		s.t.Errorf("not as documented: %v", err)
	}
}
