package store

// Sessions: browsers that are signed in.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// Session is a signed-in browser of an operator or a member.
type Session struct {
	billing.Person
	ID        int64     `db:"id"`
	Address   string    `db:"address"`
	UserAgent string    `db:"user_agent"`
	CreatedAt time.Time `db:"created_at"`
	SeenAt    time.Time `db:"seen_at"` // to the minute
}

// InsertSession keeps a new session under the hash of its token.
func (tx *Tx) InsertSession(ctx context.Context, tokenHash []byte, s Session, lifetime time.Duration) error {
	_, err := tx.tx.ExecContext(ctx, `
		WITH operator AS (UPDATE operators SET signed_in_at = now() WHERE id = $2),
		     member AS (UPDATE members SET signed_in_at = now() WHERE id = $3)
		INSERT INTO sessions (token_hash, operator_id, member_id, address, user_agent, expires_at)
		VALUES ($1, $2, $3, $4, left($5, 300), now() + make_interval(secs => $6))`,
		tokenHash, s.OperatorID, s.MemberID, s.Address, clean(s.UserAgent), lifetime.Seconds())
	if err != nil {
		return fmt.Errorf("insert a session: %w", err)
	}
	return nil
}

// SignedInOperator is an operator in one of his browsers.
type SignedInOperator struct {
	billing.Operator
	Browser
	OwesSecondFactor bool `db:"owes_second_factor"` // it is required, and he has none
}

// SignedInMember is a member in one of its browsers.
type SignedInMember struct {
	billing.Member
	Browser
}

// Browser is the session that asks.
type Browser struct {
	SessionID int64 `db:"session_id"`
	Stale     bool  `db:"stale"` // not noted as seen for a minute: see TouchSession
}

// OperatorBySession finds who is signed in with a token.
func (r reader) OperatorBySession(ctx context.Context, tokenHash []byte) (SignedInOperator, error) {
	return get[SignedInOperator](ctx, r.q, "session", `
		SELECT o.id, o.sign_in_name, o.name, o.role, o.password_hash, o.created_at, o.disabled_at, o.made_by, o.approves_from, o.signed_in_at,
		       s.id AS session_id, s.seen_at < now() - interval '1 minute' AS stale,
		       (SELECT second_factor_required FROM sign_in_rules)
		           AND NOT EXISTS (SELECT FROM second_factors f WHERE f.operator_id = o.id) AS owes_second_factor
		FROM sessions s
		JOIN operators o ON o.id = s.operator_id
		WHERE s.token_hash = $1 AND s.expires_at > now() AND o.disabled_at IS NULL`, tokenHash)
}

// MemberBySession finds who is signed in with a token.
func (r reader) MemberBySession(ctx context.Context, tokenHash []byte) (SignedInMember, error) {
	return get[SignedInMember](ctx, r.q, "session", `
		SELECT m.id, m.customer_id, m.email, m.name, m.role, m.password_hash, m.created_at, m.disabled_at, m.signed_in_at,
		       s.id AS session_id, s.seen_at < now() - interval '1 minute' AS stale
		FROM sessions s
		JOIN members m ON m.id = s.member_id
		WHERE s.token_hash = $1 AND s.expires_at > now() AND m.disabled_at IS NULL`, tokenHash)
}

// TouchSession notes that a browser was seen.
func (s *Store) TouchSession(ctx context.Context, id int64) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE sessions SET seen_at = now() WHERE id = $1`, id); err != nil {
		return fmt.Errorf("note that a session was seen: %w", err)
	}
	return nil
}

// Sessions lists the browsers in which a person is signed in, the one seen last first.
func (r reader) Sessions(ctx context.Context, p billing.Person) ([]Session, error) {
	return list[Session](ctx, r.q, "sessions", `
		SELECT id, operator_id, member_id, address, user_agent, created_at, seen_at
		FROM sessions
		WHERE (operator_id = $1 OR member_id = $2) AND expires_at > now()
		ORDER BY seen_at DESC, id DESC`, p.OperatorID, p.MemberID)
}

// EndSession signs one browser out. Ending one that is not there is no error.
func (s *Store) EndSession(ctx context.Context, tokenHash []byte) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndOneSession signs one browser of a person out. Another person's is
// billing.ErrNotFound, as one that is not there.
func (tx *Tx) EndOneSession(ctx context.Context, p billing.Person, id int64) error {
	return tx.exec(ctx, "end a session", `
		DELETE FROM sessions WHERE id = $3 AND (operator_id = $1 OR member_id = $2)`, p.OperatorID, p.MemberID, id)
}

// EndSessions signs a person out everywhere but in one browser (0: everywhere),
// and says in how many it was signed in.
func (tx *Tx) EndSessions(ctx context.Context, p billing.Person, but int64) (int, error) {
	return get[int](ctx, tx.q, "ended sessions", `
		WITH ended AS (DELETE FROM sessions WHERE (operator_id = $1 OR member_id = $2) AND id <> $3 RETURNING id)
		SELECT count(*) FROM ended`, p.OperatorID, p.MemberID, but)
}

// ForgetSessions removes ended sessions, links that nobody used, and old sign-in failures.
func (s *Store) ForgetSessions(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `
		WITH failures AS (DELETE FROM sign_in_failures WHERE last_at < now() - interval '1 day'),
		     links AS (DELETE FROM access_links WHERE expires_at < now() - interval '30 days')
		DELETE FROM sessions WHERE expires_at < now()`)
	if err != nil {
		return fmt.Errorf("forget ended sessions: %w", err)
	}
	return nil
}
