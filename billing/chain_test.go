package billing_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
)

// Hashes that were made with this text stand in the books for ever: a change of
// it would make every one of them wrong.
func TestTheTextOfAnEntryNeverChanges(t *testing.T) {
	t.Parallel()
	topUp := billing.TopUpID{UUID: uuid.MustParse("0199a1b2-c3d4-7e5f-8a6b-0123456789ab")}
	adjustment := uuid.MustParse("7d3e8a10-5b1c-4f0e-9c2d-aabbccddeeff")
	b := billing.Balance{CustomerID: 42, CreditLimit: billing.MustUSD("10")}

	deposit, b, err := b.Adjust(billing.Adjustment{ID: adjustment, Amount: billing.MustUSD("100"), Reason: billing.ReasonDeposit})
	if err != nil {
		t.Fatal(err)
	}
	hold, b, err := b.Hold(topUp, billing.MustUSD("2.7778"))
	if err != nil {
		t.Fatal(err)
	}
	first := sha256.Sum256([]byte(
		"1|42|deposit|USD|100.0000|deposits|available||7d3e8a10-5b1c-4f0e-9c2d-aabbccddeeff|100.0000|0.0000|" +
			"0000000000000000000000000000000000000000000000000000000000000000"))
	second := sha256.Sum256([]byte(
		"2|42|hold|USD|2.7778|available|held|0199a1b2-c3d4-7e5f-8a6b-0123456789ab||100.0000|2.7778|" + hex.EncodeToString(first[:])))
	if *deposit.Hash != first || *deposit.PreviousHash != (billing.Hash{}) || *deposit.Number != 1 {
		t.Errorf("the first entry: %d, %s after %s", *deposit.Number, deposit.Hash, deposit.PreviousHash)
	}
	if *hold.Hash != second || *hold.PreviousHash != first || *hold.Number != 2 {
		t.Errorf("the second entry: %d, %s after %s", *hold.Number, hold.Hash, hold.PreviousHash)
	}
	if b.LastNumber != 2 || b.LastHash != second {
		t.Errorf("the account ends with %d, %s", b.LastNumber, b.LastHash)
	}
	if cost, _ := billing.Cost(topUp, billing.MustMXN("50")); cost.Number != nil || cost.PreviousHash != nil || cost.Hash != nil {
		t.Error("an entry of the house is in a chain")
	}
}
