package topup

// What two operators decide: about an unknown outcome, a reversal, a charge.

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Propose records one operator's verdict about a top-up; nothing moves before a
// second one confirms it. Sent twice with the same id it is done once. Errors:
// billing.ValidationError, ErrIllegalMove when the top-up is not in the state
// that the verdict is about, ErrTaken when another proposal waits.
func (e *Engine) Propose(ctx context.Context, actor billing.Actor, d billing.Decision) error {
	if err := d.Check(); err != nil {
		return err
	}
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return fmt.Errorf("propose about top-up %s: only an operator can: %w", d.TopUpID, billing.ErrOwnRequest)
	}
	d.ProposedBy = *actor.ID
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		t, err := tx.LockTopUp(ctx, d.TopUpID)
		if err != nil {
			return err
		}
		if err := e.decidable(ctx, tx, t.TopUp, d.Verdict); err != nil {
			return err
		}
		isNew, err := tx.InsertDecision(ctx, d)
		if err != nil || !isNew {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{Action: "decision.proposed", CustomerID: &t.CustomerID, Subject: t.ID.String(), After: d.Facts()})
	})
}

// decidable refuses a verdict that does not fit the top-up's state. A charge
// also wants evidence that the failed top-up was delivered.
func (e *Engine) decidable(ctx context.Context, tx *store.Tx, t billing.TopUp, v billing.Verdict) error {
	if t.Status != v.About() {
		return fmt.Errorf("%s about top-up %s, which is %s: %w", v, t.ID, t.Status, billing.ErrIllegalMove)
	}
	if v != billing.VerdictCharge {
		return nil
	}
	against, err := tx.Contradictions(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, c := range against {
		if c.Outcome == billing.OutcomeDelivered {
			return nil
		}
	}
	return fmt.Errorf("charge top-up %s without evidence of a delivery: %w", t.ID, billing.ErrIllegalMove)
}

// Confirm lets a second operator carry a proposal out. Errors: billing.ErrOwnRequest
// for the proposer, ErrAlreadyDecided, ErrIllegalMove when the top-up has moved
// on, InsufficientBalanceError for a charge.
func (e *Engine) Confirm(ctx context.Context, actor billing.Actor, id uuid.UUID) error {
	return e.end(ctx, actor, id, billing.DecisionConfirmed, "", func(tx *store.Tx, b billing.Balance, t billing.TopUp, d billing.Decision) error {
		if err := e.decidable(ctx, tx, t, d.Verdict); err != nil {
			return err
		}
		if err := e.carryOut(ctx, tx, b, t, d); err != nil {
			return err
		}
		return tx.CloseContradictions(ctx, t.ID, &d.ID, d.Note)
	})
}

// Disagree lets a second operator reject a proposal, with an objection. The
// top-up stays as it is and can be proposed again.
func (e *Engine) Disagree(ctx context.Context, actor billing.Actor, id uuid.UUID, objection string) error {
	if objection == "" {
		return billing.ValidationError{"objection": "Say why you disagree"}
	}
	return e.end(ctx, actor, id, billing.DecisionRejected, objection, func(*store.Tx, billing.Balance, billing.TopUp, billing.Decision) error { return nil })
}

func (e *Engine) end(ctx context.Context, actor billing.Actor, id uuid.UUID, state billing.DecisionState, objection string,
	effect func(*store.Tx, billing.Balance, billing.TopUp, billing.Decision) error,
) error {
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return fmt.Errorf("decide %s: only an operator can: %w", id, billing.ErrOwnRequest)
	}
	d, err := e.store.Decision(ctx, id)
	if err != nil {
		return err
	}
	if d.ProposedBy == *actor.ID {
		return billing.ErrOwnRequest
	}
	t, err := e.store.TopUp(ctx, d.TopUpID, 0)
	if err != nil {
		return err
	}
	return e.store.InTx(ctx, func(tx *store.Tx) error {
		balance, err := tx.LockBalance(ctx, t.CustomerID)
		if err != nil {
			return err
		}
		locked, err := tx.LockTopUp(ctx, d.TopUpID)
		if err != nil {
			return err
		}
		if err := tx.EndDecision(ctx, id, state, *actor.ID, objection); err != nil {
			return err
		}
		if err := effect(tx, balance, locked.TopUp, d); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, store.Did{
			Action: "decision." + string(state), CustomerID: &t.CustomerID, Subject: t.ID.String(),
			Before: map[string]string{"status": string(locked.Status), "balance": balance.Posted.String(), "held": balance.Held.String()},
			After:  d.Facts(),
		})
	})
}

// carryOut posts the entries of a verdict and moves the top-up.
func (e *Engine) carryOut(ctx context.Context, tx *store.Tx, b billing.Balance, t billing.TopUp, d billing.Decision) error {
	if d.ProviderTransactionID != "" {
		t.ProviderTransactionID = d.ProviderTransactionID
	}
	switch d.Verdict {
	case billing.VerdictDelivered:
		return e.succeed(ctx, tx, b, t)
	case billing.VerdictNotDelivered:
		t.FailureCode = billing.FailureNotDelivered
		return e.fail(ctx, tx, b, t)
	case billing.VerdictReverse:
		reversal, _ := b.Reverse(t.ID, t.Price)
		if err := tx.Post(ctx, reversal); err != nil {
			return err
		}
		return e.move(ctx, tx, t, billing.StatusReversed)
	case billing.VerdictCharge:
		charge, _, err := b.Charge(t.ID, t.Price)
		if err != nil {
			return err
		}
		if err := tx.Post(ctx, charge); err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status})
	default:
		return fmt.Errorf("verdict %q: %w", d.Verdict, billing.ErrIllegalMove)
	}
}
