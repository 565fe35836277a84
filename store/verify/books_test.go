package verify

// Books that the real engine writes.

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
	"latcom.example/latcom-billing/topup"
)

// books is a database with a story.
type books struct {
	*store.Store
	t        testing.TB
	url      string
	ordered  int // references used
	ana, ben billing.Actor
}

func newBooks(t testing.TB) *books {
	t.Helper()
	s, url := storetest.NewWithURL(t)
	b := &books{Store: s, t: t, url: url}
	b.ana, b.ben = storetest.Operator(t, s, "Ana", billing.RoleFinance), storetest.Operator(t, s, "Ben", billing.RoleFinance)
	return b
}

func usual(*topup.Options) {}

func (b *books) engine(p topup.Provider, change func(*topup.Options)) *topup.Engine {
	o := topup.Options{
		ListenURL: b.url, Concurrency: 8, RetryWindow: 2 * time.Minute, MaxWait: 15 * time.Minute,
		Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD("1000"), Work: true,
	}
	change(&o)
	return topup.New(b.Store, p, slog.New(slog.DiscardHandler), o)
}

// idle is an engine that does not run: it takes orders and carries out decisions.
func (b *books) idle() *topup.Engine { return b.engine(nil, usual) }

// run lets an engine work until stop is called.
func (b *books) run(e *topup.Engine) (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, 10*time.Second) }()
	return func() {
		b.t.Helper()
		e.Stop()
		cancel()
		b.must(<-done)
	}
}

// work runs an engine on orders until each of them is settled.
func (b *books) work(change func(*topup.Options), orders ...billing.Order) (settled []billing.TopUp) {
	b.t.Helper()
	e := b.engine(&fates{}, change)
	defer b.run(e)()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for _, o := range orders {
		settled = append(settled, b.accept(e, o))
	}
	for i := range settled {
		var err error
		settled[i], err = e.Wait(ctx, settled[i])
		b.must(err)
		if !settled[i].Status.Settled() {
			b.t.Fatalf("top-up %s is %s", settled[i].ID, settled[i].Status)
		}
	}
	return settled
}

func (b *books) accept(e *topup.Engine, o billing.Order) billing.TopUp {
	b.t.Helper()
	topUp, _, err := e.Accept(b.t.Context(), o)
	b.must(err)
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

// adjust asks for an adjustment; above 1,000 USD it waits.
func (b *books) adjust(actor billing.Actor, customerID int64, reason billing.Reason, amount string) uuid.UUID {
	b.t.Helper()
	a := billing.Adjustment{ID: uuid.New(), CustomerID: customerID, Amount: billing.MustUSD(amount), Reason: reason, Note: "as agreed"}
	_, err := b.idle().Adjust(b.t.Context(), actor, a)
	b.must(err)
	return a.ID
}

// propose lets Ana say what became of a top-up; Ben has not said anything yet.
func (b *books) propose(t billing.TopUp, v billing.Verdict, providerID string) uuid.UUID {
	b.t.Helper()
	d := billing.Decision{
		ID: uuid.New(), TopUpID: t.ID, Verdict: v, Reason: billing.DecisionStatement, Note: "line 12", ProviderTransactionID: providerID,
	}
	b.must(b.idle().Propose(b.t.Context(), b.ana, d))
	return d.ID
}

// decide lets both of them say it.
func (b *books) decide(t billing.TopUp, v billing.Verdict, providerID string) {
	b.t.Helper()
	b.must(b.idle().Confirm(b.t.Context(), b.ben, b.propose(t, v, providerID)))
}

func (b *books) exec(query string, args ...any) {
	b.t.Helper()
	_, err := storetest.Owner(b.Store).ExecContext(b.t.Context(), query, args...)
	b.must(err)
}

func (b *books) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}
