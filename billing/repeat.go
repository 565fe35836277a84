package billing

import "time"

// Repeat is an order that came again under a reference that was used before. It
// sent and charged nothing.
type Repeat struct {
	At          time.Time `db:"at"`
	KeyHint     string    `db:"key_hint"` // of the API key, "lb_live_…k7Q2"; "": ordered by hand
	FromAddress string    `db:"from_address"`
	Phone       Phone     `db:"phone"`
	Amount      MXN       `db:"amount"` // as it was asked for
}

// MostRepeats is how many repeats of one top-up are kept: the first ones.
const MostRepeats = 100
