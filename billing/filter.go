package billing

// Filters: HTTP builds them, SQL understands them, views show them.

import "time"

// TopUpFilter narrows a list of top-ups. Its zero value matches all of them.
type TopUpFilter struct {
	CustomerID  int64      `db:"customer_id"` // 0: every customer
	Status      Status     `db:"status"`
	Phone       Phone      `db:"phone"`
	Reference   string     `db:"reference"`
	ProviderRef string     `db:"provider_ref"` // Latcom's or the carrier's id
	From        *time.Time `db:"from"`         // inclusive
	To          *time.Time `db:"to"`           // exclusive
}

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
