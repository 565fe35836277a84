package topup

// The engine of a sandbox: play money, and outcomes that are played on purpose. It
// keeps every rule of the live one; only nobody is alarmed, and nothing is braked,
// by what somebody lets go wrong to see what happens.

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
)

// Sandbox makes an engine that of a sandbox.
type Sandbox struct {
	Hurry float64       // how many times faster than documented; 0: as documented
	Poll  time.Duration // how long a committed order waits for a worker at most
}

// sendPoll is how long a committed order waits for a worker, at most.
func (e *Engine) sendPoll() time.Duration {
	if e.options.Sandbox != nil {
		return e.options.Sandbox.Poll
	}
	return sendPoll
}

// pauseBeforeInquiry is inquiryPause, hurried in a sandbox that is.
func (e *Engine) pauseBeforeInquiry(round int) time.Duration {
	if e.options.Sandbox == nil {
		return inquiryPause(round)
	}
	return sandbox.Hurried(inquiryPause(round), e.options.Sandbox.Hurry)
}

// hand is the operator in whose name the sandbox does what needs one.
const hand = "sandbox"

// handOfSandbox finds or makes that operator. Nobody can sign in as him.
func (e *Engine) handOfSandbox(ctx context.Context) (billing.Actor, error) {
	o, err := e.store.OperatorBySignInName(ctx, hand)
	if errors.Is(err, billing.ErrNotFound) {
		err = e.store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.InsertOperator(ctx, billing.Operator{SignInName: hand, Name: "Sandbox", Role: billing.RoleFinance, PasswordHash: "none"})
			if errors.Is(err, billing.ErrTaken) {
				return nil // another instance made him
			}
			return err
		})
		if err == nil {
			o, err = e.store.OperatorBySignInName(ctx, hand)
		}
	}
	if err != nil {
		return billing.Actor{}, fmt.Errorf("find the sandbox's own operator: %w", err)
	}
	return billing.Actor{Kind: billing.ActorOperator, ID: &o.ID, Name: o.Name}, nil
}

// Twin is a live customer as the sandbox copies it.
type Twin struct {
	Customer billing.Customer // its code, name and discount
	Rate     billing.Rate
	Limits   billing.Limits // its range of amounts; the rest is not copied
}

// Twin finds the sandbox's customer of the same code, or makes it with play credit,
// the discount and the rate of the live one at this moment.
func (e *Engine) Twin(ctx context.Context, of Twin) (billing.Customer, error) {
	c, err := e.store.CustomerByCode(ctx, of.Customer.Code)
	if !errors.Is(err, billing.ErrNotFound) {
		return c, err
	}
	system := billing.Actor{Kind: billing.ActorSystem, Name: hand}
	err = e.store.InTx(ctx, func(tx *store.Tx) error { return e.makeTwin(ctx, tx, system, of) })
	if err != nil && !errors.Is(err, billing.ErrTaken) { // taken: made by somebody else at this moment
		return c, fmt.Errorf("make the sandbox's customer %s: %w", of.Customer.Code, err)
	}
	return e.store.CustomerByCode(ctx, of.Customer.Code)
}

func (e *Engine) makeTwin(ctx context.Context, tx *store.Tx, actor billing.Actor, of Twin) error {
	id, err := tx.InsertCustomer(ctx, of.Customer.Code, of.Customer.Name)
	if err != nil {
		return err
	}
	err = tx.Audit(ctx, actor, store.Did{
		Action: "customer.created", CustomerID: &id, Subject: of.Customer.Code,
		After: map[string]string{"code": of.Customer.Code, "name": of.Customer.Name},
	})
	if err != nil {
		return err
	}
	play := billing.Adjustment{
		ID: uuid.New(), CustomerID: id, Amount: billing.MustUSD(sandbox.PlayCredit), Reason: billing.ReasonOpening, Note: "Play credit",
	}
	if err := e.adjust(ctx, tx, actor, &play); err != nil {
		return err
	}
	if err := tx.SetLimits(ctx, id, billing.Limits{Min: of.Limits.Min, Max: of.Limits.Max}); err != nil {
		return err
	}
	return e.copyTerms(ctx, tx, actor, id, of)
}

