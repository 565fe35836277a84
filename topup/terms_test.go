package topup

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

// firm is an engine with a customer and two operators, and an approval limit.
type firm struct {
	*Engine
	t            *testing.T
	customer     billing.Customer
	maria, diego billing.Actor
}

func newFirm(t *testing.T, limit string) firm {
	t.Helper()
	s := storetest.New(t)
	return firm{
		Engine:   New(s, nil, discard, Options{Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), ApprovalLimit: billing.MustUSD(limit)}),
		t:        t,
		customer: storetest.Customer(t, s, "10"),
		maria:    storetest.Operator(t, s, "Maria", billing.RoleFinance), diego: storetest.Operator(t, s, "Diego", billing.RoleFinance),
	}
}

func (f firm) wants(kind billing.ChangeKind, before, after string) billing.ChangeRequest {
	c := billing.ChangeRequest{
		ID: uuid.New(), Kind: kind, Note: "as agreed",
		Before: decimal.RequireFromString(before), After: decimal.RequireFromString(after),
	}
	if kind != billing.ChangeRate {
		c.CustomerID = &f.customer.ID
	}
	return c
}

// change asks for a change as Maria does.
func (f firm) change(kind billing.ChangeKind, before, after string) billing.ChangeRequest {
	f.t.Helper()
	c, err := f.ChangeTerms(f.t.Context(), f.maria, f.wants(kind, before, after))
	if err != nil {
		f.t.Fatalf("%s from %s to %s: %v", kind, before, after, err)
	}
	return c
}

// terms are what the customer has now, and the rate.
func (f firm) terms() (limit, discount, rate string) {
	f.t.Helper()
	a, err := f.store.Account(f.t.Context(), f.customer.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return a.CreditLimit.Decimal().String(), a.Discount.Decimal().String(), a.Rate.Decimal().String()
}

func (f firm) wantTerms(limit, discount, rate string) {
	f.t.Helper()
	if l, d, r := f.terms(); l != limit || d != discount || r != rate {
		f.t.Errorf("credit limit %s, discount %s, rate %s; want %s, %s, %s", l, d, r, limit, discount, rate)
	}
}

func (f firm) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := storetest.Owner(f.store).ExecContext(f.t.Context(), query, args...); err != nil {
		f.t.Fatal(err)
	}
}

func (f firm) audited(action string) (n int) {
	f.t.Helper()
	if err := f.store.DB().GetContext(f.t.Context(), &n, `SELECT count(*) FROM audit_log WHERE action = $1`, action); err != nil {
		f.t.Fatal(err)
	}
	return n
}

func TestSmallChangesAreDoneAtOnceAndGreatOnesWait(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind                  billing.ChangeKind
		before, small, great  string
		limit, discount, rate string // after the great one was approved
	}{
		{billing.ChangeCreditLimit, "0", "999", "1500", "1500", "0", "18"},
		{billing.ChangeRate, "18", "18.9", "20", "0", "0", "20"},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			t.Parallel()
			f := newFirm(t, "1000")
			if c := f.change(tt.kind, tt.before, tt.small); c.State != billing.ChangeDone || c.DecidedBy != nil || *c.Number != 1 {
				t.Errorf("a small change is %s, %v", c.State, c.Number)
			}
			c := f.change(tt.kind, tt.small, tt.great)
			if c.State != billing.ChangeWaiting || c.ExpiresAt == nil || c.Number != nil {
				t.Fatalf("a great change is %s", c.State)
			}
			if _, err := f.DecideChange(t.Context(), f.maria, c.ID, true); !errors.Is(err, billing.ErrOwnRequest) {
				t.Errorf("who asked approved it: %v", err)
			}
			c, err := f.DecideChange(t.Context(), f.diego, c.ID, true)
			if err != nil || c.State != billing.ChangeDone || *c.DecidedBy != *f.diego.ID || *c.Number != 2 {
				t.Errorf("approved: %+v, %v", c, err)
			}
			f.wantTerms(tt.limit, tt.discount, tt.rate)
			if _, err := f.DecideChange(t.Context(), f.diego, c.ID, false); !errors.Is(err, billing.ErrAlreadyDecided) {
				t.Errorf("decided twice: %v", err)
			}
			if n := f.audited(string(tt.kind) + ".changed"); n != 2 {
				t.Errorf("%d audit lines", n)
			}
		})
	}
}

