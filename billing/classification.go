package billing

// What operators say about answers that the outcome policy does not know: for the
// future only. Nothing that is past changes.

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Shape is what makes two answers of Latcom the same kind of answer.
type Shape struct {
	Alone      Outcome `json:"alone"` // what the policy makes of it without operators: refused or unknown
	HTTPStatus int     `json:"http"`
	Status     string  `json:"status"` // the answer's own word, in small letters; empty: none
	Code       string  `json:"code"`   // vendorResponseCode; empty: none
	Text       string  `json:"text"`   // what it says, plain and with # for figures; only where there is no code
}

// Key writes a shape: two are the same when their keys are. No shape is "".
func (s Shape) Key() string {
	if s == (Shape{}) {
		return ""
	}
	key, err := json.Marshal(s)
	if err != nil {
		panic("billing: a number and three strings always marshal: " + err.Error())
	}
	return string(key)
}

// ParseShape reads a key.
func ParseShape(key string) (Shape, error) {
	var s Shape
	if err := json.Unmarshal([]byte(key), &s); err != nil {
		return s, fmt.Errorf("read the shape of an answer: %w", err)
	}
	if s.Key() != key {
		return s, fmt.Errorf("the shape of an answer is not written as we write it: %.100q", key)
	}
	return s, nil
}

// ClassificationState says how far a classification is.
type ClassificationState string

// The states of a classification. One in force may have been replaced by a later
// one about the same shape.
const (
	ClassificationWaiting  ClassificationState = "waiting" // for a second operator
	ClassificationInForce  ClassificationState = "in_force"
	ClassificationRejected ClassificationState = "rejected"
)

// Classification says what later answers of a shape mean.
type Classification struct {
	ID        uuid.UUID `db:"id"`     // made with the form, so that sending it twice is harmless
	Number    int64     `db:"number"` // what an answer that it decided names it by
	ShapeKey  string    `db:"shape"`  // Shape.Key
	Was       Outcome   `db:"was"`    // what the policy alone makes of it: refused or unknown
	Outcome   Outcome   `db:"outcome"`
	Fault     Fault     `db:"fault"`
	Note      string    `db:"note"`
	ExampleID int64     `db:"example_id"` // the attempt that it was made from

	ProposedBy int64               `db:"proposed_by"`
	ProposedAt time.Time           `db:"proposed_at"`
	State      ClassificationState `db:"state"`
	DecidedBy  *int64              `db:"decided_by"`
	DecidedAt  *time.Time          `db:"decided_at"`
	Objection  string              `db:"objection"`
	Proposer   string              `db:"proposer"` // names, for people
	Decider    string              `db:"decider"`
}

// About makes c be about the answer of an attempt: its shape, and what the policy
// alone makes of it. An answer that nobody has to classify is ErrNotFound.
func (c *Classification) About(a Attempt) error {
	if a.Shape == "" {
		return fmt.Errorf("the answer to attempt %d is known: %w", a.ID, ErrNotFound)
	}
	shape, err := ParseShape(a.Shape)
	if err != nil {
		return err
	}
	c.ExampleID, c.ShapeKey, c.Was = a.ID, a.Shape, shape.Alone
	return nil
}

// NeedsSecond says whether a second operator has to confirm it: it ends top-ups
// that would wait for one otherwise.
func (c Classification) NeedsSecond() bool {
	return c.Was == OutcomeUnknown && c.Outcome != OutcomeUnknown
}

// ClassifiableOutcomes are those that an answer may be classified as which the
// policy alone takes for was. A refusal never becomes a delivery, and nothing
// becomes "not sent": that would send it again.
func ClassifiableOutcomes(was Outcome) []Outcome {
	switch was {
	case OutcomeRefused:
		return []Outcome{OutcomeRefused, OutcomeUnknown}
	case OutcomeUnknown:
		return []Outcome{OutcomeUnknown, OutcomeRefused, OutcomeDelivered}
	default:
		return nil
	}
}

// ClassifiableFaults are those that go with an outcome.
func ClassifiableFaults(outcome Outcome) []Fault {
	if outcome == OutcomeDelivered {
		return []Fault{FaultNone}
	}
	return []Fault{FaultProvider, FaultNumber, FaultReseller, FaultUs}
}

// Check says what is wrong with a classification, field by field; nil when
// nothing is.
func (c Classification) Check() error {
	wrong := ValidationError{}
	if !slices.Contains(ClassifiableOutcomes(c.Was), c.Outcome) {
		wrong["outcome"] = "Choose what such an answer means"
	} else if !slices.Contains(ClassifiableFaults(c.Outcome), c.Fault) {
		wrong["fault"] = "Choose who is at fault"
	}
	if strings.TrimSpace(c.Note) == "" {
		wrong["note"] = "Say in a few words how you know"
	}
	if len(c.Note) > 1000 {
		wrong["note"] = "Use 1,000 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// SameProposal says whether c proposes what other did, by the same operator: a
// form that was sent twice.
func (c Classification) SameProposal(other Classification) bool {
	return c.ShapeKey == other.ShapeKey && c.Outcome == other.Outcome && c.Fault == other.Fault && c.Note == other.Note &&
		c.ProposedBy == other.ProposedBy
}

// Row is what an answer that c decided names instead of a row of the policy.
func (c Classification) Row() string {
	return fmt.Sprintf("classified.%s.%s#%d", c.Outcome, c.Fault, c.Number)
}

// ReadClassifiedRow reads what Row wrote; false for a row of the policy.
func ReadClassifiedRow(row string) (outcome Outcome, fault Fault, ok bool) {
	said, ok := strings.CutPrefix(row, "classified.")
	if !ok {
		return "", "", false
	}
	said, _, _ = strings.Cut(said, "#")
	before, after, ok := strings.Cut(said, ".")
	return Outcome(before), Fault(after), ok
}

// Facts is a classification in the audit log's words.
func (c Classification) Facts() map[string]string {
	return map[string]string{
		"shape": c.ShapeKey, "was": string(c.Was), "outcome": string(c.Outcome), "fault": string(c.Fault), "note": c.Note,
	}
}
