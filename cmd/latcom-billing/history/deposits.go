package history

// Deposits: a seller pays in when its credit runs low, in office hours; when it
// would run out, at once.

import (
	"container/heap"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// planDeposit lets a seller notice that its credit runs low.
func (b *books) planDeposit(a *account, at time.Time) {
	if a.paying || a.balance.Available().Cmp(b.grown(a, a.low, at)) >= 0 {
		return
	}
	a.paying = true
	pays := b.officeHours(at.Add(3*time.Minute + time.Duration(b.random.Int64N(int64(20*time.Minute)))))
	heap.Push(&b.ahead, event{at: pays, do: func(at time.Time) error {
		if a.paying = false; a.balance.Available().Cmp(b.grown(a, a.low, at)) >= 0 {
			return nil // it could not wait that long, and paid at once
		}
		return b.deposit(a, at)
	}})
}

// fund pays in at once what keeps a seller above its floor and able to pay.
func (b *books) fund(a *account, at time.Time, price billing.USD) error {
	for {
		available := a.balance.Available()
		if available.Cmp(price) >= 0 && available.Cmp(b.grown(a, a.floor, at)) >= 0 {
			return nil
		}
		if err := b.deposit(a, at); err != nil {
			return err
		}
	}
}

// deposit posts one.
func (b *books) deposit(a *account, at time.Time) error {
	id, err := randomUUID(b.random)
	if err != nil {
		return err
	}
	adjustment := billing.Adjustment{
		ID: id, CustomerID: a.balance.CustomerID, Amount: a.deposit, Reason: billing.ReasonDeposit,
		Note: "Transferencia recibida", Proof: fmt.Sprintf("SPEI %07d", b.random.IntN(1e7)), State: billing.AdjustmentPosted, RequestedAt: at,
	}
	entry, after, err := a.balance.Adjust(adjustment)
	if err != nil {
		return fmt.Errorf("make up a deposit: %w", err)
	}
	b.page.adjustments = append(b.page.adjustments, store.PastAdjustment{Adjustment: adjustment, Before: a.balance, After: after})
	a.balance = after
	b.post(entry, at)
	return nil
}

// grown is what a threshold is at a moment: a tenth at first, all of it after 40 %
// of the time, for who grows.
func (b *books) grown(a *account, threshold billing.USD, at time.Time) billing.USD {
	if !a.grows {
		return threshold
	}
	percent := int64(100 * at.Sub(b.begin) / (b.end.Sub(b.begin) * 2 / 5))
	percent = min(max(percent, 10), 100)
	return billing.MustUSD(threshold.Decimal().Mul(decimal.New(percent, -2)).StringFixed(2))
}

// officeHours is a moment, or the next morning when it is not within them.
func (b *books) officeHours(at time.Time) time.Time {
	local := at.In(b.zone)
	early := time.Date(local.Year(), local.Month(), local.Day(), 9, 0, 0, 0, b.zone)
	opens := early.Add(time.Duration(b.random.Int64N(int64(time.Hour)))).Truncate(time.Microsecond)
	for opens.Weekday() == time.Sunday || local.Hour() >= 18 && !opens.After(at) {
		opens = opens.AddDate(0, 0, 1)
	}
	if local.Weekday() != time.Sunday && local.Hour() >= 9 && local.Hour() < 18 {
		return at.Truncate(time.Microsecond)
	}
	return opens
}
