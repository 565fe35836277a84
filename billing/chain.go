package billing

// The hash chain of a customer's account: each entry carries its number in the
// account and the hash of the one before it, so that whoever changes, removes or
// adds one has to change all that came after, and the account's head with them.

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Hash is the SHA-256 of an entry. The zero Hash stands before the first one.
type Hash [sha256.Size]byte

// String is 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Scan reads a BYTEA of 32 bytes; anything else is an error.
func (h *Hash) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(h) {
		return fmt.Errorf("read a hash: %T of %d bytes instead of %d", src, len(b), len(h))
	}
	copy(h[:], b)
	return nil
}

// Value writes a BYTEA.
func (h Hash) Value() (driver.Value, error) { return h[:], nil }

// chain makes e, which is complete otherwise, the entry after the account's last
// one.
func (b *Balance) chain(e *Entry) {
	number, previous := b.LastNumber+1, b.LastHash
	hash := Hash(sha256.Sum256([]byte(e.canonical(number, previous))))
	e.Number, e.PreviousHash, e.Hash = &number, &previous, &hash
	b.LastNumber, b.LastHash = number, hash
}

// canonical is the text whose SHA-256 is the hash of a customer's entry: its
// number in the account, customer, kind, currency, amount, both accounts, cause,
// the balances after it, and the hash before it. Amounts have four decimals, what
// is not there is empty, and no value holds the bar between them:
//
//	7|42|hold|USD|2.7778|available|held|0199a1…||97.2222|2.7778|5f70bf18…
//
// It never changes: hashes that were made with it stand in the books for ever.
func (e Entry) canonical(number int64, previous Hash) string {
	topUp, adjustment := "", ""
	if e.TopUpID != nil {
		topUp = e.TopUpID.UUID.String()
	}
	if e.AdjustmentID != nil {
		adjustment = e.AdjustmentID.String()
	}
	return strings.Join([]string{
		strconv.FormatInt(number, 10), strconv.FormatInt(*e.CustomerID, 10),
		string(e.Kind), string(e.Currency), e.Amount.StringFixed(usdPlaces), string(e.From), string(e.To),
		topUp, adjustment, e.BalanceAfter.String(), e.HeldAfter.String(), previous.String(),
	}, "|")
}
