package store

// Where alerts go, and from when on there is one.

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

type channelRow struct {
	billing.AlertChannel
	MailTo pq.StringArray `db:"mail_to"`
}

const channelColumns = `id, kind, name, from_environment, mail_to, target, shown, secret, least, customers, language,
	quiet_minutes, state = 'on' AS is_on, failing_since, delivered_at, problem`

func channels(ctx context.Context, r reader, query string, args ...any) ([]billing.AlertChannel, error) {
	rows, err := list[channelRow](ctx, r.q, "alert channels", query, args...)
	if err != nil {
		return nil, err
	}
	all := make([]billing.AlertChannel, len(rows))
	for i, row := range rows {
		all[i] = row.AlertChannel
		all[i].MailTo = row.MailTo
	}
	return all, nil
}

// AlertChannels lists those that were not removed.
func (r reader) AlertChannels(ctx context.Context) ([]billing.AlertChannel, error) {
	return channels(ctx, r, `SELECT `+channelColumns+` FROM alert_channels WHERE state <> 'removed' ORDER BY created_at, id`)
}

// AlertChannel reads one that was not removed.
func (r reader) AlertChannel(ctx context.Context, id uuid.UUID) (billing.AlertChannel, error) {
	return oneChannel(channels(ctx, r, `SELECT `+channelColumns+` FROM alert_channels WHERE id = $1 AND state <> 'removed'`, id))
}

// LockAlertChannel reads one for a change.
func (tx *Tx) LockAlertChannel(ctx context.Context, id uuid.UUID) (billing.AlertChannel, error) {
	return oneChannel(channels(ctx, tx.reader, `SELECT `+channelColumns+` FROM alert_channels WHERE id = $1 AND state <> 'removed' FOR UPDATE`, id))
}

func oneChannel(found []billing.AlertChannel, err error) (billing.AlertChannel, error) {
	if err != nil {
		return billing.AlertChannel{}, err
	}
	if len(found) == 0 {
		return billing.AlertChannel{}, fmt.Errorf("alert channel: %w", billing.ErrNotFound)
	}
	return found[0], nil
}

