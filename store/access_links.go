package store

// Links with which somebody sets a password: once, within their time.

import (
	"context"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
)

// AccessLink lets a person set a password.
type AccessLink struct {
	billing.Person
	RemovesSecondFactor bool      `db:"removes_second_factor"`
	MadeAt              time.Time `db:"made_at"`
	ExpiresAt           time.Time `db:"expires_at"`
}

// PutAccessLink keeps the hash of a link's token; the person's link before it,
// if any, opens nothing from now on.
func (tx *Tx) PutAccessLink(ctx context.Context, tokenHash []byte, l AccessLink, lifetime time.Duration) error {
	if err := tx.EndAccessLink(ctx, l.Person); err != nil {
		return err
	}
	return tx.exec(ctx, "keep a link", `
		INSERT INTO access_links (token_hash, operator_id, member_id, removes_second_factor, expires_at)
		VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
		tokenHash, l.OperatorID, l.MemberID, l.RemovesSecondFactor, lifetime.Seconds())
}

// AccessLink finds a link that still opens, of somebody who is not disabled.
func (r reader) AccessLink(ctx context.Context, tokenHash []byte) (AccessLink, error) {
	return get[AccessLink](ctx, r.q, "link", `
		SELECT l.operator_id, l.member_id, l.removes_second_factor, l.made_at, l.expires_at
		FROM access_links l
		LEFT JOIN operators o ON o.id = l.operator_id
		LEFT JOIN members m ON m.id = l.member_id
		WHERE l.token_hash = $1 AND l.expires_at > now() AND o.disabled_at IS NULL AND m.disabled_at IS NULL`, tokenHash)
}

// TakeAccessLink uses a link up: the second who tries is billing.ErrNotFound.
func (tx *Tx) TakeAccessLink(ctx context.Context, tokenHash []byte) error {
	return tx.exec(ctx, "use a link", `DELETE FROM access_links WHERE token_hash = $1`, tokenHash)
}

// EndAccessLink takes a person's link away, if there is one.
func (tx *Tx) EndAccessLink(ctx context.Context, p billing.Person) error {
	if _, err := tx.tx.ExecContext(ctx, `DELETE FROM access_links WHERE operator_id = $1 OR member_id = $2`, p.OperatorID, p.MemberID); err != nil {
		return fmt.Errorf("end a link: %w", err)
	}
	return nil
}

// SetPassword keeps the hash of a person's new password.
func (tx *Tx) SetPassword(ctx context.Context, p billing.Person, hash string) error {
	if p.MemberID != nil {
		return tx.exec(ctx, "set a password", `UPDATE members SET password_hash = $2 WHERE id = $1`, p.MemberID, hash)
	}
	return tx.exec(ctx, "set a password", `UPDATE operators SET password_hash = $2 WHERE id = $1`, p.OperatorID, hash)
}