func TestAHigherDiscountWaitsAndALowerOneDoesNot(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	c := f.change(billing.ChangeDiscount, "0", "0.01")
	f.wantTerms("0", "0", "18")
	if _, err := f.DecideChange(t.Context(), f.diego, c.ID, true); err != nil {
		t.Fatal(err)
	}
	f.wantTerms("0", "0.01", "18")
	if c := f.change(billing.ChangeDiscount, "0.01", "0.005"); c.State != billing.ChangeDone {
		t.Errorf("a lower discount is %s", c.State)
	}
	if c := f.change(billing.ChangeDiscount, "0.005", "0.01"); c.State != billing.ChangeWaiting {
		t.Errorf("back up again is %s", c.State)
	}
}

// Ten small steps are one great one.
func TestSmallStepsOfADayAreAddedUp(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	f.change(billing.ChangeCreditLimit, "0", "600")
	c := f.change(billing.ChangeCreditLimit, "600", "1001")
	if c.State != billing.ChangeWaiting {
		t.Fatalf("the second step is %s", c.State)
	}
	if _, err := f.DecideChange(t.Context(), f.diego, c.ID, true); err != nil {
		t.Fatal(err)
	}
	if c := f.change(billing.ChangeCreditLimit, "1001", "2001"); c.State != billing.ChangeDone {
		t.Errorf("after an approval the sum begins again: %s", c.State)
	}
}

func TestAChangeIsDoneOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	for _, c := range []billing.ChangeRequest{f.wants(billing.ChangeCreditLimit, "0", "500"), f.wants(billing.ChangeRate, "18", "18.5"), f.wants(billing.ChangeDiscount, "0", "0.5")} {
		for range 2 {
			if _, err := f.ChangeTerms(t.Context(), f.maria, c); err != nil {
				t.Errorf("%s: %v", c.Kind, err)
			}
		}
	}
	f.wantTerms("500", "0", "18.5")
	var rows int
	if err := f.store.DB().GetContext(t.Context(), &rows, `SELECT count(*) FROM change_requests`); err != nil || rows != 3 {
		t.Errorf("%d requests, %v", rows, err)
	}
}

func TestOfOneTermOneRequestWaits(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	for _, c := range []billing.ChangeRequest{f.wants(billing.ChangeCreditLimit, "0", "5000"), f.wants(billing.ChangeRate, "18", "25")} {
		first := f.change(c.Kind, c.Before.String(), c.After.String())
		if _, err := f.ChangeTerms(t.Context(), f.diego, c); !errors.Is(err, billing.ErrTaken) {
			t.Errorf("a second request about the %s: %v", c.Kind, err)
		}
		f.exec(`UPDATE change_requests SET expires_at = now() - interval '1 second' WHERE id = $1`, first.ID)
		if _, err := f.DecideChange(t.Context(), f.diego, first.ID, true); !errors.Is(err, billing.ErrAlreadyDecided) {
			t.Errorf("approved after its time: %v", err)
		}
		if again, err := f.ChangeTerms(t.Context(), f.diego, c); err != nil || again.State != billing.ChangeWaiting {
			t.Errorf("asked for again after the first one's time: %s, %v", again.State, err)
		}
	}
	f.wantTerms("0", "0", "18")
}

func TestAChangeOfWhatHasChangedSinceIsRefused(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	c := f.change(billing.ChangeCreditLimit, "0", "5000")
	f.change(billing.ChangeCreditLimit, "0", "200")
	if _, err := f.DecideChange(t.Context(), f.diego, c.ID, true); !errors.Is(err, billing.ErrOvertaken) {
		t.Errorf("approved what was asked for upon another value: %v", err)
	}
	if _, err := f.ChangeTerms(t.Context(), f.maria, f.wants(billing.ChangeCreditLimit, "0", "300")); !errors.Is(err, billing.ErrOvertaken) {
		t.Errorf("changed what nobody had seen: %v", err)
	}
	if _, err := f.DecideChange(t.Context(), f.diego, c.ID, false); err != nil {
		t.Errorf("it can still be rejected: %v", err)
	}
	f.wantTerms("200", "0", "18")
}

