package topup

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

// A top-up of 50 MXN costs 2.7778 USD: five cost 13.889.
func TestFiftyAtOnceWithAKeyCappedAtFiveAreExactlyFiveAndOtherKeysGoOn(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	e := New(s, nil, discard, Options{Concurrency: 20, Min: billing.MustMXN("20"), Max: billing.MustMXN("200")})
	c := storetest.Customer(t, s, "1000")
	limit := billing.MustUSD("15")
	keys := make([]int64, 2)
	for i := range keys {
		terms := billing.AnyTerms()
		if i == 0 {
			terms.DailyCap = &limit
		}
		secret, hint := billing.NewSecretKey()
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			key, _, err := tx.PutAPIKey(t.Context(), billing.APIKey{CustomerID: c.ID, Name: "k", Hint: hint, KeyTerms: terms}, billing.HashSecret(secret))
			keys[i] = key.ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	with := func(key int, reference string) error {
		o := order(c, reference)
		o.APIKeyID = &keys[key]
		_, _, err := e.Accept(t.Context(), o)
		return err
	}
	var accepted, capped atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			err := with(0, fmt.Sprintf("capped-%d", i))
			over := billing.KeyCapError{}
			switch {
			case err == nil:
				accepted.Add(1)
			case errors.As(err, &over):
				capped.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if accepted.Load() != 5 || capped.Load() != 45 {
		t.Errorf("%d were accepted, %d refused", accepted.Load(), capped.Load())
	}
	if err := with(1, "free"); err != nil {
		t.Errorf("with another key: %v", err)
	}
	var released billing.TopUpID
	if err := s.DB().GetContext(t.Context(), &released, `SELECT id FROM topups WHERE api_key_id = $1 LIMIT 1`, keys[0]); err != nil {
		t.Fatal(err)
	}
	if err := e.Cancel(t.Context(), billing.Actor{Kind: billing.ActorSystem, Name: "test"}, released); err != nil {
		t.Fatal(err)
	}
	if err := with(0, "after a release"); err != nil {
		t.Errorf("what was given back counts: %v", err)
	}
	if err := with(0, "and one more"); !errors.As(err, &billing.KeyCapError{}) {
		t.Errorf("beyond the cap again: %v", err)
	}
}