// InsertAlertChannel keeps a new one. It returns false when its id is kept already:
// a form that was sent twice.
func (tx *Tx) InsertAlertChannel(ctx context.Context, c billing.AlertChannel) (bool, error) {
	_, err := get[uuid.UUID](ctx, tx.q, "alert channel", `
		INSERT INTO alert_channels (id, kind, name, mail_to, target, shown, secret, least, customers, language, quiet_minutes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO NOTHING
		RETURNING id`, c.ID, string(c.Kind), clean(c.Name), pq.Array(append([]string{}, c.MailTo...)), c.Target, clean(c.Shown), c.Secret,
		string(c.Least), c.Customers, c.Language, c.QuietMinutes)
	if errors.Is(err, billing.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ChangeAlertChannel writes a locked one anew. Where it leads elsewhere, what is
// known of how it does is forgotten.
func (tx *Tx) ChangeAlertChannel(ctx context.Context, c billing.AlertChannel) error {
	return tx.update(ctx, "change an alert channel", `
		UPDATE alert_channels
		SET name = $2, mail_to = $3, target = $4, shown = $5, secret = $6, least = $7, customers = $8, language = $9, quiet_minutes = $10,
		    state = CASE WHEN $11 THEN 'on' ELSE 'off' END,
		    failing_since = CASE WHEN target IS NOT DISTINCT FROM $4 AND mail_to = $3 AND $11 THEN failing_since END,
		    problem = CASE WHEN target IS NOT DISTINCT FROM $4 AND mail_to = $3 AND $11 THEN problem ELSE '' END
		WHERE id = $1`, c.ID, clean(c.Name), pq.Array(append([]string{}, c.MailTo...)), c.Target, clean(c.Shown), c.Secret,
		string(c.Least), c.Customers, c.Language, c.QuietMinutes, c.On)
}

// RemoveAlertChannel ends one for good, with what waits for it, and forgets its
// secrets.
func (tx *Tx) RemoveAlertChannel(ctx context.Context, id uuid.UUID) error {
	return tx.update(ctx, "remove an alert channel", `
		WITH gone AS (
			UPDATE alert_channels
			SET state = 'removed', secret = NULL, target = CASE WHEN kind <> 'email' THEN CAST('' AS bytea) END, mail_to = '{}'
			WHERE id = $1
			RETURNING id
		)
		UPDATE alert_notices SET state = 'dropped', ended_at = now() WHERE channel_id = (SELECT id FROM gone) AND state = 'waiting'`, id)
}

// SetEnvironmentChannel makes the channel of a setting, or gives it a new address;
// nil switches it off.
func (s *Store) SetEnvironmentChannel(ctx context.Context, c billing.AlertChannel) error {
	query := `
		INSERT INTO alert_channels (id, kind, name, from_environment, target, shown) VALUES ($1, $2, $3, true, $4, $5)
		ON CONFLICT (kind) WHERE from_environment DO UPDATE
		SET target = excluded.target, shown = excluded.shown, state = 'on'`
	args := []any{c.ID, string(c.Kind), c.Name, c.Target, c.Shown}
	if c.Target == nil {
		query, args = `UPDATE alert_channels SET state = 'removed' WHERE kind = $1 AND from_environment`, []any{string(c.Kind)}
	}
	if _, err := s.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("keep the alert channel of the environment: %w", err)
	}
	return nil
}

// NoteAlertChannel says how a channel does; an empty problem: it took a message.
func (s *Store) NoteAlertChannel(ctx context.Context, id uuid.UUID, problem string) error {
	_, err := s.db.ExecContext(ctx, `
		UPDATE alert_channels
		SET problem = $2, failing_since = CASE WHEN $2 <> '' THEN COALESCE(failing_since, now()) END,
		    delivered_at = CASE WHEN $2 = '' THEN now() ELSE delivered_at END
		WHERE id = $1`, id, clean(problem))
	if err != nil {
		return fmt.Errorf("note how an alert channel does: %w", err)
	}
	return nil
}

// FailingChannels lists the channels that are on and took nothing for some seconds.
func (r reader) FailingChannels(ctx context.Context, seconds float64) ([]billing.AlertChannel, error) {
	return channels(ctx, r, `
		SELECT `+channelColumns+` FROM alert_channels
		WHERE state = 'on' AND failing_since < now() - make_interval(secs => $1)
		ORDER BY created_at, id`, seconds)
}

// AlertThresholds reads from when on there is an alert.
func (r reader) AlertThresholds(ctx context.Context) (billing.AlertThresholds, error) {
	return get[billing.AlertThresholds](ctx, r.q, "thresholds of alerts", `
		SELECT success_percent, latency_seconds, queue_seconds, float_below, disk_percent FROM alert_thresholds`)
}

// LockAlertThresholds reads them for a change.
func (tx *Tx) LockAlertThresholds(ctx context.Context) (billing.AlertThresholds, error) {
	return get[billing.AlertThresholds](ctx, tx.q, "thresholds of alerts", `
		SELECT success_percent, latency_seconds, queue_seconds, float_below, disk_percent FROM alert_thresholds FOR UPDATE`)
}

// SetAlertThresholds writes them.
func (tx *Tx) SetAlertThresholds(ctx context.Context, t billing.AlertThresholds) error {
	return tx.update(ctx, "set the thresholds of alerts", `
		UPDATE alert_thresholds SET success_percent = $1, latency_seconds = $2, queue_seconds = $3, float_below = $4, disk_percent = $5`,
		t.SuccessPercent, t.LatencySeconds, t.QueueSeconds, t.FloatBelow, t.DiskPercent)
}

// CustomerWatch reads what a customer's members are told by e-mail.
func (r reader) CustomerWatch(ctx context.Context, customerID int64) (billing.CustomerWatch, error) {
	w, err := get[billing.CustomerWatch](ctx, r.q, "what a customer is told", `
		SELECT runway_minutes, mail, language FROM customer_watches WHERE customer_id = $1`, customerID)
	if errors.Is(err, billing.ErrNotFound) {
		return billing.UsualCustomerWatch(), nil
	}
	return w, err
}

// SetCustomerWatch writes it.
func (tx *Tx) SetCustomerWatch(ctx context.Context, customerID int64, w billing.CustomerWatch) error {
	return tx.update(ctx, "set what a customer is told", `
		INSERT INTO customer_watches (customer_id, runway_minutes, mail, language) VALUES ($1, $2, $3, $4)
		ON CONFLICT (customer_id) DO UPDATE SET runway_minutes = excluded.runway_minutes, mail = excluded.mail, language = excluded.language`,
		customerID, w.RunwayMinutes, w.Mail, w.Language)
}
