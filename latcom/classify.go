package latcom

// What operators have classified: it decides only where the policy says that
// nobody knows, and never against signs that the order was carried out.

import (
	"regexp"
	"strings"

	"latcom.example/latcom-billing/billing"
)

// classified is what is in force, by the key of its shape.
type classified map[string]billing.Classification

// Classify says what operators have classified, all of it: it decides the answers
// that come from now on. It may be called at any time.
func (c *Client) Classify(inForce []billing.Classification) {
	known := classified{}
	for _, one := range inForce {
		known[one.ShapeKey] = one
	}
	c.classified.Store(&known)
}

// rule is the policy's row for what was seen, or what operators made of it. shape
// is the key of an answer that nobody has classified; empty: it is known.
//
// An inquiry is never decided by them: the order that it is about is past.
func (c *Client) rule(s seen) (row Row, shape string) {
	row = c.judge(s)
	if s.inquiry != "" || !NeedsClassification(row.Name) {
		return row, ""
	}
	shape = s.shape(row, c.line.veil).Key()
	if known := c.classified.Load(); known != nil {
		if said, found := (*known)[shape]; found && s.allows(row, said) {
			return Row{Name: said.Row(), Outcome: said.Outcome, Fault: said.Fault}, ""
		}
	}
	return row, shape
}

// allows fails safe, whatever was recorded: an answer with a sign that the order
// was or will be carried out is not turned into a refusal, one without a proof
// not into a delivery, and a refusal not into anything but doubt.
func (s seen) allows(row Row, said billing.Classification) bool {
	switch said.Outcome {
	case unknown:
		return true
	case refused:
		return row.Outcome == refused || row.Outcome == unknown && !s.maybeCarriedOut()
	case delivered:
		return row.Outcome == unknown && s.provesDelivery()
	default:
		return false // never "not sent": it would be sent again
	}
}

// maybeCarriedOut: an id of a transaction, a word of success, pending or a
// duplicate, an end that has not come, or nothing that can be read.
func (s seen) maybeCarriedOut() bool {
	status := plain(s.fields.status())
	return s.unreadable != nil || s.hasID() || s.doubtful() || aDuplicate.MatchString(s.words) ||
		aDelay.MatchString(status) || aDuplicate.MatchString(status) || s.between(200, 299) && status == ""
}

// provesDelivery: a readable 2xx with an id of a transaction, and no word of
// pending or a duplicate.
func (s seen) provesDelivery() bool {
	status := plain(s.fields.status())
	return s.between(200, 299) && s.unreadable == nil && s.hasID() && !s.fields.isNull("endedAt") &&
		!aDelay.MatchString(s.words) && !aDuplicate.MatchString(s.words) &&
		!aDelay.MatchString(status) && !aDuplicate.MatchString(status) && !strings.HasPrefix(status, "fail")
}

// Lengths of a shape's parts, in bytes.
const (
	maxWord = 40
	maxText = 160
)

var figures = regexp.MustCompile(`[0-9]+`)

// shape is what this answer has in common with others of its kind.
func (s seen) shape(row Row, hiding *veil) billing.Shape {
	shape := billing.Shape{
		Alone: row.Outcome, HTTPStatus: s.status,
		Status: hiding.hide(s.fields.status(), maxWord),
		Code:   hiding.hide(s.fields.text("vendorResponseCode"), maxCode),
	}
	if shape.Code == "" {
		text := s.fields.reason()
		if s.unreadable != nil {
			text = string(s.body)
		}
		shape.Text = cut(figures.ReplaceAllString(plain(hiding.hide(text, maxReason)), "#"), maxText)
	}
	return shape
}

func explainClassified(outcome billing.Outcome, fault billing.Fault) Sentence {
	en, es := toReseller(outcome, fault)
	ours := classifiedWords[outcome]
	blame := faultWords[fault]
	return Sentence{
		ResellerEN: en, ResellerES: es, Fault: fault,
		OperatorEN: "Classified by our operators: " + ours.english + blame.english + ".",
		OperatorES: "Clasificada por nuestros operadores: " + ours.spanish + blame.spanish + ".",
	}
}

type phrase struct{ english, spanish string }

var classifiedWords = map[billing.Outcome]phrase{
	delivered: {"delivered", "entregada"},
	refused:   {"refused", "rechazada"},
	unknown:   {"unknown", "por confirmar"},
}

var faultWords = map[billing.Fault]phrase{
	provider:              {", because of the provider or the carrier", ", por el proveedor o la operadora"},
	number:                {", because of the number", ", por el número"},
	billing.FaultReseller: {", because of the order itself", ", por la orden misma"},
	us:                    {", because of us", ", por nuestra causa"},
}
