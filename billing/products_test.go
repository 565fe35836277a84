package billing_test

import (
	"errors"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
)

func fixedProduct(code, face string) billing.ListedProduct {
	amount := billing.MustMXN(face)
	return billing.ListedProduct{Product: billing.Product{Code: code, VATRule: billing.SendFace, SentPlaces: 2}, Face: &amount}
}

func TestAnOrderGoesOutAsTheFixedProductOfItsAmountElseAsTheOpenRange(t *testing.T) {
	t.Parallel()
	open := billing.Product{Code: billing.OpenRange, VATRule: billing.SendFace, SentPlaces: 2, AddsVAT: true}
	both := billing.Products{Open: &open, Min: billing.MustMXN("20"), Max: billing.MustMXN("200"), Fixed: []billing.ListedProduct{
		fixedProduct("XOOM_50_MXN", "50"), fixedProduct("XOOM_300_MXN", "300"),
	}}
	onlyOpen, onlyFixed := both, both
	onlyOpen.Fixed, onlyFixed.Open = nil, nil
	for _, tt := range []struct {
		products     billing.Products
		amount, code string
		says         string
	}{
		{onlyOpen, "50", billing.OpenRange, ""},
		{onlyOpen, "20", billing.OpenRange, ""},
		{onlyOpen, "200", billing.OpenRange, ""},
		{onlyOpen, "300", "", "the amount must be from 20.00 to 200.00 MXN"},
		{both, "50.00", "XOOM_50_MXN", ""},
		{both, "50.01", billing.OpenRange, ""},
		{both, "300", "XOOM_300_MXN", ""},
		{both, "300.01", "", "the amount must be from 20.00 to 200.00 or one of 50.00, 300.00 MXN"},
		{both, "0", "", "the amount must be from 20.00 to 200.00 or one of 50.00, 300.00 MXN"},
		{onlyFixed, "300", "XOOM_300_MXN", ""},
		{onlyFixed, "100", "", "the amount must be one of 50.00, 300.00 MXN"},
	} {
		product, err := tt.products.For(billing.MustMXN(tt.amount))
		if product.Code != tt.code {
			t.Errorf("%s goes out as %q, want %q", tt.amount, product.Code, tt.code)
		}
		if refusal := (billing.AmountError{}); tt.says != "" && (!errors.As(err, &refusal) || refusal.Error() != tt.says) {
			t.Errorf("%s: %v, want %s", tt.amount, err, tt.says)
		}
	}
}

func TestProductsAreReadInTheListsOrderAndTheOpenRangeAloneIsNoneAtAll(t *testing.T) {
	t.Parallel()
	known := []billing.ListedProduct{{Product: billing.Product{Code: billing.OpenRange}}, fixedProduct("XOOM_50_MXN", "50"), fixedProduct("XOOM_300_MXN", "300")}
	for text, want := range map[string]string{
		"": "", billing.OpenRange: "", "XOOM_300_MXN,XOOM_50_MXN": "XOOM_50_MXN XOOM_300_MXN",
		"XOOM_50_MXN," + billing.OpenRange: billing.OpenRange + " XOOM_50_MXN", "XOOM_50_MXN, XOOM_51_MXN": "wrong XOOM_51_MXN",
	} {
		codes, wrong := billing.ParseProducts(text, known)
		got := strings.Join(codes, " ")
		if wrong != "" {
			got = "wrong " + wrong
		}
		if got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if !billing.MayOrderOpen(nil) || !billing.MayOrderOpen([]string{billing.OpenRange}) || billing.MayOrderOpen([]string{"XOOM_50_MXN"}) {
		t.Error("who may order the open range")
	}
}
