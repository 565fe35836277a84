package access

// Members of a customer: invited by an owner of the customer or by an operator.

import (
	"context"
	"errors"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// InviteMember makes a member of a customer without a password, and the link
// with which it sets one; token is the link's secret. Sent twice with the same
// token it is done once. Wrong fields are a billing.ValidationError.
func (d *Door) InviteMember(ctx context.Context, actor billing.Actor, m billing.Member, token string) (billing.Member, error) {
	if wrong := billing.CheckMember(m); len(wrong) > 0 {
		return m, wrong
	}
	m.PasswordHash = ""
	err := d.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if m.ID, err = tx.InsertMember(ctx, m); err != nil {
			return err
		}
		if err := tx.PutAccessLink(ctx, billing.HashSecret(token), store.AccessLink{Person: m.Person()}, LinkLifetime); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, OfMember(m).Did("invited", nil, map[string]string{"name": m.Name, "email": m.Email, "role": string(m.Role)}))
	})
	if !errors.Is(err, billing.ErrTaken) {
		return m, err
	}
	there, err := d.store.MemberByEmail(ctx, m.Email)
	taken := billing.ValidationError{"email": "This address cannot be invited: it is in use"}
	if errors.Is(err, billing.ErrNotFound) || err == nil && there.CustomerID != m.CustomerID {
		return m, taken
	}
	if err != nil {
		return m, err
	}
	again, err := opens(ctx, d.store, token, there.Person())
	if err == nil && !again {
		err = taken
	}
	return there, err
}

// SetMemberRole says what a member may do from now on. To its own people a
// customer's last owner stays one: ErrLastOwner.
func (d *Door) SetMemberRole(ctx context.Context, actor billing.Actor, customerID, id int64, role billing.MemberRole) error {
	return d.changeMember(ctx, actor, customerID, id, func(tx *store.Tx, m billing.Member) (changed, error) {
		if m.Role == role {
			return nil, nil
		}
		ranked := m
		ranked.Role = role
		if wrong := billing.CheckMember(ranked); wrong["role"] != "" {
			return nil, billing.ValidationError{"role": wrong["role"]}
		}
		if err := anotherOwner(ctx, tx, actor, m); err != nil {
			return nil, err
		}
		line := OfMember(m).Did("role_changed", map[string]string{"role": string(m.Role)}, map[string]string{"role": string(role)})
		return &line, tx.SetMemberRole(ctx, id, role)
	})
}

// DisableMember keeps a member out: its sessions end, its link opens nothing.
// To its own people a customer's last owner stays: ErrLastOwner.
func (d *Door) DisableMember(ctx context.Context, actor billing.Actor, customerID, id int64) error {
	return d.changeMember(ctx, actor, customerID, id, func(tx *store.Tx, m billing.Member) (changed, error) {
		if m.DisabledAt != nil {
			return nil, nil
		}
		if err := anotherOwner(ctx, tx, actor, m); err != nil {
			return nil, err
		}
		if err := tx.SetMemberDisabled(ctx, id, true); err != nil {
			return nil, err
		}
		if err := tx.EndAccessLink(ctx, m.Person()); err != nil {
			return nil, err
		}
		ended, err := tx.EndSessions(ctx, m.Person(), 0)
		line := OfMember(m).Did("disabled", nil, map[string]int{"sessions_ended": ended})
		return &line, err
	})
}

// EnableMember lets a disabled member in again, with the password it had.
func (d *Door) EnableMember(ctx context.Context, actor billing.Actor, customerID, id int64) error {
	return d.changeMember(ctx, actor, customerID, id, func(tx *store.Tx, m billing.Member) (changed, error) {
		if m.DisabledAt == nil {
			return nil, nil
		}
		line := OfMember(m).Did("enabled", nil, map[string]string{"role": string(m.Role)})
		return &line, tx.SetMemberDisabled(ctx, id, false)
	})
}

// LinkMember makes a link with which a member sets a new password; token is its
// secret. Until it is used the old password opens. Nobody makes one for himself:
// billing.ErrOwnRequest. A disabled member gets none: ErrNotFound.
func (d *Door) LinkMember(ctx context.Context, actor billing.Actor, m billing.Member, token string, removesSecondFactor bool) error {
	if actor.Kind == billing.ActorMember && same(actor.ID, &m.ID) {
		return billing.ErrOwnRequest
	}
	return d.changeMember(ctx, actor, m.CustomerID, m.ID, func(tx *store.Tx, m billing.Member) (changed, error) {
		if m.DisabledAt != nil {
			return nil, fmt.Errorf("member %d is disabled: %w", m.ID, billing.ErrNotFound)
		}
		return link(ctx, tx, OfMember(m), token, removesSecondFactor)
	})
}

// changeMember changes one member while no other of its customer changes.
func (d *Door) changeMember(ctx context.Context, actor billing.Actor, customerID, id int64, change func(*store.Tx, billing.Member) (changed, error)) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockMembers(ctx, customerID); err != nil {
			return err
		}
		m, err := tx.MemberSeen(ctx, customerID, id)
		if err != nil {
			return err
		}
		did, err := change(tx, m.Member)
		if err != nil || did == nil {
			return err
		}
		return tx.Audit(ctx, actor, *did)
	})
}

// anotherOwner keeps a customer's people from losing their only owner who can
// sign in. An operator may take him away: he can make another.
func anotherOwner(ctx context.Context, tx *store.Tx, actor billing.Actor, than billing.Member) error {
	if actor.Kind != billing.ActorMember || than.Role != billing.MemberOwner || than.PasswordHash == "" || than.DisabledAt != nil {
		return nil
	}
	others, err := tx.OtherOwners(ctx, than.CustomerID, than.ID)
	if err == nil && others == 0 {
		return ErrLastOwner
	}
	return err
}
