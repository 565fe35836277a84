package topup

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func deposit(amount, reference string) billing.FloatDeposit {
	return billing.FloatDeposit{ID: uuid.New(), Amount: billing.MustMXN(amount), Reference: reference, Note: "a test"}
}

func floatOf(t *testing.T, s *store.Store) billing.Float {
	t.Helper()
	f, err := s.Float(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// takenByFloat orders until the float takes it: what was accepted while the last
// look was under way counts twice until the next one, so that near its end an
// order that could be paid is refused for a moment, and never one too many taken.
func takenByFloat(t *testing.T, e *Engine, o billing.Order) billing.TopUp {
	t.Helper()
	var taken billing.TopUp
	eventually(t, func() bool {
		var err error
		taken, _, err = e.Accept(t.Context(), o)
		if err != nil && !errors.As(err, &billing.UnavailableError{}) {
			t.Fatal(err)
		}
		return err == nil
	})
	return taken
}

// Each order costs 50 MXN of the float.
func TestAnEmptyFloatRefusesBeforeAHold(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	e := start(t, s, url, answers(billing.OutcomeDelivered))
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	c := storetest.Customer(t, s, "100")
	if got := wait(t, e, accept(t, e, order(c, "before"))); got.Status != billing.StatusSucceeded {
		t.Fatalf("without a deposit nothing is known of the float: %s", got.Status)
	}
	if f := floatOf(t, s); f.Known || f.Balance.String() != "-50.00" {
		t.Errorf("got %+v", f)
	}
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("150", "SPEI-1")); err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // 100 are left
		if got := wait(t, e, takenByFloat(t, e, order(c, fmt.Sprintf("r%d", i)))); got.Status != billing.StatusSucceeded {
			t.Fatalf("got %s", got.Status)
		}
	}
	refused := billing.UnavailableError{}
	if _, _, err := e.Accept(t.Context(), order(c, "empty")); !errors.As(err, &refused) || refused.RetryAfter < 1 {
		t.Fatalf("got %v, want unavailable", err)
	}
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 {
		t.Errorf("held %s", b.Held)
	}
	if _, replayed, err := e.Accept(t.Context(), order(c, "r0")); err != nil || !replayed {
		t.Errorf("a replay: %v, %v", replayed, err)
	}
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("50", "SPEI-2")); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, e, accept(t, e, order(c, "empty"))); got.Status != billing.StatusSucceeded { // the error used up no reference
		t.Errorf("got %s", got.Status)
	}
	if f := floatOf(t, s); f.Balance.Sign() != 0 || f.InFlight.Sign() != 0 {
		t.Errorf("got %+v", f)
	}
}

