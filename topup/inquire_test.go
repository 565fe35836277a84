package topup

import (
	"context"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/store/storetest"
)

type inquirerFunc func(context.Context, string) billing.Answer

func (f inquirerFunc) Inquire(ctx context.Context, id string) billing.Answer { return f(ctx, id) }

func TestAnInquiryThatFindsADeliverySettlesAnUnknown(t *testing.T) {
	t.Parallel()
	s, url := storetest.NewWithURL(t)
	e := start(t, s, url, answers(billing.OutcomeUnknown), func(o *Options) {
		o.Inquirer = inquirerFunc(func(context.Context, string) billing.Answer {
			return billing.Answer{Outcome: billing.OutcomeDelivered, Row: "answer.success", ProviderTransactionID: "LT7", CarrierTransactionID: "V7"}
		})
	})
	c := storetest.Customer(t, s, "10")
	topUp := wait(t, e, accept(t, e, order(c, "r1")))
	if topUp.Status != billing.StatusUnknown {
		t.Fatalf("got %s", topUp.Status)
	}
	eventually(t, func() bool {
		latest, err := s.TopUp(t.Context(), topUp.ID, 0)
		return err == nil && latest.Status == billing.StatusSucceeded && latest.CarrierTransactionID == "V7"
	})
	if b := storetest.Balance(t, s, c.ID); b.Held.Sign() != 0 || b.Posted.Cmp(billing.MustUSD("7.2222")) != 0 {
		t.Errorf("balance %+v", b)
	}
	inquiries, err := s.Inquiries(t.Context(), topUp.ID)
	if err != nil || len(inquiries) != 1 {
		t.Errorf("evidence: %v, %v", inquiries, err)
	}
}

// "Not seen" releases only when it was said three times over half an hour and the
// same inquiry finds a delivery that certainly took place.
func TestNotSeenReleasesOnlyWhenItCanBeBelieved(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		before      int    // earlier answers "not seen"
		over        string // since the first of them
		control     billing.Outcome
		wantSettled bool
	}{
		{"the first time", 0, "0 s", billing.OutcomeDelivered, false},
		{"the third within minutes", 2, "5 minutes", billing.OutcomeDelivered, false},
		{"the third after half an hour, with a blind inquiry", 2, "31 minutes", billing.OutcomeUnknown, false},
		{"the third after half an hour, with one that sees", 2, "31 minutes", billing.OutcomeDelivered, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, url := storetest.NewWithURL(t)
			ctx := t.Context()
			e := New(s, answers(billing.OutcomeDelivered), discard, Options{
				ListenURL: url, Min: billing.MustMXN("20"), Max: billing.MustMXN("200"),
				Inquirer: inquirerFunc(func(context.Context, string) billing.Answer { return billing.Answer{Outcome: tt.control} }),
			})
			c := storetest.Customer(t, s, "10")
			settled(t, e, order(c, "known"), billing.Answer{Outcome: billing.OutcomeDelivered, Evidence: billing.Evidence{HTTPStatus: 200}})
			topUp := settled(t, e, order(c, "doubtful"), billing.Answer{Outcome: billing.OutcomeUnknown, Row: "transport.timeout_after"})
			for i := range tt.before {
				s.DB().MustExecContext(ctx, `
					INSERT INTO inquiries (topup_id, at, outcome, policy_row) VALUES ($1, now() - $2::interval + $3 * $2::interval, 'unknown', 'inquiry.not_seen')`,
					topUp.ID, tt.over, i)
			}
			answer := billing.Answer{Outcome: billing.OutcomeUnknown, Row: rowNotSeen}
			if e.believable(ctx, topUp) {
				answer.Outcome = billing.OutcomeNotSent
			}
			if err := e.conclude(ctx, topUp, answer, 0); err != nil {
				t.Fatal(err)
			}
			latest, err := s.TopUp(ctx, topUp.ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := latest.Status == billing.StatusFailed; got != tt.wantSettled {
				t.Errorf("got %s", latest.Status)
			}
		})
	}
}

// settled accepts an order and lets answer settle it, without a queue.
func settled(t *testing.T, e *Engine, o billing.Order, answer billing.Answer) billing.TopUp {
	t.Helper()
	topUp := accept(t, e, o)
	var a []billing.Attempt
	err := e.store.InTx(t.Context(), func(tx *store.Tx) (err error) {
		a, err = tx.StartAttempts(t.Context(), e.instanceID, topUp.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.settle(t.Context(), a[0], answer, nil); err != nil {
		t.Fatal(err)
	}
	topUp, err = e.store.TopUp(t.Context(), topUp.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	return topUp
}
