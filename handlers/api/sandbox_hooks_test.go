package api

// How webhooks behave about the documented numbers.

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"latcom.example/latcom-billing/sandbox"
)

// heardHook is a webhook as a customer's program heard it.
type heardHook struct {
	id, reference, status string
}

// hearing is a customer's program that takes every webhook.
type hearing struct {
	mu    sync.Mutex
	heard []heardHook
}

func (h *hearing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var event struct {
		Data struct {
			Reference, Status string
		}
	}
	if err != nil || json.Unmarshal(body, &event) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, heardHook{r.Header.Get("Webhook-Id"), event.Data.Reference, event.Data.Status})
}

func (h *hearing) about(reference string) (told []heardHook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.heard {
		if one.reference == reference {
			told = append(told, one)
		}
	}
	return told
}

func TestWebhooksComeAsTheNumberSays(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	h := s.secondHouse()
	customer, _ := s.customer("500")
	_, key := h.twinOf(t, customer)
	program := &hearing{}
	server := httptest.NewServer(program)
	t.Cleanup(server.Close)
	if a := s.ask(http.MethodPost, "/api/v1/sandbox/webhooks", key, `{"url":"`+server.URL+`"}`); a.status != http.StatusCreated || !strings.HasPrefix(a.text("secret"), "whsec_") {
		t.Fatalf("the endpoint: %d %s", a.status, a.raw)
	}
	phones := map[sandbox.Hook]string{}
	for _, w := range sandbox.Webhooks() {
		phones[w.Hook] = sandbox.Of(sandbox.ProvenYes, 0, w.Hook, "00") // unknown, then succeeded
		s.order(key, `{"phone":"`+phones[w.Hook]+`","amount":"20","reference":"`+string(w.Hook)+`"}`, "Prefer", "respond-async")
	}
	want := map[sandbox.Hook]string{
		sandbox.HookOnce: "unknown succeeded", sandbox.HookLate: "unknown succeeded", sandbox.HookDisordered: "succeeded unknown", sandbox.HookTwice: "4",
	}
	eventually(t, func() error {
		for hook, sequence := range want {
			var told []string
			for _, one := range program.about(string(hook)) {
				told = append(told, one.status)
			}
			if got := strings.Join(told, " "); got != sequence && (hook != sandbox.HookTwice || len(told) != 4) {
				return notToldYetError{hook, got}
			}
		}
		return nil
	})
	ids := map[string]int{}
	for _, one := range program.about("twice") {
		ids[one.id]++
	}
	for id, n := range ids {
		if n != 2 || len(ids) != 2 {
			t.Errorf("the webhook-id %s came %d times, of %d ids", id, n, len(ids))
		}
	}
}

type notToldYetError struct {
	hook sandbox.Hook
	got  string
}

func (e notToldYetError) Error() string { return string(e.hook) + " heard " + e.got }
