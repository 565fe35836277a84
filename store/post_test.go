package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// newTopUp is one of a customer, not yet written.
func newTopUp(customerID int64, n int) *billing.TopUp {
	return &billing.TopUp{
		ID: billing.NewTopUpID(), CustomerID: customerID, Reference: fmt.Sprintf("ref-%d", n), Phone: "+525512345678",
		Amount: billing.MustMXN("20"), Price: billing.MustUSD("1.1111"), Rate: billing.MustRate("18"), Product: "TFE_MXN_20_TO_2000",
		Sent: billing.MustMXN("20"), Expected: billing.MustMXN("23.20"), Cost: billing.MustMXN("20"), DistTransID: fmt.Sprintf("LB%d", n),
	}
}

// BenchmarkPost measures the lock, one entry and the commit of the busiest path.
func BenchmarkPost(b *testing.B) {
	s := storetest.New(b)
	ctx := b.Context()
	c := storetest.Customer(b, s, "10000000")
	topUps := make([]*billing.TopUp, b.N)
	err := s.InTx(ctx, func(tx *store.Tx) error {
		for i := range topUps {
			topUps[i] = newTopUp(c.ID, i)
			if err := tx.InsertTopUps(ctx, topUps[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for _, t := range topUps {
		err := s.InTx(ctx, func(tx *store.Tx) error {
			balance, err := tx.LockBalance(ctx, c.ID)
			if err != nil {
				return err
			}
			hold, _, err := balance.Hold(t.ID, t.Price)
			if err != nil {
				return err
			}
			return tx.Post(ctx, hold)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// Entries are made from the balance as it was locked. One that was made from
// anything else would be a second one after the same: the database refuses it.
func TestASecondEntryAfterTheSameIsRefused(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	c := storetest.Customer(t, s, "10")
	err := s.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, c.ID)
		if err != nil {
			return err
		}
		for n := range 2 {
			topUp := newTopUp(c.ID, n)
			hold, _, err := balance.Hold(topUp.ID, topUp.Price)
			if err != nil {
				return err
			}
			if err := tx.InsertTopUps(ctx, topUp); err != nil {
				return err
			}
			if err := tx.Post(ctx, hold); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "entries_number_taken") {
		t.Errorf("got %v", err)
	}
}

func TestALedgerIsPagedByNumber(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx := t.Context()
	c := storetest.Customer(t, s, "10") // entry 1
	for n := range 6 {
		err := s.InTx(ctx, func(tx *store.Tx) error {
			balance, err := tx.LockBalance(ctx, c.ID)
			if err != nil {
				return err
			}
			topUp := newTopUp(c.ID, n)
			hold, _, err := balance.Hold(topUp.ID, topUp.Price)
			if err != nil {
				return err
			}
			return errors.Join(tx.InsertTopUps(ctx, topUp), tx.Post(ctx, hold))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for before, want := range map[int64][]int64{0: {7, 6, 5}, 5: {4, 3, 2}, 2: {1}} {
		lines, err := s.Ledger(ctx, c.ID, before, 3)
		if err != nil {
			t.Fatal(err)
		}
		var numbers []int64
		for _, line := range lines {
			numbers = append(numbers, *line.Number)
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("before %d: %v, want %v", before, numbers, want)
		}
	}
	for first, want := range map[int64]int64{1: 5, 4: 0, 3: 7} {
		if newer, err := s.NewerLedger(ctx, c.ID, first, 3); err != nil || newer != want {
			t.Errorf("in front of %d: %d, %v; want %d", first, newer, err, want)
		}
	}
}
