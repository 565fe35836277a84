package store

// Operators: who works in the back office.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

const selectOperators = `
	SELECT o.id, o.sign_in_name, o.name, o.role, o.password_hash, o.created_at, o.disabled_at, o.made_by, o.approves_from, o.signed_in_at
	FROM operators o`

// CountOperators says how many operators there are, disabled ones included.
func (r reader) CountOperators(ctx context.Context) (int, error) {
	return get[int](ctx, r.q, "the number of operators", `SELECT count(*) FROM operators`)
}

// OperatorByName finds who may sign in under a name.
func (r reader) OperatorByName(ctx context.Context, signInName string) (billing.Operator, error) {
	return get[billing.Operator](ctx, r.q, "operator", selectOperators+` WHERE o.sign_in_name = lower($1) AND o.disabled_at IS NULL`, signInName)
}

// OperatorBySignInName finds an operator, disabled or not.
func (r reader) OperatorBySignInName(ctx context.Context, signInName string) (billing.Operator, error) {
	return get[billing.Operator](ctx, r.q, "operator", selectOperators+` WHERE o.sign_in_name = lower($1)`, signInName)
}

// Operators lists who may sign in.
func (r reader) Operators(ctx context.Context) ([]billing.Operator, error) {
	return list[billing.Operator](ctx, r.q, "operators", selectOperators+` WHERE o.disabled_at IS NULL ORDER BY lower(o.name), o.id`)
}

// OperatorSeen is an operator with what others see of how he signs in.
type OperatorSeen struct {
	billing.Operator
	Access
	MadeByName string `db:"made_by_name"` // empty: ADMIN_KEY, or before this was kept
}

// Access is what others see of how a person signs in.
type Access struct {
	Sessions        int        `db:"sessions"` // browsers that are signed in
	HasSecondFactor bool       `db:"has_second_factor"`
	LinkEndsAt      *time.Time `db:"link_ends_at"` // of the link with which a password can be set; nil: none
}

const selectOperatorsSeen = `
	SELECT o.id, o.sign_in_name, o.name, o.role, o.password_hash, o.created_at, o.disabled_at, o.made_by, o.approves_from, o.signed_in_at,
	       COALESCE(maker.name, '') AS made_by_name,
	       (SELECT count(*) FROM sessions s WHERE s.operator_id = o.id AND s.expires_at > now()) AS sessions,
	       EXISTS (SELECT FROM second_factors f WHERE f.operator_id = o.id) AS has_second_factor,
	       (SELECT l.expires_at FROM access_links l WHERE l.operator_id = o.id) AS link_ends_at
	FROM operators o
	LEFT JOIN operators maker ON maker.id = o.made_by`

// OperatorsSeen lists all operators, the disabled ones last.
func (r reader) OperatorsSeen(ctx context.Context) ([]OperatorSeen, error) {
	return list[OperatorSeen](ctx, r.q, "operators", selectOperatorsSeen+` ORDER BY o.disabled_at IS NOT NULL, lower(o.name), o.id`)
}

// OperatorSeen reads one operator, disabled or not.
func (r reader) OperatorSeen(ctx context.Context, id int64) (OperatorSeen, error) {
	return get[OperatorSeen](ctx, r.q, fmt.Sprintf("operator %d", id), selectOperatorsSeen+` WHERE o.id = $1`, id)
}

// LockOperators lets one at a time make, rank and disable operators.
func (tx *Tx) LockOperators(ctx context.Context) error {
	if _, err := tx.tx.ExecContext(ctx, `LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return fmt.Errorf("lock the operators: %w", err)
	}
	return nil
}

// InsertOperator adds an operator. A name in use is billing.ErrTaken.
func (tx *Tx) InsertOperator(ctx context.Context, o billing.Operator) (int64, error) {
	id, err := get[int64](ctx, tx.q, "new operator", `
		INSERT INTO operators (sign_in_name, name, role, password_hash, made_by) VALUES (lower($1), $2, $3, $4, $5)
		ON CONFLICT (sign_in_name) DO NOTHING
		RETURNING id`,
		o.SignInName, o.Name, o.Role, o.PasswordHash, o.MadeBy)
	if errors.Is(err, billing.ErrNotFound) {
		return 0, billing.ErrTaken
	}
	return id, err
}

// OtherAdmins counts the admins who can sign in, without one operator.
func (r reader) OtherAdmins(ctx context.Context, than int64) (int, error) {
	return get[int](ctx, r.q, "the number of admins", `
		SELECT count(*) FROM operators WHERE role = 'admin' AND disabled_at IS NULL AND password_hash <> '' AND id <> $1`, than)
}

// SetOperatorRole says what an operator may do from now on.
func (tx *Tx) SetOperatorRole(ctx context.Context, id int64, role billing.Role) error {
	return tx.exec(ctx, fmt.Sprintf("set the role of operator %d", id), `UPDATE operators SET role = $2 WHERE id = $1`, id, role)
}

// SetOperatorDisabled keeps an operator out, or lets him in again.
func (tx *Tx) SetOperatorDisabled(ctx context.Context, id int64, disabled bool) error {
	return tx.exec(ctx, fmt.Sprintf("disable operator %d", id), `
		UPDATE operators SET disabled_at = CASE WHEN $2 THEN now() END WHERE id = $1`, id, disabled)
}

// SetOperatorMaker notes who made or reset an account; nil is ADMIN_KEY.
func (tx *Tx) SetOperatorMaker(ctx context.Context, id int64, maker *int64) error {
	return tx.exec(ctx, fmt.Sprintf("note who reset operator %d", id), `UPDATE operators SET made_by = $2 WHERE id = $1`, id, maker)
}

// DelayApprovals keeps an operator from approving anything for a time.
func (tx *Tx) DelayApprovals(ctx context.Context, id int64, delay time.Duration) error {
	return tx.exec(ctx, fmt.Sprintf("delay the approvals of operator %d", id), `
		UPDATE operators SET approves_from = now() + make_interval(secs => $2) WHERE id = $1`, id, delay.Seconds())
}

// exec runs a statement that must find its row: none is billing.ErrNotFound.
func (tx *Tx) exec(ctx context.Context, what, query string, args ...any) error {
	result, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n == 0 {
		return fmt.Errorf("%s: %w", what, billing.ErrNotFound)
	}
	return nil
}
