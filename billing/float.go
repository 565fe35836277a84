package billing

// The float: our own prepaid money at Latcom, in MXN. No call of Latcom's tells
// it, so it is kept by our own ledger.

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Float is what our money at Latcom stands at. Unless a deposit was recorded
// nothing is known of it, and nothing may be made of its figures.
type Float struct {
	Known    bool `db:"known"`     // a first deposit is recorded
	Balance  MXN  `db:"balance"`   // deposits, less what Latcom took
	InFlight MXN  `db:"in_flight"` // cost of the top-ups that are not final: counted as spent
}

// Left is what further orders can be made from.
func (f Float) Left() MXN { return f.Balance.Sub(f.InFlight) }

// FloatDeposit is money that was sent to Latcom, as an operator recorded it
// (amount above zero, in MXN), or the correction of one (below).
type FloatDeposit struct {
	ID          uuid.UUID  `db:"id"`
	Amount      MXN        `db:"amount"`
	Reference   string     `db:"reference"` // of the transfer
	Proof       string     `db:"proof"`     // an attachment's reference, may be empty
	Note        string     `db:"note"`
	Corrects    *uuid.UUID `db:"corrects"` // the deposit that this one undoes
	RecordedBy  *int64     `db:"recorded_by"`
	RecordedAt  time.Time  `db:"recorded_at"`
	Recorder    string     `db:"recorder"`     // a name, for people
	CorrectedBy *uuid.UUID `db:"corrected_by"` // the one that undoes it
}

// Check says what is wrong with a deposit, field by field; nil when nothing is.
func (d FloatDeposit) Check() error {
	wrong := ValidationError{}
	if d.Corrects == nil && d.Amount.Sign() <= 0 {
		wrong["amount"] = "Write an amount above zero"
	}
	if d.Amount.amount.Abs().GreaterThan(maxDeposit) {
		wrong["amount"] = "Write less than ten thousand million"
	}
	switch reference := strings.TrimSpace(d.Reference); {
	case reference == "":
		wrong["reference"] = "Write the reference of the transfer"
	case len(reference) > 100:
		wrong["reference"] = "Use 100 characters at most"
	}
	if strings.TrimSpace(d.Note) == "" {
		wrong["note"] = "Say in a few words what it was for"
	}
	if len(d.Note) > 1000 {
		wrong["note"] = "Use 1,000 characters at most"
	}
	if len(d.Proof) > 200 {
		wrong["proof"] = "Use 200 characters at most"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// maxDeposit is what NUMERIC(12,2) holds.
var maxDeposit = decimal.RequireFromString("9999999999.99")

// Entry is what a deposit or its correction posts, in MXN.
func (d FloatDeposit) Entry() Entry {
	e := Entry{
		Kind: EntryFloatDeposit, Currency: CurrencyMXN, Amount: d.Amount.amount.Abs(),
		From: AccountDeposits, To: AccountFloat, FloatDepositID: &d.ID,
	}
	if d.Corrects != nil {
		e.Kind, e.From, e.To = EntryFloatCorrection, AccountFloat, AccountDeposits
	}
	return e
}

// Correction undoes d, the whole of it.
func (d FloatDeposit) Correction(id uuid.UUID, note string) FloatDeposit {
	return FloatDeposit{ID: id, Amount: MXN{d.Amount.amount.Neg()}, Reference: d.Reference, Note: note, Corrects: &d.ID}
}

// Same says whether d records what other did: a form that was sent twice.
func (d FloatDeposit) Same(other FloatDeposit) bool {
	same := d.Corrects == nil && other.Corrects == nil || d.Corrects != nil && other.Corrects != nil && *d.Corrects == *other.Corrects
	return same && d.Amount.Cmp(other.Amount) == 0 && d.Reference == other.Reference && d.Proof == other.Proof && d.Note == other.Note
}

// Facts is a deposit in the audit log's words.
func (d FloatDeposit) Facts() map[string]string {
	facts := map[string]string{"amount": d.Amount.String(), "currency": "MXN", "reference": d.Reference, "proof": d.Proof, "note": d.Note}
	if d.Corrects != nil {
		facts["corrects"] = d.Corrects.String()
	}
	return facts
}

// FloatRunway is how long what is left lasts if lastHour's spending goes on:
// NoRunway when nothing was spent, 0 when nothing is left.
func FloatRunway(left, lastHour MXN) time.Duration {
	switch {
	case left.Sign() <= 0:
		return 0
	case lastHour.Sign() <= 0:
		return NoRunway
	}
	return lasts(left.amount, lastHour.amount, time.Hour)
}
