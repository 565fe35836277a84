package access

// Breaking the glass: whoever holds ADMIN_KEY makes an admin, or resets one,
// when nobody else can. It cannot be done quietly.

import (
	"context"
	"errors"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// FirstOperator makes the first operator of all, an admin. When there is one
// already it is billing.ErrTaken.
func (d *Door) FirstOperator(ctx context.Context, o billing.Operator, address string) (billing.Operator, error) {
	err := d.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		n, err := tx.CountOperators(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return billing.ErrTaken
		}
		if o.ID, err = tx.InsertOperator(ctx, o); err != nil {
			return err
		}
		return tx.Audit(ctx, OfOperator(o).Actor(address), OfOperator(o).Did("created", nil, map[string]string{
			"name": o.Name, "sign_in_name": o.SignInName, "role": string(o.Role), "by": "ADMIN_KEY",
		}))
	})
	return o, err
}

// BreakGlass makes a new admin, or gives the admin who has the name already the
// new password and takes his sessions and his second factor away. For 24 hours
// he approves nothing. It says whether the account is new. A name of somebody
// who is no admin is ErrNotAdmin; wrong fields of a new one are a
// billing.ValidationError.
func (d *Door) BreakGlass(ctx context.Context, o billing.Operator, address, browser string) (made billing.Operator, isNew bool, err error) {
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		there, err := tx.OperatorBySignInName(ctx, o.SignInName)
		switch {
		case errors.Is(err, billing.ErrNotFound):
			if wrong := billing.CheckOperator(o); len(wrong) > 0 {
				return wrong
			}
			isNew, made = true, o
			if made.ID, err = tx.InsertOperator(ctx, o); err != nil {
				return err
			}
		case err != nil:
			return err
		case there.Role != billing.RoleAdmin || there.DisabledAt != nil:
			return ErrNotAdmin
		default:
			made = there
			if err := resetWithKey(ctx, tx, there, o.PasswordHash); err != nil {
				return err
			}
		}
		if err := tx.DelayApprovals(ctx, made.ID, billing.GlassLasts); err != nil {
			return err
		}
		return tx.Audit(ctx, OfOperator(made).Actor(address), OfOperator(made).Did("broke_glass", nil, map[string]any{
			"name": made.Name, "sign_in_name": made.SignInName, "by": "ADMIN_KEY", "account_is_new": isNew, "browser": browser,
		}))
	})
	return made, isNew, err
}

func resetWithKey(ctx context.Context, tx *store.Tx, o billing.Operator, passwordHash string) error {
	if err := tx.SetPassword(ctx, o.Person(), passwordHash); err != nil {
		return err
	}
	if err := tx.SetOperatorMaker(ctx, o.ID, nil); err != nil {
		return err
	}
	if err := tx.EndAccessLink(ctx, o.Person()); err != nil {
		return err
	}
	if _, err := tx.DeleteSecondFactor(ctx, o.Person()); err != nil {
		return err
	}
	_, err := tx.EndSessions(ctx, o.Person(), 0)
	return err
}
