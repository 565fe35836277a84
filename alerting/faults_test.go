package alerting_test

// Every alert is made to begin and to end by what causes it in earnest, and reaches a
// mail server, Slack and a webhook, once each time.

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/latcom"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// now lets an open breaker try an order at once.
func (w *world) now() { w.sql(`UPDATE breaker SET retry_at = now() WHERE opened_at IS NOT NULL`) }

func TestALatcomThatLetsUsNotInIsToldUntilItDoes(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := storetest.Customer(t, w.store, "100")
	w.latcom.RefuseLogins(true) // 400, IP Address not authorized
	one := w.accept(c, "r1")
	w.raised(billing.AlertLoginRefused)
	w.latcom.RefuseLogins(false)
	w.until("r1 got through", func() bool {
		w.now()
		got, err := w.store.TopUp(t.Context(), one.ID, 0)
		return err == nil && got.Status == billing.StatusSucceeded
	})
	w.over(billing.AlertLoginRefused)
	if n, _, _ := w.counts(billing.AlertBreakerOpen, billing.MessageRaised); n != 0 {
		t.Error("it was told as another kind, too")
	}
}

// A Latcom that hangs makes unknowns: the breaker, the success rate, and in time the
// unknowns themselves; operators settle them.
func TestALatcomThatHangsIsToldAndWhatItLeavesBehind(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *latcom.Config, _ *topup.Options) { c.Timeout = 2 * time.Second })
	c := storetest.Customer(t, w.store, "2000")
	first := w.accept(c, "first") // logs in
	w.ends(first, billing.StatusSucceeded)
	w.latcom.Hang(true)
	var hung []billing.TopUp
	for i := range billing.ProviderLeast {
		hung = append(hung, w.taken(c, fmt.Sprintf("r%d", i)))
	}
	w.raised(billing.AlertBreakerOpen)
	w.latcom.Hang(false)
	for _, one := range hung { // those that were held back go out as tries
		w.until(one.Reference+" was sent", func() bool {
			w.now()
			got, err := w.store.TopUp(t.Context(), one.ID, 0)
			return err == nil && (got.Status == billing.StatusUnknown || got.Status == billing.StatusSucceeded)
		})
	}
	last := w.taken(c, "last")
	w.until("last got through", func() bool {
		w.now()
		got, err := w.store.TopUp(t.Context(), last.ID, 0)
		return err == nil && got.Status == billing.StatusSucceeded
	})
	w.over(billing.AlertBreakerOpen)
	w.raised(billing.AlertSuccessRate)

	unknown := w.unknown(hung)
	for _, one := range unknown {
		storetest.Age(t, w.store, one.ID, 16*time.Minute)
	}
	w.over(billing.AlertSuccessRate) // nothing else went wrong in the last 15 minutes
	w.raised(billing.AlertUnknownWaits)
	storetest.Age(t, w.store, unknown[0].ID, 24*time.Hour)
	w.raised(billing.AlertUnknownOld)
	for _, one := range unknown {
		w.decide(one, billing.VerdictNotDelivered)
	}
	w.over(billing.AlertUnknownWaits, billing.AlertUnknownOld)

	contradicted := unknown[0] // Latcom says afterwards that it was delivered
	err := w.store.InTx(t.Context(), func(tx *store.Tx) error {
		now, err := tx.TopUp(t.Context(), contradicted.ID, 0)
		if err != nil {
			return err
		}
		return tx.InsertContradiction(t.Context(), now, billing.OutcomeDelivered, "the statement of the day")
	})
	if err != nil {
		t.Fatal(err)
	}
	w.raised(billing.AlertContradictions)
	w.decide(contradicted, billing.VerdictCharge)
	w.over(billing.AlertContradictions)
}

// taken is accept while the breaker may be open: it takes an order when its pause is over.
func (w *world) taken(c billing.Customer, reference string) (t billing.TopUp) {
	w.t.Helper()
	w.until(reference+" is taken", func() (taken bool) {
		w.now()
		t, taken = w.tries(c, reference)
		return taken
	})
	return t
}

