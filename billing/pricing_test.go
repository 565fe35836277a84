package billing_test

import (
	"errors"
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"latcom.example/latcom-billing/billing"
)

func TestAPriceIsOneQuotientRoundedHalfUpOnce(t *testing.T) {
	t.Parallel()
	tests := []struct{ face, discount, rate, want string }{
		{"50", "0", "18", "2.7778"},
		{"30", "0", "18", "1.6667"},
		{"100", "0", "18", "5.5556"},
		{"20", "0.05", "18", "1.0556"}, // 19/18 = 1.05555…
		{"50", "0.033", "17.45", "2.7708"},
		{"20.01", "0", "20", "1.0005"},
		{"20.001", "", "", ""}, // finer than a centavo: no amount at all
		{"33.33", "0", "10", "3.3330"},
		{"20", "0", "16.0005", "1.2500"},
	}
	for _, tt := range tests {
		face, err := billing.ParseMXN(tt.face)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s was taken as an amount", tt.face)
			}
			continue
		}
		got := billing.Price(face, billing.MustFraction(tt.discount), billing.MustRate(tt.rate))
		if got.String() != tt.want {
			t.Errorf("%s MXN less %s at %s: got %s, want %s", tt.face, tt.discount, tt.rate, got, tt.want)
		}
	}
}

// The reference is rational arithmetic, which shares nothing with the decimals.
func TestThePriceIsWithinHalfAUnitOfTheExactQuotient(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(2000, 20000).Draw(t, "centavos")
		rate := rapid.Int64Range(10_000000, 30_000000).Draw(t, "millionths of a peso per dollar")
		discount := rapid.Int64Range(0, 300000).Draw(t, "millionths of discount")

		price := billing.Price(
			billing.MustMXN(fmt.Sprintf("%d.%02d", cents/100, cents%100)),
			billing.MustFraction(fmt.Sprintf("0.%06d", discount)),
			billing.MustRate(fmt.Sprintf("%d.%06d", rate/1e6, rate%1e6)))

		exact := new(big.Rat).Mul(big.NewRat(cents, 100), big.NewRat(1_000000-discount, 1_000000))
		exact.Quo(exact, big.NewRat(rate, 1_000000))
		got, _ := new(big.Rat).SetString(price.String())
		// half up: exact - 0.00005 < got <= exact + 0.00005
		diff := new(big.Rat).Sub(got, exact)
		half := big.NewRat(1, 20000)
		if diff.Cmp(half) > 0 || diff.Cmp(new(big.Rat).Neg(half)) <= 0 {
			t.Fatalf("got %s for an exact %s", price, exact.FloatString(8))
		}
	})
}

func TestEachVATRuleSendsAndExpectsWhatItSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule           billing.VATRule
		places         int32
		addsVAT        bool
		face           string
		sent, expected string
	}{
		{billing.SendFace, 2, true, "30", "30.00", "34.80"}, // as observed (contract §7)
		{billing.SendFaceLessVAT, 2, true, "50", "43.10", "50.00"},
		{billing.SendFaceLessVAT, 0, true, "50", "43.00", "49.88"},
		{billing.SendFace, 0, true, "20.50", "21.00", "24.36"},
		{billing.SendFace, 2, false, "50", "50.00", "50.00"},
	}
	for _, tt := range tests {
		p := billing.Product{VATRule: tt.rule, SentPlaces: tt.places, AddsVAT: tt.addsVAT}
		sent := p.Sent(billing.MustMXN(tt.face))
		if sent.String() != tt.sent || p.Expected(sent).String() != tt.expected {
			t.Errorf("%+v: sent %s, expected %s", tt, sent, p.Expected(sent))
		}
	}
}

func TestTermsRefuseWhatIsOutsideTheRange(t *testing.T) {
	t.Parallel()
	terms := billing.Terms{
		Rate: billing.MustRate("18"), Products: billing.Products{
			Open: &billing.Product{VATRule: billing.SendFace, SentPlaces: 2, CostFraction: billing.MustFraction("0.94")},
			Min:  billing.MustMXN("20"), Max: billing.MustMXN("200"),
		},
	}
	for _, amount := range []string{"19.99", "200.01", "0", "-50"} {
		_, err := terms.Quote(billing.MustMXN(amount))
		if refused := (billing.AmountError{}); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", amount, err)
		}
	}
	quote, err := terms.Quote(billing.MustMXN("200"))
	if err != nil || quote.Price.String() != "11.1111" || quote.Cost.String() != "188.00" {
		t.Errorf("got %+v, %v", quote, err)
	}
	terms.Rate = billing.Rate{}
	if _, err := terms.Quote(billing.MustMXN("50")); !errors.Is(err, billing.ErrNoRate) {
		t.Errorf("without a rate: got %v", err)
	}
}