// What is in flight counts as spent: of many at once no more go out than can be paid.
func TestManyAtOnceTakeNoMoreThanTheFloatHolds(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	answer := make(chan struct{})
	e := start(t, s, url, providerFunc(func(ctx context.Context, send billing.Send) billing.Answer {
		<-answer
		return answers(billing.OutcomeDelivered)(ctx, send)
	}))
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("250", "SPEI-1")); err != nil {
		t.Fatal(err)
	}
	var accepted atomic.Int32
	var wg sync.WaitGroup
	for i := range 4 { // several customers: no common lock
		c := storetest.Customer(t, s, "1000")
		for n := range 10 {
			wg.Go(func() {
				_, _, err := e.Accept(t.Context(), order(c, fmt.Sprintf("r%d.%d", i, n)))
				if err == nil {
					accepted.Add(1)
				} else if !errors.As(err, &billing.UnavailableError{}) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if accepted.Load() > 5 {
		t.Fatalf("accepted %d, the float pays for 5", accepted.Load())
	}
	late := storetest.Customer(t, s, "1000")
	for n := accepted.Load(); n < 5; n++ {
		takenByFloat(t, e, order(late, fmt.Sprintf("late.%d", n)))
	}
	if err := errorOf(e.Accept(t.Context(), order(late, "sixth"))); !errors.As(err, &billing.UnavailableError{}) {
		t.Errorf("a sixth order: %v, want unavailable", err)
	}
	eventually(t, func() bool { return floatOf(t, s).InFlight.String() == "250.00" })
	close(answer)
	eventually(t, func() bool {
		f := floatOf(t, s)
		return f.Balance.Sign() == 0 && f.InFlight.Sign() == 0
	})
}

// An order that is refused for another reason takes nothing of the float.
func TestWhatIsNotAcceptedTakesNothingOfTheFloat(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	e := start(t, s, url, answers(billing.OutcomeDelivered))
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("50", "SPEI-1")); err != nil {
		t.Fatal(err)
	}
	poor := storetest.Customer(t, s, "1")
	for i := range 10 {
		if short := (billing.InsufficientBalanceError{}); !errors.As(errorOf(e.Accept(t.Context(), order(poor, fmt.Sprintf("r%d", i)))), &short) {
			t.Error("accepted without credit")
		}
	}
	rich := storetest.Customer(t, s, "100")
	if got := wait(t, e, accept(t, e, order(rich, "r1"))); got.Status != billing.StatusSucceeded {
		t.Errorf("got %s", got.Status)
	}
}

func errorOf(_ billing.TopUp, _ bool, err error) error { return err }

func TestAFloatThatIsNotKnownIsNotMadeUp(t *testing.T) {
	t.Parallel()
	known := func(context.Context) (billing.Float, error) {
		return billing.Float{Known: true, Balance: billing.MustMXN("100"), InFlight: billing.MustMXN("20")}, nil
	}
	var g gauge
	if err := g.reserve(billing.MustMXN("50"), time.Now()); err != nil {
		t.Errorf("before a first deposit: %v", err)
	}
	g.settle(billing.MustMXN("50"), false)
	if err := g.look(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	if err := g.reserve(billing.MustMXN("81"), time.Now()); err == nil {
		t.Error("more than is left was taken")
	}
	if err := g.reserve(billing.MustMXN("50"), time.Now()); err != nil {
		t.Error(err)
	}
	if err := g.reserve(billing.MustMXN("31"), time.Now()); err == nil {
		t.Error("what is being accepted was not counted")
	}
	g.settle(billing.MustMXN("50"), true)
	if err := g.reserve(billing.MustMXN("31"), time.Now()); err == nil {
		t.Error("what was accepted was not counted")
	}
	if err := g.reserve(billing.MustMXN("1"), time.Now().Add(floatStale+time.Second)); err == nil {
		t.Error("old figures were believed")
	}
	if err := g.look(t.Context(), func(context.Context) (billing.Float, error) { return billing.Float{}, errors.New("away") }); err == nil {
		t.Error("the error was swallowed")
	}
	if err := g.reserve(billing.MustMXN("31"), time.Now()); err == nil {
		t.Error("a failed look forgot what was taken")
	}
	// The next look has seen it.
	if err := g.look(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	if err := g.reserve(billing.MustMXN("80"), time.Now()); err != nil {
		t.Error(err)
	}
}

// However the lines are added up, and whatever commits meanwhile, the sum is exact.
func TestTheFloatsSumIsExactWhileItIsAddedUp(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	e := start(t, s, url, answers(billing.OutcomeDelivered))
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("10000", "SPEI-1")); err != nil {
		t.Fatal(err)
	}
	const orders = 60
	over := make(chan struct{})
	var adding sync.WaitGroup
	for range 2 {
		adding.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if err := e.rollUpFloat(t.Context()); err != nil {
					t.Error(err)
				}
				if f := floatOf(t, s); f.Balance.Sub(f.InFlight).Cmp(billing.MustMXN("7000")) < 0 {
					t.Errorf("more than all orders is gone: %+v", f)
				}
			}
		})
	}
	var wg sync.WaitGroup
	for i := range 3 {
		c := storetest.Customer(t, s, "1000")
		for n := range orders / 3 {
			wg.Go(func() {
				wait(t, e, accept(t, e, order(c, fmt.Sprintf("r%d.%d", i, n))))
			})
		}
	}
	wg.Wait()
	close(over)
	adding.Wait()
	if f := floatOf(t, s); f.Balance.String() != "7000.00" || f.InFlight.Sign() != 0 {
		t.Errorf("got %+v, want 7000 after %d orders of 50", f, orders)
	}
	var lines int
	if err := e.rollUpFloat(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.DB().GetContext(t.Context(), &lines, `SELECT count(*) FROM float_moves`); err != nil || lines != 0 {
		t.Errorf("%d lines are left, %v", lines, err)
	}
	if f := floatOf(t, s); f.Balance.String() != "7000.00" {
		t.Errorf("added up: %+v", f)
	}
}

func TestADepositIsRecordedOnceAndUndoneByAnother(t *testing.T) {
	t.Parallel()
	s, _ := storetest.NewWithURL(t)
	e := New(s, nil, discard, Options{})
	ana := storetest.Operator(t, s, "Ana", billing.RoleFinance)
	d := deposit("5000.55", "SPEI-1")
	for range 2 { // sent twice
		if err := e.RecordFloatDeposit(t.Context(), ana, d); err != nil {
			t.Fatal(err)
		}
	}
	changed := d
	changed.Amount = billing.MustMXN("6000")
	if err := e.RecordFloatDeposit(t.Context(), ana, changed); !errors.Is(err, billing.ErrTaken) {
		t.Errorf("the same form with another amount: %v", err)
	}
	var wrong billing.ValidationError
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("5000.55", "SPEI-1")); !errors.As(err, &wrong) || wrong["reference"] == "" {
		t.Errorf("the same transfer again: %v", err)
	}
	if f := floatOf(t, s); !f.Known || f.Balance.String() != "5000.55" {
		t.Errorf("got %+v", f)
	}
	undo := billing.FloatDeposit{ID: uuid.New(), Note: "it was not ours"}
	for range 2 {
		if err := e.CorrectFloatDeposit(t.Context(), ana, d, undo); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.CorrectFloatDeposit(t.Context(), ana, d, billing.FloatDeposit{ID: uuid.New(), Note: "again"}); !errors.Is(err, billing.ErrAlreadySettled) {
		t.Errorf("corrected twice: %v", err)
	}
	correction, err := s.FloatDeposit(t.Context(), undo.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.CorrectFloatDeposit(t.Context(), ana, correction, billing.FloatDeposit{ID: uuid.New(), Note: "x"}); !errors.Is(err, billing.ErrIllegalMove) {
		t.Errorf("a correction corrected: %v", err)
	}
	if f := floatOf(t, s); f.Balance.Sign() != 0 {
		t.Errorf("got %+v", f)
	}
	if err := e.RecordFloatDeposit(t.Context(), ana, deposit("500", "SPEI-1")); err != nil {
		t.Errorf("the reference of what was undone: %v", err)
	}
	var actions []string
	if err := s.DB().SelectContext(t.Context(), &actions, `SELECT action FROM audit_log WHERE action LIKE 'float.%' ORDER BY id`); err != nil || fmt.Sprint(actions) != "[float.deposited float.corrected float.deposited]" {
		t.Errorf("audited: %v, %v", actions, err)
	}
}
