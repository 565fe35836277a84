package api

// The sandbox: a second house that test keys open, and live keys do not.

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/latcom/simulator"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

// hurry is how much faster than documented the sandbox of the tests is.
const hurry = 40

// secondHouse opens a sandbox on a database of its own beside s.
func (s *site) secondHouse() House {
	s.t.Helper()
	books, url := storetest.NewWithURL(s.t)
	h := House{Store: books, Engine: startSandbox(s.t, books, url), Books: booksOf(books), Courier: courierOf(s.t, books)}
	s.api.Sandbox = NewSandbox()
	s.api.Sandbox.Open(h)
	return h
}

// courierOf carries the webhooks of a sandbox, also to this machine.
func courierOf(t *testing.T, books *store.Store) *webhooks.Courier {
	t.Helper()
	c, err := webhooks.New(books, slog.New(slog.DiscardHandler), webhooks.Options{SecretKey: strings.Repeat("s", 32), AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// startSandbox is one instance of a sandbox, with a simulator of its own.
func startSandbox(t *testing.T, books *store.Store, url string) *topup.Engine {
	t.Helper()
	recall := func(ctx context.Context, id string) (string, bool) {
		phone, err := books.PhoneOfOrder(ctx, id)
		return phone.National(), err == nil
	}
	played := simulator.New(simulator.Options{Sandbox: &simulator.Sandbox{Hurry: hurry, Recall: recall}})
	provider := httptest.NewServer(played)
	client, err := latcom.New(latcom.Config{BaseURL: provider.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	engine := topup.New(books, client, slog.New(slog.DiscardHandler), topup.Options{
		ListenURL: url, Concurrency: 80, RetryWindow: 3 * time.Second, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true, Inquirer: client,
		Sandbox: &topup.Sandbox{Hurry: hurry, Poll: 20 * time.Millisecond},
		Beside:  []topup.Beside{{Queue: store.WebhookQueue, Workers: 5, Poll: 20 * time.Millisecond, Register: courierOf(t, books).Register}},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		played.Close()
		engine.Stop()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		provider.Close()
	})
	return engine
}

// twinOf makes the sandbox's customer of a live one, with a key.
func (h House) twinOf(t *testing.T, of billing.Customer) (billing.Customer, string) {
	t.Helper()
	twin, err := h.Engine.Twin(t.Context(), topup.Twin{Customer: of, Rate: billing.MustRate("18")})
	if err != nil {
		t.Fatal(err)
	}
	key, hint := billing.NewTestKey()
	err = h.Store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertAPIKey(t.Context(), twin.ID, "test", hint, billing.HashSecret(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return twin, key
}

// Ids are counted in each house by itself, so the customer, its key and its entries
// have the same ids in both: who looked in the wrong house would find something.
func TestATestKeySeesTheSandboxAloneAndALiveKeyTheLiveHouseAlone(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, live := s.customer("500")
	twin, test := h.twinOf(t, customer)
	if twin.ID != customer.ID {
		t.Fatalf("the trap is not laid: %d and %d", twin.ID, customer.ID)
	}
	ids := map[string]string{}
	for key, mark := range map[string]string{live: "LIVE-MARK", test: "TEST-MARK"} {
		for _, reference := range []string{mark, "both"} {
			a := s.order(key, `{"phone":"5512345678","amount":"50","reference":"`+reference+`","metadata":{"of":"`+mark+`"}}`)
			if a.status != http.StatusCreated || a.header.Get("Idempotent-Replayed") != "" {
				t.Fatalf("%s: %d %s", reference, a.status, a.raw)
			}
			ids[mark] = a.text("id")
		}
	}
	for _, row := range []struct{ key, own, other string }{{live, "LIVE-MARK", "TEST-MARK"}, {test, "TEST-MARK", "LIVE-MARK"}} {
		for path, item := range s.api.huma.OpenAPI().Paths {
			if operationsOf(item)[http.MethodGet] == nil {
				continue
			}
			path = strings.NewReplacer("{id}", ids[row.own], "{phone}", "5512345678", "{month}", time.Now().UTC().Format("2006-01")).Replace(path)
			for _, accept := range []string{"application/json", "text/csv", "application/x-ndjson"} {
				if a, err := s.try(t.Context(), http.MethodGet, path+map[bool]string{true: "?amount=50"}[strings.HasSuffix(path, "quote")], row.key, "", "Accept", accept); err != nil || strings.Contains(a.raw, row.other) || strings.Contains(a.raw, ids[row.other]) {
					t.Errorf("%s as %s shows the other house: %v %s", path, accept, err, a.raw)
				}
			}
		}
		if a := s.ask(http.MethodGet, "/api/v1/topups", row.key, ""); strings.Count(a.raw, row.own) != 3 {
			t.Errorf("the list of %s: %s", row.own, a.raw)
		}
		if a := s.ask(http.MethodGet, "/api/v1/topups/"+ids[row.other], row.key, ""); a.status != http.StatusNotFound {
			t.Errorf("the other house's top-up: %d %s", a.status, a.raw)
		}
	}
	if a := s.ask(http.MethodGet, "/api/v1/balance", live, ""); a.text("balance") != "494.4444" {
		t.Errorf("the live balance: %s", a.raw)
	}
	if a := s.ask(http.MethodGet, "/api/v1/balance", test, ""); a.text("balance") != "994.4444" {
		t.Errorf("the play balance: %s", a.raw)
	}
}

func TestAKeyOpensNothingInTheOtherHouse(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, live := s.customer("500")
	_, test := h.twinOf(t, customer)
	swapped := func(key, from, to string) string { return to + strings.TrimPrefix(key, from) }
	// A hash of the live house, kept in the sandbox too, is never asked for.
	for name, key := range map[string]string{
		"a live key as a test key": swapped(live, billing.LivePrefix, billing.TestPrefix), "a test key as a live one": swapped(test, billing.TestPrefix, billing.LivePrefix),
		"a test key in capitals": strings.ToUpper(test),
	} {
		if a := s.ask(http.MethodGet, "/api/v1/balance", key, ""); a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, a.status)
		}
	}
}

func TestWithoutASandboxATestKeyIsAnswered503AndALiveKeyWorks(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, live := s.customer("500")
	test, _ := billing.NewTestKey()
	for name, house := range map[string]*Sandbox{"none": nil, "opening": NewSandbox(), "failed": func() *Sandbox { b := NewSandbox(); b.Fail("secret reasons"); return b }()} {
		s.api.Sandbox = house
		a := s.ask(http.MethodGet, "/api/v1/balance", test, "")
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || !strings.Contains(a.text("detail"), "sandbox") || strings.Contains(a.raw, "secret") {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
		if a := s.ask(http.MethodGet, "/api/v1/balance", live, ""); a.status != http.StatusOK {
			t.Errorf("%s: a live key is answered %d", name, a.status)
		}
	}
	if said := s.log.String(); said != "" {
		t.Errorf("each call of a test key is logged: %s", said)
	}
}

// first is what the first request of an outcome is answered, where that is played.
var first = map[sandbox.Play]int{sandbox.ShortFirst: 402, sandbox.LimitedFirst: 429, sandbox.AwayFirst: 503, sandbox.AnswerLost: 0}

func TestEachDocumentedNumberDoesWhatTheTableSays(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, _ := s.customer("500")
	twin, key := h.twinOf(t, customer)
	ends := map[string]sandbox.Number{}
	for _, o := range sandbox.Outcomes() {
		for _, d := range sandbox.Delays() {
			n := sandbox.Number{Outcome: o, Delay: d, Webhook: sandbox.Webhooks()[0]}
			body := fmt.Sprintf(`{"phone":"%s","amount":"20","reference":"%s"}`, n.Phone("00"), n.Phone("00"))
			ends[n.Phone("00")] = n
			if status, played := first[o.Play]; played {
				a, err := s.try(t.Context(), http.MethodPost, "/api/v1/topups", key, body, "Prefer", "respond-async")
				if a.status != status || (err != nil) != (status == 0) {
					t.Errorf("%s is answered %d at first, not %d (%v)", n.Phone("00"), a.status, status, err)
				}
			}
			if a := s.order(key, body, "Prefer", "respond-async"); a.status != http.StatusAccepted && a.status != http.StatusOK {
				t.Errorf("%s: %d %s", n.Phone("00"), a.status, a.raw)
			}
		}
	}
	for phone, n := range ends {
		ended(t, h, twin, phone, n)
	}
}

// ended waits until a top-up is what the table says.
func ended(t *testing.T, h House, of billing.Customer, phone string, n sandbox.Number) {
	t.Helper()
	want := n.Outcome.Ends
	if n.Delay.Never && n.Outcome.Play != sandbox.NeverSent {
		want = "unknown"
	}
	eventually(t, func() error {
		top, err := h.Store.TopUpByReference(t.Context(), of.ID, phone)
		if err != nil || string(top.Status) != want || want == "failed" && string(top.FailureCode) != n.Outcome.Code {
			return fmt.Errorf("%s is %s (%s), not %s: %w", phone, top.Status, top.FailureCode, want, err)
		}
		if want != "unknown" {
			return nil
		}
		inquiries, err := h.Store.Inquiries(t.Context(), top.ID)
		if err != nil || len(inquiries) == 0 {
			return fmt.Errorf("%s was not asked about yet: %w", phone, err)
		}
		return nil
	})
}

func TestAnyOtherNumberIsDelivered(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, _ := s.customer("500")
	_, key := h.twinOf(t, customer)
	// One of them has a fate in the simulator that stands alone.
	for _, phone := range []string{"5512345678", "5512990001", "2020991100"} {
		if a := s.order(key, `{"phone":"`+phone+`","amount":"50","reference":"`+phone+`"}`); a.text("status") != "succeeded" {
			t.Errorf("%s: %d %s", phone, a.status, a.raw)
		}
	}
}

func TestASecondInstanceSettlesWhatTheFirstLeftUnknown(t *testing.T) {
	t.Parallel()
	books, url := storetest.NewWithURL(t)
	one := House{Store: books, Engine: startSandbox(t, books, url)}
	twin, err := one.Engine.Twin(t.Context(), topup.Twin{Customer: billing.Customer{Code: "ENVIA", Name: "EnviaDespensa", Discount: billing.MustFraction("0.05")}, Rate: billing.MustRate("17.5")})
	if err != nil || twin.Discount.Decimal().String() != "0.05" || twin.Available().String() != "1000.0000" {
		t.Fatalf("%+v %v", twin, err)
	}
	var placed []string
	for i := range 20 {
		for _, play := range []sandbox.Play{sandbox.ProvenYes, sandbox.ProvenNo, sandbox.Reversed} {
			phone := sandbox.Of(play, 0, sandbox.HookOnce, fmt.Sprintf("%02d", i))
			if _, _, err := one.Engine.Accept(t.Context(), billing.Order{CustomerID: twin.ID, Reference: phone, Phone: billing.Phone("+52" + phone), Amount: billing.MustMXN("20")}); err != nil {
				t.Fatal(err)
			}
			placed = append(placed, phone)
		}
		if i == 5 {
			startSandbox(t, books, url) // which recalls what it never saw
		}
	}
	for _, phone := range placed {
		n, _ := sandbox.Read(phone)
		ended(t, one, twin, phone, n)
	}
}

func TestATwinIsMadeOnceHoweverManyAskForIt(t *testing.T) {
	t.Parallel()
	books, url := storetest.NewWithURL(t)
	engine := startSandbox(t, books, url)
	of := topup.Twin{Customer: billing.Customer{Code: "ENVIA", Name: "EnviaDespensa"}, Rate: billing.MustRate("18")}
	made := make(chan billing.Customer, 8)
	for range cap(made) {
		go func() {
			twin, err := engine.Twin(t.Context(), of)
			if err != nil {
				t.Error(err)
			}
			made <- twin
		}()
	}
	var ids []int64
	for range cap(made) {
		ids = append(ids, (<-made).ID)
	}
	if slices.Min(ids) != slices.Max(ids) {
		t.Errorf("twins: %v", ids)
	}
}

func TestTheCertificateIsForTestKeysAloneAndSaysWhatIsWrongWithAReport(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, live := s.customer("500")
	_, key := h.twinOf(t, customer)
	const path, begin = "/api/v1/sandbox/certificate", "/api/v1/sandbox/certificate/runs"
	for _, step := range []struct {
		name, method, path, key, body string
		status                        int
		says                          string
	}{
		{"a live key reads it", "GET", path, live, "", 404, "lb_test_"},
		{"a live key begins a run", "POST", begin, live, "{}", 404, "lb_test_"},
		{"nothing has begun", "GET", path, key, "", 404, "No run has begun"},
		{"a report to nothing", "POST", path, key, `{"reports":[{"reference":"x","status":"failed","total":"0"}]}`, 404, "No run has begun"},
		{"it begins", "POST", begin, key, "{}", 200, `"state":"waiting"`},
		{"it is read", "GET", path, key, "", 200, `"finding":"not_ordered"`},
		{"no JSON", "POST", path, key, "hello", 400, "not JSON"},
		{"no reports", "POST", path, key, "{}", 422, "must be a list"},
		{"a total that is none", "POST", path, key, `{"reports":[{"reference":"x","status":"failed","total":"much"}]}`, 422, "must be a list"},
		{"a reference of no case", "POST", path, key, `{"reports":[{"reference":"x","status":"failed","total":"0"}]}`, 422, "is not a reference of the run"},
	} {
		a := s.ask(step.method, step.path, step.key, step.body)
		if a.status != step.status || !strings.Contains(a.raw, step.says) {
			t.Errorf("%s: %d %s", step.name, a.status, a.raw)
		}
	}
}
