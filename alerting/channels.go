package alerting

// Channels: made, changed, removed, tried; each act and its line in the audit log are
// one transaction. An address or a secret that was typed is sealed and never shown.

import (
	"context"
	"net/url"

	"github.com/google/uuid"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// environmentSlack is the id of the channel that SLACK_WEBHOOK_URL is.
var environmentSlack = uuid.NewSHA1(uuid.NameSpaceOID, []byte("latcom-billing SLACK_WEBHOOK_URL"))

// KeepEnvironment makes SLACK_WEBHOOK_URL a channel; empty: there is none of it.
func (m *Messenger) KeepEnvironment(ctx context.Context, slack string) error {
	c := billing.AlertChannel{ID: environmentSlack, Kind: billing.ChannelSlack, Name: "SLACK_WEBHOOK_URL"}
	if slack != "" {
		c.Target, c.Shown = m.box.Seal(purposeOf(c.ID, "address"), []byte(slack)), shownOf(slack)
	}
	return m.store.SetEnvironmentChannel(ctx, c)
}

// shownOf is all that anybody sees of an address: the rest is a secret.
func shownOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// Make keeps a new channel. Sent twice with the same id it is done once. Its error
// may be a billing.ValidationError.
func (m *Messenger) Make(ctx context.Context, by billing.Actor, id uuid.UUID, in billing.ChannelInput) error {
	if err := in.Check(true, m.options.AllowPrivate); err != nil {
		return err
	}
	c := billing.AlertChannel{ID: id, Kind: in.Kind, On: true}
	m.fill(&c, in)
	return m.store.InTx(ctx, func(tx *store.Tx) error {
		isNew, err := tx.InsertAlertChannel(ctx, c)
		if err != nil || !isNew {
			return err
		}
		return tx.Audit(ctx, by, did("made", c, nil))
	})
}

// fill writes what was filled in; an empty address or secret leaves what is kept.
func (m *Messenger) fill(c *billing.AlertChannel, in billing.ChannelInput) {
	if !c.FromEnvironment {
		c.Name, c.MailTo = in.Name, in.MailTo
		if in.Address != "" {
			c.Target, c.Shown = m.box.Seal(purposeOf(c.ID, "address"), []byte(in.Address)), shownOf(in.Address)
		}
		if in.Secret != "" {
			c.Secret = m.box.Seal(purposeOf(c.ID, "secret"), []byte(in.Secret))
		}
	}
	c.Least, c.Customers, c.Language, c.QuietMinutes = in.Least, in.Customers, in.Language, in.QuietMinutes
}

// Change writes a channel anew. Its errors may be a billing.ValidationError and
// ErrNotFound.
func (m *Messenger) Change(ctx context.Context, by billing.Actor, id uuid.UUID, in billing.ChannelInput) error {
	return m.change(ctx, by, "changed", id, func(c *billing.AlertChannel) error {
		in.Kind = c.Kind
		if c.FromEnvironment {
			in.Name, in.Address, in.Secret = c.Name, "", ""
		}
		if err := in.Check(false, m.options.AllowPrivate); err != nil {
			return err
		}
		m.fill(c, in)
		return nil
	})
}

// Switch switches a channel on or off. Doing it again changes nothing.
func (m *Messenger) Switch(ctx context.Context, by billing.Actor, id uuid.UUID, on bool) error {
	act := "switched_off"
	if on {
		act = "switched_on"
	}
	return m.change(ctx, by, act, id, func(c *billing.AlertChannel) error {
		if c.On == on {
			return errUnchanged
		}
		c.On = on
		return nil
	})
}

// Remove ends a channel for good. One of the environment is billing.ErrIllegalMove:
// it ends with its setting.
func (m *Messenger) Remove(ctx context.Context, by billing.Actor, id uuid.UUID) error {
	return m.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockAlertChannel(ctx, id)
		if err != nil {
			return err
		}
		if c.FromEnvironment {
			return billing.ErrIllegalMove
		}
		if err := tx.RemoveAlertChannel(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, by, did("removed", c, nil))
	})
}

func (m *Messenger) change(ctx context.Context, by billing.Actor, act string, id uuid.UUID, change func(*billing.AlertChannel) error) error {
	return m.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockAlertChannel(ctx, id)
		if err != nil {
			return err
		}
		before := facts(c)
		if err := change(&c); err != nil {
			if err == errUnchanged { //nolint:errorlint // it is ours alone
				return nil
			}
			return err
		}
		if err := tx.ChangeAlertChannel(ctx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, by, did(act, c, before))
	})
}

// Test sends a message that says nothing but that the channel works, and returns
// what went wrong; empty: it was taken.
func (m *Messenger) Test(ctx context.Context, by billing.Actor, id uuid.UUID) (problem string, err error) {
	var c billing.AlertChannel
	n := store.Notice{Message: billing.MessageTest}
	err = m.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.LockAlertChannel(ctx, id); err != nil {
			return err
		}
		if n.Now, err = tx.Now(ctx); err != nil {
			return err
		}
		return tx.Audit(ctx, by, did("tested", c, nil))
	})
	if err != nil {
		return "", err
	}
	n.Channel, n.Alert = &c, billing.Alert{Kind: "test", Severity: billing.SeverityWarning, Since: n.Now, Link: "/admin/alerts/channels"}
	problem = m.send(ctx, n)
	return problem, m.store.NoteAlertChannel(ctx, id, problem)
}

// SetThresholds writes from when on there is an alert. Setting what is set already
// writes nothing. Its error may be a billing.ValidationError.
func (m *Messenger) SetThresholds(ctx context.Context, by billing.Actor, t billing.AlertThresholds) error {
	if err := t.Check(); err != nil {
		return err
	}
	return m.store.InTx(ctx, func(tx *store.Tx) error {
		before, err := tx.LockAlertThresholds(ctx)
		if err != nil || before.Same(t) {
			return err
		}
		if err := tx.SetAlertThresholds(ctx, t); err != nil {
			return err
		}
		return tx.Audit(ctx, by, store.Did{Action: "alert_thresholds.changed", Subject: "alerts", Before: before.Facts(), After: t.Facts()})
	})
}
