package billing

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Reason is why an operator moved a customer's money.
type Reason string

// The reason codes, in the order in which a form offers them.
const (
	ReasonDeposit    Reason = "DEPOSIT"    // a transfer arrived
	ReasonCourtesy   Reason = "COURTESY"   // goodwill
	ReasonCorrection Reason = "CORRECTION" // a mistake put right
	ReasonRefund     Reason = "REFUND"     // money paid back to the customer
	ReasonFee        Reason = "FEE"        // a charge outside top-ups
	ReasonOpening    Reason = "OPENING"    // an opening balance
)

// Reasons lists every reason code.
func Reasons() []Reason {
	return []Reason{ReasonDeposit, ReasonCourtesy, ReasonCorrection, ReasonRefund, ReasonFee, ReasonOpening}
}

// AdjustmentState says whether an adjustment moved money.
type AdjustmentState string

// The states of an adjustment.
const (
	AdjustmentWaiting  AdjustmentState = "waiting"  // for a second operator; nothing moved
	AdjustmentPosted   AdjustmentState = "posted"   // its entry is in the ledger
	AdjustmentRejected AdjustmentState = "rejected" // a second operator said no
	AdjustmentExpired  AdjustmentState = "expired"  // nobody decided in time
)

// Adjustment is an operator's credit (amount above zero) or debit (below), in USD.
type Adjustment struct {
	ID           uuid.UUID       `db:"id"`
	CustomerID   int64           `db:"customer_id"`
	CustomerCode string          `db:"customer_code"`
	CustomerName string          `db:"customer_name"`
	Amount       USD             `db:"amount"`
	Reason       Reason          `db:"reason"`
	Note         string          `db:"note"`
	Proof        string          `db:"proof"` // an attachment's reference, may be empty
	State        AdjustmentState `db:"state"`
	RequestedBy  *int64          `db:"requested_by"` // operator; nil: the command line
	RequestedAt  time.Time       `db:"requested_at"`
	ExpiresAt    *time.Time      `db:"expires_at"` // of a waiting one
	DecidedBy    *int64          `db:"decided_by"`
	DecidedAt    *time.Time      `db:"decided_at"`
	Requester    string          `db:"requester"` // names, for people
	Decider      string          `db:"decider"`
	OneOperator  bool            `db:"one_operator"` // above the default limit without a second operator: approvals are off
	Reverses     *uuid.UUID      `db:"reverses"`     // the posted one that this one undoes
	Undoes       Reason          `db:"undoes"`       // the reason of that one; empty: it undoes none
	ReversedBy   *uuid.UUID      `db:"reversed_by"`  // the one that undoes it, or waits to
	Reversed     bool            `db:"reversed"`     // that one is posted
	ListID       *uuid.UUID      `db:"list_id"`      // the list that it is a line of, which is decided as one
	ListLine     *int            `db:"list_line"`    // in the file
	ListName     string          `db:"list_name"`    // the file's
}

// StateAt is its state at a moment: what waited too long is expired, whether or not
// somebody wrote that down yet.
func (a Adjustment) StateAt(now time.Time) AdjustmentState {
	if a.State == AdjustmentWaiting && a.ExpiresAt != nil && !a.ExpiresAt.After(now) {
		return AdjustmentExpired
	}
	return a.State
}

// Check says what is wrong with an adjustment before it is written, field by
// field; nil when nothing is.
func (a Adjustment) Check() error {
	wrong := ValidationError{}
	if a.Amount.Sign() == 0 {
		wrong["amount"] = "Enter an amount other than zero"
	}
	known := false
	for _, r := range Reasons() {
		known = known || r == a.Reason
	}
	if !known {
		wrong["reason"] = "Choose a reason"
	}
	if a.Reason == ReasonDeposit && a.Amount.Sign() < 0 {
		wrong["amount"] = "A deposit is above zero"
	}
	if strings.TrimSpace(a.Note) == "" {
		wrong["note"] = "Say in a few words why"
	}
	if len(a.Note) > 1000 {
		wrong["note"] = "Use 1,000 characters at most"
	}
	if len(a.Proof) > 200 {
		wrong["proof"] = "Use 200 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// NeedsApproval says whether an amount is above the limit (APPROVAL_LIMIT_USD);
// a limit of zero switches approvals off.
func (a Adjustment) NeedsApproval(limit USD) bool {
	return limit.Sign() > 0 && a.Amount.Abs().Cmp(limit) > 0
}

// ByOneOperator says whether an amount is above the default limit and waits for
// nobody, because limit is zero: approvals are switched off.
func (a Adjustment) ByOneOperator(limit USD) bool {
	return limit.Sign() == 0 && a.NeedsApproval(DefaultApprovalLimit)
}

// Reversal is the adjustment that undoes a posted one. One that is not posted, or
// undoes another itself, cannot be undone: ErrIllegalMove; one that is undone
// already is ErrAlreadyReversed.
func (a Adjustment) Reversal(id uuid.UUID, note, proof string) (Adjustment, error) {
	if a.State != AdjustmentPosted || a.Reverses != nil {
		return Adjustment{}, ErrIllegalMove
	}
	if a.ReversedBy != nil {
		return Adjustment{}, ErrAlreadyReversed
	}
	return Adjustment{
		ID: id, CustomerID: a.CustomerID, CustomerCode: a.CustomerCode, CustomerName: a.CustomerName,
		Amount: a.Amount.Neg(), Reason: ReasonCorrection, Note: note, Proof: proof, Reverses: &a.ID, Undoes: a.Reason,
	}, nil
}

// Facts is an adjustment in the audit log's words.
func (a Adjustment) Facts() map[string]string {
	facts := map[string]string{
		"amount": a.Amount.String(), "reason": string(a.Reason), "note": a.Note, "proof": a.Proof, "state": string(a.State),
	}
	if a.OneOperator {
		facts["one_operator"] = "true"
	}
	if a.Reverses != nil {
		facts["reverses"] = a.Reverses.String()
	}
	if a.ListID != nil {
		facts["list"], facts["line"] = a.ListID.String(), strconv.Itoa(*a.ListLine)
	}
	return facts
}
