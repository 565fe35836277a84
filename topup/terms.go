package topup

// Changes of terms: credit limits, discounts, the exchange rate. Small ones are
// done at once; what goes far waits for a second operator.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// ChangeTerms does what c asks for, or lets it wait for a second operator; c.Before
// is what its form was filled in upon. Sent twice with the same id it is done once.
// Errors: billing.ValidationError, CreditLimitError, ErrOvertaken when it is no
// longer c.Before that is in force, ErrTaken when another request about it waits.
func (e *Engine) ChangeTerms(ctx context.Context, actor billing.Actor, c billing.ChangeRequest) (billing.ChangeRequest, error) {
	if err := c.Check(); err != nil {
		return c, err
	}
	err := e.store.InTx(ctx, func(tx *store.Tx) error { return e.changeTerms(ctx, tx, actor, c) })
	if err != nil {
		return c, err
	}
	return e.store.ChangeRequest(ctx, c.ID)
}

func (e *Engine) changeTerms(ctx context.Context, tx *store.Tx, actor billing.Actor, c billing.ChangeRequest) error {
	now, err := e.lockTerm(ctx, tx, c)
	if err != nil {
		return err
	}
	if _, err := tx.ChangeRequest(ctx, c.ID); !errors.Is(err, billing.ErrNotFound) {
		return err // nil: it was asked for before
	}
	if !now.value.Equal(c.Before) {
		return billing.ErrOvertaken
	}
	if err := now.allows(c); err != nil {
		return err
	}
	if _, err := tx.ExpireRequests(ctx); err != nil {
		return err
	}
	if c.RequestedBy = nil; actor.Kind == billing.ActorOperator {
		c.RequestedBy = actor.ID
	}
	limit := e.options.ApprovalLimit
	c.State = billing.ChangeDone
	if c.NeedsApproval(limit, now.also...) {
		c.State = billing.ChangeWaiting
	}
	c.OneOperator = limit.Sign() == 0 && c.NeedsApproval(billing.DefaultApprovalLimit, now.also...)
	if isNew, err := tx.InsertChange(ctx, c); err != nil || !isNew {
		return err
	}
	if c.State == billing.ChangeWaiting {
		return e.auditChange(ctx, tx, actor, c, "requested")
	}
	return e.putInForce(ctx, tx, actor, c)
}

// term is what a change would change, as it stands under its lock.
type term struct {
	value   decimal.Decimal
	also    []decimal.Decimal // what the change is measured from besides value
	balance billing.Balance   // of the customer whose term it is
}

// allows refuses a credit limit that the customer has used already.
func (t term) allows(c billing.ChangeRequest) error {
	if c.Kind != billing.ChangeCreditLimit {
		return nil
	}
	_, limit := c.CreditLimits()
	_, err := t.balance.WithCreditLimit(limit)
	return err
}

// termReader is what terms are read with, under their locks or without them.
type termReader interface {
	Account(ctx context.Context, customerID int64) (store.Account, error)
	RateAt(ctx context.Context, at *time.Time) (billing.Rate, error)
	SmallStepsBegan(ctx context.Context, c billing.ChangeRequest) (decimal.Decimal, error)
}

// LookAtTerms says whether c would wait for a second operator as things stand now.
// It keeps nothing. Errors as ChangeTerms, but for ErrTaken.
func (e *Engine) LookAtTerms(ctx context.Context, c billing.ChangeRequest) (waits bool, err error) {
	if err := c.Check(); err != nil {
		return false, err
	}
	now, err := readTerm(ctx, e.store, c)
	if err != nil {
		return false, err
	}
	if !now.value.Equal(c.Before) {
		return false, billing.ErrOvertaken
	}
	return c.NeedsApproval(e.options.ApprovalLimit, now.also...), now.allows(c)
}

func (e *Engine) lockTerm(ctx context.Context, tx *store.Tx, c billing.ChangeRequest) (term, error) {
	lock := func() error { return tx.LockRates(ctx) }
	if c.Kind != billing.ChangeRate && c.CustomerID != nil {
		lock = func() error { _, err := tx.LockBalance(ctx, *c.CustomerID); return err }
	}
	if err := lock(); err != nil {
		return term{}, err
	}
	return readTerm(ctx, tx, c)
}

