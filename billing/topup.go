package billing

// A top-up, its states and the moves between them (contract §2).

import (
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TopUpID names a top-up. It is a version 7 UUID made by us, and is written
// "tu_" and 26 characters of Crockford's base 32.
type TopUpID struct{ uuid.UUID }

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewTopUpID makes an id that was never used.
func NewTopUpID() TopUpID { return TopUpID{uuid.Must(uuid.NewV7())} }

// String is "tu_01JP…".
func (id TopUpID) String() string { return "tu_" + crockford.EncodeToString(id.UUID[:]) }

// AppendText writes String after to.
func (id TopUpID) AppendText(to []byte) ([]byte, error) {
	return crockford.AppendEncode(append(to, "tu_"...), id.UUID[:]), nil
}

// MarshalText writes String.
func (id TopUpID) MarshalText() ([]byte, error) { return id.AppendText(nil) }

// UnmarshalText reads what MarshalText wrote.
func (id *TopUpID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseTopUpID(string(text))
	return err
}

// ParseTopUpID reads what String wrote. Anything else names nothing: ErrNotFound.
func ParseTopUpID(s string) (TopUpID, error) {
	code, ours := strings.CutPrefix(s, "tu_")
	b, err := crockford.DecodeString(code)
	if !ours || err != nil || len(b) != 16 || crockford.EncodeToString(b) != code {
		return TopUpID{}, fmt.Errorf("top-up %.40q: %w", s, ErrNotFound)
	}
	return TopUpID{uuid.UUID(b)}, nil
}

// Status is where a top-up stands.
type Status string

// The states of a top-up. Queued, sending and unknown are open: their price is held.
const (
	StatusQueued    Status = "queued"
	StatusSending   Status = "sending"
	StatusSucceeded Status = "succeeded"
	StatusFailed    Status = "failed"
	StatusUnknown   Status = "unknown"
	StatusReversed  Status = "reversed"
)

// Statuses lists them in the order of a top-up's life.
func Statuses() []Status {
	return []Status{StatusQueued, StatusSending, StatusSucceeded, StatusFailed, StatusUnknown, StatusReversed}
}

var moves = map[Status][]Status{
	StatusQueued:    {StatusSending, StatusFailed},
	StatusSending:   {StatusQueued, StatusSucceeded, StatusFailed, StatusUnknown},
	StatusUnknown:   {StatusSucceeded, StatusFailed},
	StatusSucceeded: {StatusReversed},
}

// CanMove says whether a top-up may go from s to next. The database refuses the
// same moves by a trigger of its own.
func (s Status) CanMove(next Status) bool { return slices.Contains(moves[s], next) }

// Final says whether s is an answer that stands.
func (s Status) Final() bool {
	return s == StatusSucceeded || s == StatusFailed || s == StatusReversed
}

// Settled says whether nobody has to wait for s to change soon: it is final, or
// unknown, which no clock ends.
func (s Status) Settled() bool { return s.Final() || s == StatusUnknown }

// FailureCode says why a top-up failed, in the reseller's words.
type FailureCode string

// Why a top-up fails.
const (
	FailureRefused      FailureCode = "refused"              // the provider said no
	FailureUnreachable  FailureCode = "provider_unreachable" // never sent, within TOPUP_RETRY_WINDOW
	FailureExpired      FailureCode = "expired"              // never sent, within TOPUP_MAX_WAIT
	FailureCancelled    FailureCode = "cancelled"            // cancelled before it was sent
	FailureNotDelivered FailureCode = "not_delivered"        // settled by evidence or by two operators
)

// TopUp is one order of airtime for one phone.
type TopUp struct {
	ID           TopUpID         `db:"id"`
	CustomerID   int64           `db:"customer_id"`
	CustomerCode string          `db:"customer_code"`
	CustomerName string          `db:"customer_name"`
	Reference    string          `db:"reference"` // the reseller's, unique for the customer for ever
	Phone        Phone           `db:"phone"`
	Amount       MXN             `db:"amount"` // face value
	Status       Status          `db:"status"`
	Price        USD             `db:"price"` // held, and charged when delivered
	Rate         Rate            `db:"rate"`
	Discount     Fraction        `db:"discount"`
	Product      string          `db:"product"`
	Sent         MXN             `db:"sent"`         // on Latcom's wire
	Expected     MXN             `db:"expected"`     // should arrive on the phone
	Cost         MXN             `db:"cost"`         // from our float at Latcom
	DistTransID  string          `db:"dist_transid"` // ours on Latcom's wire, random, the same on every attempt
	Metadata     json.RawMessage `db:"metadata"`     // the reseller's, an object or null
	APIKeyID     *int64          `db:"api_key_id"`
	APIKeyHint   string          `db:"api_key_hint"` // "lb_live_…k7Q2"
	FromAddress  string          `db:"from_address"` // the client's IP address

	FailureCode   FailureCode `db:"failure_code"`
	FailureReason string      `db:"failure_reason"` // Latcom's words, for operators

	ProviderTransactionID string `db:"provider_transaction_id"` // Latcom's transId
	CarrierTransactionID  string `db:"carrier_transaction_id"`  // the carrier's venTransid

	Attempts    int        `db:"attempts"`
	FirstSentAt *time.Time `db:"first_sent_at"`
	CreatedAt   time.Time  `db:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"`
	CompletedAt *time.Time `db:"completed_at"` // when it became final
}

// SameOrder says whether a replayed reference asks for what it asked for first.
func (t TopUp) SameOrder(phone Phone, amount MXN) bool {
	return t.Phone == phone && t.Amount.Cmp(amount) == 0
}

// Charged is what the customer paid for t: its price once delivered, else zero.
func (t TopUp) Charged() USD {
	if t.Status == StatusSucceeded {
		return t.Price
	}
	return USD{}
}

// Order is what a reseller asks for.
type Order struct {
	CustomerID  int64
	Reference   string
	Phone       Phone
	Amount      MXN
	Metadata    json.RawMessage // an object, or nil
	Quote       *QuoteID        // whose price is charged; nil: the price of the moment
	MaxPrice    *USD            // above it nothing is accepted; nil: any price is fine
	APIKeyID    *int64
	FromAddress string

	// Unnamed is for callers that give no reference of their own: while an order of
	// the same phone and amount is younger than this, it is that order, and Reference
	// only names a new one. 0: the reference says which order it is.
	Unnamed time.Duration

	Override  string // leave from the customer's guard (RecentlyToppedUpError); "": none
	Unguarded bool   // the guard does not ask: old calls have a rule of their own, people look
}
