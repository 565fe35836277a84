package history

// Our own money at Latcom: an operator pays in before it runs low, in office hours;
// once he recorded a transfer twice, and undid it.

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
)

// purse is the float as it stands at the moment of the story.
type purse struct {
	left       billing.MXN
	deposit    billing.MXN // what is paid in at a time
	low, floor billing.MXN // paid in when less is left, and in any case before less is
	paying     bool        // a deposit is on its way
	deposits   int
}

// newPurse fits what the top-ups of a day cost.
func newPurse(topUps, days int) purse {
	daily := decimal.NewFromInt(int64(topUps)).Mul(meanFace()).Div(decimal.NewFromInt(int64(days)))
	mxn := func(days string, least int64) billing.MXN {
		amount := decimal.RequireFromString(days).Mul(daily).Div(tenThousand).Ceil().Mul(tenThousand)
		return billing.MustMXN(decimal.Max(amount, decimal.NewFromInt(least)).String())
	}
	return purse{deposit: mxn("4", 250_000), low: mxn("3", 120_000), floor: mxn("1.5", 60_000)}
}

var tenThousand = decimal.NewFromInt(10_000)

func meanFace() decimal.Decimal {
	sum, of := decimal.Zero, int64(0)
	for _, a := range amounts {
		sum, of = sum.Add(decimal.RequireFromString(a.face).Mul(decimal.NewFromInt(int64(a.of)))), of+int64(a.of)
	}
	return sum.Div(decimal.NewFromInt(of))
}

// spend takes what a delivery cost, after what must not wait was paid in.
func (b *books) spend(cost billing.MXN, at time.Time) error {
	for b.purse.left.Sub(cost).Cmp(b.purse.floor) < 0 {
		if err := b.payIn(at); err != nil {
			return err
		}
	}
	b.purse.left = b.purse.left.Sub(cost)
	if b.purse.paying || b.purse.left.Cmp(b.purse.low) >= 0 {
		return nil
	}
	b.purse.paying = true
	heap.Push(&b.ahead, event{at: b.officeHours(at.Add(10 * time.Minute)), do: func(at time.Time) error {
		b.purse.paying = false
		return b.payIn(at)
	}})
	return nil
}

// payIn records a deposit; the fourth one twice, and half an hour later that is undone.
func (b *books) payIn(at time.Time) error {
	b.purse.deposits++
	reference := transfer(b.random)
	d, err := b.recordDeposit(at, reference, "Transferencia a Latcom")
	if err != nil || b.purse.deposits != 4 {
		return err
	}
	again := at.Add(4 * time.Minute)
	heap.Push(&b.ahead, event{at: again, do: func(at time.Time) error {
		twice, err := b.recordDeposit(at, reference+"-2", "Transferencia a Latcom")
		if err != nil {
			return err
		}
		heap.Push(&b.ahead, event{at: at.Add(27 * time.Minute), do: func(at time.Time) error { return b.undo(twice, d.Reference, at) }})
		return nil
	}})
	return nil
}

func transfer(random *rand.Rand) string { return fmt.Sprintf("SPEI %07d", random.IntN(1e7)) }

func (b *books) recordDeposit(at time.Time, reference, note string) (billing.FloatDeposit, error) {
	id, err := randomUUID(b.random)
	if err != nil {
		return billing.FloatDeposit{}, err
	}
	d := billing.FloatDeposit{ID: id, Amount: b.purse.deposit, Reference: reference, Proof: "Comprobante " + at.In(b.zone).Format("2006-01-02"), Note: note, RecordedAt: at}
	b.keepDeposit(d)
	return d, nil
}

func (b *books) undo(d billing.FloatDeposit, right string, at time.Time) error {
	id, err := randomUUID(b.random)
	if err != nil {
		return err
	}
	correction := d.Correction(id, "Registrado dos veces: es la misma que "+right)
	correction.RecordedAt = at
	b.keepDeposit(correction)
	return nil
}

func (b *books) keepDeposit(d billing.FloatDeposit) {
	b.purse.left = b.purse.left.Add(d.Amount)
	b.page.floatDeposits = append(b.page.floatDeposits, d)
	b.post(d.Entry(), d.RecordedAt)
}
