package billing

// Quotes: a price that is promised for a while, and the most that an order may cost.

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// QuoteID names a quote: "qu_" and 26 characters, made like a TopUpID.
type QuoteID struct{ uuid.UUID }

const quotePrefix = "qu_"

// NewQuoteID makes an id that was never used.
func NewQuoteID() QuoteID { return QuoteID{uuid.Must(uuid.NewV7())} }

// String is "qu_01JP…".
func (id QuoteID) String() string { return quotePrefix + crockford.EncodeToString(id.UUID[:]) }

// ParseQuoteID reads what String wrote. Anything else names nothing: ErrNotFound.
func ParseQuoteID(s string) (QuoteID, error) {
	if len(s) < len(quotePrefix) || s[:len(quotePrefix)] != quotePrefix {
		return QuoteID{}, fmt.Errorf("quote %.40q: %w", s, ErrNotFound)
	}
	b, err := crockford.DecodeString(s[len(quotePrefix):])
	if err != nil || len(b) != 16 || (QuoteID{uuid.UUID(b)}).String() != s {
		return QuoteID{}, fmt.Errorf("quote %.40q: %w", s, ErrNotFound)
	}
	return QuoteID{uuid.UUID(b)}, nil
}

// What keeps a quote from being used.
var (
	ErrQuoteExpired  = errors.New("the quote has expired")
	ErrQuoteUsed     = errors.New("the quote was used by another order")
	ErrQuoteMismatch = errors.New("the quote is not this customer's, or of another amount")
)

// PriceChangedError refuses an order that would cost more than it may, in USD.
type PriceChangedError struct{ Price, Most USD }

func (e PriceChangedError) Error() string {
	return fmt.Sprintf("the price is %s USD, the order may cost %s USD", e.Price, e.Most)
}

// PromisedQuote is a price for a face value, in USD for MXN, that holds until
// ExpiresAt for one order. What is sent for it, and what it costs us, follow the
// rule of the product when the order comes.
type PromisedQuote struct {
	ID         QuoteID   `db:"id"`
	CustomerID int64     `db:"customer_id"`
	Amount     MXN       `db:"amount"`
	Price      USD       `db:"price"`
	Rate       Rate      `db:"rate"`
	Discount   Fraction  `db:"discount"`
	CreatedAt  time.Time `db:"created_at"`
	ExpiresAt  time.Time `db:"expires_at"`
	TopUpID    *TopUpID  `db:"topup_id"` // that used it; nil: none has
	Expired    bool      `db:"expired"`  // by the database's clock
}

// Promise is now with the price that was promised, or why it cannot be had:
// ErrQuoteMismatch, ErrQuoteUsed, ErrQuoteExpired.
func (q PromisedQuote) Promise(now Quote) (Quote, error) {
	switch {
	case q.Amount.Cmp(now.Face) != 0:
		return now, ErrQuoteMismatch
	case q.TopUpID != nil:
		return now, ErrQuoteUsed
	case q.Expired:
		return now, ErrQuoteExpired
	}
	now.Price, now.Rate, now.Discount = q.Price, q.Rate, q.Discount
	return now, nil
}

// MayCost refuses a price above the order's own limit: a PriceChangedError.
func (o Order) MayCost(price USD) error {
	if o.MaxPrice == nil || price.Cmp(*o.MaxPrice) <= 0 {
		return nil
	}
	return PriceChangedError{Price: price, Most: *o.MaxPrice}
}

// PriceBy stores with a new top-up what it was priced by.
func (t *TopUp) PriceBy(q Quote) {
	t.Price, t.Rate, t.Discount, t.Product = q.Price, q.Rate, q.Discount, q.Product
	t.Sent, t.Expected, t.Cost = q.Sent, q.Expected, q.Cost
}
