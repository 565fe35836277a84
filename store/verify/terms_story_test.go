package verify

// The part of the story in which terms change.

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

// alone is an engine with approvals switched off.
func (b *books) alone() *topup.Engine {
	return b.engine(nil, func(o *topup.Options) { o.ApprovalLimit = billing.USD{} })
}

// terms leave the second customer a discount of 5.5 % and a credit limit of 40 USD,
// after changes of every kind in every state.
func (b *books) terms(first, second int64) {
	b.t.Helper()
	ctx := b.t.Context()
	b.change(b.ana, billing.ChangeCreditLimit, &second, "0", "100")
	b.approve(b.change(b.ana, billing.ChangeCreditLimit, &second, "100", "3000"))
	b.change(b.ben, billing.ChangeCreditLimit, &second, "3000", "40")
	b.approve(b.change(b.ana, billing.ChangeDiscount, &second, "0", "0.06"))
	b.change(b.ana, billing.ChangeDiscount, &second, "0.06", "0.055")
	alone := billing.ChangeRequest{ID: uuid.New(), Kind: billing.ChangeCreditLimit, CustomerID: &first, After: decimal.NewFromInt(2000), Note: "alone"}
	_, err := b.alone().ChangeTerms(ctx, b.ana, alone)
	b.must(err)
	b.change(b.ana, billing.ChangeCreditLimit, &first, "2000", "0")

	_, err = b.idle().DecideChange(ctx, b.ben, b.change(b.ana, billing.ChangeDiscount, &first, "0", "0.3"), false)
	b.must(err)
	b.plan("18", "30") // expires
	b.expire()
	b.change(b.ana, billing.ChangeCreditLimit, &first, "0", "9000") // still waits
	b.change(b.ben, billing.ChangeDiscount, &first, "0", "0.1")
}

// rates are small steps and a planned one, then 19.5 MXN per USD.
func (b *books) rates() {
	b.t.Helper()
	b.change(b.ana, billing.ChangeRate, nil, "18", "18.5") // 2.8 %: at once
	b.change(b.ben, billing.ChangeRate, nil, "18.5", "18")
	b.plan("18", "18.2")
	b.approve(b.change(b.ana, billing.ChangeRate, nil, "18", "19.5"))
}

// plan asks for a rate from a distant day on.
func (b *books) plan(before, after string) {
	b.t.Helper()
	distant := time.Date(2099, 1, 1, 6, 0, 0, 0, time.UTC)
	_, err := b.idle().ChangeTerms(b.t.Context(), b.ana, billing.ChangeRequest{
		ID: uuid.New(), Kind: billing.ChangeRate, BeginsAt: &distant, Note: "next year",
		Before: decimal.RequireFromString(before), After: decimal.RequireFromString(after),
	})
	b.must(err)
}

func (b *books) change(actor billing.Actor, kind billing.ChangeKind, customerID *int64, before, after string) uuid.UUID {
	b.t.Helper()
	c := billing.ChangeRequest{
		ID: uuid.New(), Kind: kind, CustomerID: customerID, Note: "as agreed",
		Before: decimal.RequireFromString(before), After: decimal.RequireFromString(after),
	}
	_, err := b.idle().ChangeTerms(b.t.Context(), actor, c)
	b.must(err)
	return c.ID
}

// approve lets the one who did not ask agree.
func (b *books) approve(id uuid.UUID) {
	b.t.Helper()
	c, err := b.ChangeRequest(b.t.Context(), id)
	b.must(err)
	second := b.ben
	if *c.RequestedBy == *b.ben.ID {
		second = b.ana
	}
	_, err = b.idle().DecideChange(b.t.Context(), second, id, true)
	b.must(err)
}

// expire lets the time of all that waits run out.
func (b *books) expire() {
	b.t.Helper()
	for _, table := range []string{"adjustments", "adjustment_lists", "change_requests"} {
		b.exec(`UPDATE ` + table + ` SET expires_at = requested_at + interval '1 microsecond' WHERE state = 'waiting'`)
	}
	b.must(b.InTx(b.t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExpireRequests(b.t.Context())
		return err
	}))
}
