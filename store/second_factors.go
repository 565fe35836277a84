package store

// Second factors: the secret that a phone makes codes from, and the codes for
// who has no phone at hand.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// SecondFactor is a person's secret, encrypted, and how much of it is used up.
type SecondFactor struct {
	billing.Person
	Secret   []byte    `db:"secret"`
	LastStep int64     `db:"last_step"` // of the code used last
	MadeAt   time.Time `db:"made_at"`
	CodesNew int       `db:"codes_new"` // recovery codes that nobody used yet
}

// SecondFactor reads a person's; who has none is billing.ErrNotFound.
func (r reader) SecondFactor(ctx context.Context, p billing.Person) (SecondFactor, error) {
	return get[SecondFactor](ctx, r.q, "second factor", `
		SELECT operator_id, member_id, secret, last_step, made_at,
		       (SELECT count(*) FROM recovery_codes WHERE (operator_id = $1 OR member_id = $2) AND used_at IS NULL) AS codes_new
		FROM second_factors
		WHERE operator_id = $1 OR member_id = $2`, p.OperatorID, p.MemberID)
}

// InsertSecondFactor keeps a person's first or only one. One that is there
// already is billing.ErrTaken.
func (tx *Tx) InsertSecondFactor(ctx context.Context, f SecondFactor) error {
	err := tx.exec(ctx, "keep a second factor", `
		INSERT INTO second_factors (operator_id, member_id, secret, last_step) VALUES ($1, $2, $3, $4)`,
		f.OperatorID, f.MemberID, f.Secret, f.LastStep)
	if violates(err, "second_factors_one_an_operator") || violates(err, "second_factors_one_a_member") {
		return billing.ErrTaken
	}
	return err
}

// UseStep uses up the codes of a time step and of all before it: the second who
// tries is billing.ErrNotFound.
func (tx *Tx) UseStep(ctx context.Context, p billing.Person, step int64) error {
	return tx.exec(ctx, "use a code", `
		UPDATE second_factors SET last_step = $3 WHERE (operator_id = $1 OR member_id = $2) AND last_step < $3`, p.OperatorID, p.MemberID, step)
}

// ResealSecondFactor keeps the same secret under another key.
func (tx *Tx) ResealSecondFactor(ctx context.Context, p billing.Person, secret []byte) error {
	return tx.exec(ctx, "encrypt a second factor again", `
		UPDATE second_factors SET secret = $3 WHERE operator_id = $1 OR member_id = $2`, p.OperatorID, p.MemberID, secret)
}

// DeleteSecondFactor removes a person's second factor and its recovery codes,
// and says whether there was one.
func (tx *Tx) DeleteSecondFactor(ctx context.Context, p billing.Person) (bool, error) {
	return get[bool](ctx, tx.q, "removed second factor", `
		WITH codes AS (DELETE FROM recovery_codes WHERE operator_id = $1 OR member_id = $2),
		     factor AS (DELETE FROM second_factors WHERE operator_id = $1 OR member_id = $2 RETURNING id)
		SELECT EXISTS (SELECT FROM factor)`, p.OperatorID, p.MemberID)
}

// ReplaceRecoveryCodes keeps the hashes of a person's codes; those before them
// open nothing from now on.
func (tx *Tx) ReplaceRecoveryCodes(ctx context.Context, p billing.Person, hashes [][]byte) error {
	if _, err := tx.tx.ExecContext(ctx, `DELETE FROM recovery_codes WHERE operator_id = $1 OR member_id = $2`, p.OperatorID, p.MemberID); err != nil {
		return fmt.Errorf("remove recovery codes: %w", err)
	}
	for _, hash := range hashes {
		if _, err := tx.tx.ExecContext(ctx, `INSERT INTO recovery_codes (code_hash, operator_id, member_id) VALUES ($1, $2, $3)`, hash, p.OperatorID, p.MemberID); err != nil {
			return fmt.Errorf("keep a recovery code: %w", err)
		}
	}
	return nil
}

// UseRecoveryCode uses one up: one that is used or not there is billing.ErrNotFound.
func (tx *Tx) UseRecoveryCode(ctx context.Context, p billing.Person, hash []byte) error {
	return tx.exec(ctx, "use a recovery code", `
		UPDATE recovery_codes SET used_at = now()
		WHERE code_hash = $3 AND (operator_id = $1 OR member_id = $2) AND used_at IS NULL`, p.OperatorID, p.MemberID, hash)
}

// SecondFactorRequired says whether every operator needs one.
func (r reader) SecondFactorRequired(ctx context.Context) (bool, error) {
	return get[bool](ctx, r.q, "the rules for signing in", `SELECT second_factor_required FROM sign_in_rules`)
}

// RequireSecondFactor sets whether every operator needs one, and says whether
// that was another rule before.
func (tx *Tx) RequireSecondFactor(ctx context.Context, required bool) (changed bool, err error) {
	return get[bool](ctx, tx.q, "the new rule for signing in", `
		WITH changed AS (UPDATE sign_in_rules SET second_factor_required = $1 WHERE second_factor_required <> $1 RETURNING 1)
		SELECT EXISTS (SELECT FROM changed)`, required)
}
