package views

// Answers that nobody has classified, and what operators say that later ones mean.

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// Classifications is the list: what is open, what waits, what was recorded.
type Classifications struct {
	Frame
	Open     []UnclassifiedAnswer
	Recorded []billing.Classification // the newest first
	May      bool
}

// UnclassifiedAnswer is a kind of answer that nobody has classified.
type UnclassifiedAnswer struct {
	Shape       billing.Shape
	Times       int
	Many        bool // it was not counted further
	First, Last time.Time
	Attempt     int64  // the last one with such an answer
	TopUp       string // its top-up
	Reason      string // its words
	Waiting     bool   // a proposal waits for a second operator
}

// ClassifyForm is what was typed. ID was made with the form, so that sending it twice is harmless.
type ClassifyForm struct{ ID, Attempt, Outcome, Fault, Note string }

// Classify is the form, and its review, about the answer of one attempt.
type Classify struct {
	Frame
	Form      ClassifyForm
	Problems  map[string]string
	Shape     billing.Shape
	Reason    string // the answer's own words
	Wire      string // the answer
	TopUps    []ClassifiedTopUp
	Proposal  billing.Classification // in the review
	Sentences billing.Explanation    // in the review
	Others    []string               // who can confirm it
}

// ClassifiedTopUp is a top-up that got such an answer.
type ClassifiedTopUp struct {
	ID, Phone, Customer string
	Status              billing.Status
	At                  time.Time
}

// ClassificationDetail is one that was recorded, with the second operator's form where it waits.
type ClassificationDetail struct {
	Frame
	Classification billing.Classification
	Shape          billing.Shape
	Sentences      billing.Explanation
	TopUp          string // of the example
	May, Own       bool
	Others         []string
	Objection      string
	Problems       map[string]string
	Problem        string
}

// shapeWords is what the answers of a kind have in common, as they were on the wire.
func shapeWords(s billing.Shape) string {
	parts := []string{"HTTP " + strconv.Itoa(s.HTTPStatus), s.Status, s.Code, s.Text}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, " · ")
}

// times is how often it was seen.
func (a UnclassifiedAnswer) times() string {
	if a.Many {
		return Integer(a.Times) + "+"
	}
	return Integer(a.Times)
}

// words are the answer's own, or what it has in common with others.
func (a UnclassifiedAnswer) words(r Reader) string {
	if a.Reason == "" {
		return r.T("Without words")
	}
	return a.Reason
}

// takenFor is what the policy makes of such an answer without operators.
func takenFor(r Reader, outcome billing.Outcome) string {
	if outcome == billing.OutcomeRefused {
		return r.T("Refused: the top-up fails, the hold is released")
	}
	return r.T("Unknown: the top-up waits at the desk, the hold stays")
}

func (c Classify) outcomes() ui.Choices {
	choices := ui.Choices{Name: "outcome", Legend: c.T("What such an answer means"), Value: c.Form.Outcome, Error: c.Problems["outcome"]}
	for _, outcome := range billing.ClassifiableOutcomes(c.Shape.Alone) {
		choice := ui.Choice{Value: string(outcome)}
		switch outcome {
		case billing.OutcomeDelivered:
			choice.Label, choice.Effect = c.T("Delivered"), c.T("Final: the customer pays. Only where the answer carries a transaction id")
		case billing.OutcomeRefused:
			choice.Label, choice.Effect = c.T("Refused"), c.T("Final: the customer pays nothing. Not where signs of a delivery are in the answer")
		default:
			choice.Label, choice.Effect = c.T("Unknown|outcome"), c.T("Not final: evidence or two operators settle each one")
		}
		choices.Options = append(choices.Options, choice)
	}
	return choices
}

func (c Classify) faults() []ui.Option {
	options := []ui.Option{{Label: c.T("Nobody: it was delivered")}}
	for _, fault := range billing.ClassifiableFaults(billing.OutcomeRefused) {
		options = append(options, ui.Option{Value: string(fault), Label: FaultWord(c.Reader, fault)})
	}
	return options
}

// meaning are the facts of a classification.
func meaning(r Reader, c billing.Classification, shape billing.Shape) []ui.Definition {
	final := r.T("No: evidence or two operators settle each one")
	if c.Outcome != billing.OutcomeUnknown {
		final = r.T("Yes: the top-up ends with the answer")
	}
	return []ui.Definition{
		{Term: r.T("Answer"), Text: shapeWords(shape), Mono: true},
		{Term: r.T("So far"), Text: takenFor(r, c.Was)},
		{Term: r.T("From now on"), Value: Outcome(r, string(c.Outcome))},
		{Term: r.T("At fault"), Text: FaultWord(r, c.Fault)},
		{Term: r.T("Final"), Text: final},
		{Term: r.T("Note"), Text: c.Note},
	}
}

func classificationBadge(r Reader, state billing.ClassificationState) ui.Badge {
	switch state {
	case billing.ClassificationWaiting:
		return ui.Badge{Tone: "sending", Icon: "hourglass", Text: r.T("Waits for a second operator")}
	case billing.ClassificationInForce:
		return ui.Badge{Tone: "succeeded", Icon: "check", Text: r.T("In force")}
	case billing.ClassificationRejected:
		return ui.Badge{Tone: "failed", Icon: "x", Text: r.T("Rejected")}
	}
	return ui.Badge{Tone: "queued", Icon: "info", Text: string(state)}
}

// shapeOf reads the shape of a recorded one; one that cannot be read shows its key.
func shapeOf(key string) string {
	shape, err := billing.ParseShape(key)
	if err != nil {
		return key
	}
	return shapeWords(shape)
}

// by tells who recorded a classification, and who confirmed or rejected it.
func by(c billing.Classification) string {
	if c.Decider == "" {
		return c.Proposer
	}
	return c.Proposer + ", " + c.Decider
}