func TestCuttingTheLimitNeverOverdraws(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	f.change(billing.ChangeCreditLimit, "0", "100")
	f.exec(`UPDATE balances SET balance = -40, held = 2.5 WHERE customer_id = $1`, f.customer.ID)
	var low billing.CreditLimitError
	_, err := f.ChangeTerms(t.Context(), f.maria, f.wants(billing.ChangeCreditLimit, "100", "42.4999"))
	if !errors.As(err, &low) || low.Lowest.String() != "42.5000" {
		t.Errorf("got %v", err)
	}
	f.change(billing.ChangeCreditLimit, "100", "42.5")
	f.wantTerms("42.5", "0", "18")
}

func TestAPlannedRateWaitsForItsMoment(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	tomorrow := time.Now().Add(24 * time.Hour).Truncate(time.Minute)
	plan := func(after string) billing.ChangeRequest {
		c := f.wants(billing.ChangeRate, "18", after)
		c.BeginsAt = &tomorrow
		c, err := f.ChangeTerms(t.Context(), f.maria, c)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := plan("18.9"); c.State != billing.ChangeDone {
		t.Errorf("5 %% off is %s", c.State)
	}
	f.wantTerms("0", "0", "18")
	// Another one in its place: 4 % off what is in force, 9 % off what it replaces.
	if c := plan("17.28"); c.State != billing.ChangeWaiting {
		t.Errorf("9 %% off what is planned is %s", c.State)
	} else if _, err := f.DecideChange(t.Context(), f.diego, c.ID, true); err != nil {
		t.Fatal(err)
	}
	rates, err := f.store.Rates(t.Context(), 10)
	if err != nil || len(rates) != 3 {
		t.Fatalf("%d rates, %v", len(rates), err)
	}
	newest := rates[0]
	if newest.Rate.Decimal().String() != "17.28" || newest.Begun || newest.SetBy != "Maria" || newest.ApprovedBy != "Diego" || newest.EffectiveFrom.Sub(tomorrow) != time.Microsecond {
		t.Errorf("the newest is %+v", newest)
	}
	if rates[1].EndsAt == nil || !rates[1].EndsAt.Equal(newest.EffectiveFrom) || !rates[2].Begun || rates[2].SetBy != "" {
		t.Errorf("the ones before are %+v", rates[1:])
	}
}

// What is approved after its moment begins when it is approved: what was sold in
// between keeps its price.
func TestARateNeverBeginsInThePast(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	passed := time.Now().Add(-time.Hour)
	c := f.wants(billing.ChangeRate, "18", "20")
	c.BeginsAt = &passed
	c, err := f.ChangeTerms(t.Context(), f.maria, c)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	if _, err := f.DecideChange(t.Context(), f.diego, c.ID, true); err != nil {
		t.Fatal(err)
	}
	rates, err := f.store.Rates(t.Context(), 1)
	if err != nil || rates[0].EffectiveFrom.Before(before.Add(-time.Second)) || !rates[0].Begun {
		t.Errorf("it begins at %s, %v", rates[0].EffectiveFrom, err)
	}
	f.wantTerms("0", "0", "20")
}

func TestWithApprovalsOffOneOperatorIsSaid(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "0")
	ctx := t.Context()
	if c := f.change(billing.ChangeCreditLimit, "0", "5000"); c.State != billing.ChangeDone || !c.OneOperator {
		t.Errorf("a great change is %s, one operator: %v", c.State, c.OneOperator)
	}
	if c := f.change(billing.ChangeRate, "18", "18.1"); c.OneOperator {
		t.Error("a small change says it, too")
	}
	for amount, want := range map[string]bool{"1000": false, "1000.01": true, "-1500": true} {
		a, err := f.Adjust(ctx, f.maria, billing.Adjustment{ID: uuid.New(), CustomerID: f.customer.ID, Amount: billing.MustUSD(amount), Reason: billing.ReasonCorrection, Note: "x"})
		if err != nil || a.State != billing.AdjustmentPosted || a.OneOperator != want {
			t.Errorf("%s USD: %s, one operator: %v, %v", amount, a.State, a.OneOperator, err)
		}
	}
	alone, err := f.store.DoneAlone(ctx, time.Now().Add(-7*24*time.Hour))
	if err != nil || len(alone) != 3 || alone[2].What != "credit_limit" || alone[2].Operator != "Maria" || alone[2].After.String() != "5000" {
		t.Errorf("the week's digest has %d: %+v, %v", len(alone), alone, err)
	}
	if soon, err := f.store.DoneAlone(ctx, time.Now().Add(time.Hour)); err != nil || len(soon) != 0 {
		t.Errorf("a later week's has %d, %v", len(soon), err)
	}
}
