package topup

// What operators say about answers that nobody has classified: for later answers
// alone.

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// refreshClassifications tells the way to Latcom what is in force.
func (e *Engine) refreshClassifications(ctx context.Context) error {
	if e.options.Classify == nil {
		return nil
	}
	inForce, err := e.store.ClassificationsInForce(ctx)
	if err == nil {
		e.options.Classify(inForce)
	}
	return err
}

// Classify records what later answers of a shape mean, made from an example. One
// that ends top-ups waits for a second operator; any other is in force on every
// instance within seconds. Sent twice with the same id it is done once. Errors:
// billing.ValidationError, ErrNotFound for an example that nobody has to classify,
// ErrTaken when a proposal about this shape waits or the id was used for another.
func (e *Engine) Classify(ctx context.Context, actor billing.Actor, c billing.Classification) (billing.Classification, error) {
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return c, fmt.Errorf("classify an answer: only an operator can: %w", billing.ErrOwnRequest)
	}
	example, err := e.store.AttemptExample(ctx, c.ExampleID)
	if err != nil {
		return c, err
	}
	if err := c.About(example.Attempt); err != nil {
		return c, err
	}
	if err := c.Check(); err != nil {
		return c, err
	}
	c.ProposedBy = *actor.ID
	err = e.store.InTx(ctx, func(tx *store.Tx) error { return e.classify(ctx, tx, actor, c) })
	if err != nil {
		return c, err
	}
	if err := e.refreshClassifications(ctx); err != nil {
		return c, err
	}
	return e.store.Classification(ctx, c.ID)
}

func (e *Engine) classify(ctx context.Context, tx *store.Tx, actor billing.Actor, c billing.Classification) error {
	if err := tx.LockClassifications(ctx); err != nil {
		return err
	}
	before, err := tx.Classification(ctx, c.ID)
	switch {
	case err == nil && before.SameProposal(c):
		return nil
	case err == nil:
		return billing.ErrTaken
	case !errors.Is(err, billing.ErrNotFound):
		return err
	}
	switch _, err := tx.WaitingClassification(ctx, c.ShapeKey); {
	case err == nil:
		return billing.ErrTaken
	case !errors.Is(err, billing.ErrNotFound):
		return err
	}
	if err := tx.InsertClassification(ctx, c); err != nil {
		return err
	}
	action := "classification.recorded"
	if c.NeedsSecond() {
		action = "classification.proposed"
	}
	return tx.Audit(ctx, actor, store.Did{Action: action, Subject: c.ID.String(), After: c.Facts()})
}

// DecideClassification lets a second operator confirm a classification, or reject
// it with an objection, also where approvals of money are switched off. Errors:
// those of billing.MayDecide, ErrAlreadyDecided, ValidationError without an
// objection.
func (e *Engine) DecideClassification(ctx context.Context, actor billing.Actor, id uuid.UUID, confirm bool, objection string) error {
	if !confirm && objection == "" {
		return billing.ValidationError{"objection": "Say why you disagree"}
	}
	action := "classification.confirmed"
	if !confirm {
		action = "classification.rejected"
	}
	err := e.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockClassifications(ctx); err != nil {
			return err
		}
		c, err := tx.Classification(ctx, id)
		if err != nil {
			return err
		}
		decider, err := e.mayDecide(ctx, tx, actor, &c.ProposedBy)
		if err != nil {
			return err
		}
		if c.State != billing.ClassificationWaiting {
			return billing.ErrAlreadyDecided
		}
		if err := tx.DecideClassification(ctx, c, decider, confirm, objection); err != nil {
			return err
		}
		after := c.Facts()
		if objection != "" {
			after["objection"] = objection
		}
		return tx.Audit(ctx, actor, store.Did{Action: action, Subject: id.String(), After: after})
	})
	if err != nil {
		return err
	}
	return e.refreshClassifications(ctx)
}
