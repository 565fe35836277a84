package views

// Pricing: the exchange rate with its history, products and their rules, discounts.

import (
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Pricing is the page.
type Pricing struct {
	Frame
	May       bool // change it
	Rate      decimal.Decimal
	Rates     []RateLine // the last one to begin first
	MoreRates bool       // there are older ones
	Waiting   []Request  // new rates, for a second operator
	Amount    string     // as typed
	Face      billing.MXN
	Problem   string // with the amount
	Products  []billing.ListedProduct
	Discounts []billing.Customer
	Range     string // of face values, with its unit
}

// RateLine is a rate of the history.
type RateLine struct {
	Rate        billing.Rate
	Before      *billing.Rate // the one that it took the place of; nil: the first, or not shown
	From        time.Time
	Until       *time.Time // nil: no end yet
	Begun       bool
	SetBy       string // empty: a setting
	ApprovedBy  string
	Note        string
	OneOperator bool
	Request     string // its id; empty: the first rate
}

// ProductChange is a change of a product's rule, as the audit log has it.
type ProductChange struct {
	At            time.Time
	Who, Code     string
	Before, After string
}

// now is the line that is in force.
func (p Pricing) now() (line RateLine) {
	for _, line := range p.Rates {
		if line.Begun {
			return line
		}
	}
	return line
}

// next is the first that is planned.
func (p Pricing) next() (line RateLine, planned bool) {
	for _, candidate := range p.Rates {
		if candidate.Begun {
			break
		}
		line, planned = candidate, true
	}
	return line, planned
}

func (p Pricing) figures() []ui.Figure {
	now := p.now()
	figures := []ui.Figure{{Label: p.T("Rate in force"), Value: Rate(p.Rate), Unit: p.T("MXN per USD"), Note: p.T("since %s", p.DateTime(now.From))}}
	next := ui.Figure{Label: p.T("Planned next"), Value: Nothing, Note: p.T("No other rate is planned")}
	if line, planned := p.next(); planned {
		next = ui.Figure{Label: p.T("Planned next"), Value: Rate(line.Rate.Decimal()), Unit: p.T("MXN per USD"), Note: p.T("from %s", p.DateTime(line.From))}
	}
	highest := Nothing
	if len(p.Discounts) > 0 {
		highest = Discount(p.Discounts[0].Discount.Decimal())
	}
	return append(figures, next,
		ui.Figure{Label: p.T("Highest discount"), Value: highest, Note: p.N(len(p.Discounts), "%s customer has one", "%s customers have one")},
		ui.Figure{Label: p.T("Open range"), Value: p.Range, Unit: "MXN", Note: p.T("Unless a customer has its own")})
}

// change is how far a rate is off the one before it.
func (l RateLine) change() string {
	if l.Before == nil || !l.Before.IsSet() {
		return Nothing
	}
	share := l.Rate.Decimal().Sub(l.Before.Decimal()).Div(l.Before.Decimal())
	if share.IsPositive() {
		return "+" + Percent(share, 2)
	}
	return Percent(share, 2)
}

func (l RateLine) badge(r Reader) ui.Badge {
	switch {
	case !l.Begun:
		return ui.Badge{Tone: "queued", Icon: "clock", Text: r.T("Planned")}
	case l.Until == nil || l.Until.After(r.Now):
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("In force")}
	}
	return ui.Badge{Tone: "queued", Icon: "check", Text: r.T("Over")}
}

func (l RateLine) who(r Reader) string {
	if l.Request == "" {
		return r.T("The setting MXN_PER_USD")
	}
	return operatorName(r, l.SetBy)
}

// price is what a face value costs with a discount now.
func (p Pricing) price(discount billing.Fraction) string {
	rate, err := billing.ParseRate(p.Rate.String())
	if err != nil {
		return Nothing
	}
	return Money4(billing.Price(p.Face, discount, rate).Decimal())
}

// VATWord is what is sent of a face value.
func VATWord(r Reader, rule billing.VATRule) string {
	if rule == billing.SendFaceLessVAT {
		return r.T("The face value / 1.16")
	}
	return r.T("The face value")
}

// PlacesWord is how it is rounded.
func PlacesWord(r Reader, places int32) string {
	if places == 0 {
		return r.T("whole pesos")
	}
	return r.T("2 decimals")
}

// ruleWord is a product's rule in one line.
func ruleWord(r Reader, p billing.Product) string {
	return VATWord(r, p.VATRule) + ", " + PlacesWord(r, p.SentPlaces)
}

// shownFace is the face value that a product's line shows: its own, or the one typed.
func (p Pricing) shownFace(product billing.ListedProduct) billing.MXN {
	if product.Face != nil {
		return *product.Face
	}
	return p.Face
}

// ProductForm is what was typed about a product. The Was fields are the rule that it was filled in upon.
type ProductForm struct {
	Rule, Places, Cost          string
	WasRule, WasPlaces, WasCost string
}

// ProductEdit is the form of a product's rule and, once it is reviewed, what it does.
type ProductEdit struct {
	Frame
	May        bool
	Product    billing.ListedProduct
	Form       ProductForm
	Problems   map[string]string
	Deliveries []DeliveryChange // now and after; without an After it is the form
	Reviewed   bool
	Log        []ProductChange
}

// DeliveryChange is what becomes of a face value, now and after.
type DeliveryChange struct{ Now, After billing.Delivery }

func (e ProductEdit) rules() ui.Choices {
	return ui.Choices{
		Name: "vat_rule", Legend: e.T("What is sent"), Value: e.Form.Rule, Error: e.Problems["vat_rule"],
		Options: []ui.Choice{
			{Value: string(billing.SendFace), Label: VATWord(e.Reader, billing.SendFace), Effect: e.faceEffect()},
			{Value: string(billing.SendFaceLessVAT), Label: VATWord(e.Reader, billing.SendFaceLessVAT), Effect: e.lessEffect()},
		},
	}
}

func (e ProductEdit) faceEffect() string {
	if e.Product.AddsVAT {
		return e.T("Latcom adds 16 % on top: the phone receives more than the face value")
	}
	return e.T("The phone receives the face value")
}

func (e ProductEdit) lessEffect() string {
	if e.Product.AddsVAT {
		return e.T("With the 16 % that Latcom adds, the phone receives the face value")
	}
	return e.T("The phone receives less than the face value")
}

func (e ProductEdit) places() ui.Select {
	return ui.Select{
		Field:   ui.Field{Name: "sent_places", Label: e.T("Rounded to"), Value: e.Form.Places, Error: e.Problems["sent_places"], Required: true},
		Options: []ui.Option{{Value: "2", Label: e.T("2 decimals")}, {Value: "0", Label: e.T("whole pesos")}},
	}
}

// changed marks a figure that is not what it was.
func changedFrom(now, after billing.MXN) string {
	if now.Cmp(after) == 0 {
		return "num text-ink-mute"
	}
	return "num font-semibold"
}
