package history

// The books of the past: holds and deposits, captures and releases in the order
// in which they happened, with the balance after each.

import (
	"container/heap"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// books posts entries and hands them on, a page full at a time.
type books struct {
	turn       func(page) error // takes a full page
	random     *rand.Rand
	zone       *time.Location
	begin, end time.Time
	accounts   []*account
	purse      purse  // our own money at Latcom
	ahead      events // what will happen, the next first
	page       page
}

// account is a seller's money as it stands at the moment of the story.
type account struct {
	*seller
	balance billing.Balance
	paying  bool // a deposit is on its way
}

func (b *books) openAccount(s *seller, at time.Time) {
	a := &account{seller: s, balance: s.account.Balance}
	b.accounts = append(b.accounts, a)
	heap.Push(&b.ahead, event{at: at, do: func(at time.Time) error { return b.deposit(a, at) }})
}

func (b *books) accountOf(s *seller) *account {
	for _, a := range b.accounts {
		if a.seller == s {
			return a
		}
	}
	return nil
}

// write tells of one top-up, after all that happened before it.
func (b *books) write(s *seller, t billing.TopUp, attempts []billing.Attempt) error {
	if err := b.until(t.CreatedAt); err != nil {
		return err
	}
	a := b.accountOf(s)
	if err := b.fund(a, t.CreatedAt, t.Price); err != nil {
		return err
	}
	hold, after, err := a.balance.Hold(t.ID, t.Price)
	if err != nil {
		return fmt.Errorf("make up a hold: %w", err)
	}
	a.balance = after
	b.post(hold, t.CreatedAt)
	b.page.topUps, b.page.attempts = append(b.page.topUps, t), append(b.page.attempts, attempts...)
	if t.CompletedAt != nil {
		heap.Push(&b.ahead, event{at: *t.CompletedAt, do: func(at time.Time) error { return b.settle(a, t, at) }})
	}
	b.planDeposit(a, t.CreatedAt)
	if len(b.page.topUps) < pageSize {
		return nil
	}
	return b.turnPage()
}

// settle posts what a final answer does to the money.
func (b *books) settle(a *account, t billing.TopUp, at time.Time) error {
	if t.Status == billing.StatusFailed {
		release, after := a.balance.Release(t.ID, t.Price)
		a.balance = after
		b.post(release, at)
		return nil
	}
	capture, after := a.balance.Capture(t.ID, t.Price)
	a.balance = after
	b.post(capture, at)
	cost, ok := billing.Cost(t.ID, t.Cost)
	if !ok {
		return nil
	}
	if err := b.spend(t.Cost, at); err != nil {
		return err
	}
	b.post(cost, at)
	return nil
}

func (b *books) post(e billing.Entry, at time.Time) {
	e.CreatedAt = at
	b.page.entries = append(b.page.entries, e)
}

// until lets everything happen that was due by a moment.
func (b *books) until(moment time.Time) error {
	for len(b.ahead) > 0 && !b.ahead[0].at.After(moment) {
		next := heap.Pop(&b.ahead).(event)
		if err := next.do(next.at); err != nil {
			return err
		}
	}
	return nil
}

// close ends the story: everything that was answered is settled by now.
func (b *books) close() error {
	now := b.end.Add(quiet)
	if err := b.until(now); err != nil {
		return err
	}
	for _, a := range b.accounts {
		if err := b.fund(a, now, a.floor); err != nil {
			return err
		}
	}
	return b.turnPage()
}

func (b *books) turnPage() error {
	full := b.page
	b.page = page{}
	return b.turn(full)
}

// leaveBalances writes down how the story ended.
func (b *books) leaveBalances(ctx context.Context, past *store.Past) error {
	for _, a := range b.accounts {
		if err := past.SetBalance(ctx, a.balance); err != nil {
			return err
		}
	}
	return nil
}

// event is something that will happen.
type event struct {
	at time.Time
	do func(time.Time) error
}

// events is a heap by time.
type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)        { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
