package verify

// Books as the real engine makes them: every outcome, every kind of entry, every
// state of a top-up and of an adjustment.

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// fates answers by the last digit of the phone, and keeps request and response
// as they are on Latcom's wire.
type fates struct {
	sent atomic.Int64
	seen sync.Map // of dist_transid
}

func (f *fates) TopUp(_ context.Context, s billing.Send) billing.Answer {
	n := f.sent.Add(1)
	id := fmt.Sprintf("LT%08d", n)
	a := billing.Answer{ProviderTransactionID: id, CarrierTransactionID: "V" + id, Evidence: billing.Evidence{
		Request: fmt.Sprintf(`POST /api/tn/fast {"targetMSISDN":"%s","dist_transid":"%s","amount":%s,"productId":"%s"}`,
			s.Phone.National(), s.DistTransID, s.Amount.Decimal(), s.Product),
		Response: fmt.Sprintf(`{"status":"Success","transId":"%s","venTransid":"V%s"}`, id, id),
	}}
	switch s.Phone[len(s.Phone)-1] {
	case '2':
		a.Outcome = billing.OutcomeRefused
	case '3':
		a.Outcome = billing.OutcomeUnknown
	case '4':
		a.Outcome = billing.OutcomeNotSent // always
	case '5':
		a.Outcome = billing.OutcomeNotSent // the first time
		if _, again := f.seen.LoadOrStore(s.DistTransID, true); again {
			a.Outcome = billing.OutcomeDelivered
		}
	default:
		a.Outcome = billing.OutcomeDelivered
	}
	return a
}

// books is a database with a story.
type books struct {
	*store.Store
	t       testing.TB
	url     string
	ordered int // references used
}

func (b *books) engine(change func(*topup.Options)) *topup.Engine {
	o := topup.Options{
		ListenURL: b.url, Concurrency: 8, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD("1000"), Work: true,
	}
	change(&o)
	return topup.New(b.Store, &fates{}, slog.New(slog.DiscardHandler), o)
}

// work runs an engine on orders until each of them is settled.
func (b *books) work(change func(*topup.Options), orders ...billing.Order) {
	b.t.Helper()
	e := b.engine(change)
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- e.Run(running, 10*time.Second) }()
	var accepted []billing.TopUp
	for _, o := range orders {
		accepted = append(accepted, b.accept(e, o))
	}
	for _, topUp := range accepted {
		if settled, err := e.Wait(ctx, topUp); err != nil || !settled.Status.Settled() {
			b.t.Fatalf("top-up %s is %s, %v", topUp.ID, settled.Status, err)
		}
	}
	e.Stop()
	stop()
	if err := <-done; err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) accept(e *topup.Engine, o billing.Order) billing.TopUp {
	b.t.Helper()
	topUp, _, err := e.Accept(b.t.Context(), o)
	if err != nil {
		b.t.Fatal(err)
	}
	return topUp
}

// order is one of amount MXN whose fate is the last digit of its phone.
func (b *books) order(customerID int64, fate, amount string) billing.Order {
	b.ordered++
	return billing.Order{
		CustomerID: customerID, Reference: fmt.Sprintf("ref-%d", b.ordered),
		Phone: billing.Phone("+52551234567" + fate), Amount: billing.MustMXN(amount),
	}
}

