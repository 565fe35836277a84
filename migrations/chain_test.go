package migrations_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/migrations"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// link is what the chain adds to an entry or to a balance.
type link struct {
	ID       int64         `db:"id"`
	Number   *int64        `db:"number"`
	Previous *billing.Hash `db:"previous_hash"`
	Hash     *billing.Hash `db:"hash"`
}

func (l link) equal(other link) bool {
	same := func(a, b *billing.Hash) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
	return l.ID == other.ID && (l.Number == nil) == (other.Number == nil) && (l.Number == nil || *l.Number == *other.Number) &&
		same(l.Previous, other.Previous) && same(l.Hash, other.Hash)
}

func chain(t *testing.T, s *store.Store) (links []link) {
	t.Helper()
	err := s.DB().SelectContext(t.Context(), &links, `
		SELECT id, number, previous_hash, hash FROM entries
		UNION ALL SELECT -customer_id, last_number, NULL, last_hash FROM balances
		ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// Books that were written before there was a chain get the one that they would
// have had: the migration and the program agree on every hash.
func TestOldEntriesAreChainedAsNewOnesAre(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	storetest.Customer(t, s, "0")
	for _, credit := range []string{"10", "99999999999.9999"} {
		c := storetest.Customer(t, s, credit)
		for _, amount := range []string{"-0.0001", "2.5", "-9.9999"} {
			correct(t, s, c.ID, amount)
		}
	}
	want := chain(t, s)
	p, err := migrations.Provider(storetest.Owner(s).DB)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 11); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := chain(t, s); len(got) != 11 || !slices.EqualFunc(got, want, link.equal) {
		t.Errorf("%d links\n%v\nwant\n%v", len(got), got, want)
	}
	if _, err := storetest.Owner(s).ExecContext(t.Context(), `UPDATE entries SET amount = amount + 1`); err == nil {
		t.Error("entries can be changed after the migration")
	}
}

// correct posts an adjustment.
func correct(t *testing.T, s *store.Store, customerID int64, amount string) {
	t.Helper()
	a := billing.Adjustment{
		ID: uuid.New(), CustomerID: customerID, Amount: billing.MustUSD(amount), Reason: billing.ReasonCorrection,
		Note: "test", State: billing.AdjustmentPosted,
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		balance, err := tx.LockBalance(t.Context(), customerID)
		if err != nil {
			return err
		}
		entry, _, err := balance.Adjust(a)
		if err != nil {
			return err
		}
		if _, err := tx.InsertAdjustment(t.Context(), a); err != nil {
			return err
		}
		return tx.Post(t.Context(), entry)
	})
	if err != nil {
		t.Fatal(err)
	}
}
