package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAnOrderIsAnsweredWhenItIsFinal(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("10")
	a := s.order(key, `{"phone":"(55) 1234-5678","amount":50,"reference":"r-1","metadata":{"a":[1,{"b":null}]}}`)
	if a.status != http.StatusCreated {
		t.Fatalf("got %d: %s", a.status, a.raw)
	}
	want := map[string]any{
		"reference": "r-1", "status": "succeeded", "phone": "+525512345678", "amount": "50.00", "currency": "MXN",
		"price": "2.7778", "price_currency": "USD", "exchange_rate": "18.0000", "provider_transaction_id": "LT1",
		"carrier_transaction_id": "V1", "failure": nil, "available_after": "7.2222",
	}
	for name, value := range want {
		if a.body[name] != value {
			t.Errorf("%s is %v, want %v", name, a.body[name], value)
		}
	}
	if !strings.Contains(a.raw, `"metadata":{"a":[1,{"b":null}]}`) || !strings.HasSuffix(a.text("completed_at"), "Z") {
		t.Errorf("got %s", a.raw)
	}
	if len(a.body) != 17 {
		t.Errorf("a top-up has %d fields, want 17", len(a.body))
	}
	same := s.ask(http.MethodGet, a.header.Get("Location"), key, "")
	if same.status != http.StatusOK || same.raw != a.raw {
		t.Errorf("read again it is %d %s", same.status, same.raw)
	}
}

func TestARefusedTopUpSaysWhyAndChargesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, answers(billing.OutcomeRefused))
	_, key := s.customer("10")
	a := s.order(key, orderOf("r"))
	failure, _ := a.body["failure"].(map[string]any)
	if a.status != http.StatusCreated || a.text("status") != "failed" || failure["code"] != "refused" || a.text("available_after") != "10.0000" {
		t.Fatalf("got %d: %s", a.status, a.raw)
	}
	message := fmt.Sprint(failure["message"])
	if !strings.HasPrefix(message, "The carrier does not accept this phone number.") || !strings.Contains(message, "Telefónica/Movistar, Mexico") {
		t.Errorf("the message is %q", message)
	}
}

func TestAnUnknownOutcomeIsAnsweredAtOnceAndStaysHeld(t *testing.T) {
	t.Parallel()
	s := start(t, answers(billing.OutcomeUnknown))
	_, key := s.customer("10")
	a := s.order(key, orderOf("r"))
	if a.status != http.StatusAccepted || a.text("status") != "unknown" || a.text("available_after") != "7.2222" || a.body["completed_at"] != nil {
		t.Errorf("got %d: %s", a.status, a.raw)
	}
	if again := s.order(key, orderOf("r")); again.status != http.StatusAccepted || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("its replay is %d", again.status)
	}
}

func TestAWaitEndsWhenTheClientPrefers(t *testing.T) {
	t.Parallel()
	p, release := held(billing.OutcomeDelivered)
	defer release()
	s := start(t, p)
	_, key := s.customer("10")
	tests := []struct{ prefer, applied string }{
		{"respond-async", "respond-async"},
		{"wait=0", "wait=0"},
		{"wait=1", "wait=1"},
		{"wait=9, respond-async", "respond-async"},
		{`return=minimal, WAIT="1"; x=y`, "wait=1"},
	}
	for i, tt := range tests {
		a := s.order(key, orderOf("r"), "Prefer", tt.prefer)
		if a.status != http.StatusAccepted || a.header.Get("Preference-Applied") != tt.applied {
			t.Errorf("%s: got %d, applied %q", tt.prefer, a.status, a.header.Get("Preference-Applied"))
		}
		if location := a.header.Get("Location"); location != "/api/v1/topups/"+a.text("id") {
			t.Errorf("%s: Location %q", tt.prefer, location)
		}
		if replayed := a.header.Get("Idempotent-Replayed") == "true"; replayed != (i > 0) {
			t.Errorf("%s: replayed %v", tt.prefer, replayed)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if a := s.order(key, orderOf("r")); a.status != http.StatusOK || a.text("status") != "succeeded" {
			t.Errorf("a replay that waited: %d %s", a.status, a.raw)
		}
	})
	release()
	wg.Wait()
}

