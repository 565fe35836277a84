package topup

// What two operators decide: about an unknown outcome, a reversal, a charge.

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Propose records one operator's verdict about a top-up; nothing moves before a
// second one confirms it. Sent twice with the same id it is done once. Errors:
// billing.ValidationError, ErrIllegalMove when the top-up is not in the state
// that the verdict is about, ErrTaken when another proposal waits or the id was
// used for another one.
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
		return e.propose(ctx, tx, actor, t.TopUp, d)
	})
}

// propose writes a proposal about a locked top-up.
func (e *Engine) propose(ctx context.Context, tx *store.Tx, actor billing.Actor, t billing.TopUp, d billing.Decision) error {
	before, err := tx.Decision(ctx, d.ID)
	switch {
	case err == nil && before.SameProposal(d):
		return nil
	case err == nil:
		return billing.ErrTaken
	case !errors.Is(err, billing.ErrNotFound):
		return err
	}
	if err := e.decidable(ctx, tx, t, d.Verdict); err != nil {
		return err
	}
	if err := tx.InsertDecision(ctx, d); err != nil {
		return err
	}
	if err := tx.Audit(ctx, actor, store.Did{Action: "decision.proposed", CustomerID: &t.CustomerID, Subject: t.ID.String(), After: d.Facts()}); err != nil {
		return err
	}
	return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status})
}

// decidable refuses a verdict that does not fit the top-up and the evidence.
func (e *Engine) decidable(ctx context.Context, tx *store.Tx, t billing.TopUp, v billing.Verdict) error {
	against, err := tx.Contradictions(ctx, t.ID)
	if err != nil {
		return err
	}
	return v.Decidable(t, against)
}

// Confirm lets a second operator carry a proposal out; where approvals are switched
// off, the proposer himself. Errors: those of billing.MayConfirm, ErrAlreadyDecided,
// ErrIllegalMove when the top-up has moved on, InsufficientBalanceError for a charge.
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
	return e.end(ctx, actor, id, billing.DecisionRejected, objection, func(tx *store.Tx, _ billing.Balance, t billing.TopUp, _ billing.Decision) error {
		return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status})
	})
}

func (e *Engine) end(ctx context.Context, actor billing.Actor, id uuid.UUID, state billing.DecisionState, objection string,
	effect func(*store.Tx, billing.Balance, billing.TopUp, billing.Decision) error,
) error {
	d, err := e.store.Decision(ctx, id)
	if err != nil {
		return err
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
		decider, err := e.standing(ctx, tx, actor)
		if err != nil {
			return err
		}
		if d.OneOperator, err = billing.MayConfirm(d.ProposedBy, decider, e.options.ApprovalLimit); err != nil {
			return err
		}
		d.State, d.DecidedBy, d.Objection = state, &decider.ID, objection
		if err := tx.EndDecision(ctx, d); err != nil {
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
	effect, err := d.Verdict.Effect(t, b)
	if err != nil {
		return err
	}
	if effect.Entry != nil {
		if err := tx.Post(ctx, *effect.Entry); err != nil {
			return err
		}
		if err := tellLower(ctx, tx, b, effect.After); err != nil {
			return err
		}
	}
	if effect.House != nil {
		if err := tx.Post(ctx, *effect.House); err != nil {
			return err
		}
	}
	if d.ProviderTransactionID != "" {
		t.ProviderTransactionID = d.ProviderTransactionID
	}
	if effect.Status == t.Status {
		return tx.Announce(ctx, store.Change{CustomerID: t.CustomerID, TopUpID: t.ID, Status: t.Status})
	}
	if effect.Status == billing.StatusFailed {
		t.FailureCode = billing.FailureNotDelivered
	}
	if effect.Status == billing.StatusSucceeded {
		t.FailureReason = ""
	}
	return e.move(ctx, tx, t, effect.Status)
}