// copyTerms gives the twin the discount of the live customer, and the sandbox the
// live rate.
func (e *Engine) copyTerms(ctx context.Context, tx *store.Tx, actor billing.Actor, id int64, of Twin) error {
	if discount := of.Customer.Discount.Decimal(); !discount.IsZero() {
		err := e.changeTerms(ctx, tx, actor, billing.ChangeRequest{
			ID: uuid.New(), Kind: billing.ChangeDiscount, CustomerID: &id, After: discount, Note: "As the live customer has it",
		})
		if err != nil {
			return err
		}
	}
	now, err := tx.RateAt(ctx, nil)
	if err != nil && !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	if !of.Rate.IsSet() || err == nil && now.Decimal().Equal(of.Rate.Decimal()) {
		return nil
	}
	return e.changeTerms(ctx, tx, actor, billing.ChangeRequest{
		ID: uuid.New(), Kind: billing.ChangeRate, Before: now.Decimal(), After: of.Rate.Decimal(), Note: "As it is in the live house",
	})
}

// Play changes a customer's play balance so that this much is available; id is made
// with the form, so that sending it twice does it once. More than a million is a
// billing.ValidationError, as is less than nothing.
func (e *Engine) Play(ctx context.Context, id uuid.UUID, customerID int64, available billing.USD) error {
	if available.Sign() < 0 || available.Cmp(mostPlay) > 0 {
		return billing.ValidationError{"amount": "Enter an amount from 0 to 1,000,000"}
	}
	system := billing.Actor{Kind: billing.ActorSystem, Name: hand}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBalance(ctx, customerID)
		if err != nil {
			return err
		}
		if _, err := tx.Adjustment(ctx, id); !errors.Is(err, billing.ErrNotFound) {
			return err // nil: done before
		}
		change := available.Sub(b.Available())
		if change.Sign() == 0 {
			return nil
		}
		return e.adjust(ctx, tx, system, &billing.Adjustment{ID: id, CustomerID: customerID, Amount: change, Reason: billing.ReasonCorrection, Note: "Play balance"})
	})
}

var mostPlay = billing.MustUSD("1000000")

// played queues what a documented number does after its delivery, and what its
// webhooks do.
func (e *Engine) played(ctx context.Context, tx *store.Tx, t billing.TopUp, moved store.Moved) error {
	if e.options.Sandbox == nil {
		return nil
	}
	if _, told := t.Status.Event(); told && moved.Heard {
		if err := e.playHooks(ctx, tx, t, moved.Sequence); err != nil {
			return err
		}
	}
	if t.Status != billing.StatusSucceeded {
		return nil
	}
	if n, documented := sandbox.Read(string(t.Phone)); !documented || n.Outcome.Play != sandbox.Reversed {
		return nil
	}
	return tx.EnqueueReversal(ctx, t.ID, sandbox.Hurried(sandbox.ReversedAfter, e.options.Sandbox.Hurry))
}

type reverseWorker struct {
	river.WorkerDefaults[store.ReverseJob]
	engine *Engine
}

// NextRetry is soon: an error of Work means that the database was away.
func (reverseWorker) NextRetry(*river.Job[store.ReverseJob]) time.Time {
	return time.Now().Add(5 * time.Second)
}

// Work takes a delivery back, as two operators would; in a sandbox one is enough.
func (w reverseWorker) Work(ctx context.Context, job *river.Job[store.ReverseJob]) error {
	e, id := w.engine, job.Args.ID()
	actor, err := e.handOfSandbox(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte("reversal of " + id.String()))
	d := billing.Decision{
		ID: uuid.UUID(sum[:16]), TopUpID: id, Verdict: billing.VerdictReverse, Reason: billing.DecisionSupport,
		Note: "Deliveries to this number are taken back after a while",
	}
	for _, step := range []func() error{
		func() error { return e.Propose(ctx, actor, d) },
		func() error { return e.Confirm(ctx, actor, d.ID) },
	} {
		err := step()
		if errors.Is(err, billing.ErrIllegalMove) || errors.Is(err, billing.ErrAlreadyDecided) {
			return nil // it was taken back before
		}
		if err != nil {
			return fmt.Errorf("take back top-up %s: %w", strings.TrimSpace(id.String()), err)
		}
	}
	return nil
}