func TestAHundredAtOnceWithOneReferenceAreOneTopUp(t *testing.T) {
	t.Parallel()
	var sent atomic.Int32
	s := start(t, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		sent.Add(1)
		return delivers(ctx, send)
	}))
	c, key := s.customer("2.7778")
	var wg sync.WaitGroup
	var made, replayed atomic.Int32
	for range 100 {
		wg.Go(func() {
			a := s.order(key, orderOf("same"))
			switch {
			case a.status == http.StatusCreated && a.header.Get("Idempotent-Replayed") == "":
				made.Add(1)
			case a.status == http.StatusOK && a.header.Get("Idempotent-Replayed") == "true" && a.text("status") == "succeeded":
				replayed.Add(1)
			default:
				t.Errorf("got %d: %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 || replayed.Load() != 99 || sent.Load() != 1 {
		t.Errorf("made %d, replayed %d, sent %d", made.Load(), replayed.Load(), sent.Load())
	}
	if b := storetest.Balance(t, s.store, c.ID); b.Available().Sign() != 0 {
		t.Errorf("available %s", b.Available())
	}
}

func TestAReplayIsAnsweredBeforeAnythingElseIsLookedAt(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	c, key := s.customer("2.7778")
	first := s.order(key, orderOf("r"))
	s.sql(`UPDATE customers SET suspended = true, max_amount = 30 WHERE id = $1`, c.ID)
	if a := s.order(key, `{"phone":"+52 1 55 1234 5678","amount":"50.00","reference":"r"}`); a.status != http.StatusOK || a.text("id") != first.text("id") {
		t.Errorf("the same order without credit, suspended, over its limit: %d %s", a.status, a.raw)
	}
	for _, other := range []string{`"amount":60`, `"amount":"9999"`, `"amount":-1`, `"amount":0`} {
		a := s.order(key, `{"phone":"5512345678",`+other+`,"reference":"r"}`)
		if a.status != http.StatusConflict || a.text("code") != "reference_reused" || a.text("retry") != "never" {
			t.Errorf("%s under a used reference: %d %s", other, a.status, a.raw)
		}
	}
	if a := s.order(key, orderOf("new")); a.status != http.StatusForbidden || a.text("code") != "customer_suspended" {
		t.Errorf("a new order: %d %s", a.status, a.raw)
	}
}

func TestAClientThatHangsUpCancelsNothing(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	p, release := held(billing.OutcomeDelivered)
	defer release()
	s := start(t, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(asked)
		return p(ctx, send)
	}))
	_, key := s.customer("10")
	ctx, hangUp := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.try(ctx, http.MethodPost, "/api/v1/topups", key, orderOf("r")); err == nil {
			t.Error("got an answer")
		}
	})
	arrives(t, asked)
	hangUp()
	wg.Wait()
	release()
	if a := s.order(key, orderOf("r")); a.status != http.StatusOK || a.text("status") != "succeeded" {
		t.Errorf("got %d: %s", a.status, a.raw)
	}
}

func TestAStoppingProcessLetsWhoWaitsGoAndTakesWhatStillComes(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	p, release := held(billing.OutcomeDelivered)
	s := start(t, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		close(asked)
		return p(ctx, send)
	}))
	t.Cleanup(release)
	_, key := s.customer("10")
	var wg sync.WaitGroup
	wg.Go(func() {
		if a := s.order(key, orderOf("r"), "Prefer", "wait=60"); a.status != http.StatusAccepted || a.text("status") != "sending" {
			t.Errorf("got %d: %s", a.status, a.raw)
		}
	})
	arrives(t, asked)
	s.engine.Stop()
	wg.Wait()
	// It is durable, and the next process sends it; nobody is kept waiting for that.
	if a := s.order(key, orderOf("new"), "Prefer", "wait=60"); a.status != http.StatusAccepted || a.text("id") == "" {
		t.Errorf("a new order: %d %s", a.status, a.raw)
	}
	release()
}

func TestFiftyAtOnceOnCreditForFiveAreFiveAndTheRest402(t *testing.T) {
	t.Parallel()
	s := start(t, delivers)
	_, key := s.customer("13.8890")
	var wg sync.WaitGroup
	var succeeded, refused atomic.Int32
	for i := range 50 {
		wg.Go(func() {
			a := s.order(key, orderOf(fmt.Sprintf("r%d", i)))
			switch {
			case a.status == http.StatusCreated && a.text("status") == "succeeded":
				succeeded.Add(1)
			case a.status == http.StatusPaymentRequired && a.text("code") == "insufficient_balance" && a.text("price") == "2.7778":
				refused.Add(1)
			default:
				t.Errorf("got %d: %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	if succeeded.Load() != 5 || refused.Load() != 45 {
		t.Errorf("%d succeeded, %d were refused", succeeded.Load(), refused.Load())
	}
}
