package billing

import (
	"fmt"
	"slices"
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
	VerdictStands       Verdict = "stands"        // final, and contradicted: close the case, nothing moves
)

// Verdicts lists them in the order in which a form offers them.
func Verdicts() []Verdict {
	return []Verdict{VerdictDelivered, VerdictNotDelivered, VerdictReverse, VerdictCharge, VerdictStands}
}

// Decidable refuses a verdict that does not fit a top-up with ErrIllegalMove. A
// charge wants evidence that the failed top-up was delivered, and only evidence
// against a final top-up can be closed without a correction.
func (v Verdict) Decidable(t TopUp, against []Contradiction) error {
	open := func(fits func(Contradiction) bool) bool {
		return slices.ContainsFunc(against, func(c Contradiction) bool { return c.ClosedAt == nil && fits(c) })
	}
	fits := false
	switch v {
	case VerdictDelivered, VerdictNotDelivered:
		fits = t.Status == StatusUnknown
	case VerdictReverse:
		fits = t.Status == StatusSucceeded
	case VerdictCharge:
		fits = t.Status == StatusFailed && open(func(c Contradiction) bool { return c.Outcome == OutcomeDelivered })
	case VerdictStands:
		fits = t.Status.Final() && open(func(Contradiction) bool { return true })
	}
	if !fits {
		return fmt.Errorf("%s about top-up %s, which is %s: %w", v, t.ID, t.Status, ErrIllegalMove)
	}
	return nil
}

// Effect is what a verdict does, to the cent.
type Effect struct {
	Entry  *Entry  // on the customer's account, in USD; nil: nothing moves there
	House  *Entry  // between the house's accounts, in MXN; nil: nothing moves there
	After  Balance // the customer's, afterwards
	Status Status  // the top-up's, afterwards
}

// Effect says what v does about t when the customer's account stands at b. More
// than is available is an InsufficientBalanceError; it asks no evidence (see
// Decidable).
func (v Verdict) Effect(t TopUp, b Balance) (Effect, error) {
	var entry Entry
	effect := Effect{After: b, Status: t.Status}
	switch v {
	case VerdictDelivered:
		effect.Status = StatusSucceeded
		entry, effect.After = b.Capture(t.ID, t.Price)
		if cost, ok := Cost(t.ID, t.Cost); ok {
			effect.House = &cost
		}
	case VerdictNotDelivered:
		effect.Status = StatusFailed
		entry, effect.After = b.Release(t.ID, t.Price)
	case VerdictReverse:
		effect.Status = StatusReversed
		entry, effect.After = b.Reverse(t.ID, t.Price)
	case VerdictCharge:
		var err error
		if entry, effect.After, err = b.Charge(t.ID, t.Price); err != nil {
			return effect, err
		}
	case VerdictStands:
		return effect, nil
	default:
		return effect, fmt.Errorf("verdict %q: %w", v, ErrIllegalMove)
	}
	effect.Entry = &entry
	return effect, nil
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
	OneOperator           bool           `db:"one_operator"` // decided by who proposed it: approvals are off
}

// Check says what is wrong with a proposal, field by field; nil when nothing is.
func (d Decision) Check() error {
	wrong := ValidationError{}
	if !slices.Contains(Verdicts(), d.Verdict) {
		wrong["verdict"] = "Choose what happened"
	}
	if !slices.Contains(DecisionReasons(), d.Reason) {
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

// SameProposal says whether d proposes what other did, by the same operator: a
// form that was sent twice.
func (d Decision) SameProposal(other Decision) bool {
	return d.TopUpID == other.TopUpID && d.Verdict == other.Verdict && d.Reason == other.Reason && d.Note == other.Note &&
		d.ProviderTransactionID == other.ProviderTransactionID && d.ProposedBy == other.ProposedBy
}

// Facts is a decision in the audit log's words.
func (d Decision) Facts() map[string]string {
	facts := map[string]string{
		"topup": d.TopUpID.String(), "verdict": string(d.Verdict), "reason": string(d.Reason), "note": d.Note,
		"provider_transaction_id": d.ProviderTransactionID,
	}
	if d.OneOperator {
		facts["one_operator"] = "true"
	}
	return facts
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
