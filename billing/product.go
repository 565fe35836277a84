package billing

// Products as an operator sees and changes them, and which one an order goes out as.

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// OpenRange is the code of the product that takes any face value in a range.
const OpenRange = "TFE_MXN_20_TO_2000"

// ListedProduct is a product with its face value in MXN; nil: the open range.
type ListedProduct struct {
	Product
	Face *MXN `db:"face"`
}

// Fits says whether the product can be ordered with this face value.
func (p ListedProduct) Fits(face MXN) bool { return p.Face == nil || p.Face.Cmp(face) == 0 }

// Check says what is wrong with a product's rule, field by field: vat_rule,
// sent_places, cost; nil when nothing is.
func (p Product) Check() error {
	wrong := ValidationError{}
	if p.VATRule != SendFace && p.VATRule != SendFaceLessVAT {
		wrong["vat_rule"] = "Choose what is sent"
	}
	if p.SentPlaces != 0 && p.SentPlaces != mxnPlaces {
		wrong["sent_places"] = "Choose how it is rounded"
	}
	if p.CostFraction.share.Sign() < 0 || p.CostFraction.share.GreaterThan(decimal.New(2, 0)) {
		wrong["cost"] = "Write a percentage from 0 to 200"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// SameRule says whether both products are sent and paid for alike.
func (p Product) SameRule(other Product) bool {
	return p.Code == other.Code && p.VATRule == other.VATRule && p.SentPlaces == other.SentPlaces && p.CostFraction.share.Equal(other.CostFraction.share)
}

// Facts is a product's rule in the audit log's words.
func (p Product) Facts() map[string]string {
	places := "0"
	if p.SentPlaces == mxnPlaces {
		places = "2"
	}
	return map[string]string{"sent": string(p.VATRule), "decimals": places, "cost_fraction": p.CostFraction.String()}
}

// Delivery is what becomes of a face value, in MXN.
type Delivery struct {
	Face     MXN
	Sent     MXN // on Latcom's wire
	Expected MXN // should arrive on the phone
	Cost     MXN // taken from our float
}

// Deliver says what becomes of a face value with the product's rule.
func (p Product) Deliver(face MXN) Delivery {
	sent := p.Sent(face)
	return Delivery{Face: face, Sent: sent, Expected: p.Expected(sent), Cost: p.Cost(face)}
}

// Products are those that a customer may order.
type Products struct {
	Open     *Product        // the open range; nil: not for this customer
	Min, Max MXN             // of the open range, inclusive
	Fixed    []ListedProduct // each of one face value
}

// For is the product that an order of a face value goes out as: the fixed one of
// exactly that amount, else the open range if the amount lies in it. An amount that
// no product has is an AmountError.
func (p Products) For(face MXN) (Product, error) {
	for _, fixed := range p.Fixed {
		if fixed.Face != nil && fixed.Fits(face) {
			return fixed.Product, nil
		}
	}
	if p.Open != nil && face.Cmp(p.Min) >= 0 && face.Cmp(p.Max) <= 0 {
		return *p.Open, nil
	}
	return Product{}, p.refusal()
}

func (p Products) refusal() AmountError {
	refusal := AmountError{}
	if p.Open != nil {
		refusal.Min, refusal.Max = p.Min, p.Max
	}
	for _, fixed := range p.Fixed {
		if fixed.Face != nil {
			refusal.Fixed = append(refusal.Fixed, *fixed.Face)
		}
	}
	return refusal
}

// Offer is a product as a customer may order it, in MXN.
type Offer struct {
	Product  Product
	Open     bool // any amount from Min to Max; else both are the one amount
	Min, Max MXN
}

// Offers lists what may be ordered: the open range, then the fixed products.
func (p Products) Offers() (offers []Offer) {
	if p.Open != nil {
		offers = append(offers, Offer{*p.Open, true, p.Min, p.Max})
	}
	for _, fixed := range p.Fixed {
		if fixed.Face != nil {
			offers = append(offers, Offer{fixed.Product, false, *fixed.Face, *fixed.Face})
		}
	}
	return offers
}

// Name is our own name of what is offered, which names no provider:
// "movistar-mx-open", "movistar-mx-50".
func (o Offer) Name() string {
	if o.Open {
		return "movistar-mx-open"
	}
	return "movistar-mx-" + o.Min.amount.String()
}

// MayOrderOpen says whether a customer with these products, by code, may order the
// open range: one for whom none is named may order that alone.
func MayOrderOpen(codes []string) bool {
	return len(codes) == 0 || slices.Contains(codes, OpenRange)
}

// ParseProducts reads codes between commas; wrong is the first that is none of
// known. They come back in known's order, and the open range alone as none at all.
func ParseProducts(text string, known []ListedProduct) (codes []string, wrong string) {
	named := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	for _, product := range known {
		if slices.Contains(named, product.Code) {
			codes = append(codes, product.Code)
		}
	}
	for _, name := range named {
		if !slices.Contains(codes, name) {
			return nil, name
		}
	}
	if len(codes) == 1 && codes[0] == OpenRange {
		return nil, ""
	}
	return codes, ""
}
