package store

// Whether orders may go out to Latcom, for all instances together.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

// Breaker is how the way to Latcom stands.
type Breaker struct {
	Failures     int     `db:"failures"`      // in a row
	Open         bool    `db:"open"`          // nothing goes out before RetrySeconds; then one order at a time
	RetrySeconds float64 `db:"retry_seconds"` // until the next try; 0 or less: now
	OpenSeconds  float64 `db:"open_seconds"`  // since it opened
	Row          string  `db:"policy_row"`    // of the outcome policy: why it opened
	Reason       string  `db:"reason"`
	Probing      bool    `db:"probing"` // an order is out to try
}

// Breaker reads how the way to Latcom stands.
func (r reader) Breaker(ctx context.Context) (Breaker, error) {
	return get[Breaker](ctx, r.q, "the breaker", `
		SELECT failures, opened_at IS NOT NULL AS open,
		       COALESCE(EXTRACT(EPOCH FROM retry_at - clock_timestamp()), 0) AS retry_seconds,
		       COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - opened_at), 0) AS open_seconds,
		       policy_row, reason, COALESCE(probe_until > clock_timestamp(), false) AS probing
		FROM breaker`)
}

// ClaimProbe makes a top-up the one order that is let through an open breaker
// whose pause is over. It returns false when another one is, or it is too early.
// A breaker that has closed meanwhile lets everybody through.
func (tx *Tx) ClaimProbe(ctx context.Context, id billing.TopUpID) (bool, error) {
	res, err := tx.tx.ExecContext(ctx, `
		UPDATE breaker
		SET probe = CASE WHEN opened_at IS NOT NULL THEN CAST($1 AS uuid) END,
		    probe_until = CASE WHEN opened_at IS NOT NULL THEN now() + interval '3 minutes' END
		WHERE opened_at IS NULL
		   OR probe = $1
		   OR retry_at <= now() AND (probe IS NULL OR probe_until < now())`, id)
	if err != nil {
		return false, fmt.Errorf("claim the probe: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("claim the probe: %w", err)
	}
	return n == 1, nil
}

// TripAfter is how many failures in a row open the breaker.
const TripAfter = 5

// Why is what the outcome policy made of an answer: its row, and the text that
// was noted with it.
type Why struct{ Row, Text string }

// NoteProviderFailure counts an answer that speaks against sending more. At once
// opens the breaker without counting; so does the answer of the probe, for twice
// as long as before, two minutes at most.
func (tx *Tx) NoteProviderFailure(ctx context.Context, id billing.TopUpID, why Why, atOnce bool) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH was AS (SELECT opened_at IS NULL AND ($3 OR failures + 1 >= $4) AS opens, COALESCE(probe = $1, false) AS probed FROM breaker FOR UPDATE)
		UPDATE breaker
		SET failures = failures + 1,
		    opened_at = CASE WHEN was.opens THEN now() ELSE opened_at END,
		    pause_seconds = CASE WHEN was.opens THEN 15 WHEN was.probed THEN LEAST(2 * pause_seconds, 120) ELSE pause_seconds END,
		    retry_at = CASE WHEN was.opens THEN now() + interval '15 seconds'
		                    WHEN was.probed THEN now() + make_interval(secs => LEAST(2 * pause_seconds, 120))
		                    ELSE retry_at END,
		    reason = CASE WHEN was.opens OR was.probed THEN $2 ELSE reason END,
		    policy_row = CASE WHEN was.opens OR was.probed THEN $5 ELSE policy_row END,
		    probe = CASE WHEN was.probed THEN NULL ELSE probe END,
		    probe_until = CASE WHEN was.probed THEN NULL ELSE probe_until END
		FROM was`, id, clean(why.Text), atOnce, TripAfter, why.Row)
	if err != nil {
		return fmt.Errorf("count a failure of the provider: %w", err)
	}
	return nil
}

// NoteProviderSuccess closes the breaker when the probe was delivered, or an
// order that was sent after it opened; otherwise it ends the row of failures.
func (tx *Tx) NoteProviderSuccess(ctx context.Context, a billing.Attempt) error {
	_, err := tx.tx.ExecContext(ctx, `
		UPDATE breaker
		SET failures = 0, opened_at = NULL, retry_at = NULL, reason = '', probe = NULL, probe_until = NULL
		WHERE (failures > 0 OR opened_at IS NOT NULL)
		  AND (opened_at IS NULL OR probe = $1 OR opened_at < $2)`, a.TopUpID, a.StartedAt)
	if err != nil {
		return fmt.Errorf("count a success of the provider: %w", err)
	}
	return nil
}

// EndProbe lets the next order try: the answer to this one says nothing about
// the provider.
func (tx *Tx) EndProbe(ctx context.Context, id billing.TopUpID) error {
	if _, err := tx.tx.ExecContext(ctx, `UPDATE breaker SET probe = NULL, probe_until = NULL WHERE probe = $1`, id); err != nil {
		return fmt.Errorf("end the probe: %w", err)
	}
	return nil
}
