package topup

import (
	"errors"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestADaysOrdersEndAtTheCapAndAReplayDoesNot(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	limit := billing.MustUSD("6")
	if err := f.SetLimits(ctx, f.maria, f.customer, billing.Limits{}, billing.Limits{DailyCap: &limit}); err != nil {
		t.Fatal(err)
	}
	order := func(reference string) error {
		_, _, err := f.Accept(ctx, billing.Order{CustomerID: f.customer.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN("50")})
		return err
	}
	for _, reference := range []string{"r1", "r2"} { // 2.7778 each
		if err := order(reference); err != nil {
			t.Fatal(err)
		}
	}
	var over billing.DailyCapError
	if err := order("r3"); !errors.As(err, &over) || over.Spent.String() != "5.5556" || over.RetryAfter < 1 || over.RetryAfter > 24*3600+1 {
		t.Errorf("beyond the cap: %v, %+v", err, over)
	}
	if held := storetest.Balance(t, f.store, f.customer.ID).Held.String(); held != "5.5556" {
		t.Errorf("held are %s", held)
	}
	if err := order("r1"); err != nil {
		t.Errorf("a reference that was used: %v", err)
	}
	first, err := f.store.TopUpByReference(ctx, f.customer.ID, "r1")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Cancel(ctx, f.maria, first.ID); err != nil {
		t.Fatal(err)
	}
	if err := order("r3"); err != nil {
		t.Errorf("what failed does not count: %v", err)
	}
}

func TestLimitsChangeFromThoseThatWereLookedAt(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	networks, _ := billing.ParseNetworks("203.0.113.7 2001:db8::/32")
	least := billing.MustMXN("50")
	after := billing.Limits{Min: &least, RequestLimit: billing.RequestLimit{PerMinute: 60}, Networks: networks}
	for range 2 { // sent twice
		if err := f.SetLimits(ctx, f.maria, f.customer, billing.Limits{}, after); err != nil {
			t.Fatal(err)
		}
	}
	now, err := f.store.Limits(ctx, f.customer.ID)
	if err != nil || !now.Same(after) {
		t.Errorf("in force are %v, %v", now.Facts(), err)
	}
	if lines, err := f.store.LimitChanges(ctx, f.customer.ID, 10); err != nil || len(lines) != 1 || lines[0].ActorName != f.maria.Name {
		t.Errorf("the log has %+v, %v", lines, err)
	}
	if err := f.SetLimits(ctx, f.diego, f.customer, billing.Limits{}, billing.Limits{RequestLimit: billing.RequestLimit{PerMinute: 5}}); !errors.Is(err, billing.ErrOvertaken) {
		t.Errorf("from what is over: %v", err)
	}
	if _, err := f.Quote(ctx, f.customer.ID, billing.MustMXN("49")); !errors.As(err, &billing.AmountError{}) {
		t.Errorf("below its own range: %v", err)
	}
	if err := f.SetLimits(ctx, f.diego, f.customer, after, billing.Limits{RequestLimit: billing.RequestLimit{PerMinute: -5}}); !errors.As(err, &billing.ValidationError{}) {
		t.Errorf("wrong limits: %v", err)
	}
}
