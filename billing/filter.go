package billing

// Filters: HTTP builds them, SQL understands them, views show them.

import "time"

// TopUpFilter narrows a list of top-ups; all that it says must be true of one.
// Its zero value matches all of them. A list within it matches any of its values.
type TopUpFilter struct {
	CustomerID  int64       `json:"customer_id"`            // the scope: 0 is everybody's, and nothing below widens it
	CustomerIDs []int64     `json:"customer_ids,omitempty"` // empty: every customer
	Statuses    []Status    `json:"statuses,omitempty"`     // empty: every status
	APIKeyIDs   []int64     `json:"api_key_ids,omitempty"`  // empty: every key, and orders without one
	Phone       Phone       `json:"phone,omitempty"`
	PhoneBegins string      `json:"phone_begins,omitempty"` // the first national digits: "5512"
	Reference   string      `json:"reference,omitempty"`
	ProviderRef string      `json:"provider_ref,omitempty"` // Latcom's or the carrier's id
	Find        string      `json:"find,omitempty"`         // a phone, a reference or any id, whichever it is
	Amount      AmountRange `json:"amount"`                 // of the face value
	From        *time.Time  `json:"from,omitempty"`         // accepted, inclusive
	To          *time.Time  `json:"to,omitempty"`           // exclusive
}

// MostOfAFilter is how many values a list of a filter may have.
const MostOfAFilter = 10

// Cursor is a place in a list ordered by acceptance, newest first: the row that
// was seen last.
type Cursor struct {
	CreatedAt time.Time
	ID        TopUpID
}

// PageRequest asks for rows before (older than) or after (newer than) a place.
// With neither it asks for the newest rows.
type PageRequest struct {
	Older *Cursor
	Newer *Cursor
	Limit int
}

// TopUpPage is one page, newest first, and whether there are rows on either side.
type TopUpPage struct {
	TopUps   []TopUp
	HasOlder bool
	HasNewer bool
}

// TopUpTotals is what a filter adds up to. MXN and USD count delivered top-ups.
type TopUpTotals struct {
	Count     int64 `db:"count"`
	Succeeded int64 `db:"succeeded"`
	Failed    int64 `db:"failed"`
	Delivered MXN   `db:"delivered"`
	Charged   USD   `db:"charged"`
}

// SuccessRate is succeeded of succeeded and failed, in 0…1; ok is false when
// nothing has ended yet.
func (t TopUpTotals) SuccessRate() (rate float64, ok bool) {
	ended := t.Succeeded + t.Failed
	if ended == 0 {
		return 0, false
	}
	return float64(t.Succeeded) / float64(ended), true
}
