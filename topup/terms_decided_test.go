package topup

// Who may decide a change of terms, what happens when two do at once, and reversals.

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

func TestRequestsThatNobodyDecidesExpire(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	c := f.change(billing.ChangeDiscount, "0", "0.1")
	a, err := f.Adjust(ctx, f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("2000"), Reason: billing.ReasonDeposit, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.expireRequests(ctx); err != nil {
		t.Fatal(err)
	}
	if w, err := f.store.Waiting(ctx); err != nil || w.Approvals != 2 {
		t.Fatalf("%d wait, %v", w.Approvals, err)
	}
	for _, table := range []string{"adjustments", "change_requests"} {
		f.exec(`UPDATE ` + table + ` SET expires_at = now() WHERE state = 'waiting'`)
	}
	for range 2 { // the second time there is nothing left to say
		if err := f.expireRequests(ctx); err != nil {
			t.Fatal(err)
		}
	}
	c, err = f.store.ChangeRequest(ctx, c.ID)
	if err != nil || c.State != billing.ChangeExpired || c.DecidedBy != nil {
		t.Errorf("the change is %s, %v", c.State, err)
	}
	if a, err = f.store.Adjustment(ctx, a.ID); err != nil || a.State != billing.AdjustmentExpired {
		t.Errorf("the adjustment is %s, %v", a.State, err)
	}
	if n := f.audited("adjustment.expired") + f.audited("discount.expired"); n != 2 {
		t.Errorf("%d audit lines", n)
	}
	if _, err := f.Decide(ctx, f.diego, a.ID, true); !errors.Is(err, billing.ErrAlreadyDecided) {
		t.Errorf("approved after it expired: %v", err)
	}
	if _, err := f.DecideChange(ctx, f.diego, c.ID, true); !errors.Is(err, billing.ErrAlreadyDecided) {
		t.Errorf("approved after it expired: %v", err)
	}
}

// Both wait for the same lock; one of them decides.
func TestOfTwoDecidersAtOnceOneDecides(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ana := storetest.Operator(t, f.store, "Ana", billing.RoleAdmin)
	deciders := []billing.Actor{f.diego, ana}
	a, err := f.Adjust(t.Context(), f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("2000"), Reason: billing.ReasonDeposit, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	c := f.change(billing.ChangeCreditLimit, "0", "3000")
	rate := f.change(billing.ChangeRate, "18", "25")
	const balance = `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`
	for name, race := range map[string]struct {
		lock   string
		arg    any
		decide func(ctx context.Context, actor billing.Actor, approve bool) error
	}{
		"adjustment": {balance, f.customer.ID, func(ctx context.Context, actor billing.Actor, approve bool) error {
			_, err := f.Decide(ctx, actor, a.ID, approve)
			return err
		}},
		"credit limit": {balance, f.customer.ID, func(ctx context.Context, actor billing.Actor, approve bool) error {
			_, err := f.DecideChange(ctx, actor, c.ID, approve)
			return err
		}},
		"rate": {`SELECT FROM change_requests WHERE id = $1 FOR UPDATE`, rate.ID, func(ctx context.Context, actor billing.Actor, approve bool) error {
			_, err := f.DecideChange(ctx, actor, rate.ID, approve)
			return err
		}},
	} {
		errs := make([]error, 2)
		storetest.Contend(t, f.store, 2, race.lock, race.arg, func(i int) {
			errs[i] = race.decide(t.Context(), deciders[i], i == 0)
		})
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), billing.ErrAlreadyDecided) {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

// However a cut of the limit and an order meet, nothing is overdrawn.
func TestAnOrderAndACutOfTheLimitAtOnceNeverOverdraw(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	f.change(billing.ChangeCreditLimit, "0", "5")
	f.exec(`UPDATE balances SET balance = 0 WHERE customer_id = $1`, f.customer.ID)
	errs := make([]error, 2)
	storetest.Contend(t, f.store, 2, `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, f.customer.ID, func(i int) {
		if i == 0 {
			_, _, errs[i] = f.Accept(t.Context(), order(f.customer, "r1"))
		} else {
			_, errs[i] = f.ChangeTerms(t.Context(), f.maria, f.wants(billing.ChangeCreditLimit, "5", "0"))
		}
	})
	var short billing.InsufficientBalanceError
	var low billing.CreditLimitError
	if (errs[0] == nil) == (errs[1] == nil) || !errors.As(errors.Join(errs...), &short) && !errors.As(errors.Join(errs...), &low) {
		t.Errorf("got %v", errs)
	}
	if b := storetest.Balance(t, f.store, f.customer.ID); b.Available().Sign() < 0 {
		t.Errorf("available is %s", b.Available())
	}
}

func TestAnAccountOfTheRequestersMakingDecidesNothing(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	a, err := f.Adjust(ctx, f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("2000"), Reason: billing.ReasonDeposit, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	c := f.change(billing.ChangeDiscount, "0", "0.1")
	decide := func() []error {
		_, first := f.Decide(ctx, f.diego, a.ID, true)
		_, second := f.DecideChange(ctx, f.diego, c.ID, true)
		return []error{first, second}
	}
	f.exec(`UPDATE operators SET made_by = $1 WHERE id = $2`, *f.maria.ID, *f.diego.ID)
	for _, err := range decide() {
		if !errors.Is(err, billing.ErrOwnMaking) {
			t.Errorf("decided with an account that she made: %v", err)
		}
	}
	f.exec(`UPDATE operators SET made_by = NULL, approves_from = now() + interval '1 day' WHERE id = $1`, *f.diego.ID)
	for _, err := range decide() {
		if !errors.Is(err, billing.ErrApprovesLater) {
			t.Errorf("decided with an account of the broken glass: %v", err)
		}
	}
	if names, err := f.store.SecondOperators(ctx, *f.maria.ID); err != nil || len(names) != 0 {
		t.Errorf("said to be able to approve: %v, %v", names, err)
	}
	f.exec(`UPDATE operators SET approves_from = now() - interval '1 second' WHERE id = $1`, *f.diego.ID)
	for _, err := range decide() {
		if err != nil {
			t.Errorf("a day later: %v", err)
		}
	}
}

func TestWhoProposedMayNotConfirmUnlessApprovalsAreOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t, timedOut)
	proposal := d.propose(t, billing.VerdictNotDelivered)
	d.options.ApprovalLimit = billing.USD{}
	if err := d.Confirm(t.Context(), d.maria, proposal.ID); err != nil {
		t.Fatal(err)
	}
	decisions, err := d.store.Decisions(t.Context(), d.topUp.ID)
	if err != nil || !decisions[0].OneOperator || *decisions[0].DecidedBy != *d.maria.ID {
		t.Errorf("the decision is %+v, %v", decisions, err)
	}
	alone, err := d.store.DoneAlone(t.Context(), time.Now().Add(-time.Hour))
	if err != nil || len(alone) != 1 || alone[0].What != "not_delivered" || alone[0].ID != d.topUp.ID.UUID {
		t.Errorf("the digest has %+v, %v", alone, err)
	}
}

func TestAnAdjustmentIsReversedOnce(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	original, err := f.Adjust(ctx, f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("300"), Reason: billing.ReasonDeposit, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	undo := Undo{ID: uuid.New(), Original: original.ID, Note: "of another customer"}
	for range 2 { // sent twice
		reversal, err := f.ReverseAdjustment(ctx, f.diego, undo)
		if err != nil || reversal.Amount.String() != "-300.0000" || *reversal.Reverses != original.ID {
			t.Fatalf("%+v, %v", reversal, err)
		}
	}
	var to string
	if err := f.store.DB().GetContext(ctx, &to, `SELECT to_account FROM entries WHERE adjustment_id = $1`, undo.ID); err != nil || to != "deposits" {
		t.Errorf("it went to %q, %v", to, err)
	}
	if original, err = f.store.Adjustment(ctx, original.ID); err != nil || original.ReversedBy == nil || *original.ReversedBy != undo.ID {
		t.Errorf("the original is reversed by %v, %v", original.ReversedBy, err)
	}
	if _, err := f.ReverseAdjustment(ctx, f.diego, Undo{ID: uuid.New(), Original: original.ID, Note: "again"}); !errors.Is(err, billing.ErrAlreadyReversed) {
		t.Errorf("reversed twice: %v", err)
	}
	if _, err := f.ReverseAdjustment(ctx, f.diego, Undo{ID: uuid.New(), Original: undo.ID, Note: "back"}); !errors.Is(err, billing.ErrIllegalMove) {
		t.Errorf("a reversal was reversed: %v", err)
	}
	if b := storetest.Balance(t, f.store, f.customer.ID); b.Posted.String() != "10.0000" {
		t.Errorf("the balance is %s", b.Posted)
	}
}

func TestOfTwoReversalsAtOnceOneIsPosted(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	original, err := f.Adjust(t.Context(), f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("-4"), Reason: billing.ReasonFee, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 2)
	storetest.Contend(t, f.store, 2, `SELECT FROM balances WHERE customer_id = $1 FOR UPDATE`, f.customer.ID, func(i int) {
		_, errs[i] = f.ReverseAdjustment(t.Context(), f.maria, Undo{ID: uuid.New(), Original: original.ID, Note: "a mistake"})
	})
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), billing.ErrAlreadyReversed) {
		t.Errorf("got %v", errs)
	}
	// The index holds where the code does not look.
	err = f.store.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertAdjustment(t.Context(), billing.Adjustment{
			ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("4"), Reason: billing.ReasonCorrection, Note: "x",
			State: billing.AdjustmentPosted, Reverses: &original.ID,
		})
		return err
	})
	if !errors.Is(err, billing.ErrAlreadyReversed) {
		t.Errorf("without the code's look: %v", err)
	}
}

// A rejected reversal can be asked for again.
func TestALargeReversalWaitsForASecondOperator(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	original, err := f.Adjust(ctx, f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD("5000"), Reason: billing.ReasonDeposit, Note: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReverseAdjustment(ctx, f.maria, Undo{ID: uuid.New(), Original: original.ID, Note: "x"}); !errors.Is(err, billing.ErrIllegalMove) {
		t.Errorf("undone before it was posted: %v", err)
	}
	if _, err := f.Decide(ctx, f.diego, original.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, approve := range []bool{false, true} {
		reversal, err := f.ReverseAdjustment(ctx, f.maria, Undo{ID: uuid.New(), Original: original.ID, Note: "x"})
		if err != nil || reversal.State != billing.AdjustmentWaiting {
			t.Fatalf("%s, %v", reversal.State, err)
		}
		if _, err := f.Decide(ctx, f.diego, reversal.ID, approve); err != nil {
			t.Fatal(err)
		}
	}
	if b := storetest.Balance(t, f.store, f.customer.ID); b.Posted.String() != "10.0000" {
		t.Errorf("the balance is %s", b.Posted)
	}
}
