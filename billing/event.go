package billing

// Events: what customers' programs are told, in the very bytes that are signed.

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// EventType says what happened.
type EventType string

// The events.
const (
	EventTopUpSucceeded EventType = "topup.succeeded"
	EventTopUpFailed    EventType = "topup.failed"
	EventTopUpUnknown   EventType = "topup.unknown"
	EventTopUpReversed  EventType = "topup.reversed"
	EventBalanceLow     EventType = "balance.low"     // available fell below the customer's low threshold
	EventCreditAdjusted EventType = "credit.adjusted" // an adjustment was posted
	EventTest           EventType = "webhook.test"    // somebody asked for it; every endpoint hears it
)

// EventTypes are those that an endpoint chooses from.
func EventTypes() []EventType {
	return []EventType{EventTopUpSucceeded, EventTopUpFailed, EventTopUpUnknown, EventTopUpReversed, EventBalanceLow, EventCreditAdjusted}
}

// Event is the event of a top-up that came to a state; false: nobody is told of it.
func (s Status) Event() (EventType, bool) {
	return EventType("topup." + string(s)), s.Settled()
}

// EventID names an event, and is its webhook-id at every try: "evt_" and 26
// characters, as those of a top-up.
type EventID struct{ uuid.UUID }

// NewEventID makes an id that was never used.
func NewEventID() EventID { return EventID{uuid.Must(uuid.NewV7())} }

// String is "evt_01JP…".
func (id EventID) String() string { return "evt_" + crockford.EncodeToString(id.UUID[:]) }

// Event is something that happened to a customer.
type Event struct {
	ID         EventID   `db:"id"`
	CustomerID int64     `db:"customer_id"`
	Type       EventType `db:"type"`
	TopUpID    *TopUpID  `db:"topup_id"`
	Sequence   *int      `db:"sequence"` // 1, 2, … of its top-up; nil: of no top-up
	Body       string    `db:"body"`     // JSON, as it is signed and sent
}

type topUpFacts struct {
	ID          TopUpID `json:"id"`
	Reference   string  `json:"reference"`
	Status      Status  `json:"status"`
	Sequence    int     `json:"sequence"`
	FailureCode *string `json:"failure_code"`
}

// TopUpEvent is the sequence-th event of a top-up that came to its state at a moment.
func TopUpEvent(t TopUp, sequence int, at time.Time) (Event, error) {
	facts := topUpFacts{ID: t.ID, Reference: t.Reference, Status: t.Status, Sequence: sequence}
	if t.Status == StatusFailed {
		code := string(t.FailureCode)
		facts.FailureCode = &code
	}
	kind, told := t.Status.Event()
	if !told {
		return Event{}, fmt.Errorf("tell of top-up %s: nobody is told that it is %s", t.ID, t.Status)
	}
	e, err := newEvent(t.CustomerID, kind, at, facts)
	e.TopUpID, e.Sequence = &t.ID, &sequence
	return e, err
}

type lowFacts struct {
	Available string `json:"available"`
	Threshold string `json:"threshold"`
	Currency  string `json:"currency"`
}

// LowEvent tells that what is available fell below the customer's threshold, both in USD.
func LowEvent(after Balance, threshold USD, at time.Time) (Event, error) {
	return newEvent(after.CustomerID, EventBalanceLow, at, lowFacts{after.Available().String(), threshold.String(), string(CurrencyUSD)})
}

// Fell says whether what is available fell below a threshold from one balance to
// the next: it was not below before.
func Fell(before, after Balance, threshold USD) bool {
	return before.Available().Cmp(threshold) >= 0 && after.Available().Cmp(threshold) < 0
}

type adjustedFacts struct {
	ID        uuid.UUID `json:"id"`
	Amount    string    `json:"amount"`
	Reason    Reason    `json:"reason"`
	Available string    `json:"available"`
	Currency  string    `json:"currency"`
}

// AdjustedEvent tells of a posted adjustment, and what is available after it, in USD.
func AdjustedEvent(a Adjustment, after Balance, at time.Time) (Event, error) {
	return newEvent(a.CustomerID, EventCreditAdjusted, at,
		adjustedFacts{a.ID, a.Amount.String(), a.Reason, after.Available().String(), string(CurrencyUSD)})
}

type testFacts struct {
	ID      uuid.UUID `json:"id"`
	Message string    `json:"message"`
}

// TestEvent is what somebody has sent to an endpoint to try it.
func TestEvent(to WebhookEndpoint, at time.Time) (Event, error) {
	return newEvent(to.CustomerID, EventTest, at, testFacts{to.ID, "This is a test. Nothing happened to a top-up or to your credit."})
}

func newEvent(customerID int64, kind EventType, at time.Time, facts any) (Event, error) {
	body, err := json.Marshal(struct {
		Type      EventType `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      any       `json:"data"`
	}{kind, at.UTC(), facts})
	if err != nil {
		return Event{}, fmt.Errorf("write event %s: %w", kind, err)
	}
	return Event{ID: NewEventID(), CustomerID: customerID, Type: kind, Body: string(body)}, nil
}
