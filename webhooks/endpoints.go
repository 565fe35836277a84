package webhooks

// Endpoints: made, changed, rotated, removed, tried; each act and its line in the
// audit log are one transaction.

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Make keeps a new endpoint with its secret, which nobody can read afterwards. Sent
// twice with the same id it is done once. Errors: billing.ValidationError, ErrTaken
// for an id that is another's, ErrTooMany beyond billing.MostEndpoints.
func (c *Courier) Make(ctx context.Context, actor billing.Actor, e billing.WebhookEndpoint, secret string) error {
	if err := billing.CheckEndpoint(e, c.allowPrivate); err != nil {
		return err
	}
	e.State, e.Secret = billing.EndpointOn, c.box.Seal(purposeOf(e.ID), []byte(secret))
	return c.store.InTx(ctx, func(tx *store.Tx) error {
		isNew, err := tx.PutWebhookEndpoint(ctx, e)
		if err != nil || !isNew {
			return err
		}
		return tx.Audit(ctx, actor, did("made", e, nil))
	})
}

// Change writes an endpoint's address, description, events and whether it is on.
// One that is switched off is told nothing more of what waits. Changing nothing
// writes nothing. Errors: billing.ValidationError, ErrNotFound.
func (c *Courier) Change(ctx context.Context, actor billing.Actor, e billing.WebhookEndpoint) error {
	if err := billing.CheckEndpoint(e, c.allowPrivate); err != nil {
		return err
	}
	return c.change(ctx, actor, "changed", e.CustomerID, e.ID, func(now *billing.WebhookEndpoint) {
		now.URL, now.Description, now.Events = e.URL, e.Description, e.Events
	})
}

// Switch switches an endpoint on or off. One that answered 410 goes on when it is
// switched on. Doing it again changes nothing.
func (c *Courier) Switch(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID, on bool) error {
	act, state := "switched_off", billing.EndpointOff
	if on {
		act, state = "switched_on", billing.EndpointOn
	}
	return c.change(ctx, actor, act, customerID, id, func(now *billing.WebhookEndpoint) { now.State = state })
}

// Remove ends an endpoint for good; its log goes with it. Doing it again is
// billing.ErrNotFound.
func (c *Courier) Remove(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID) error {
	return c.change(ctx, actor, "removed", customerID, id, func(now *billing.WebhookEndpoint) { now.State = billing.EndpointRemoved })
}

func (c *Courier) change(ctx context.Context, actor billing.Actor, act string, customerID int64, id uuid.UUID, change func(*billing.WebhookEndpoint)) error {
	return c.store.InTx(ctx, func(tx *store.Tx) error {
		before, err := tx.LockWebhookEndpoint(ctx, customerID, id)
		if err != nil {
			return err
		}
		after := before
		if change(&after); same(before, after) {
			return nil
		}
		if err := tx.ChangeWebhookEndpoint(ctx, after); err != nil {
			return err
		}
		if after.State != billing.EndpointOn {
			if err := tx.EndWaitingWebhooks(ctx, id); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, actor, did(act, after, before.Facts()))
	})
}

func same(a, b billing.WebhookEndpoint) bool {
	if a.URL != b.URL || a.Description != b.Description || a.State != b.State || len(a.Events) != len(b.Events) {
		return false
	}
	for i := range a.Events {
		if a.Events[i] != b.Events[i] {
			return false
		}
	}
	return true
}

// Rotate replaces an endpoint's secret; the old one signs beside it for
// billing.SecretOverlap. The same secret again changes nothing: a form sent twice
// does it once.
func (c *Courier) Rotate(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID, secret string) error {
	return c.store.InTx(ctx, func(tx *store.Tx) error {
		e, err := tx.LockWebhookEndpoint(ctx, customerID, id)
		if err != nil {
			return err
		}
		now, _, err := c.box.Open(purposeOf(id), e.Secret)
		if err == nil && string(now) == secret {
			return nil
		}
		// A secret that no key of ours opens any more is replaced all the same.
		if err := tx.RotateWebhookSecret(ctx, id, c.box.Seal(purposeOf(id), []byte(secret)), billing.SecretOverlap); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, did("rotated", e, nil))
	})
}

// Test sends a test event to an endpoint that is on, and says which delivery it is.
// One that is not is billing.ErrIllegalMove.
func (c *Courier) Test(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID) (delivery int64, err error) {
	err = c.store.InTx(ctx, func(tx *store.Tx) error {
		e, err := tx.LockWebhookEndpoint(ctx, customerID, id)
		if err != nil {
			return err
		}
		if e.State != billing.EndpointOn {
			return billing.ErrIllegalMove
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		event, err := billing.TestEvent(e, now)
		if err != nil {
			return err
		}
		if delivery, err = tx.InsertTestEvent(ctx, event, id); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, did("tested", e, nil))
	})
	return delivery, err
}

// Replay sends an event to an endpoint once more, with the same webhook-id. Errors:
// billing.ErrNotFound, ErrIllegalMove when the endpoint is not on.
func (c *Courier) Replay(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID, delivery int64) error {
	_, err := c.replay(ctx, actor, customerID, id, func(tx *store.Tx) (int, error) { return 1, tx.ReplayWebhook(ctx, id, delivery) },
		map[string]string{"delivery": strconv.FormatInt(delivery, 10)})
	return err
}

// ReplayFailed sends everything that was given up or ended at an endpoint since a
// moment once more, and says how much that is; store.MostReplays at most.
func (c *Courier) ReplayFailed(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID, since time.Time) (int, error) {
	return c.replay(ctx, actor, customerID, id, func(tx *store.Tx) (int, error) { return tx.ReplayFailedWebhooks(ctx, id, since) },
		map[string]string{"since": since.UTC().Format(time.RFC3339)})
}

func (c *Courier) replay(ctx context.Context, actor billing.Actor, customerID int64, id uuid.UUID, again func(*store.Tx) (int, error), facts map[string]string) (replayed int, err error) {
	err = c.store.InTx(ctx, func(tx *store.Tx) error {
		e, err := tx.LockWebhookEndpoint(ctx, customerID, id)
		if err != nil {
			return err
		}
		if e.State != billing.EndpointOn {
			return billing.ErrIllegalMove
		}
		if replayed, err = again(tx); err != nil || replayed == 0 {
			return err
		}
		d := did("replayed", e, nil)
		facts["url"], facts["count"] = e.URL, strconv.Itoa(replayed)
		d.After = facts
		return tx.Audit(ctx, actor, d)
	})
	return replayed, err
}

func did(act string, e billing.WebhookEndpoint, before any) store.Did {
	return store.Did{Action: "webhook." + act, CustomerID: &e.CustomerID, Subject: e.ID.String(), Before: before, After: e.Facts()}
}
