package webhooks_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/webhooks"
)

const (
	waiting   = billing.DeliveryWaiting
	delivered = billing.DeliveryDelivered
	failed    = billing.DeliveryFailed
	ended     = billing.DeliveryEnded
)

func TestASettledTopUpIsToldSignedAndThin(t *testing.T) {
	t.Parallel()
	for outcome, kind := range map[billing.Outcome]string{
		billing.OutcomeDelivered: "topup.succeeded", billing.OutcomeRefused: "topup.failed", billing.OutcomeUnknown: "topup.unknown",
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w, r := newWorld(t, says(outcome)), newReceiver(t, nil)
			c := storetest.Customer(t, w.store, "5000")
			e, secret := w.endpoint(c, r.URL)
			top := w.settled(w.order(c, "r1"))
			h := r.next(t)
			if err := verify(h, secret); err != nil {
				t.Error(err)
			}
			got, data := h.data(t)
			if got != kind || data["id"] != top.ID.String() || data["reference"] != "r1" || "topup."+data["status"].(string) != kind || data["sequence"] != 1.0 {
				t.Errorf("got %s", h.body)
			}
			if _, phone := data["phone"]; phone || len(data) != 5 {
				t.Errorf("the payload is not thin: %s", h.body)
			}
			if (data["failure_code"] == "refused") != (kind == "topup.failed") {
				t.Errorf("the failure's code: %s", h.body)
			}
			sent, err := strconv.ParseInt(h.header.Get("webhook-timestamp"), 10, 64)
			if age := time.Since(time.Unix(sent, 0)); err != nil || age < -2*time.Second || age > time.Minute {
				t.Errorf("the timestamp %q", h.header.Get("webhook-timestamp"))
			}
			if id := h.header.Get("webhook-id"); !regexp.MustCompile(`^evt_[0-9A-Z]{26}$`).MatchString(id) || h.header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", h.header)
			}
			log := w.states(e, delivered)
			if log[0].LastStatus != 204 || log[0].EventID.String() != h.header.Get("webhook-id") || log[0].Reference != "r1" {
				t.Errorf("the log %+v", log[0])
			}
		})
	}
}

// unknown, succeeded, reversed: 1, 2, 3.
func TestTheSequenceOfATopUpHasNoGapAndIsInTheOrderOfItsStates(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeUnknown)), newReceiver(t, nil)
	ben := storetest.Operator(t, w.store, "Ben", billing.RoleAdmin)
	c := storetest.Customer(t, w.store, "5000")
	e, _ := w.endpoint(c, r.URL)
	top := w.settled(w.order(c, "r1"))
	for _, verdict := range []billing.Verdict{billing.VerdictDelivered, billing.VerdictReverse} {
		d := billing.Decision{ID: uuid.New(), TopUpID: top.ID, Verdict: verdict, Reason: billing.DecisionStatement, Note: "as Latcom says"}
		w.must(w.engine.Propose(t.Context(), w.ana, d))
		w.must(w.engine.Confirm(t.Context(), ben, d.ID))
	}
	for i, d := range w.states(e, delivered, delivered, delivered) {
		kind := []billing.EventType{"topup.unknown", "topup.succeeded", "topup.reversed"}[i]
		if d.Type != kind || d.Sequence == nil || *d.Sequence != i+1 {
			t.Errorf("event %d is %s, number %v", i, d.Type, d.Sequence)
		}
	}
}

// Who is told from the second event on sees that there was a first.
func TestAnEndpointThatComesLaterSeesTheNumberThatIsSo(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeUnknown)), newReceiver(t, nil)
	ben := storetest.Operator(t, w.store, "Ben", billing.RoleAdmin)
	c := storetest.Customer(t, w.store, "5000")
	top := w.settled(w.order(c, "r1"))
	e, _ := w.endpoint(c, r.URL, billing.EventTopUpFailed)
	d := billing.Decision{ID: uuid.New(), TopUpID: top.ID, Verdict: billing.VerdictNotDelivered, Reason: billing.DecisionStatement, Note: "as Latcom says"}
	w.must(w.engine.Propose(t.Context(), w.ana, d))
	w.must(w.engine.Confirm(t.Context(), ben, d.ID))
	if all := w.states(e, delivered); *all[0].Sequence != 2 {
		t.Errorf("the number is %d", *all[0].Sequence)
	}
}

