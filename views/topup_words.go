package views

// The words of top-ups that both the back office and customers read: none of them names the provider.

import (
	"time"

	"latcom.example/latcom-billing/billing"
)

// FailureWord says why a top-up failed.
func FailureWord(r Reader, code billing.FailureCode) string {
	switch code {
	case billing.FailureRefused:
		return r.T("Refused by the carrier")
	case billing.FailureUnreachable:
		return r.T("The carrier could not be reached")
	case billing.FailureExpired:
		return r.T("Expired before it was sent")
	case billing.FailureCancelled:
		return r.T("Cancelled before it was sent")
	case billing.FailureNotDelivered:
		return r.T("Not delivered, as the evidence shows")
	}
	return string(code)
}

// PhoneProblemWord says what is wrong with a phone number, and the way out.
func PhoneProblemWord(r Reader, problem billing.PhoneProblem) string {
	switch problem {
	case billing.PhoneTooShort:
		return r.T("Digits are missing: a Mexican number has 10")
	case billing.PhoneTooLong:
		return r.T("Too many digits: a Mexican number has 10")
	case billing.PhoneForeign:
		return r.T("Not a Mexican number")
	}
	return r.T("Not a phone number: a Mexican one has 10 digits")
}

// EntryWord is what an entry of the ledger is called.
func EntryWord(r Reader, kind billing.EntryKind) string {
	switch kind {
	case billing.EntryHold:
		return r.T("Hold")
	case billing.EntryCapture:
		return r.T("Capture")
	case billing.EntryRelease:
		return r.T("Release")
	case billing.EntryCost:
		return r.T("Cost")
	case billing.EntryDeposit:
		return r.T("Deposit")
	case billing.EntryAdjustment:
		return r.T("Adjustment")
	case billing.EntryReversal:
		return r.T("Reversal")
	case billing.EntryCharge:
		return r.T("Later charge")
	case billing.EntryLoss:
		return r.T("Loss")
	case billing.EntryFloatDeposit:
		return r.T("Deposit to the float")
	case billing.EntryFloatCorrection:
		return r.T("Deposit to the float undone")
	}
	return string(kind)
}

// AccountWord is one side of an entry.
func AccountWord(r Reader, account billing.Account) string {
	switch account {
	case billing.AccountAvailable:
		return r.T("Available")
	case billing.AccountHeld:
		return r.T("Held")
	case billing.AccountDeposits:
		return r.T("Deposits")
	case billing.AccountAdjustments:
		return r.T("Adjustments")
	case billing.AccountRevenue:
		return r.T("Charged")
	case billing.AccountFloat:
		return r.T("Float")
	case billing.AccountCost:
		return r.T("Cost")
	case billing.AccountLosses:
		return r.T("Losses")
	}
	return string(account)
}

// took is how long a top-up took from its acceptance to its end.
func took(r Reader, t billing.TopUp) string {
	if t.CompletedAt == nil {
		return Nothing
	}
	return r.Duration(t.CompletedAt.Sub(t.CreatedAt))
}

// openSince is from when the age of a top-up that has not ended is counted.
func openSince(t billing.TopUp) time.Time {
	if t.Status == billing.StatusSending && t.FirstSentAt != nil {
		return *t.FirstSentAt
	}
	return t.CreatedAt
}
