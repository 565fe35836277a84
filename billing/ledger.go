package billing

// The ledger: every entry takes money from one account and gives it to another.

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Account is one side of an entry. AccountAvailable and AccountHeld belong to
// the entry's customer; the others are the house's.
type Account string

// The accounts of contract §3.
const (
	AccountAvailable   Account = "available"   // a customer's money that is free to spend
	AccountHeld        Account = "held"        // a customer's money reserved by open top-ups
	AccountDeposits    Account = "deposits"    // money received from customers, and sent to Latcom
	AccountAdjustments Account = "adjustments" // corrections by operators
	AccountRevenue     Account = "revenue"     // what customers paid for delivered top-ups
	AccountFloat       Account = "float"       // our prepaid money at Latcom, in MXN
	AccountCost        Account = "cost"        // what Latcom took for delivered top-ups, in MXN
	AccountLosses      Account = "losses"      // delivered and paid for by us
)

// EntryKind says why money moved. The database knows the shape of each kind.
type EntryKind string

// The kinds of entries.
const (
	EntryHold            EntryKind = "hold"             // available → held: a top-up was accepted
	EntryCapture         EntryKind = "capture"          // held → revenue: it was delivered
	EntryRelease         EntryKind = "release"          // held → available: it certainly was not
	EntryCost            EntryKind = "cost"             // float → cost, MXN: what Latcom took for it
	EntryReversal        EntryKind = "reversal"         // revenue → available: a succeeded top-up is given back
	EntryLoss            EntryKind = "loss"             // float → losses, MXN: Latcom delivered what we had released
	EntryCharge          EntryKind = "charge"           // available → revenue: the customer pays for that after all
	EntryDeposit         EntryKind = "deposit"          // deposits → available: a customer paid in
	EntryFloatDeposit    EntryKind = "float_deposit"    // deposits → float, MXN: money was sent to Latcom
	EntryFloatCorrection EntryKind = "float_correction" // float → deposits, MXN: it was not
	EntryAdjustment      EntryKind = "adjustment"       // adjustments ↔ available: an operator's correction; available → deposits: of a deposit
)

// Currency of an entry: a customer's money is USD, our float is MXN.
type Currency string

// The two currencies.
const (
	CurrencyUSD Currency = "USD"
	CurrencyMXN Currency = "MXN"
)

// Entry is one immutable line of the ledger. Amount is above zero and in
// Currency; BalanceAfter and HeldAfter are the customer's, in USD, after it.
type Entry struct {
	ID             int64           `db:"id"`
	Kind           EntryKind       `db:"kind"`
	Currency       Currency        `db:"currency"`
	Amount         decimal.Decimal `db:"amount"` // in Currency, with 4 decimals at most
	From           Account         `db:"from_account"`
	To             Account         `db:"to_account"`
	CustomerID     *int64          `db:"customer_id"` // nil when only the house's money moves
	TopUpID        *TopUpID        `db:"topup_id"`
	AdjustmentID   *uuid.UUID      `db:"adjustment_id"`
	FloatDepositID *uuid.UUID      `db:"float_deposit_id"`
	BalanceAfter   *USD            `db:"balance_after"`
	HeldAfter      *USD            `db:"held_after"`
	Number         *int64          `db:"number"` // 1, 2, … in the customer's account; it and the hashes are nil in the house's
	PreviousHash   *Hash           `db:"previous_hash"`
	Hash           *Hash           `db:"hash"`
	CreatedAt      time.Time       `db:"created_at"`
}

// Balance is a customer's account in USD. Only entries change Posted, Held and
// the end of the chain; each goes on from the Balance that the one before it left.
type Balance struct {
	CustomerID  int64 `db:"customer_id"`
	Posted      USD   `db:"balance"`      // what was paid in, less what was captured
	Held        USD   `db:"held"`         // reserved by top-ups that are not final
	CreditLimit USD   `db:"credit_limit"` // how far below zero the customer may go
	LastNumber  int64 `db:"last_number"`  // of the account's last entry; 0: there is none
	LastHash    Hash  `db:"last_hash"`    // of the same
}

// Available is what the customer can still spend: balance - held + credit limit.
func (b Balance) Available() USD { return b.Posted.Sub(b.Held).Add(b.CreditLimit) }

// Hold reserves the price of an accepted top-up. More than is available is an
// InsufficientBalanceError.
func (b Balance) Hold(id TopUpID, price USD) (Entry, Balance, error) {
	if price.Sign() <= 0 {
		return Entry{}, b, fmt.Errorf("hold for top-up %s: the price %s is not above zero", id, price)
	}
	if b.Available().Cmp(price) < 0 {
		return Entry{}, b, InsufficientBalanceError{Available: b.Available(), Needed: price}
	}
	e, after := b.post(price, Entry{Kind: EntryHold, From: AccountAvailable, To: AccountHeld, TopUpID: &id})
	return e, after, nil
}