func TestCreditThatIsAdjustedAndFallsBelowItsThresholdIsToldOncePerCrossing(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
	c := storetest.Customer(t, w.store, "1002") // low below 1000
	e, _ := w.endpoint(c, r.URL, billing.EventBalanceLow, billing.EventCreditAdjusted)
	w.settled(w.order(c, "crosses")) // 2.7778 USD
	w.settled(w.order(c, "is below already"))
	adjust := func(amount string, reason billing.Reason) {
		_, err := w.engine.Adjust(t.Context(), w.ana, billing.Adjustment{ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD(amount), Reason: reason, Note: "note"})
		w.must(err)
	}
	adjust("100", billing.ReasonDeposit)
	adjust("-200", billing.ReasonFee)
	adjust("-1", billing.ReasonFee)
	all := w.states(e, delivered, delivered, delivered, delivered, delivered)
	kinds := ""
	for _, d := range all {
		kinds += string(d.Type) + " "
	}
	if kinds != "balance.low credit.adjusted credit.adjusted balance.low credit.adjusted " {
		t.Fatalf("told %s", kinds)
	}
	if _, data := (heard{body: all[0].Body}).data(t); data["available"] != "999.2222" || data["threshold"] != "1000.0000" && data["threshold"] != "1000" || data["currency"] != "USD" {
		t.Errorf("balance.low says %s", all[0].Body)
	}
	if _, data := (heard{body: all[2].Body}).data(t); data["amount"] != "-200.0000" || data["reason"] != "FEE" || data["available"] != "896.4444" {
		t.Errorf("credit.adjusted says %s", all[2].Body)
	}
}

func TestAnEventIsTriedAsTheStandardSaysAndThenGivenUp(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, answering(500))
	c := storetest.Customer(t, w.store, "5000")
	e, secret := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	w.settled(w.order(c, "r1"))
	schedule := []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
		10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
	id := ""
	for n, pause := range schedule {
		h := r.next(t)
		if err := verify(h, secret); err != nil || id != "" && h.header.Get("webhook-id") != id {
			t.Errorf("try %d has another webhook-id, or: %v", n+1, err)
		}
		id = h.header.Get("webhook-id")
		d := w.tried(e, n+1)
		tries, err := w.store.WebhookTries(t.Context(), d.ID)
		w.must(err)
		if got := tries[0].NextAt.Sub(tries[0].BeganAt); got < pause || got > pause+pause/5+2*time.Second || d.State != waiting {
			t.Errorf("after try %d the next comes in %s, not in %s", n+1, got, pause)
		}
		if tries[0].Status != 500 || tries[0].ResponseBody != "said 500" || !strings.Contains(tries[0].RequestHeaders, "webhook-id: "+id) {
			t.Errorf("the log of try %d: %+v", n+1, tries[0])
		}
		w.hurry()
	}
	r.next(t)
	d := w.states(e, failed)[0]
	tries, err := w.store.WebhookTries(t.Context(), d.ID)
	w.must(err)
	if len(tries) != webhooks.MostTries || tries[0].NextAt != nil {
		t.Errorf("%d tries, the last one with a next at %v", len(tries), tries[0].NextAt)
	}
	if e, err = w.store.WebhookEndpoint(t.Context(), c.ID, e.ID); err != nil || e.GivenUpAt == nil || e.FailingSince == nil {
		t.Errorf("the endpoint is not marked as failing: %+v, %v", e, err)
	}
	if n, err := w.store.FailingEndpoints(t.Context(), c.ID); n != 1 || err != nil {
		t.Errorf("failing: %d, %v", n, err)
	}
}

