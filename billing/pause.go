package billing

// Sending that an operator stopped.

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Pause stops the orders of a product, of a customer, or of everybody: they are
// refused before anything is held, and what was accepted before waits.
type Pause struct {
	ID           int64      `db:"id"`
	Product      string     `db:"product"`     // "": of every product
	CustomerID   int64      `db:"customer_id"` // 0: of every customer
	CustomerCode string     `db:"customer_code"`
	CustomerName string     `db:"customer_name"`
	Reason       string     `db:"reason"` // resellers read it
	BeganAt      time.Time  `db:"began_at"`
	BeganBy      string     `db:"began_by"`
	EndedAt      *time.Time `db:"ended_at"` // nil: it holds
	EndedBy      string     `db:"ended_by"`

	AfterRestore bool `db:"after_restore"` // it ends when the restore was checked
}

const longestPauseReason = 200 // characters

// Check says what is wrong with a pause before it begins, field by field; nil when
// nothing is.
func (p Pause) Check() error {
	wrong := ValidationError{}
	if n := utf8.RuneCountInString(strings.TrimSpace(p.Reason)); n == 0 || n > longestPauseReason {
		wrong["reason"] = "Say in 1 to 200 characters why: resellers read it"
	}
	if p.Product != "" && p.CustomerID != 0 {
		wrong["scope"] = "Choose one product, one customer, or everything"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// Facts is a pause in the audit log's words.
func (p Pause) Facts() map[string]string {
	facts := map[string]string{"reason": p.Reason}
	switch {
	case p.Product != "":
		facts["product"] = p.Product
	case p.CustomerCode != "":
		facts["customer"] = p.CustomerCode
	}
	return facts
}

// PauseOf is the pause that holds back an order of a customer for a product: of
// several the most general one.
func PauseOf(pauses []Pause, customerID int64, product string) (found Pause, paused bool) {
	for _, p := range pauses {
		concerns := (p.Product == "" || p.Product == product) && (p.CustomerID == 0 || p.CustomerID == customerID)
		if concerns && (!paused || p.narrowness() < found.narrowness()) {
			found, paused = p, true
		}
	}
	return found, paused
}

// narrowness counts what a pause is limited to.
func (p Pause) narrowness() int {
	n := 0
	if p.Product != "" {
		n++
	}
	if p.CustomerID != 0 {
		n++
	}
	return n
}