// Capture turns the hold of a delivered top-up into a charge.
func (b Balance) Capture(id TopUpID, price USD) (Entry, Balance) {
	return b.post(price, Entry{Kind: EntryCapture, From: AccountHeld, To: AccountRevenue, TopUpID: &id})
}

// Release gives the hold of an undelivered top-up back.
func (b Balance) Release(id TopUpID, price USD) (Entry, Balance) {
	return b.post(price, Entry{Kind: EntryRelease, From: AccountHeld, To: AccountAvailable, TopUpID: &id})
}

// Cost is what Latcom took from our float for a delivered top-up, in MXN. ok is
// false when it took nothing: an entry of zero would say nothing.
func Cost(id TopUpID, cost MXN) (e Entry, ok bool) {
	return Entry{
		Kind: EntryCost, Currency: CurrencyMXN, Amount: cost.amount,
		From: AccountFloat, To: AccountCost, TopUpID: &id,
	}, cost.Sign() > 0
}

// Reverse gives the price of a succeeded top-up back.
func (b Balance) Reverse(id TopUpID, price USD) (Entry, Balance) {
	return b.post(price, Entry{Kind: EntryReversal, From: AccountRevenue, To: AccountAvailable, TopUpID: &id})
}

// Charge takes the price of a top-up that failed and was delivered after all.
// More than is available is an InsufficientBalanceError: a final answer to the
// reseller stands, so he is never overdrawn by it.
func (b Balance) Charge(id TopUpID, price USD) (Entry, Balance, error) {
	if b.Available().Cmp(price) < 0 {
		return Entry{}, b, InsufficientBalanceError{Available: b.Available(), Needed: price}
	}
	e, after := b.post(price, Entry{Kind: EntryCharge, From: AccountAvailable, To: AccountRevenue, TopUpID: &id})
	return e, after, nil
}

// Loss is what Latcom took for a top-up that we had released, in MXN.
func Loss(id TopUpID, cost MXN) (e Entry, ok bool) {
	e, ok = Cost(id, cost)
	e.Kind, e.To = EntryLoss, AccountLosses
	return e, ok
}

// Adjust posts an operator's adjustment: a deposit comes from the deposits
// account, and goes back there when it is undone; anything else comes from or goes
// to the adjustments account. A debit of more than is available is an
// InsufficientBalanceError.
func (b Balance) Adjust(a Adjustment) (Entry, Balance, error) {
	if a.Amount.Sign() < 0 && b.Available().Add(a.Amount).Sign() < 0 {
		return Entry{}, b, InsufficientBalanceError{Available: b.Available(), Needed: a.Amount.Abs()}
	}
	e := Entry{
		Kind: EntryAdjustment, From: AccountAdjustments, To: AccountAvailable, AdjustmentID: &a.ID,
	}
	switch {
	case a.Amount.Sign() < 0 && a.Undoes == ReasonDeposit:
		e.From, e.To = AccountAvailable, AccountDeposits
	case a.Amount.Sign() < 0:
		e.From, e.To = AccountAvailable, AccountAdjustments
	case a.Reason == ReasonDeposit:
		e.Kind, e.From = EntryDeposit, AccountDeposits
	}
	e, after := b.post(a.Amount.Abs(), e)
	return e, after, nil
}

// post fills in what every entry of a customer carries, and moves the balance.
func (b Balance) post(amount USD, e Entry) (Entry, Balance) {
	if e.From == AccountHeld {
		b.Held = b.Held.Sub(amount)
	}
	if e.To == AccountHeld {
		b.Held = b.Held.Add(amount)
	}
	ours := func(a Account) bool { return a == AccountAvailable || a == AccountHeld }
	switch {
	case ours(e.From) && !ours(e.To):
		b.Posted = b.Posted.Sub(amount)
	case ours(e.To) && !ours(e.From):
		b.Posted = b.Posted.Add(amount)
	}
	e.Amount, e.Currency, e.CustomerID = amount.amount, CurrencyUSD, &b.CustomerID
	e.BalanceAfter, e.HeldAfter = &b.Posted, &b.Held
	b.chain(&e)
	return e, b
}

// BalanceChange is what a customer's entry did to its balance, in USD; holds and
// releases leave it as it is.
func (e Entry) BalanceChange() USD {
	return e.moved(func(a Account) bool { return a == AccountAvailable || a == AccountHeld })
}

// HeldChange is what it did to what is held of that, in USD.
func (e Entry) HeldChange() USD {
	return e.moved(func(a Account) bool { return a == AccountHeld })
}

// moved is what came to these accounts, less what left them.
func (e Entry) moved(these func(Account) bool) (change USD) {
	if these(e.To) {
		change = change.Add(USD{e.Amount})
	}
	if these(e.From) {
		change = change.Sub(USD{e.Amount})
	}
	return change
}
