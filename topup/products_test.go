package topup

import (
	"errors"
	"testing"

	"latcom.example/latcom-billing/billing"
)

func TestAProductsRuleChangesFromTheOneThatWasLookedAt(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	now, err := f.store.Product(ctx, "TFE_MXN_20_TO_2000")
	if err != nil {
		t.Fatal(err)
	}
	after := now.Product
	after.VATRule, after.CostFraction = billing.SendFaceLessVAT, billing.MustFraction("0.94")
	for range 2 { // sent twice
		if err := f.ChangeProduct(ctx, f.maria, now.Product, after); err != nil {
			t.Fatal(err)
		}
	}
	quote, err := f.Quote(ctx, f.customer.ID, billing.MustMXN("30"))
	if err != nil || quote.Sent.String() != "25.86" || quote.Expected.String() != "30.00" || quote.Cost.String() != "28.20" || quote.Price.String() != "1.6667" {
		t.Errorf("an order is now %+v, %v", quote, err)
	}
	log, err := f.store.ProductChanges(ctx, "", 10)
	if err != nil || len(log) != 1 || log[0].ActorName != f.maria.Name || log[0].Subject != now.Code {
		t.Errorf("the log has %+v, %v", log, err)
	}
	other := now.Product
	other.SentPlaces = 0
	if err := f.ChangeProduct(ctx, f.diego, now.Product, other); !errors.Is(err, billing.ErrOvertaken) {
		t.Errorf("a change from a rule that is over: %v", err)
	}
	other.SentPlaces = 1
	if err := f.ChangeProduct(ctx, f.diego, after, other); !errors.As(err, &billing.ValidationError{}) {
		t.Errorf("one decimal: %v", err)
	}
	other.Code, other.SentPlaces = "NOBODY", 0
	if err := f.ChangeProduct(ctx, f.diego, after, other); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("no such product: %v", err)
	}
}

func TestALookAtTermsSaysWhatWouldWaitAndKeepsNothing(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	f.change(billing.ChangeCreditLimit, "0", "900")
	for _, test := range []struct {
		kind          billing.ChangeKind
		before, after string
		waits         bool
	}{
		{billing.ChangeCreditLimit, "900", "1000", false},
		{billing.ChangeCreditLimit, "900", "1000.0001", true}, // with the step before it
		{billing.ChangeDiscount, "0", "0.01", true},
		{billing.ChangeRate, "18", "18.9", false},
		{billing.ChangeRate, "18", "18.91", true},
	} {
		if waits, err := f.LookAtTerms(ctx, f.wants(test.kind, test.before, test.after)); err != nil || waits != test.waits {
			t.Errorf("%+v: %v, %v", test, waits, err)
		}
	}
	if _, err := f.LookAtTerms(ctx, f.wants(billing.ChangeCreditLimit, "0", "5")); !errors.Is(err, billing.ErrOvertaken) {
		t.Errorf("from what is over: %v", err)
	}
	if changes, err := f.store.CustomerChanges(ctx, f.customer.ID, 10); err != nil || len(changes) != 1 {
		t.Errorf("%d kept, %v", len(changes), err)
	}
}
