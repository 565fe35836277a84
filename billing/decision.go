package billing

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// Verdict is what two operators decide about a top-up.
type Verdict string

// The verdicts, and the state of a top-up that each is about.
const (
	VerdictDelivered    Verdict = "delivered"     // unknown: capture the hold
	VerdictNotDelivered Verdict = "not_delivered" // unknown: release the hold
	VerdictReverse      Verdict = "reverse"       // succeeded: give the price back
	VerdictCharge       Verdict = "charge"        // failed, but delivered after all: take the price
)

// About is the state in which a top-up has to be for the verdict.
func (v Verdict) About() Status {
	switch v {
	case VerdictDelivered, VerdictNotDelivered:
		return StatusUnknown
	case VerdictReverse:
		return StatusSucceeded
	case VerdictCharge:
		return StatusFailed
	default:
		return ""
	}
}

// DecisionReason says what a decision rests on.
type DecisionReason string

// What a decision can rest on, in the order in which a form offers it.
const (
	DecisionStatement  DecisionReason = "STATEMENT"  // on (or not on) Latcom's statement
	DecisionSubscriber DecisionReason = "SUBSCRIBER" // the subscriber confirmed it
	DecisionSupport    DecisionReason = "SUPPORT"    // Latcom's support confirmed it
	DecisionInquiry    DecisionReason = "INQUIRY"    // an inquiry at Latcom
	DecisionAgreement  DecisionReason = "AGREEMENT"  // agreed with the customer
	DecisionMistake    DecisionReason = "MISTAKE"    // an earlier decision was wrong
)

// DecisionReasons lists every reason.
func DecisionReasons() []DecisionReason {
	return []DecisionReason{DecisionStatement, DecisionSubscriber, DecisionSupport, DecisionInquiry, DecisionAgreement, DecisionMistake}
}

// DecisionState says how far a decision is.
type DecisionState string

// The states of a decision. Overtaken: evidence settled the top-up before the
// second operator did.
const (
	DecisionWaiting   DecisionState = "waiting"
	DecisionConfirmed DecisionState = "confirmed"
	DecisionRejected  DecisionState = "rejected"
	DecisionOvertaken DecisionState = "overtaken"
)

// Decision is one operator's proposal about a top-up, and another's word on it.
type Decision struct {
	ID                    uuid.UUID      `db:"id"`
	TopUpID               TopUpID        `db:"topup_id"`
	Verdict               Verdict        `db:"verdict"`
	Reason                DecisionReason `db:"reason"`
	Note                  string         `db:"note"`
	ProviderTransactionID string         `db:"provider_transaction_id"` // Latcom's id, if somebody has it
	State                 DecisionState  `db:"state"`
	ProposedBy            int64          `db:"proposed_by"`
	ProposedAt            time.Time      `db:"proposed_at"`
	DecidedBy             *int64         `db:"decided_by"`
	DecidedAt             *time.Time     `db:"decided_at"`
	Objection             string         `db:"objection"` // of who rejected it
	Proposer              string         `db:"proposer"`  // names, for people
	Decider               string         `db:"decider"`
}

// Check says what is wrong with a proposal, field by field; nil when nothing is.
func (d Decision) Check() error {
	wrong := ValidationError{}
	if d.Verdict.About() == "" {
		wrong["verdict"] = "Choose what happened"
	}
	known := false
	for _, r := range DecisionReasons() {
		known = known || r == d.Reason
	}
	if !known {
		wrong["reason"] = "Choose a reason"
	}
	if strings.TrimSpace(d.Note) == "" {
		wrong["note"] = "Say in a few words what you saw"
	}
	if len(d.Note) > 1000 {
		wrong["note"] = "Use 1,000 characters at most"
	}
	if len(d.ProviderTransactionID) > 64 {
		wrong["provider_transaction_id"] = "Use 64 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// Facts is a decision in the audit log's words.
func (d Decision) Facts() map[string]string {
	return map[string]string{
		"topup": d.TopUpID.String(), "verdict": string(d.Verdict), "reason": string(d.Reason), "note": d.Note,
		"provider_transaction_id": d.ProviderTransactionID,
	}
}

// Contradiction is evidence against a final top-up.
type Contradiction struct {
	ID         int64      `db:"id"`
	TopUpID    TopUpID    `db:"topup_id"`
	At         time.Time  `db:"at"`
	Status     Status     `db:"status"`  // what it contradicts
	Outcome    Outcome    `db:"outcome"` // what it says
	Evidence   string     `db:"evidence"`
	ClosedAt   *time.Time `db:"closed_at"`
	ClosedNote string     `db:"closed_note"`
}
