package store

// Alerts: what somebody has to know about, once for all instances.

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"latcom.example/latcom-billing/billing"
)

// RaiseAlert opens an alert, or notes that the open one of its kind and subject
// is still so, with new words. It returns true for who opened it: of several
// instances, one.
func (tx *Tx) RaiseAlert(ctx context.Context, a billing.Alert) (opened bool, err error) {
	words, err := json.Marshal(a.Words)
	if err != nil {
		return false, fmt.Errorf("write the words of alert %s: %w", a.Kind, err)
	}
	if a.Words == nil {
		words = []byte("{}")
	}
	return get[bool](ctx, tx.q, "alert", `
		INSERT INTO alerts AS a (kind, subject, severity, words, link) VALUES ($1, $2, $3, CAST($4 AS jsonb), $5)
		ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO UPDATE
		SET severity = excluded.severity, words = excluded.words, link = excluded.link, seen_at = GREATEST(a.seen_at, now())
		RETURNING xmax = 0`, a.Kind, a.Subject, a.Severity, string(words), a.Link)
}

// EndAlerts ends the open alerts of a kind whose subjects are not among still,
// and returns them.
func (tx *Tx) EndAlerts(ctx context.Context, kind billing.AlertKind, still []string) ([]billing.Alert, error) {
	return alerts(ctx, tx.reader, "ended alerts", `
		UPDATE alerts SET ended_at = GREATEST(seen_at, now())
		WHERE kind = $1 AND ended_at IS NULL AND subject <> ALL ($2)
		RETURNING `+alertColumns, kind, pq.Array(append([]string{}, still...)))
}

// EndAlert ends the open alert of a kind and subject and returns it, or none.
func (tx *Tx) EndAlert(ctx context.Context, kind billing.AlertKind, subject string) ([]billing.Alert, error) {
	return alerts(ctx, tx.reader, "ended alerts", `
		UPDATE alerts SET ended_at = GREATEST(seen_at, now())
		WHERE kind = $1 AND subject = $2 AND ended_at IS NULL
		RETURNING `+alertColumns, kind, subject)
}

// OpenAlerts lists what is so now: critical ones first, then the oldest.
func (r reader) OpenAlerts(ctx context.Context) ([]billing.Alert, error) {
	return alerts(ctx, r, "open alerts", `
		SELECT `+alertColumns+` FROM alerts
		WHERE ended_at IS NULL
		ORDER BY severity, since, id`)
}

// EndedAlerts lists what is over, the newest first: those with an id below
// before (0: all), at most limit.
func (r reader) EndedAlerts(ctx context.Context, before int64, limit int) ([]billing.Alert, error) {
	return alerts(ctx, r, "ended alerts", `
		SELECT `+alertColumns+` FROM alerts
		WHERE ended_at IS NOT NULL AND ($1 = 0 OR id < $1)
		ORDER BY id DESC
		LIMIT $2`, before, limit)
}

const alertColumns = `id, kind, subject, severity, words, link, since, seen_at, ended_at`

func alerts(ctx context.Context, r reader, what, query string, args ...any) ([]billing.Alert, error) {
	rows, err := list[struct {
		billing.Alert
		Words []byte `db:"words"`
	}](ctx, r.q, what, query, args...)
	if err != nil {
		return nil, err
	}
	all := make([]billing.Alert, len(rows))
	for i, row := range rows {
		all[i] = row.Alert
		if err := json.Unmarshal(row.Words, &all[i].Words); err != nil {
			return nil, fmt.Errorf("read the words of alert %d: %w", row.ID, err)
		}
	}
	return all, nil
}

// TryAlerts lets one transaction at a time look after the alerts; false means
// that another instance does.
func (tx *Tx) TryAlerts(ctx context.Context) (bool, error) {
	return get[bool](ctx, tx.q, "the alerts' lock", `SELECT pg_try_advisory_xact_lock(hashtext('latcom-billing alerts'))`)
}

// AgedCases is how many cases have waited for longer than some age, and the
// money that hangs on them.
type AgedCases struct {
	Count int         `db:"count"`
	Money billing.USD `db:"money"`
}

// UnknownFor counts the top-ups that are unknown for longer than age seconds,
// and their holds.
func (r reader) UnknownFor(ctx context.Context, age float64) (AgedCases, error) {
	return get[AgedCases](ctx, r.q, "old unknown top-ups", `
		SELECT count(*) AS count, COALESCE(sum(t.price), 0) AS money
		FROM topups t
		LEFT JOIN attempts a ON a.topup_id = t.id AND a.number = t.attempts
		WHERE t.status = 'unknown' AND COALESCE(a.finished_at, t.updated_at) < now() - make_interval(secs => $1)`, age)
}

// OpenContradictions counts the final top-ups that later evidence contradicts,
// and their prices.
func (r reader) OpenContradictions(ctx context.Context) (AgedCases, error) {
	return get[AgedCases](ctx, r.q, "open contradictions", `
		SELECT count(*) AS count, COALESCE(sum(price), 0) AS money
		FROM topups
		WHERE id IN (SELECT topup_id FROM contradictions WHERE closed_at IS NULL)`)
}
