package cache

// Balances that another instance read a moment ago.

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// sharedBalance is a balance as it is kept in Redis: with the moment, by the
// database's clock, from which its age is counted. Redis's own idea of its age is
// not believed: what lay in a line to a Redis that stood still is written late.
type sharedBalance struct {
	ReadAt      time.Time   `json:"read_at"`
	Posted      billing.USD `json:"balance"`
	Held        billing.USD `json:"held"`
	CreditLimit billing.USD `json:"credit_limit"`
}

func (s *shared) balanceName(customerID int64) string {
	return s.space + "balance:" + strconv.FormatInt(customerID, 10)
}

// balance is what is kept of a customer's; how old it is, is for others to judge.
func (s *shared) balance(ctx context.Context, customerID int64) (found store.DatedBalance, ok bool) {
	var text []byte
	ok = s.ask(ctx, func(ctx context.Context) (err error) {
		text, err = s.client.Get(ctx, s.balanceName(customerID)).Bytes()
		return err
	})
	var kept sharedBalance
	if !ok || json.Unmarshal(text, &kept) != nil {
		return found, false
	}
	return store.DatedBalance{
		Balance: billing.Balance{CustomerID: customerID, Posted: kept.Posted, Held: kept.Held, CreditLimit: kept.CreditLimit},
		ReadAt:  kept.ReadAt,
	}, true
}

func (s *shared) keepBalance(ctx context.Context, b store.DatedBalance) {
	if !s.up() {
		return
	}
	text, err := json.Marshal(sharedBalance{ReadAt: b.ReadAt, Posted: b.Posted, Held: b.Held, CreditLimit: b.CreditLimit})
	if err != nil {
		return // four values that can always be written
	}
	s.ask(ctx, func(ctx context.Context) error {
		return s.client.Set(ctx, s.balanceName(b.CustomerID), text, keptFor).Err()
	})
}
