package store

// Members: a customer's people.

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
)

const selectMembers = `
	SELECT m.id, m.customer_id, m.email, m.name, m.role, m.password_hash, m.created_at, m.disabled_at, m.signed_in_at
	FROM members m`

// MemberByEmail finds who may sign in under an e-mail address.
func (r reader) MemberByEmail(ctx context.Context, email string) (billing.Member, error) {
	return get[billing.Member](ctx, r.q, "member", selectMembers+` WHERE m.email = lower($1) AND m.disabled_at IS NULL`, email)
}

// AnyMemberByEmail finds a member by its e-mail address, disabled or not.
func (r reader) AnyMemberByEmail(ctx context.Context, email string) (billing.Member, error) {
	return get[billing.Member](ctx, r.q, "member", selectMembers+` WHERE m.email = lower($1)`, email)
}

// Member reads one member, disabled or not.
func (r reader) Member(ctx context.Context, id int64) (billing.Member, error) {
	return get[billing.Member](ctx, r.q, fmt.Sprintf("member %d", id), selectMembers+` WHERE m.id = $1`, id)
}

// MemberSeen is a member with what others see of how he signs in.
type MemberSeen struct {
	billing.Member
	Access
}

const selectMembersSeen = `
	SELECT m.id, m.customer_id, m.email, m.name, m.role, m.password_hash, m.created_at, m.disabled_at, m.signed_in_at,
	       (SELECT count(*) FROM sessions s WHERE s.member_id = m.id AND s.expires_at > now()) AS sessions,
	       EXISTS (SELECT FROM second_factors f WHERE f.member_id = m.id) AS has_second_factor,
	       (SELECT l.expires_at FROM access_links l WHERE l.member_id = m.id) AS link_ends_at
	FROM members m`

// MembersSeen lists a customer's people, the disabled ones last.
func (r reader) MembersSeen(ctx context.Context, customerID int64) ([]MemberSeen, error) {
	return list[MemberSeen](ctx, r.q, "members", selectMembersSeen+`
		WHERE m.customer_id = $1 ORDER BY m.disabled_at IS NOT NULL, lower(m.name), m.id`, customerID)
}

// MemberSeen reads one of a customer's people. Another customer's is
// billing.ErrNotFound, as one that is not there.
func (r reader) MemberSeen(ctx context.Context, customerID, id int64) (MemberSeen, error) {
	return get[MemberSeen](ctx, r.q, fmt.Sprintf("member %d", id), selectMembersSeen+` WHERE m.customer_id = $1 AND m.id = $2`, customerID, id)
}

// LockMembers lets one at a time make, rank and disable a customer's members.
func (tx *Tx) LockMembers(ctx context.Context, customerID int64) error {
	return tx.exec(ctx, fmt.Sprintf("lock the members of customer %d", customerID), `SELECT FROM customers WHERE id = $1 FOR NO KEY UPDATE`, customerID)
}

// InsertMember adds a person of a customer, a member unless its role says
// otherwise. An address in use is billing.ErrTaken.
func (tx *Tx) InsertMember(ctx context.Context, m billing.Member) (int64, error) {
	id, err := get[int64](ctx, tx.q, "new member", `
		INSERT INTO members (customer_id, email, name, role, password_hash) VALUES ($1, lower($2), $3, COALESCE(NULLIF($4, ''), 'member'), $5)
		ON CONFLICT (email) DO NOTHING
		RETURNING id`,
		m.CustomerID, m.Email, m.Name, m.Role, m.PasswordHash)
	if errors.Is(err, billing.ErrNotFound) {
		return 0, billing.ErrTaken
	}
	return id, err
}

// OtherOwners counts a customer's owners who can sign in, without one member.
func (r reader) OtherOwners(ctx context.Context, customerID, than int64) (int, error) {
	return get[int](ctx, r.q, "the number of owners", `
		SELECT count(*) FROM members
		WHERE customer_id = $1 AND role = 'owner' AND disabled_at IS NULL AND password_hash <> '' AND id <> $2`, customerID, than)
}

// SetMemberRole says what a member may do from now on.
func (tx *Tx) SetMemberRole(ctx context.Context, id int64, role billing.MemberRole) error {
	return tx.exec(ctx, fmt.Sprintf("set the role of member %d", id), `UPDATE members SET role = $2 WHERE id = $1`, id, role)
}

// SetMemberDisabled keeps a member out, or lets it in again.
func (tx *Tx) SetMemberDisabled(ctx context.Context, id int64, disabled bool) error {
	return tx.exec(ctx, fmt.Sprintf("disable member %d", id), `
		UPDATE members SET disabled_at = CASE WHEN $2 THEN now() END WHERE id = $1`, id, disabled)
}
