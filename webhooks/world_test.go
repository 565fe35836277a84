package webhooks_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

var discard = slog.New(slog.DiscardHandler)

const secretKey = "the key that seals the secrets of these tests"

// world is a real engine on a real database, with a courier that reaches receivers
// on this machine.
type world struct {
	t       *testing.T
	store   *store.Store
	url     string
	courier *webhooks.Courier
	engine  *topup.Engine
	ana     billing.Actor
	stop    func()
}

type providerFunc func(context.Context, billing.Send) billing.Answer

func (f providerFunc) TopUp(ctx context.Context, s billing.Send) billing.Answer { return f(ctx, s) }

func says(o billing.Outcome) providerFunc {
	return func(context.Context, billing.Send) billing.Answer {
		return billing.Answer{Outcome: o, Reason: "said so", ProviderTransactionID: "LT1", CarrierTransactionID: "V1"}
	}
}

func newWorld(t *testing.T, p topup.Provider, change ...func(*webhooks.Options)) *world {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	w := &world{t: t, store: s, url: url, ana: storetest.Operator(t, s, "Ana", billing.RoleAdmin)}
	w.start(p, change...)
	return w
}

// start runs an engine and a courier until the test ends, or stop is called.
func (w *world) start(p topup.Provider, change ...func(*webhooks.Options)) {
	w.t.Helper()
	o := webhooks.Options{SecretKey: secretKey, AllowPrivate: true}
	for _, c := range change {
		c(&o)
	}
	var err error
	if w.courier, err = webhooks.New(w.store, discard, o); err != nil {
		w.t.Fatal(err)
	}
	w.engine = topup.New(w.store, p, discard, topup.Options{
		ListenURL: w.url, Concurrency: 10, RetryWindow: time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true,
		Beside: []topup.Beside{{Queue: store.WebhookQueue, Workers: webhooks.Workers, Poll: 20 * time.Millisecond, Register: w.courier.Register}},
	})
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.engine.Run(ctx, 10*time.Second) }()
	w.stop = sync.OnceFunc(func() {
		w.engine.Stop()
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(w.stop)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// endpoint makes an endpoint of a customer that hears everything.
func (w *world) endpoint(c billing.Customer, url string, events ...billing.EventType) (e billing.WebhookEndpoint, secret string) {
	w.t.Helper()
	if len(events) == 0 {
		events = billing.EventTypes()
	}
	e, secret = billing.WebhookEndpoint{ID: uuid.New(), CustomerID: c.ID, URL: url, Events: events}, webhooks.NewSecret()
	w.must(w.courier.Make(w.t.Context(), w.ana, e, secret))
	return e, secret
}

func (w *world) order(c billing.Customer, reference string) billing.TopUp {
	w.t.Helper()
	t, _, err := w.engine.Accept(w.t.Context(), billing.Order{
		CustomerID: c.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50"),
	})
	w.must(err)
	return t
}

func (w *world) settled(t billing.TopUp) billing.TopUp {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	t, err := w.engine.Wait(ctx, t)
	w.must(err)
	return t
}

// log waits until an endpoint's deliveries, the oldest first, are as wanted.
func (w *world) log(e billing.WebhookEndpoint, wanted func([]billing.WebhookDelivery) bool) []billing.WebhookDelivery {
	w.t.Helper()
	var all []billing.WebhookDelivery
	ended := time.After(20 * time.Second)
	for tick := time.Tick(20 * time.Millisecond); ; {
		found, err := w.store.WebhookDeliveries(w.t.Context(), store.WebhookLog{EndpointID: e.ID, Limit: 1000})
		w.must(err)
		all = nil
		for i := len(found) - 1; i >= 0; i-- {
			all = append(all, found[i])
		}
		if wanted(all) {
			return all
		}
		select {
		case <-ended:
			w.t.Fatalf("the log is %+v", all)
		case <-tick:
		}
	}
}

// states waits until the deliveries are in these states.
func (w *world) states(e billing.WebhookEndpoint, states ...billing.DeliveryState) []billing.WebhookDelivery {
	w.t.Helper()
	return w.log(e, func(all []billing.WebhookDelivery) bool {
		if len(all) != len(states) {
			return false
		}
		for i := range all {
			if all[i].State != states[i] {
				return false
			}
		}
		return true
	})
}

// tried waits until the newest delivery waits after so many tries.
func (w *world) tried(e billing.WebhookEndpoint, tries int) billing.WebhookDelivery {
	w.t.Helper()
	all := w.log(e, func(all []billing.WebhookDelivery) bool { return len(all) > 0 && all[len(all)-1].Tries == tries })
	return all[len(all)-1]
}

// hurry makes due what waits, as if its time had come.
func (w *world) hurry() {
	w.t.Helper()
	db := storetest.Owner(w.store)
	db.MustExecContext(w.t.Context(), `UPDATE webhook_deliveries SET next_at = now() WHERE state = 'waiting'`)
	db.MustExecContext(w.t.Context(), `UPDATE river_job SET scheduled_at = now() WHERE kind = 'webhook_deliver' AND state = 'available'`)
}

// heard is one request as a receiver got it.
type heard struct {
	header http.Header
	body   string
}

func (h heard) data(t *testing.T) (kind string, data map[string]any) {
	t.Helper()
	var m struct {
		Type      string         `json:"type"`
		Timestamp time.Time      `json:"timestamp"`
		Data      map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(h.body), &m); err != nil || m.Timestamp.IsZero() {
		t.Fatalf("the body %s: %v", h.body, err)
	}
	return m.Type, m.Data
}

// receiver is a customer's program.
type receiver struct {
	*httptest.Server
	got chan heard
}

// newReceiver answers as answer says; nil: 204.
func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{got: make(chan heard, 1000)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		r.got <- heard{request.Header.Clone(), string(body)}
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) next(t *testing.T) heard {
	t.Helper()
	select {
	case h := <-r.got:
		return h
	case <-time.After(20 * time.Second):
		t.Fatal("the receiver was told nothing")
		return heard{}
	}
}

func answering(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, "said ", status)
	}
}

// verify is what a receiver does, written from the standard's text alone: one of
// the signatures in the header is the HMAC-SHA256 of "id.timestamp.body".
func verify(h heard, secret string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.header.Get("webhook-id") + "." + h.header.Get("webhook-timestamp") + "." + h.body))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for given := range strings.SplitSeq(h.header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(given), []byte(want)) {
			return nil
		}
	}
	return fmt.Errorf("no signature of %q is %q", h.header.Get("webhook-signature"), want)
}
