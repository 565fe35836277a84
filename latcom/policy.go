package latcom

// The outcome policy: a table, read from the top; the first row that fits
// decides. What fits no row is unknown. The rows are in rows.go.

import (
	"slices"
	"strings"

	"latcom.example/latcom-billing/billing"
)

// PolicyVersion goes up whenever a row is added, moved or judged differently.
const PolicyVersion = 2

// Row is one line of the outcome policy: a shape of what was seen, what it
// proves, who is at fault and what to say.
type Row struct {
	Name    string // "answer.success": stored with each attempt, never renamed
	Outcome billing.Outcome
	Fault   billing.Fault
	English string // to the operator
	Spanish string

	fits func(seen) bool
}

// Final says whether the row ends the top-up by itself.
func (r Row) Final() bool {
	return r.Outcome == billing.OutcomeDelivered || r.Outcome == billing.OutcomeRefused
}

// Rows with a name that code looks for.
const (
	rowMalformed         = "send.malformed"
	rowCancelled         = "transport.cancelled"
	rowLoginAddress      = "login.address_refused"
	rowLoginRefused      = "login.refused"
	rowLoginFailed       = "login.failed"
	rowUnauthorized      = "answer.unauthorized"
	rowUnauthorizedTwice = "answer.unauthorized_twice"
	rowUnlisted          = "answer.refused_unlisted"
	rowOtherStatus       = "answer.other_status"
	rowOtherCode         = "answer.success_with_code"
	rowBare              = "answer.error_bare"
	rowUnclassified      = "unclassified"
)

// Policy lists the rows in the order in which they are read.
func Policy() []Row { return append([]Row(nil), table...) }

// NeedsClassification says whether an attempt that this row decided is to be
// listed for an operator: a refusal with a code nobody has seen, or an answer
// that came whole and of which the contract says nothing more than "unknown".
func NeedsClassification(row string) bool {
	return slices.Contains([]string{rowUnclassified, rowOtherStatus, rowOtherCode, rowBare}, row) || strings.HasPrefix(row, rowUnlisted)
}

// policy is a table; tests judge with others than ours.
type policy []Row

// judge finds the first row that fits. The last row of the table fits always;
// should it be missing, the answer is unknown all the same.
func (p policy) judge(s seen) Row {
	for _, row := range p {
		if row.fits(s) {
			return row
		}
	}
	return Row{Name: rowUnclassified, Outcome: billing.OutcomeUnknown, Fault: billing.FaultProvider}
}

// Sentence is what to say about a row. The reseller's sentences never name the
// provider.
type Sentence struct {
	ResellerEN, ResellerES string
	OperatorEN, OperatorES string
	Fault                  billing.Fault
}

// Explain gives the sentences of a row, or of what operators classified; false
// when there is no such row (one of an older version, say).
func Explain(row string) (Sentence, bool) {
	if outcome, fault, ok := billing.ReadClassifiedRow(row); ok {
		return explainClassified(outcome, fault), true
	}
	for _, r := range table {
		if r.Name == row {
			en, es := toReseller(r.Outcome, r.Fault)
			return Sentence{ResellerEN: en, ResellerES: es, OperatorEN: r.English, OperatorES: r.Spanish, Fault: r.Fault}, true
		}
	}
	return Sentence{}, false
}

// toReseller says no more than a reseller can act upon.
func toReseller(outcome billing.Outcome, fault billing.Fault) (english, spanish string) {
	switch {
	case outcome == billing.OutcomeDelivered:
		return "The top-up was delivered.", "La recarga fue entregada."
	case outcome == billing.OutcomeUnknown:
		return "It is not known yet whether the top-up was delivered. Its price stays held; do not order it again.",
			"Aún no se sabe si la recarga fue entregada. Su precio sigue retenido; no la pida otra vez."
	case outcome == billing.OutcomeNotSent:
		return "The top-up could not be sent. Nothing was charged.",
			"No fue posible enviar la recarga. No se cobró nada."
	case fault == billing.FaultNumber:
		return "The carrier does not accept this phone number. Nothing was charged.",
			"La operadora no acepta este número de teléfono. No se cobró nada."
	case fault == billing.FaultReseller:
		return "The carrier does not accept this order as it was made. Nothing was charged.",
			"La operadora no acepta esta orden tal como se hizo. No se cobró nada."
	case fault == billing.FaultUs:
		return "The top-up was refused for a reason on our side. Nothing was charged.",
			"La recarga fue rechazada por una causa nuestra. No se cobró nada."
	default:
		return "The carrier refused the top-up. Nothing was charged.",
			"La operadora rechazó la recarga. No se cobró nada."
	}
}
