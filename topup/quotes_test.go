package topup

import (
	"errors"
	"sync"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store/storetest"
)

func TestAQuotesPriceIsChargedOnceThoughTheRateWasChanged(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	face := billing.MustMXN("50")
	q, err := f.PromiseQuote(ctx, f.customer.ID, face)
	if err != nil || q.Price.String() != "2.7778" || q.ExpiresAt.Sub(q.CreatedAt).Minutes() != 10 {
		t.Fatalf("%+v, %v", q, err)
	}
	storetest.Owner(f.store).MustExecContext(ctx, `INSERT INTO exchange_rates (mxn_per_usd) VALUES (10)`)
	most := billing.MustUSD("4.9999")
	order := billing.Order{CustomerID: f.customer.ID, Reference: "plain", Phone: "+525512345678", Amount: face, MaxPrice: &most}
	changed := billing.PriceChangedError{}
	if _, _, err := f.Accept(ctx, order); !errors.As(err, &changed) || changed.Price.String() != "5.0000" {
		t.Errorf("above what it may cost: %v", err)
	}
	order.Reference, order.Quote = "quoted", &q.ID
	first, _, err := f.Accept(ctx, order)
	if err != nil || first.Price.String() != "2.7778" || first.Rate.String() != "18.000000" {
		t.Fatalf("with the quote: %s, %v", first.Price, err)
	}
	if again, replayed, err := f.Accept(ctx, order); err != nil || !replayed || again.ID != first.ID {
		t.Errorf("again: %v, %v", replayed, err)
	}
	order.Reference = "other"
	if _, _, err := f.Accept(ctx, order); !errors.Is(err, billing.ErrQuoteUsed) {
		t.Errorf("another order with it: %v", err)
	}
	if held := storetest.Balance(t, f.store, f.customer.ID).Held.String(); held != "2.7778" {
		t.Errorf("held are %s", held)
	}
}

func TestAQuoteIsForItsCustomerAndAmountAndItsTime(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	stranger := storetest.Customer(t, f.store, "100")
	q, err := f.PromiseQuote(ctx, f.customer.ID, billing.MustMXN("50"))
	if err != nil {
		t.Fatal(err)
	}
	unknown := billing.NewQuoteID()
	for what, order := range map[string]billing.Order{
		"another amount":   {CustomerID: f.customer.ID, Amount: billing.MustMXN("60"), Quote: &q.ID},
		"another customer": {CustomerID: stranger.ID, Amount: billing.MustMXN("50"), Quote: &q.ID},
		"no such quote":    {CustomerID: f.customer.ID, Amount: billing.MustMXN("50"), Quote: &unknown},
	} {
		order.Reference, order.Phone = "r", "+525512345678"
		if _, _, err := f.Accept(ctx, order); !errors.Is(err, billing.ErrQuoteMismatch) {
			t.Errorf("%s: %v", what, err)
		}
	}
	owner := storetest.Owner(f.store)
	owner.MustExecContext(ctx, `ALTER TABLE quotes DISABLE TRIGGER ALL; UPDATE quotes SET created_at = created_at - interval '11 minutes', expires_at = expires_at - interval '11 minutes'; ALTER TABLE quotes ENABLE TRIGGER ALL`)
	late := billing.Order{CustomerID: f.customer.ID, Reference: "late", Phone: "+525512345678", Amount: billing.MustMXN("50"), Quote: &q.ID}
	if _, _, err := f.Accept(ctx, late); !errors.Is(err, billing.ErrQuoteExpired) {
		t.Errorf("too late: %v", err)
	}
	owner.MustExecContext(ctx, `ALTER TABLE quotes DISABLE TRIGGER ALL; UPDATE quotes SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'; ALTER TABLE quotes ENABLE TRIGGER ALL`)
	if err := f.store.ForgetQuotes(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Quote(ctx, f.customer.ID, q.ID); !errors.Is(err, billing.ErrNotFound) {
		t.Errorf("a day later: %v", err)
	}
}

func TestManyOrdersWithOneQuoteAreOneTopUp(t *testing.T) {
	t.Parallel()
	f := newFirm(t, "1000")
	ctx := t.Context()
	q, err := f.PromiseQuote(ctx, f.customer.ID, billing.MustMXN("20"))
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		wait.Go(func() {
			_, _, errs[i] = f.Accept(ctx, billing.Order{CustomerID: f.customer.ID, Reference: string(rune('a' + i)), Phone: "+525512345678", Amount: billing.MustMXN("20"), Quote: &q.ID})
		})
	}
	wait.Wait()
	taken := 0
	for _, err := range errs {
		if err == nil {
			taken++
		} else if !errors.Is(err, billing.ErrQuoteUsed) {
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("%d orders were taken with one quote", taken)
	}
}
