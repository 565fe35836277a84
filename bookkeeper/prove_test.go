package bookkeeper_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/bookkeeper"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// working runs a keeper that proves when it is asked.
func working(t *testing.T, s *store.Store) *bookkeeper.Keeper {
	t.Helper()
	k := keeper(s)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return k
}

// proofs waits until there are n.
func proofs(t *testing.T, s *store.Store, n int) []billing.Proof {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		kept, err := s.Proofs(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) >= n {
			return kept
		}
	}
}

func TestAnOperatorHasTheBooksProven(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	storetest.Customer(t, s, "25")
	if _, err := working(t, s).Ask(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	proofs(t, s, 1)
	p, err := s.LastProof(t.Context())
	if err != nil || !p.Proven() || p.Asker != "Ana" || p.CheckedAt.IsZero() || p.Report.Entries != 1 || p.Report.Customers != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	sums := map[string]string{}
	for _, a := range p.Report.Accounts {
		sums[string(a.Account)+" "+string(a.Currency)] = a.Balance.StringFixed(2)
	}
	if len(sums) != 9 || sums["available USD"] != "25.00" || sums["deposits USD"] != "-25.00" {
		t.Errorf("trial balance %v", sums)
	}
	audit, err := s.DB().QueryContext(t.Context(), `SELECT FROM audit_log WHERE action = 'books.proof_asked' AND actor_name = 'Ana'`)
	if err != nil || !audit.Next() {
		t.Errorf("the audit log does not know who asked, %v", err)
	}
	audit.Close()
}

func TestBooksAreProvenOnceAtATime(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	k := working(t, s)
	alone, err := s.ProveAlone(t.Context(), func() error { // as another instance does
		if since, err := s.ProofUnderWay(t.Context()); err != nil || since == nil {
			t.Errorf("under way since %v, %v", since, err)
		}
		if _, err := k.Ask(t.Context(), ana); !errors.Is(err, bookkeeper.ErrUnderWay) {
			t.Errorf("asked meanwhile: %v", err)
		}
		again, err := s.ProveAlone(t.Context(), func() error { return errors.New("proven twice at once") })
		if again || err != nil {
			t.Errorf("a second one: %v, %v", again, err)
		}
		return nil
	})
	if !alone || err != nil {
		t.Errorf("%v, %v", alone, err)
	}
	if since, err := s.ProofUnderWay(t.Context()); err != nil || since != nil {
		t.Errorf("afterwards under way since %v, %v", since, err)
	}
	if kept := proofs(t, s, 0); len(kept) != 0 {
		t.Errorf("%d proofs", len(kept))
	}
}

func TestTheHourlyProofIsDueOncePerHourAndSoonerAfterAFailure(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	due := func() bool {
		t.Helper()
		is, err := s.ProofDue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	keep := func(age time.Duration, problem string) {
		t.Helper()
		if err := s.InsertProof(ctx, billing.Proof{CheckedAt: time.Now().Add(-age), Problem: problem}); err != nil {
			t.Fatal(err)
		}
	}
	if !due() {
		t.Error("the first one is not due")
	}
	keep(time.Hour+time.Minute, "")
	if !due() {
		t.Error("not due after an hour")
	}
	keep(11*time.Minute, "no answer")
	if !due() {
		t.Error("not due ten minutes after a failure")
	}
	keep(time.Minute, "no answer")
	if due() {
		t.Error("due a minute after a failure")
	}
	keep(50*time.Minute, "")
	if due() {
		t.Error("due after fifty minutes")
	}
}

func TestWhatIsWrongIsKeptWithTheProof(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	c := storetest.Customer(t, s, "25")
	s.DB().MustExecContext(t.Context(), `UPDATE balances SET balance = 26`)
	if _, err := working(t, s).Ask(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	p, err := s.LastProof(t.Context())
	if err != nil || p.Proven() || p.Balanced() || p.Wrong != 2 || len(p.Report.Differences) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	want := billing.Difference{Table: "balances", Row: "1", Rule: "balance", Found: "26.0000", Expected: "25.0000 by its entries"}
	if got := p.Report.Differences[1]; got != want || c.ID != 1 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestBooksThatCannotBeReadAreNotProven(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	storetest.Owner(s).MustExecContext(t.Context(), `ALTER TABLE attempts RENAME TO attempts_of_old`)
	if _, err := working(t, s).Ask(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	kept := proofs(t, s, 1)
	if kept[0].Problem == "" || kept[0].Proven() || kept[0].Balanced() {
		t.Errorf("%+v", kept[0])
	}
	if _, err := s.LastProof(t.Context()); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("there is a last proof: %v", err)
	}
}

func TestAKeeperThatDoesNotWorkOnlyDoesWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := bookkeeper.New(nil, slog.New(slog.DiscardHandler), bookkeeper.Options{Zone: mexico}) // would end at the first query
		ctx, stop := context.WithTimeout(t.Context(), 24*time.Hour)
		defer stop()
		k.Run(ctx)
	})
}
