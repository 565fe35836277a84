package access

// Operators: invited by an admin, ranked, disabled, reset.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// LinkLifetime is how long an invitation or a reset can be used.
const LinkLifetime = 7 * 24 * time.Hour

// InviteOperator makes an operator without a password, and the link with which
// he sets it; token is the link's secret. Sent twice with the same token it is
// done once. Wrong fields are a billing.ValidationError.
func (d *Door) InviteOperator(ctx context.Context, actor billing.Actor, o billing.Operator, token string) (billing.Operator, error) {
	if wrong := billing.CheckOperator(o); len(wrong) > 0 {
		return o, wrong
	}
	o.PasswordHash, o.MadeBy = "", actor.ID
	err := d.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if o.ID, err = tx.InsertOperator(ctx, o); err != nil {
			return err
		}
		if err := tx.PutAccessLink(ctx, billing.HashSecret(token), store.AccessLink{Person: o.Person()}, LinkLifetime); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, OfOperator(o).Did("invited", nil, map[string]string{
			"name": o.Name, "sign_in_name": o.SignInName, "role": string(o.Role),
		}))
	})
	if !errors.Is(err, billing.ErrTaken) {
		return o, err
	}
	there, err := d.store.OperatorBySignInName(ctx, o.SignInName)
	if err != nil {
		return o, err
	}
	again, err := opens(ctx, d.store, token, there.Person())
	if err == nil && !again {
		err = billing.ValidationError{"sign_in_name": "This name is in use"}
	}
	return there, err
}

// SetRole says what an operator may do from now on. The last admin keeps his
// role: ErrLastAdmin.
func (d *Door) SetRole(ctx context.Context, actor billing.Actor, id int64, role billing.Role) error {
	return d.changeOperator(ctx, actor, id, func(tx *store.Tx, o billing.Operator) (changed, error) {
		if o.Role == role {
			return nil, nil
		}
		ranked := o
		ranked.Role = role
		if wrong := billing.CheckOperator(ranked); wrong["role"] != "" {
			return nil, billing.ValidationError{"role": wrong["role"]}
		}
		if err := anotherAdmin(ctx, tx, o); err != nil {
			return nil, err
		}
		line := OfOperator(o).Did("role_changed", map[string]string{"role": string(o.Role)}, map[string]string{"role": string(role)})
		return &line, tx.SetOperatorRole(ctx, id, role)
	})
}

// DisableOperator keeps an operator out: his sessions end, his link opens
// nothing. The last admin stays: ErrLastAdmin.
func (d *Door) DisableOperator(ctx context.Context, actor billing.Actor, id int64) error {
	return d.changeOperator(ctx, actor, id, func(tx *store.Tx, o billing.Operator) (changed, error) {
		if o.DisabledAt != nil {
			return nil, nil
		}
		if err := anotherAdmin(ctx, tx, o); err != nil {
			return nil, err
		}
		if err := tx.SetOperatorDisabled(ctx, id, true); err != nil {
			return nil, err
		}
		if err := tx.EndAccessLink(ctx, o.Person()); err != nil {
			return nil, err
		}
		ended, err := tx.EndSessions(ctx, o.Person(), 0)
		line := OfOperator(o).Did("disabled", nil, map[string]int{"sessions_ended": ended})
		return &line, err
	})
}

// EnableOperator lets a disabled operator in again, with the password he had.
func (d *Door) EnableOperator(ctx context.Context, actor billing.Actor, id int64) error {
	return d.changeOperator(ctx, actor, id, func(tx *store.Tx, o billing.Operator) (changed, error) {
		if o.DisabledAt == nil {
			return nil, nil
		}
		line := OfOperator(o).Did("enabled", nil, map[string]string{"role": string(o.Role)})
		return &line, tx.SetOperatorDisabled(ctx, id, false)
	})
}

// LinkOperator makes a link with which an operator sets a new password; token is
// its secret. Until it is used the old password opens. Nobody makes one for
// himself: billing.ErrOwnRequest. A disabled operator gets none: ErrNotFound.
func (d *Door) LinkOperator(ctx context.Context, actor billing.Actor, id int64, token string, removesSecondFactor bool) error {
	if same(actor.ID, &id) {
		return billing.ErrOwnRequest
	}
	return d.changeOperator(ctx, actor, id, func(tx *store.Tx, o billing.Operator) (changed, error) {
		if o.DisabledAt != nil {
			return nil, fmt.Errorf("operator %d is disabled: %w", id, billing.ErrNotFound)
		}
		if err := tx.SetOperatorMaker(ctx, id, actor.ID); err != nil {
			return nil, err
		}
		return link(ctx, tx, OfOperator(o), token, removesSecondFactor)
	})
}

// link keeps a person's new link. One that is kept already, because the form
// came twice, is left as it is.
func link(ctx context.Context, tx *store.Tx, who Account, token string, removesSecondFactor bool) (changed, error) {
	if again, err := opens(ctx, tx, token, who.Person); err != nil || again {
		return nil, err
	}
	line := who.Did("link_made", nil, map[string]bool{"removes_second_factor": removesSecondFactor})
	return &line, tx.PutAccessLink(ctx, billing.HashSecret(token), store.AccessLink{Person: who.Person, RemovesSecondFactor: removesSecondFactor}, LinkLifetime)
}

// changeOperator changes one operator while no other changes; without a line for
// the audit log nothing was changed.
func (d *Door) changeOperator(ctx context.Context, actor billing.Actor, id int64, change func(*store.Tx, billing.Operator) (changed, error)) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		o, err := tx.OperatorSeen(ctx, id)
		if err != nil {
			return err
		}
		did, err := change(tx, o.Operator)
		if err != nil || did == nil {
			return err
		}
		return tx.Audit(ctx, actor, *did)
	})
}

// anotherAdmin refuses to lose the only admin who can sign in.
func anotherAdmin(ctx context.Context, tx *store.Tx, than billing.Operator) error {
	if than.Role != billing.RoleAdmin || than.PasswordHash == "" || than.DisabledAt != nil {
		return nil // no admin is lost
	}
	others, err := tx.OtherAdmins(ctx, than.ID)
	if err == nil && others == 0 {
		return ErrLastAdmin
	}
	return err
}
