package billing

// What a top-up costs: exchange rate, discount, product and the one formula.

import (
	"database/sql/driver"
	"fmt"

	"github.com/shopspring/decimal"
)

// Rate is an exchange rate in MXN per USD, with at most 6 decimals, above zero.
type Rate struct{ mxnPerUSD decimal.Decimal }

// ParseRate reads a rate such as "18.00".
func ParseRate(s string) (Rate, error) {
	d, err := parseDecimal(s, 6)
	if err == nil && d.Sign() <= 0 {
		err = fmt.Errorf("%q is not above zero", s)
	}
	return Rate{d}, err
}

// MustRate is ParseRate for constants in code and tests.
func MustRate(s string) Rate { return must(ParseRate(s)) }

// Decimal gives the bare number, for formatting only.
func (r Rate) Decimal() decimal.Decimal { return r.mxnPerUSD }

// IsSet is false for the zero Rate, with which nothing can be priced.
func (r Rate) IsSet() bool { return r.mxnPerUSD.Sign() > 0 }

// String has at least 4 decimals: "18.0000".
func (r Rate) String() string { return fixedAtLeast(r.mxnPerUSD, 4) }

// MarshalText writes String.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Scan reads a NUMERIC.
func (r *Rate) Scan(src any) error { return r.mxnPerUSD.Scan(src) }

// Value writes a NUMERIC.
func (r Rate) Value() (driver.Value, error) { return r.mxnPerUSD.String(), nil }

// Fraction is a share of one: a discount of 0.05, a cost of 0.94 of the face value.
type Fraction struct{ share decimal.Decimal }

// ParseFraction reads a share from 0 up to 2, with at most 6 decimals.
func ParseFraction(s string) (Fraction, error) {
	d, err := parseDecimal(s, 6)
	if err == nil && (d.Sign() < 0 || d.GreaterThan(decimal.New(2, 0))) {
		err = fmt.Errorf("%q is not a fraction", s)
	}
	return Fraction{d}, err
}

// ParsePercent reads a share as a percentage from 0 to 200, with at most 4
// decimals: "5.5" is 0.055.
func ParsePercent(s string) (Fraction, error) {
	d, err := parseDecimal(s, 4)
	if err == nil && (d.Sign() < 0 || d.GreaterThan(decimal.New(200, 0))) {
		err = fmt.Errorf("%q is not a percentage", s)
	}
	return Fraction{d.Shift(-2)}, err
}

// MustFraction is ParseFraction for constants in code and tests.
func MustFraction(s string) Fraction { return must(ParseFraction(s)) }

// Decimal gives the bare number, for formatting only.
func (f Fraction) Decimal() decimal.Decimal { return f.share }

// String has at least 4 decimals: "0.0500".
func (f Fraction) String() string { return fixedAtLeast(f.share, 4) }

// MarshalText writes String.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Scan reads a NUMERIC.
func (f *Fraction) Scan(src any) error { return f.share.Scan(src) }

// Value writes a NUMERIC.
func (f Fraction) Value() (driver.Value, error) { return f.share.String(), nil }

// VATRule says what is sent to Latcom for a face value, since on the open range
// Latcom adds 16 % VAT on top of what was sent (30 sent, 34.80 received).
type VATRule string

// The two rules of contract §7.
const (
	SendFace        VATRule = "face"          // send the face value
	SendFaceLessVAT VATRule = "face_less_vat" // send face / 1.16
)

var vat = decimal.RequireFromString("1.16")

// Product is one of Latcom's products and how it is sent and paid for.
type Product struct {
	Code         string   `db:"code"`          // Latcom's productId
	VATRule      VATRule  `db:"vat_rule"`      //
	SentPlaces   int32    `db:"sent_places"`   // 2, or 0 where Latcom cuts decimals
	CostFraction Fraction `db:"cost_fraction"` // of the face value, what Latcom takes from our float, in MXN
	AddsVAT      bool     `db:"adds_vat"`      // true on the open range: the phone receives sent * 1.16
}

// Sent is what goes on the wire for a face value, in MXN.
func (p Product) Sent(face MXN) MXN {
	d := face.amount
	if p.VATRule == SendFaceLessVAT {
		return MXN{d.DivRound(vat, p.SentPlaces)}
	}
	return MXN{d.Round(p.SentPlaces)}
}

// Expected is the airtime in MXN that the phone should receive for what was sent.
func (p Product) Expected(sent MXN) MXN {
	if !p.AddsVAT {
		return sent
	}
	return MXN{sent.amount.Mul(vat).Round(mxnPlaces)}
}

// Cost is what Latcom takes from our float for a delivered face value, in MXN.
func (p Product) Cost(face MXN) MXN {
	return MXN{face.amount.Mul(p.CostFraction.share).Round(mxnPlaces)}
}

// Price is what the customer pays in USD for a face value in MXN:
// round_half_up(amount * (1 - discount) / rate, 4), one exact quotient rounded
// once (contract §3). The rate must be set.
func Price(face MXN, discount Fraction, rate Rate) USD {
	part := face.amount.Mul(decimal.New(1, 0).Sub(discount.share))
	return USD{part.DivRound(rate.mxnPerUSD, usdPlaces)}
}

// Quote is the price of one face value, with what it was made of. All of it is
// stored with the top-up, so that a later change of terms changes no old price.
type Quote struct {
	Face     MXN
	Price    USD
	Rate     Rate
	Discount Fraction
	Product  string
	Sent     MXN // on Latcom's wire
	Expected MXN // should arrive on the phone
	Cost     MXN // taken from our float at Latcom
}

// Terms are what a customer's orders are priced and limited by, as they stand
// inside the transaction that accepts.
type Terms struct {
	Rate     Rate
	Discount Fraction
	Products Products
}

// Quote prices a face value. An amount that no product has is an AmountError.
func (t Terms) Quote(face MXN) (Quote, error) {
	product, err := t.Products.For(face)
	if err != nil {
		return Quote{}, err
	}
	if !t.Rate.IsSet() {
		return Quote{}, ErrNoRate
	}
	d := product.Deliver(face)
	return Quote{
		Face: face, Price: Price(face, t.Discount, t.Rate), Rate: t.Rate, Discount: t.Discount,
		Product: product.Code, Sent: d.Sent, Expected: d.Expected, Cost: d.Cost,
	}, nil
}

func fixedAtLeast(d decimal.Decimal, places int32) string {
	return d.StringFixed(max(places, -d.Exponent()))
}
