package billing

// Products as an operator sees and changes them.

import "github.com/shopspring/decimal"

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
