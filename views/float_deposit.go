package views

// A deposit to the float before it is recorded, as it stands, and before it is undone.

import (
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// DepositForm is what was typed. ID was made with the form, so that sending it twice is harmless.
type DepositForm struct{ ID, Amount, Reference, Proof, Note string }

// NewDeposit is the form as a page, with what is wrong, by field; under "" what belongs to none.
type NewDeposit struct {
	Frame
	Form     DepositForm
	Problems map[string]string
	Now      FloatFigures
}

// DepositReview is a deposit with its effect, before it is recorded.
type DepositReview struct {
	Frame
	Form    DepositForm
	Deposit billing.FloatDeposit
	Now     FloatFigures
}

// DepositDetail is a deposit, or a correction, as it stands.
type DepositDetail struct {
	Frame
	Deposit billing.FloatDeposit
	MayUndo bool
}

// UndoDeposit asks whether a deposit is to be undone.
type UndoDeposit struct {
	Frame
	Deposit  billing.FloatDeposit
	Now      FloatFigures
	ID, Note string // of the form
	Problems map[string]string
	Problem  string // why it cannot be undone as things stand
}

// isAddress says whether a proof can be followed.
func isAddress(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}

// recorder is who recorded a deposit.
func recorder(r Reader, d billing.FloatDeposit) string {
	if d.Recorder == "" {
		return r.T("Sample data")
	}
	return d.Recorder
}

func depositBadge(r Reader, d billing.FloatDeposit) ui.Badge {
	switch {
	case d.Corrects != nil:
		return ui.Badge{Tone: "reversed", Icon: "undo-2", Text: r.T("Undoes a deposit")}
	case d.CorrectedBy != nil:
		return ui.Badge{Tone: "reversed", Icon: "undo-2", Text: r.T("Undone")}
	}
	return ui.Badge{Tone: "succeeded", Icon: "check", Text: r.T("Recorded")}
}

// floatEffect is what an amount does to the float: rows, and the last one as their sum.
func floatEffect(r Reader, now FloatFigures, amount billing.MXN) (rows []effectRow, sum effectRow) {
	after := now.Float
	after.Balance = after.Balance.Add(amount)
	row := func(name string, before, after billing.MXN) effectRow {
		line := effectRow{Name: name, Now: Money2(before.Decimal()), Change: Nothing, After: Money2(after.Decimal())}
		if change := after.Sub(before); change.Sign() != 0 {
			line.Change = Signed(change.Decimal(), 2)
		}
		return line
	}
	inFlight := effectRow{Name: r.T("In flight"), Now: moved(now.InFlight, minus), Change: Nothing, After: moved(now.InFlight, minus)}
	return []effectRow{row(r.T("Balance"), now.Balance, after.Balance), inFlight}, row(r.T("Left"), now.Left(), after.Left())
}

// lastsAfter is how long what is left lasts, before an amount came and after.
func lastsAfter(r Reader, now FloatFigures, amount billing.MXN) (before, after string) {
	then := now
	then.Known, then.Balance = true, then.Balance.Add(amount)
	if before = Nothing; now.Known {
		before = now.lasts(r)
	}
	return before, then.lasts(r)
}

func (d DepositDetail) title() string {
	if d.Deposit.Corrects != nil {
		return d.T("A deposit was undone")
	}
	return d.T("Deposit to the float")
}

func (d DepositDetail) facts() []ui.Definition {
	facts := []ui.Definition{
		{Term: d.T("Reference"), Text: d.Deposit.Reference, Mono: true}, {Term: d.T("Note"), Text: d.Deposit.Note},
	}
	if d.Deposit.Proof != "" {
		facts = append(facts, ui.Definition{Term: d.T("Proof"), Value: proof(d.Deposit.Proof)})
	}
	if d.Deposit.Corrects != nil {
		facts = append(facts, ui.Definition{Term: d.T("Undoes"), Value: link(DepositPath(d.Deposit.Corrects.String()), d.T("the deposit"))})
	}
	if d.Deposit.CorrectedBy != nil {
		facts = append(facts, ui.Definition{Term: d.T("Undone by"), Value: link(DepositPath(d.Deposit.CorrectedBy.String()), d.T("its correction"))})
	}
	return append(facts,
		ui.Definition{Term: d.T("Recorded by"), Text: recorder(d.Reader, d.Deposit)},
		ui.Definition{Term: d.T("Recorded"), Value: Moment(d.Reader, d.Deposit.RecordedAt)})
}