func TestWhatArrivesAgainIsNoLongerFailing(t *testing.T) {
	t.Parallel()
	well := make(chan struct{})
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, func(rw http.ResponseWriter, request *http.Request) {
		select {
		case <-well:
		default:
			rw.WriteHeader(http.StatusInternalServerError)
		}
	})
	c := storetest.Customer(t, w.store, "5000")
	e, _ := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	w.settled(w.order(c, "r1"))
	w.tried(e, 1)
	storetest.Owner(w.store).MustExec(`UPDATE webhook_deliveries SET tries = 9`)
	w.hurry()
	d := w.states(e, failed)[0]
	close(well)
	w.must(w.courier.Replay(t.Context(), w.ana, c.ID, e.ID, d.ID))
	w.states(e, delivered)
	if e, err := w.store.WebhookEndpoint(t.Context(), c.ID, e.ID); err != nil || e.GivenUpAt != nil || e.FailingSince != nil || e.DeliveredAt == nil {
		t.Errorf("the endpoint: %+v, %v", e, err)
	}
	first, again, last := r.next(t), r.next(t), r.next(t)
	if id := first.header.Get("webhook-id"); id != again.header.Get("webhook-id") || id != last.header.Get("webhook-id") || first.body != last.body {
		t.Errorf("a replay is another message: %v, then %v", first, last)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503, 500} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, answering(status, "Retry-After", "120"))
			c := storetest.Customer(t, w.store, "5000")
			e, _ := w.endpoint(c, r.URL)
			w.settled(w.order(c, "r1"))
			tries, err := w.store.WebhookTries(t.Context(), w.tried(e, 1).ID)
			w.must(err)
			asked := tries[0].NextAt.Sub(tries[0].BeganAt) > 119*time.Second
			if asked != (status != 500) {
				t.Errorf("the next try comes at %s after %s", tries[0].NextAt, tries[0].BeganAt)
			}
		})
	}
}

func TestGoneEndsTheEndpointAndAllThatWaits(t *testing.T) {
	t.Parallel()
	status := make(chan int, 9)
	status <- 500
	status <- 410
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(<-status) })
	c := storetest.Customer(t, w.store, "5000")
	e, _ := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	w.settled(w.order(c, "r1"))
	w.tried(e, 1)
	w.settled(w.order(c, "r2"))
	w.states(e, ended, ended)
	w.settled(w.order(c, "r3"))
	w.states(e, ended, ended) // nobody is told of a third
	now, err := w.store.WebhookEndpoint(t.Context(), c.ID, e.ID)
	w.must(err)
	if now.State != billing.EndpointGone || len(r.got) != 2 {
		t.Errorf("the endpoint is %s after %d requests", now.State, len(r.got))
	}
	if err := w.courier.Replay(t.Context(), w.ana, c.ID, e.ID, 1); err == nil {
		t.Error("an endpoint that is gone was sent something again")
	}
	status <- 200
	status <- 200
	status <- 200
	w.must(w.courier.Switch(t.Context(), w.ana, c.ID, e.ID, true))
	n, err := w.courier.ReplayFailed(t.Context(), w.ana, c.ID, e.ID, time.Now().Add(-time.Hour))
	if n != 2 || err != nil {
		t.Errorf("replayed %d, %v", n, err)
	}
	w.states(e, delivered, delivered)
}

func TestARedirectIsAFailureAndNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t, nil)
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, func(rw http.ResponseWriter, request *http.Request) {
		http.Redirect(rw, request, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	c := storetest.Customer(t, w.store, "5000")
	e, _ := w.endpoint(c, r.URL)
	w.settled(w.order(c, "r1"))
	if d := w.tried(e, 1); d.LastProblem != billing.ProblemRedirect || d.LastStatus != 307 || d.State != waiting {
		t.Errorf("the log %+v", d)
	}
	if len(elsewhere.got) != 0 {
		t.Error("the redirect was followed")
	}
}

func TestBothSecretsSignWhileOneIsRotatedAndThenTheNewOneAlone(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
	c := storetest.Customer(t, w.store, "5000")
	e, old := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	fresh := webhooks.NewSecret()
	for range 2 { // the form was sent twice
		w.must(w.courier.Rotate(t.Context(), w.ana, c.ID, e.ID, fresh))
	}
	w.settled(w.order(c, "r1"))
	h := r.next(t)
	if n := len(strings.Split(h.header.Get("webhook-signature"), " ")); n != 2 || verify(h, old) != nil || verify(h, fresh) != nil {
		t.Errorf("signed by %q", h.header.Get("webhook-signature"))
	}
	now, err := w.store.WebhookEndpoint(t.Context(), c.ID, e.ID)
	w.must(err)
	if left := time.Until(*now.OldSecretUntil); left < 23*time.Hour || left > 24*time.Hour+time.Minute {
		t.Errorf("the old secret signs for %s", left)
	}
	storetest.Owner(w.store).MustExec(`UPDATE webhook_endpoints SET old_secret_until = now() - interval '1 second'`)
	w.settled(w.order(c, "r2"))
	if h = r.next(t); verify(h, old) == nil || verify(h, fresh) != nil {
		t.Errorf("signed by %q", h.header.Get("webhook-signature"))
	}
	if strings.Contains(string(now.Secret), "whsec_") {
		t.Error("the secret is kept as it is")
	}
}

// A new SECRET_KEY opens what the old one sealed, and seals it again.
func TestSecretsAreSealedAgainWhenTheKeyIsRotated(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
	c := storetest.Customer(t, w.store, "5000")
	_, secret := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	for n, keys := range []webhooks.Options{{SecretKey: "another key of thirty-two characters", SecretKeyOld: secretKey}, {SecretKey: "another key of thirty-two characters"}} {
		w.stop()
		w.start(says(billing.OutcomeDelivered), func(o *webhooks.Options) { o.SecretKey, o.SecretKeyOld = keys.SecretKey, keys.SecretKeyOld })
		w.settled(w.order(c, fmt.Sprint("r", n)))
		if err := verify(r.next(t), secret); err != nil {
			t.Errorf("with the keys of start %d: %v", n, err)
		}
	}
}

// The process dies between the commit and the delivery: the next one delivers.
func TestACrashBetweenTheCommitAndTheDeliveryLosesNothing(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
	c := storetest.Customer(t, w.store, "5000")
	e, secret := w.endpoint(c, r.URL, billing.EventTopUpSucceeded)
	w.stop()
	dead := topup.New(w.store, says(billing.OutcomeDelivered), discard, topup.Options{
		ListenURL: w.url, Concurrency: 1, RetryWindow: time.Minute, Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Work: true,
	}) // works orders, and no webhooks
	ctx, kill := context.WithCancel(t.Context())
	died := make(chan error, 1)
	go func() { died <- dead.Run(ctx, time.Second) }()
	w.engine = dead
	top := w.settled(w.order(c, "r1"))
	kill()
	w.must(<-died)
	// A worker of the dead process had taken the job, too.
	storetest.Owner(w.store).MustExec(`UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = '{"a dead one"}' WHERE kind = 'webhook_deliver'`)
	storetest.Owner(w.store).MustExec(`UPDATE webhook_deliveries SET next_at = now() - interval '1 minute'`)
	w.start(says(billing.OutcomeDelivered))
	w.must(w.courier.Sweep(t.Context()))
	h := r.next(t)
	if _, data := h.data(t); data["id"] != top.ID.String() || verify(h, secret) != nil {
		t.Errorf("told %s", h.body)
	}
	w.states(e, delivered)
}

// A settlement that is not committed is not told.
func TestWhatIsRolledBackIsNotTold(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, says(billing.OutcomeDelivered)), newReceiver(t, nil)
	c := storetest.Customer(t, w.store, "5000")
	w.endpoint(c, r.URL)
	broken := fmt.Errorf("the power went")
	err := w.store.InTx(t.Context(), func(tx *store.Tx) error {
		event, err := billing.TestEvent(billing.WebhookEndpoint{CustomerID: c.ID}, time.Now())
		if err != nil {
			return err
		}
		event.Type = billing.EventCreditAdjusted
		w.must(tx.InsertEvent(t.Context(), event))
		return broken
	})
	var events, jobs int
	w.must(w.store.DB().Get(&events, `SELECT count(*) FROM webhook_events`))
	w.must(w.store.DB().Get(&jobs, `SELECT count(*) FROM river_job WHERE kind = 'webhook_deliver'`))
	if err == nil || events+jobs != 0 {
		t.Errorf("%d events and %d jobs after %v", events, jobs, err)
	}
}
