package topup

import (
	"errors"
	"testing"

	"latcom.example/latcom-billing/billing"
)

func TestAnOrderIsStoredWithTheProductThatItsAmountPicked(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	order := func(reference, amount string) (billing.TopUp, error) {
		topUp, _, err := f.Accept(ctx, billing.Order{CustomerID: f.customer.ID, Reference: reference, Phone: "+525512345678", Amount: billing.MustMXN(amount)})
		return topUp, err
	}
	first, err := order("before", "50")
	if err != nil || first.Product != billing.OpenRange || first.Expected.String() != "58.00" {
		t.Fatalf("as every customer is at first: %s, %s expected, %v", first.Product, first.Expected, err)
	}
	limits := billing.Limits{Products: []string{billing.OpenRange, "XOOM_30_MXN", "XOOM_10_MXN"}}
	if err := f.SetLimits(ctx, f.maria, f.customer, billing.Limits{}, limits); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ amount, product, expected string }{
		{"30", "XOOM_30_MXN", "30.00"}, {"10", "XOOM_10_MXN", "10.00"}, {"25", billing.OpenRange, "29.00"},
	} {
		topUp, err := order("r"+tt.amount, tt.amount)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := f.store.TopUp(ctx, topUp.ID, 0)
		if err != nil || stored.Product != tt.product || stored.Sent.String() != tt.amount+".00" || stored.Expected.String() != tt.expected || stored.Cost.String() != tt.amount+".00" {
			t.Errorf("%s MXN: %s sends %s, %s expected, costs %s, %v", tt.amount, stored.Product, stored.Sent, stored.Expected, stored.Cost, err)
		}
	}
	if again, err := order("before", "50"); err != nil || again.ID != first.ID || again.Product != billing.OpenRange {
		t.Errorf("a reference from before: %s, %v", again.Product, err)
	}
	if err := f.SetLimits(ctx, f.maria, f.customer, limits, billing.Limits{Products: []string{"XOOM_50_MXN"}}); err != nil {
		t.Fatal(err)
	}
	refused := billing.AmountError{}
	if _, err := order("r61", "61"); !errors.As(err, &refused) || refused.Error() != "the amount must be one of 50.00 MXN" {
		t.Errorf("without the open range: %v", err)
	}
	if err := f.SetLimits(ctx, f.maria, f.customer, billing.Limits{}, billing.Limits{Products: []string{"XOOM_51_MXN"}}); !errors.As(err, &billing.ValidationError{}) {
		t.Errorf("a product that nobody has: %v", err)
	}
}

func TestAPauseOfAProductHoldsBackThatProductAlone(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	if err := f.SetLimits(ctx, f.maria, f.customer, billing.Limits{}, billing.Limits{Products: []string{billing.OpenRange, "XOOM_50_MXN"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Pause(ctx, f.maria, billing.Pause{Product: "XOOM_50_MXN", Reason: "Latcom refuses it"}); err != nil {
		t.Fatal(err)
	}
	order := billing.Order{CustomerID: f.customer.ID, Reference: "r50", Phone: "+525512345678", Amount: billing.MustMXN("50")}
	unavailable := billing.UnavailableError{}
	if _, _, err := f.Accept(ctx, order); !errors.As(err, &unavailable) || !unavailable.Paused {
		t.Errorf("the paused product: %v", err)
	}
	order.Reference, order.Amount = "r60", billing.MustMXN("60")
	if topUp, _, err := f.Accept(ctx, order); err != nil || topUp.Product != billing.OpenRange {
		t.Errorf("the open range beside it: %s, %v", topUp.Product, err)
	}
}
