package views

// The words of decisions.

import "latcom.example/latcom-billing/billing"

// VerdictTitle is what was decided, in a few words.
func VerdictTitle(r Reader, verdict billing.Verdict) string {
	switch verdict {
	case billing.VerdictDelivered:
		return r.T("Delivered")
	case billing.VerdictNotDelivered:
		return r.T("Not delivered")
	case billing.VerdictReverse:
		return r.T("Reverse it")
	case billing.VerdictCharge:
		return r.T("Delivered after all: charge it")
	case billing.VerdictStands:
		return r.T("Leave it as it is")
	}
	return string(verdict)
}

// DecisionReasonWord is what a decision rests on.
func DecisionReasonWord(r Reader, reason billing.DecisionReason) string {
	switch reason {
	case billing.DecisionStatement:
		return r.T("Latcom’s statement")
	case billing.DecisionSubscriber:
		return r.T("The subscriber’s word")
	case billing.DecisionSupport:
		return r.T("Latcom’s support")
	case billing.DecisionInquiry:
		return r.T("An inquiry at Latcom")
	case billing.DecisionAgreement:
		return r.T("Agreed with the customer")
	case billing.DecisionMistake:
		return r.T("An earlier decision was wrong")
	}
	return string(reason)
}

// againstHead is what evidence against a final top-up says.
func againstHead(r Reader, outcome billing.Outcome) string {
	switch outcome {
	case billing.OutcomeDelivered:
		return r.T("Later evidence says: delivered")
	case billing.OutcomeRefused:
		return r.T("Later evidence says: refused")
	default:
		return r.T("Later evidence says: never sent")
	}
}

// What billing says about a wrong decision, in English: marked here, so that the catalogue holds its Spanish.
var _ = []string{
	Term("Choose what happened"),
	Term("Say in a few words what you saw"),
	Term("Use 64 characters at most"),
	Term("Say why you disagree"),
}