func (w *world) unknown(among []billing.TopUp) (unknown []billing.TopUp) {
	w.t.Helper()
	for _, one := range among {
		now, err := w.store.TopUp(w.t.Context(), one.ID, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		if now.Status == billing.StatusUnknown {
			unknown = append(unknown, now)
		}
	}
	if len(unknown) < 5 {
		w.t.Fatalf("only %d are unknown", len(unknown))
	}
	return unknown
}

// decide takes two operators.
func (w *world) decide(t billing.TopUp, verdict billing.Verdict) {
	w.t.Helper()
	d := billing.Decision{ID: uuid.New(), TopUpID: t.ID, Verdict: verdict, Reason: billing.DecisionStatement, Note: "line 12", ProviderTransactionID: "LT99"}
	if err := w.engine.Propose(w.t.Context(), w.ana, d); err != nil {
		w.t.Fatal(err)
	}
	if err := w.engine.Confirm(w.t.Context(), w.luis, d.ID); err != nil {
		w.t.Fatal(err)
	}
}

func TestALatcomThatIsSlowAndAQueueThatStandsAreTold(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *latcom.Config, o *topup.Options) { o.Concurrency = 25 })
	w.sql(`UPDATE alert_thresholds SET latency_seconds = 1, queue_seconds = 100`)
	c := storetest.Customer(t, w.store, "2000")
	w.latcom.SetLatency(1200*time.Millisecond, 1300*time.Millisecond)
	var slow []billing.TopUp
	for i := range billing.ProviderLeast {
		slow = append(slow, w.accept(c, fmt.Sprintf("slow%d", i)))
	}
	for _, one := range slow {
		w.ends(one, billing.StatusSucceeded)
	}
	w.raised(billing.AlertLatency)
	for _, one := range slow { // an hour later
		storetest.Age(t, w.store, one.ID, time.Hour)
	}
	w.over(billing.AlertLatency)

	w.latcom.SetLatency(time.Millisecond, time.Millisecond)
	w.gate.mu.Lock() // every place at Latcom is taken, and nothing is answered
	shut := true
	defer func() {
		if shut {
			w.gate.mu.Unlock()
		}
	}()
	for i := range 25 {
		w.accept(c, fmt.Sprintf("busy%d", i))
	}
	w.until("every place is taken", func() bool { return w.engine.InFlight() == 25 })
	waits := w.accept(c, "waits")
	storetest.Age(t, w.store, waits.ID, 3*time.Minute)
	w.raised(billing.AlertQueueAge)
	w.gate.mu.Unlock()
	shut = false
	w.ends(waits, billing.StatusSucceeded)
	w.over(billing.AlertQueueAge)
}

func TestAFloatThatRunsOutIsTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := storetest.Customer(t, w.store, "100")
	w.ends(w.accept(c, "r1"), billing.StatusSucceeded) // 50 MXN within the hour
	pay := func(amount string) {
		t.Helper()
		d := billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN(amount), Reference: amount, Note: "a transfer"}
		if err := w.engine.RecordFloatDeposit(t.Context(), w.ana, d); err != nil {
			t.Fatal(err)
		}
	}
	pay("65") // 15 are left: less than the cheapest order
	w.raised(billing.AlertFloatEmpty, billing.AlertFloatBelow)
	pay("100.01")
	w.over(billing.AlertFloatEmpty)
	w.raised(billing.AlertFloatShort)
	pay("150.02")
	w.over(billing.AlertFloatShort)
	w.raised(billing.AlertFloatLow)
	pay("20000")
	w.over(billing.AlertFloatLow, billing.AlertFloatBelow)
}