func readTerm(ctx context.Context, r termReader, c billing.ChangeRequest) (t term, err error) {
	if c.Kind == billing.ChangeRate {
		t, err = readRate(ctx, r, c)
	} else {
		t, err = readCustomerTerm(ctx, r, c)
	}
	if err != nil {
		return t, err
	}
	began, err := r.SmallStepsBegan(ctx, c)
	if errors.Is(err, billing.ErrNotFound) {
		return t, nil
	}
	t.also = append(t.also, began)
	return t, err
}

func readCustomerTerm(ctx context.Context, r termReader, c billing.ChangeRequest) (term, error) {
	if c.CustomerID == nil {
		return term{}, fmt.Errorf("change the %s of no customer: %w", c.Kind, billing.ErrNotFound)
	}
	account, err := r.Account(ctx, *c.CustomerID)
	t := term{value: account.CreditLimit.Decimal(), balance: account.Balance}
	if c.Kind == billing.ChangeDiscount {
		t.value = account.Discount.Decimal()
	}
	return t, err
}

// readRate also reads the rate that a planned one takes the place of.
func readRate(ctx context.Context, r termReader, c billing.ChangeRequest) (term, error) {
	now, err := r.RateAt(ctx, nil)
	if err != nil || c.BeginsAt == nil {
		return term{value: now.Decimal()}, err
	}
	then, err := r.RateAt(ctx, c.BeginsAt)
	return term{value: now.Decimal(), also: []decimal.Decimal{then.Decimal()}}, err
}

// putInForce does what a request asks for.
func (e *Engine) putInForce(ctx context.Context, tx *store.Tx, actor billing.Actor, c billing.ChangeRequest) (err error) {
	switch c.Kind {
	case billing.ChangeCreditLimit:
		err = setCreditLimit(ctx, tx, c)
	case billing.ChangeDiscount:
		_, discount := c.Discounts()
		err = tx.SetDiscount(ctx, *c.CustomerID, discount)
	default:
		err = tx.InsertRate(ctx, c)
	}
	if err != nil {
		return err
	}
	if err := e.auditChange(ctx, tx, actor, c, "changed"); err != nil || c.CustomerID == nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: *c.CustomerID})
}

func setCreditLimit(ctx context.Context, tx *store.Tx, c billing.ChangeRequest) error {
	before, err := tx.LockBalance(ctx, *c.CustomerID)
	if err != nil {
		return err
	}
	after := before
	_, after.CreditLimit = c.CreditLimits()
	if err := tx.SetCreditLimit(ctx, *c.CustomerID, after.CreditLimit); err != nil {
		return err
	}
	return tellLower(ctx, tx, before, after)
}

func (e *Engine) auditChange(ctx context.Context, tx *store.Tx, actor billing.Actor, c billing.ChangeRequest, did string) error {
	before, after := c.Facts()
	return tx.Audit(ctx, actor, store.Did{
		Action: string(c.Kind) + "." + did, CustomerID: c.CustomerID, Subject: c.ID.String(), Before: before, After: after,
	})
}

// DecideChange approves or rejects a request that waits. Errors: those of
// billing.MayDecide, ErrAlreadyDecided for one that is decided or expired; to an
// approval also ErrOvertaken and CreditLimitError.
func (e *Engine) DecideChange(ctx context.Context, actor billing.Actor, id uuid.UUID, approve bool) (billing.ChangeRequest, error) {
	c, err := e.store.ChangeRequest(ctx, id)
	if err != nil {
		return c, err
	}
	err = e.store.InTx(ctx, func(tx *store.Tx) error {
		now, err := e.lockTerm(ctx, tx, c)
		if err != nil {
			return err
		}
		if c, err = tx.LockChange(ctx, id); err != nil {
			return err
		}
		decider, err := e.mayDecide(ctx, tx, actor, c.RequestedBy)
		if err != nil {
			return err
		}
		if !approve {
			c.State = billing.ChangeRejected
			if err := tx.EndChange(ctx, c, c.State, decider); err != nil {
				return err
			}
			return e.auditChange(ctx, tx, actor, c, "rejected")
		}
		if c.State != billing.ChangeWaiting {
			return billing.ErrAlreadyDecided
		}
		if !now.value.Equal(c.Before) {
			return billing.ErrOvertaken
		}
		if err := now.allows(c); err != nil {
			return err
		}
		c.State = billing.ChangeDone
		if err := tx.EndChange(ctx, c, c.State, decider); err != nil {
			return err
		}
		return e.putInForce(ctx, tx, actor, c)
	})
	if err != nil {
		return c, err
	}
	return e.store.ChangeRequest(ctx, id)
}
