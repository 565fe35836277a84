package store

// Failed sign-ins.

import (
	"context"
	"fmt"
	"time"
)

// SignInDelay says how long a name or address has to wait before its next try:
// nothing for the first five failures, then doubling up to fifteen minutes.
func (r reader) SignInDelay(ctx context.Context, key string) (time.Duration, error) {
	seconds, err := get[float64](ctx, r.q, "sign-in failures", `
		SELECT COALESCE(max(GREATEST(0, LEAST(900, 2 ^ LEAST(failures - 5, 20))
		                  - EXTRACT(EPOCH FROM now() - last_at))), 0)
		FROM sign_in_failures
		WHERE key = $1 AND failures > 5 AND last_at > now() - interval '1 day'`, key)
	return time.Duration(seconds * float64(time.Second)), err
}

// NoteSignInFailure counts a failed try against a name or address.
func (s *Store) NoteSignInFailure(ctx context.Context, key string) error {
	_, err := s.db.ExecContext(ctx, `
		INSERT INTO sign_in_failures AS f (key, failures) VALUES ($1, 1)
		ON CONFLICT (key) DO UPDATE
		SET failures = CASE WHEN f.last_at < now() - interval '1 day' THEN 1 ELSE f.failures + 1 END, last_at = now()`, clean(key))
	if err != nil {
		return fmt.Errorf("note a failed sign-in: %w", err)
	}
	return nil
}

// ForgetSignInFailures starts a name or address afresh after it signed in.
func (s *Store) ForgetSignInFailures(ctx context.Context, key string) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sign_in_failures WHERE key = $1`, clean(key)); err != nil {
		return fmt.Errorf("forget failed sign-ins: %w", err)
	}
	return nil
}
