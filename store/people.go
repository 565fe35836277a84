package store

// Operators, sessions and sign-in attempts.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

const selectOperators = `SELECT id, sign_in_name, name, role, password_hash, created_at, disabled_at FROM operators`

// CountOperators says how many operators there are, disabled ones included.
func (r reader) CountOperators(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of operators", `SELECT count(*) FROM operators`)
}

// OperatorByName finds who may sign in under a name.
func (r reader) OperatorByName(ctx context.Context, signInName string) (billing.Operator, error) {
	return get[billing.Operator](ctx, r.q, "operator", selectOperators+` WHERE sign_in_name = lower($1) AND disabled_at IS NULL`, signInName)
}

// Operators lists who may sign in.
func (r reader) Operators(ctx context.Context) ([]billing.Operator, error) {
	return list[billing.Operator](ctx, r.q, "operators", selectOperators+` WHERE disabled_at IS NULL ORDER BY lower(name), id`)
}

// InsertOperator adds an operator. A name in use is billing.ErrTaken.
func (tx *Tx) InsertOperator(ctx context.Context, o billing.Operator) (int64, error) {
	id, err := get[int64](ctx, tx.q, "new operator", `
		INSERT INTO operators (sign_in_name, name, role, password_hash) VALUES (lower($1), $2, $3, $4) RETURNING id`,
		o.SignInName, o.Name, o.Role, o.PasswordHash)
	if violates(err, "operators_sign_in_name_taken") {
		return 0, billing.ErrTaken
	}
	return id, err
}

// LockOperators keeps two first operators from being made at once.
func (tx *Tx) LockOperators(ctx context.Context) error {
	if _, err := tx.tx.ExecContext(ctx, `LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return fmt.Errorf("lock the operators: %w", err)
	}
	return nil
}

// Session is a signed-in browser of an operator or a member.
type Session struct {
	OperatorID *int64 `db:"operator_id"`
	MemberID   *int64 `db:"member_id"`
	Address    string `db:"address"`
	UserAgent  string `db:"user_agent"`
}

// InsertSession keeps a new session under the hash of its token.
func (tx *Tx) InsertSession(ctx context.Context, tokenHash []byte, s Session, lifetime time.Duration) error {
	_, err := tx.tx.ExecContext(ctx, `
		INSERT INTO sessions (token_hash, operator_id, member_id, address, user_agent, expires_at)
		VALUES ($1, $2, $3, $4, left($5, 300), now() + make_interval(secs => $6))`,
		tokenHash, s.OperatorID, s.MemberID, s.Address, clean(s.UserAgent), lifetime.Seconds())
	if err != nil {
		return fmt.Errorf("insert a session: %w", err)
	}
	return nil
}

// OperatorBySession finds who is signed in with a token.
func (r reader) OperatorBySession(ctx context.Context, tokenHash []byte) (billing.Operator, error) {
	return get[billing.Operator](ctx, r.q, "session", `
		SELECT o.id, o.sign_in_name, o.name, o.role, o.password_hash, o.created_at, o.disabled_at
		FROM sessions s
		JOIN operators o ON o.id = s.operator_id
		WHERE s.token_hash = $1 AND s.expires_at > now() AND o.disabled_at IS NULL`, tokenHash)
}

// MemberBySession finds who is signed in with a token.
func (r reader) MemberBySession(ctx context.Context, tokenHash []byte) (billing.Member, error) {
	return get[billing.Member](ctx, r.q, "session", `
		SELECT m.id, m.customer_id, m.email, m.name, m.password_hash, m.created_at, m.disabled_at
		FROM sessions s
		JOIN members m ON m.id = s.member_id
		WHERE s.token_hash = $1 AND s.expires_at > now() AND m.disabled_at IS NULL`, tokenHash)
}

// EndSession signs one browser out. Ending one that is not there is no error.
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// ForgetSessions removes ended sessions and old sign-in failures.
func (s *Store) ForgetSessions(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		WITH failures AS (DELETE FROM sign_in_failures WHERE last_at < now() - interval '1 day')
		DELETE FROM sessions WHERE expires_at < now()`)
	if err != nil {
		return fmt.Errorf("forget ended sessions: %w", err)
	}
	return nil
}

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