func (b *books) exec(query string, args ...any) {
	b.t.Helper()
	if _, err := b.DB().ExecContext(b.t.Context(), query, args...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) operator(name string) billing.Actor {
	b.t.Helper()
	a := billing.Actor{Kind: billing.ActorOperator, ID: new(int64), Name: name}
	err := b.DB().GetContext(b.t.Context(), a.ID, `
		INSERT INTO operators (sign_in_name, name, role, password_hash) VALUES ($1, $1, 'finance', '') RETURNING id`, name)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// adjust asks for an adjustment; above 1,000 USD it waits.
func (b *books) adjust(actor billing.Actor, customerID int64, reason billing.Reason, amount string) uuid.UUID {
	b.t.Helper()
	a := billing.Adjustment{ID: uuid.New(), CustomerID: customerID, Amount: billing.MustUSD(amount), Reason: reason, Note: "as agreed"}
	if _, err := b.engine(func(*topup.Options) {}).Adjust(b.t.Context(), actor, a); err != nil {
		b.t.Fatal(err)
	}
	return a.ID
}

func (b *books) decide(actor billing.Actor, id uuid.UUID, approve bool) {
	b.t.Helper()
	if _, err := b.engine(func(*topup.Options) {}).Decide(b.t.Context(), actor, id, approve); err != nil {
		b.t.Fatal(err)
	}
}

// wholeStory makes books in which everything that can happen has happened.
func wholeStory(t testing.TB) *books {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	b := &books{Store: s, t: t, url: url}
	usual := func(*topup.Options) {}
	first, second := storetest.Customer(t, s, "100").ID, storetest.Customer(t, s, "200").ID
	b.exec(`ALTER TABLE exchange_rates DISABLE TRIGGER ALL`)
	b.exec(`UPDATE exchange_rates SET effective_from = effective_from - interval '1 day'`)
	b.exec(`ALTER TABLE exchange_rates ENABLE TRIGGER ALL`)
	b.exec(`UPDATE products SET cost_fraction = 0.94`)
	b.exec(`UPDATE customers SET discount = 0.055 WHERE id = $1`, second)
	b.exec(`UPDATE balances SET credit_limit = 40 WHERE customer_id = $1`, second)
	b.exec(`INSERT INTO api_keys (customer_id, name, hint, key_hash) VALUES ($1, 'First', '…', '\x01')`, first)

	keyed := b.order(first, "1", "50")
	keyed.APIKeyID = new(int64)
	*keyed.APIKeyID = 1
	b.work(usual, keyed, b.order(first, "2", "20"), b.order(first, "3", "30"))
	b.work(func(o *topup.Options) { o.RetryWindow = time.Nanosecond }, b.order(first, "4", "37.25"))
	b.work(usual, b.order(second, "5", "77.77"), b.order(second, "1", "120"), b.order(second, "2", "99.99"))
	b.exec(`INSERT INTO exchange_rates (mxn_per_usd) VALUES (19.5)`)
	b.exec(`UPDATE products SET cost_fraction = 0, vat_rule = 'face_less_vat'`)
	b.work(usual, b.order(first, "1", "50"), b.order(second, "3", "33.33"))
	b.work(func(o *topup.Options) { o.MaxWait = time.Nanosecond }, b.order(first, "1", "20"))
	b.adjustments(first)
	b.leaveOpen(first, second)
	return b
}

func (b *books) adjustments(customerID int64) {
	b.t.Helper()
	ana, ben := b.operator("ana"), b.operator("ben")
	b.adjust(ana, customerID, billing.ReasonCorrection, "12.3456")
	b.adjust(ben, customerID, billing.ReasonFee, "-1.5")
	b.decide(ben, b.adjust(ana, customerID, billing.ReasonDeposit, "5000"), true)
	b.decide(ana, b.adjust(ben, customerID, billing.ReasonCourtesy, "6000"), false)
	late := b.adjust(ana, customerID, billing.ReasonRefund, "7000")
	b.exec(`UPDATE adjustments SET expires_at = requested_at + interval '1 microsecond' WHERE id = $1`, late)
	if err := b.ExpireAdjustments(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.adjust(ana, customerID, billing.ReasonOpening, "8000") // still waits
}

// leaveOpen accepts two top-ups and begins one of them.
func (b *books) leaveOpen(first, second int64) {
	b.t.Helper()
	ctx := b.t.Context()
	idle := b.engine(func(*topup.Options) {})
	b.accept(idle, b.order(first, "1", "60"))
	begun := b.accept(idle, b.order(second, "1", "70"))
	if err := b.Heartbeat(ctx, "alive", "here"); err != nil {
		b.t.Fatal(err)
	}
	err := b.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.StartAttempt(ctx, begun.ID, "alive")
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
