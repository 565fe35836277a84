package billing

// Top-ups of the system before this one.

import (
	"time"

	"github.com/google/uuid"
)

// Imported is one of them. It moved no money here, and keeps its reference taken.
type Imported struct {
	ID                    TopUpID    `json:"id"`
	CustomerID            int64      `json:"customer_id"`
	Reference             string     `json:"reference"`
	Phone                 Phone      `json:"phone"` // empty where it was none
	Amount                MXN        `json:"amount"`
	Status                Status     `json:"status"` // succeeded, failed or unknown
	Price                 USD        `json:"price"`  // what it cost the customer there; zero where that is not known
	ProviderTransactionID string     `json:"provider_transaction_id"`
	OldID                 string     `json:"old_id"`
	CreatedAt             time.Time  `json:"created_at"`
	CompletedAt           *time.Time `json:"completed_at"`
}

// importSpace is where the ids of what was imported come from.
var importSpace = uuid.MustParse("6f6c6420-7379-4374-856d-206f66204c42")

// ImportedTopUpID follows from the old one: imported twice, it is the same.
func ImportedTopUpID(customerCode, oldID string) TopUpID {
	return TopUpID{uuid.NewSHA1(importSpace, []byte("topup\x00"+customerCode+"\x00"+oldID))}
}

// OpeningID names the adjustment with what a customer had in the system before.
func OpeningID(customerCode string) uuid.UUID {
	return uuid.NewSHA1(importSpace, []byte("opening\x00"+customerCode))
}