// The customer's members are told as well, in their language and not of our pages.
func TestACustomerWhoseCreditRunsOutIsToldAndSoAreItsMembers(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := storetest.Customer(t, w.store, "10")
	err := w.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertMember(t.Context(), billing.Member{CustomerID: c.ID, Email: "laura@envia.example", Name: "Laura Campos", Role: billing.MemberOwner, PasswordHash: "none"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 { // 8.3334 USD of 10 within the hour
		w.ends(w.accept(c, fmt.Sprintf("r%d", i)), billing.StatusSucceeded)
	}
	w.raised(billing.AlertCustomerBalance, billing.AlertCustomerRunway)
	w.until("the member has two letters", func() bool { w.look(); return len(w.lettersTo("laura@envia.example")) == 2 })
	for i, amount := range []string{"900", "900.01"} {
		a := billing.Adjustment{ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD(amount), Reason: billing.ReasonDeposit, Note: fmt.Sprintf("transfer %d", i)}
		if _, err := w.engine.Adjust(t.Context(), w.ana, a); err != nil {
			t.Fatal(err)
		}
	}
	w.over(billing.AlertCustomerBalance, billing.AlertCustomerRunway)
	w.until("the member has four letters", func() bool { w.look(); return len(w.lettersTo("laura@envia.example")) == 4 })
	for _, l := range w.lettersTo("laura@envia.example") {
		if !contains(l.text, "https://billing.example/dashboard") || !contains(l.text, "Eres miembro de") || contains(l.text, "/admin") {
			t.Errorf("the member reads %q", l.text)
		}
	}
}

func TestBooksThatDoNotBalanceOrCannotBeProvenAreTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := storetest.Customer(t, w.store, "100")
	w.ends(w.accept(c, "r1"), billing.StatusSucceeded)
	prove := func() { w.prove() }
	prove()
	w.sql(`UPDATE balances SET balance = balance + 1 WHERE customer_id = $1`, c.ID) // somebody with the owner's password
	prove()
	w.raised(billing.AlertBooksWrong)
	w.sql(`UPDATE balances SET balance = balance - 1 WHERE customer_id = $1`, c.ID)
	prove()
	w.over(billing.AlertBooksWrong)

	w.sql(`UPDATE proofs SET checked_at = checked_at - interval '4 hours'`) // nobody proved anything since
	w.raised(billing.AlertBooksUnproven)
	prove()
	w.over(billing.AlertBooksUnproven)
}

func TestWhatOperatorsDoAloneIsTold(t *testing.T) {
	t.Parallel()
	w := open(t, func(_ *latcom.Config, o *topup.Options) { o.ApprovalLimit = billing.USD{} })
	c := storetest.Customer(t, w.store, "100")
	big := billing.Adjustment{ID: uuid.New(), CustomerID: c.ID, Amount: billing.MustUSD("5000"), Reason: billing.ReasonDeposit, Note: "a transfer"}
	if _, err := w.engine.Adjust(t.Context(), w.ana, big); err != nil {
		t.Fatal(err)
	}
	err := w.store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.Audit(t.Context(), billing.Actor{Kind: billing.ActorOperator, ID: w.ana.ID, Name: "Rosa Cué", Address: "192.0.2.7"}, store.Did{Action: "operator.broke_glass", Subject: "rosa"})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.raised(billing.AlertDoneAlone, billing.AlertBrokenGlass)
	w.sql(`UPDATE adjustments SET requested_at = requested_at - interval '8 days', decided_at = decided_at - interval '8 days'`)
	w.sql(`UPDATE audit_log SET at = at - interval '8 days'`)
	w.over(billing.AlertDoneAlone, billing.AlertBrokenGlass)
}

func TestADiskThatFillsIsToldAndOneThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	var free atomic.Uint64
	free.Store(50)
	w := open(t, func(_ *latcom.Config, o *topup.Options) {
		o.Disk = &topup.Disk{Name: "box-1", Free: func() (uint64, uint64, error) { return free.Load(), 100, nil }}
	})
	w.disk(t, billing.MessageRaised, func() { free.Store(4) })
	w.disk(t, billing.MessageEnded, func() { free.Store(40) })
	gone := billing.Alert{Kind: billing.AlertDisk, Subject: "box-0", Severity: billing.SeverityCritical}
	if err := w.engine.Raise(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	w.sql(`UPDATE alerts SET since = since - interval '1 hour', seen_at = seen_at - interval '1 hour' WHERE subject = 'box-0'`)
	if err := w.engine.LookAtDisk(t.Context()); err != nil || w.isOpen(billing.AlertDisk) {
		t.Errorf("the disk of a machine that is gone stands for ever: %v", err)
	}
}

// disk waits until the receivers know how full it is.
func (w *world) disk(t *testing.T, message billing.Message, change func()) {
	t.Helper()
	change()
	w.until("the disk is "+string(message), func() bool {
		if err := w.engine.LookAtDisk(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.look()
		mail, slack, hook := w.counts(billing.AlertDisk, message)
		return mail == 1 && slack == 1 && hook == 1
	})
}

// prove has the books proven by a keeper that does nothing else.
func (w *world) prove() {
	w.t.Helper()
	keeper := bookkeeper.New(w.store, discard, bookkeeper.Options{Zone: time.UTC, Work: true})
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		keeper.Run(ctx)
	}()
	w.until("the books are proven", func() bool {
		done, err := keeper.Ask(w.t.Context(), w.ana)
		return err == nil && done
	})
	cancel()
	<-ended
}
