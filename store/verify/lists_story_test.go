package verify

// The part of the story in which many customers are adjusted from one file.

import (
	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

// lists are one of each end: posted at once, approved, rejected, expired, done
// alone, and one that still waits.
func (b *books) lists(first, second int64) {
	b.t.Helper()
	ctx, e := b.t.Context(), b.idle()
	b.list(e, first, second, "3")
	_, err := e.DecideAdjustments(ctx, b.ben, b.list(e, first, second, "1001"), true)
	b.must(err)
	_, err = e.DecideAdjustments(ctx, b.ben, b.list(e, first, second, "1002"), false)
	b.must(err)
	late := b.list(e, first, second, "1003")
	b.exec(`UPDATE adjustment_lists SET expires_at = requested_at + interval '1 microsecond' WHERE id = $1`, late)
	b.exec(`UPDATE adjustments SET expires_at = requested_at + interval '1 microsecond' WHERE list_id = $1`, late)
	b.must(b.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ExpireRequests(ctx)
		return err
	}))
	b.list(b.alone(), first, second, "1004")
	b.list(e, first, second, "1005")
}

// list credits the first customer and takes a little from both.
func (b *books) list(e *topup.Engine, first, second int64, amount string) uuid.UUID {
	b.t.Helper()
	ctx := b.t.Context()
	one, err := b.Customer(ctx, first)
	b.must(err)
	two, err := b.Customer(ctx, second)
	b.must(err)
	lines := []billing.AdjustmentLine{
		{Line: 2, Customer: one.Code, Amount: billing.MustUSD(amount), Reason: billing.ReasonDeposit, Note: "the file’s first"},
		{Line: 3, Customer: two.Code, Amount: billing.MustUSD("-0.5"), Reason: billing.ReasonFee, Note: "fee " + amount},
		{Line: 5, Customer: one.Code, Amount: billing.MustUSD("-0.25"), Reason: billing.ReasonFee, Note: "fee\nof " + amount},
	}
	l, _, err := e.LookAtAdjustments(ctx, lines)
	b.must(err)
	l.ID, l.Name = uuid.New(), "list of "+amount
	l, err = e.AdjustMany(ctx, b.ana, l, lines)
	b.must(err)
	return l.ID
}
