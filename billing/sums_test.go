package billing_test

// Pricing and the ledger together, against integers of ten-thousandths.

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
)

// due is the price in ten-thousandths of a dollar: half up, once.
func due(centavos, millionthsOff, millionthsRate int64) int64 {
	// centavos/100 · (10⁶ − off)/10⁶ ÷ (rate/10⁶), in 10⁻⁴
	above := new(big.Int).Mul(big.NewInt(centavos*100), big.NewInt(1_000_000-millionthsOff))
	below := big.NewInt(millionthsRate)
	// ⌊above/below + ½⌋ = ⌊(2·above + below) / (2·below)⌋
	above.Add(above.Lsh(above, 1), below)
	return above.Quo(above, new(big.Int).Lsh(below, 1)).Int64()
}

func pesos(centavos int64) billing.MXN {
	return billing.MustMXN(fmt.Sprintf("%d.%02d", centavos/100, centavos%100))
}

func rateOf(millionths int64) billing.Rate {
	return billing.MustRate(fmt.Sprintf("%d.%06d", millionths/1e6, millionths%1e6))
}

// Every amount there is, at several rates: what is captured adds up to what the
// ledger says, to the ten-thousandth, and the balance goes down by just that.
func TestAllAmountsCapturedAddUpToTheLedger(t *testing.T) {
	t.Parallel()
	for _, rate := range []int64{10_000000, 17_333333, 18_000000, 23_456789, 30_000000} {
		t.Run(rateOf(rate).String(), func(t *testing.T) {
			t.Parallel()
			b, ledger, expected := deposited(t, 2_000_000), decimal.Zero, int64(0)
			before := b.Posted
			for centavos := int64(20_00); centavos <= 200_00; centavos++ {
				id := billing.NewTopUpID()
				price := billing.Price(pesos(centavos), billing.Fraction{}, rateOf(rate))
				_, held, err := b.Hold(id, price)
				if err != nil {
					t.Fatal(err)
				}
				var capture billing.Entry
				capture, b = held.Capture(id, price)
				ledger = ledger.Add(capture.Amount)
				expected += due(centavos, 0, rate)
			}
			if want := fromUnits(expected); ledger.Cmp(want.Decimal()) != 0 || before.Sub(b.Posted).Cmp(want) != 0 || b.Held.Sign() != 0 {
				t.Errorf("captured %s, the balance went down by %s and holds %s; the prices add up to %s", ledger, before.Sub(b.Posted), b.Held, want)
			}
		})
	}
}

// Any orders at any rates and discounts, delivered or not: the account is worth
// what was paid in less what was captured, and holds what is open.
func TestAnyOrdersLeaveTheAccountAtWhatTheirPricesAddUpTo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := deposited(t, 1000)
		captured, open := int64(0), int64(0)
		for range rapid.IntRange(1, 60).Draw(t, "orders") {
			centavos := rapid.Int64Range(20_00, 200_00).Draw(t, "centavos")
			rate := rapid.Int64Range(10_000000, 30_000000).Draw(t, "millionths of a peso per dollar")
			off := rapid.Int64Range(0, 300000).Draw(t, "millionths of discount")
			id, price := billing.NewTopUpID(), billing.Price(pesos(centavos), billing.MustFraction(fmt.Sprintf("0.%06d", off)), rateOf(rate))
			units := due(centavos, off, rate)
			if price.Cmp(fromUnits(units)) != 0 {
				t.Fatalf("%d centavos less %d at %d cost %s, not %s", centavos, off, rate, price, fromUnits(units))
			}
			_, held, err := b.Hold(id, price)
			if err != nil {
				continue // not enough credit: nothing moves
			}
			switch b = held; rapid.SampledFrom([]string{"delivered", "refused", "open"}).Draw(t, "ends") {
			case "delivered":
				_, b = b.Capture(id, price)
				captured += units
			case "refused":
				_, b = b.Release(id, price)
			default:
				open += units
			}
		}
		if want := fromUnits(1000_0000 - captured); b.Posted.Cmp(want) != 0 || b.Held.Cmp(fromUnits(open)) != 0 || b.Available().Sign() < 0 {
			t.Fatalf("balance %s, held %s; want %s and %s", b.Posted, b.Held, want, fromUnits(open))
		}
	})
}

func deposited(t interface{ Fatal(args ...any) }, dollars int64) billing.Balance {
	_, b, err := billing.Balance{CustomerID: 1}.Adjust(billing.Adjustment{Amount: fromUnits(dollars * 1_0000), Reason: billing.ReasonDeposit})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
