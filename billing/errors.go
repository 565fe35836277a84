package billing

// The outcomes a caller may have to tell apart. Everything else is a fault of
// ours: it is logged, and shown as nothing more than "something went wrong".

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var (
	// ErrNotFound also stands for what belongs to another customer.
	ErrNotFound = errors.New("not found")
	// ErrReferenceReused: the customer used this reference for another phone or amount.
	ErrReferenceReused = errors.New("the reference was used for another phone or amount")
	// ErrAlreadySettled: the top-up's hold was captured or released before.
	ErrAlreadySettled = errors.New("the top-up is already settled")
	// ErrSuspended: the customer may not order.
	ErrSuspended = errors.New("the customer is suspended")
	// ErrKeyEnded: the API key of an order ended before it was accepted.
	ErrKeyEnded = errors.New("the API key has ended")
	// ErrIllegalMove: a top-up cannot go from its state to that one.
	ErrIllegalMove = errors.New("the top-up cannot make this move")
	// ErrNoRate: no exchange rate is in force.
	ErrNoRate = errors.New("no exchange rate is set")
	// ErrTaken: a name, code or key that must be unique is in use.
	ErrTaken = errors.New("already taken")
	// ErrOwnRequest: nobody approves what he asked for himself.
	ErrOwnRequest = errors.New("a second operator has to decide this")
	// ErrTooMany: what was asked for is more than can be counted in time.
	ErrTooMany = errors.New("more than can be counted in time")
	// ErrOwnMaking: nobody approves with an account that he made or reset himself.
	ErrOwnMaking = errors.New("who asked for this made or reset the account that decides")
	// ErrApprovesLater: the account was made or reset by breaking the glass and
	// approves only after its time.
	ErrApprovesLater = errors.New("this account does not approve yet")
	// ErrOvertaken: what a request would change was changed since it was asked for.
	ErrOvertaken = errors.New("what it is about was changed since")
	// ErrAlreadyReversed: the adjustment was undone before, or that is asked for.
	ErrAlreadyReversed = errors.New("this adjustment is already reversed")
	// ErrAlreadyDecided: the request was approved, rejected or expired before.
	ErrAlreadyDecided = errors.New("this request was already decided")
	// ErrPartOfList: an adjustment is a line of a list, which is decided as one.
	ErrPartOfList = errors.New("this is a line of a list, which is decided as one")
)

// InsufficientBalanceError refuses to hold or debit more than is available.
type InsufficientBalanceError struct{ Available, Needed USD }

func (e InsufficientBalanceError) Error() string {
	return fmt.Sprintf("available is %s USD, needed are %s USD", e.Available, e.Needed)
}

// CreditLimitError refuses a credit limit below what the customer owes, in USD.
type CreditLimitError struct{ Lowest USD }

func (e CreditLimitError) Error() string {
	return fmt.Sprintf("the customer owes %s USD: the credit limit cannot be lower", e.Lowest)
}

// AmountError refuses a face value that none of the customer's products has: they are
// the open range from Min to Max, inclusive, unless Max is zero, and the amounts of
// Fixed. All are MXN.
type AmountError struct {
	Min, Max MXN
	Fixed    []MXN
}

func (e AmountError) Error() string {
	amounts := make([]string, len(e.Fixed))
	for i, amount := range e.Fixed {
		amounts[i] = amount.String()
	}
	switch one := strings.Join(amounts, ", "); {
	case len(e.Fixed) == 0:
		return fmt.Sprintf("the amount must be from %s to %s MXN", e.Min, e.Max)
	case e.Max.Sign() == 0:
		return fmt.Sprintf("the amount must be one of %s MXN", one)
	default:
		return fmt.Sprintf("the amount must be from %s to %s or one of %s MXN", e.Min, e.Max, one)
	}
}

// DailyCapError refuses an order that would take what the customer spent on this
// business day, in USD, beyond its cap. RetryAfter is in seconds: the next day.
type DailyCapError struct {
	Cap, Spent, Needed USD
	RetryAfter         int
}

func (e DailyCapError) Error() string {
	return fmt.Sprintf("the daily cap is %s USD, spent today are %s USD, needed are %s USD", e.Cap, e.Spent, e.Needed)
}

// KeyCapError refuses an order that would take what its API key spent on this
// business day, in USD, beyond the key's cap. RetryAfter is in seconds: the next day.
type KeyCapError DailyCapError

func (e KeyCapError) Error() string { return "of the API key: " + DailyCapError(e).Error() }

// RecentlyToppedUpError refuses an order of the same phone and amount as one that is
// younger than the customer's guard. Override is the token with which it is taken all
// the same: once, within ten minutes, for this phone and amount alone.
type RecentlyToppedUpError struct {
	Earlier  TopUp
	Override string
}

func (e RecentlyToppedUpError) Error() string {
	return fmt.Sprintf("top-up %s of the same phone and amount is recent", e.Earlier.ID)
}

// PhoneError refuses a phone number; Problem says what is wrong with it.
type PhoneError struct{ Problem PhoneProblem }

func (e PhoneError) Error() string { return "phone: " + string(e.Problem) }

// UnavailableError refuses an order before anything is held, because it could
// not be sent in time. RetryAfter is in seconds.
type UnavailableError struct {
	Reason     string
	RetryAfter int
	Paused     bool // an operator stopped it, and Reason is his words
}

func (e UnavailableError) Error() string { return "unavailable: " + e.Reason }

// ValidationError says what is wrong with each field of a form, in words for
// the person who filled it in.
type ValidationError map[string]string

func (e ValidationError) Error() string {
	return "invalid fields: " + strings.Join(slices.Sorted(maps.Keys(e)), ", ")
}
