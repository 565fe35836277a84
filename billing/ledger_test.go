package billing_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
)

// Whatever is held, captured, released and adjusted in whatever order, available
// never falls below the limit, and the entries add up to the balance.
func TestTheBalanceIsAlwaysTheSumOfItsEntries(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := billing.Balance{CustomerID: 7, CreditLimit: billing.MustUSD("5")}
		sums := map[billing.Account]decimal.Decimal{}
		post := func(e billing.Entry) {
			sums[e.From] = sums[e.From].Sub(e.Amount)
			sums[e.To] = sums[e.To].Add(e.Amount)
		}
		type held struct {
			id    billing.TopUpID
			price billing.USD
		}
		var open []held
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			amount := billing.MustUSD(decimal.New(rapid.Int64Range(1, 200000).Draw(t, "amount"), -4).String())
			switch step := rapid.SampledFrom([]string{"hold", "settle", "adjust"}).Draw(t, "step"); {
			case step == "hold":
				id := billing.NewTopUpID()
				e, after, err := b.Hold(id, amount)
				if short := (billing.InsufficientBalanceError{}); errors.As(err, &short) {
					if b.Available().Cmp(amount) >= 0 {
						t.Fatalf("refused %s of %s", amount, b.Available())
					}
					continue
				}
				post(e)
				b, open = after, append(open, held{id, amount})
			case step == "settle" && len(open) > 0:
				h := open[0]
				open = open[1:]
				var e billing.Entry
				if rapid.Bool().Draw(t, "delivered") {
					e, b = b.Capture(h.id, h.price)
				} else {
					e, b = b.Release(h.id, h.price)
				}
				post(e)
			case step == "adjust":
				if rapid.Bool().Draw(t, "debit") {
					amount = amount.Neg()
				}
				e, after, err := b.Adjust(billing.Adjustment{ID: uuid.New(), Amount: amount, Reason: billing.ReasonCorrection})
				if err != nil {
					continue
				}
				post(e)
				b = after
			}
			if b.Available().Sign() < 0 {
				t.Fatalf("available is %s", b.Available())
			}
			if got := sums[billing.AccountAvailable].Add(sums[billing.AccountHeld]); !got.Equal(b.Posted.Decimal()) {
				t.Fatalf("balance %s, entries %s", b.Posted, got)
			}
			if !sums[billing.AccountHeld].Equal(b.Held.Decimal()) {
				t.Fatalf("held %s, entries %s", b.Held, sums[billing.AccountHeld])
			}
		}
		total := decimal.Zero
		for _, sum := range sums {
			total = total.Add(sum)
		}
		if !total.IsZero() {
			t.Fatalf("all accounts add up to %s", total)
		}
	})
}

func TestADepositComesFromDepositsAndACorrectionFromAdjustments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		amount   string
		reason   billing.Reason
		from, to billing.Account
		kind     billing.EntryKind
	}{
		{"10", billing.ReasonDeposit, billing.AccountDeposits, billing.AccountAvailable, billing.EntryDeposit},
		{"10", billing.ReasonCourtesy, billing.AccountAdjustments, billing.AccountAvailable, billing.EntryAdjustment},
		{"-10", billing.ReasonFee, billing.AccountAvailable, billing.AccountAdjustments, billing.EntryAdjustment},
	}
	for _, tt := range tests {
		b := billing.Balance{CustomerID: 1, Posted: billing.MustUSD("50")}
		e, after, err := b.Adjust(billing.Adjustment{ID: uuid.New(), Amount: billing.MustUSD(tt.amount), Reason: tt.reason})
		if err != nil || e.From != tt.from || e.To != tt.to || e.Kind != tt.kind || e.Amount.Sign() <= 0 {
			t.Errorf("%+v: got %+v, %v", tt, e, err)
		}
		if want := b.Posted.Add(billing.MustUSD(tt.amount)); after.Posted.Cmp(want) != 0 {
			t.Errorf("%+v: balance %s, want %s", tt, after.Posted, want)
		}
	}
}

func TestADebitOfMoreThanIsAvailableIsRefused(t *testing.T) {
	t.Parallel()
	b := billing.Balance{CustomerID: 1, Posted: billing.MustUSD("50"), Held: billing.MustUSD("45")}
	_, _, err := b.Adjust(billing.Adjustment{ID: uuid.New(), Amount: billing.MustUSD("-5.0001"), Reason: billing.ReasonFee})
	if short := (billing.InsufficientBalanceError{}); !errors.As(err, &short) || short.Available.String() != "5.0000" {
		t.Errorf("got %v", err)
	}
}
