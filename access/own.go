package access

// What everybody does with his own account: password, sessions.

import (
	"context"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// Invited says who may set a password with a link, and whether it is the first
// one. A link that was used, replaced or is too old is billing.ErrNotFound.
func (d *Door) Invited(ctx context.Context, token string) (who Account, first bool, err error) {
	link, err := d.store.AccessLink(ctx, billing.HashSecret(token))
	if err != nil {
		return Account{}, false, err
	}
	who, err = accountOf(ctx, d.store, link.Person)
	return who, who.PasswordHash == "", err
}

// SetPasswordByLink uses a link up. All sessions of the account end; its second
// factor is removed if the link says so.
func (d *Door) SetPasswordByLink(ctx context.Context, token, password, address string) (who Account, err error) {
	if wrong := billing.CheckPassword(password); len(wrong) > 0 {
		return who, wrong
	}
	hash := HashPassword(password)
	err = d.store.InTx(ctx, func(tx *store.Tx) error {
		link, err := tx.AccessLink(ctx, billing.HashSecret(token))
		if err != nil {
			return err
		}
		if err := tx.TakeAccessLink(ctx, billing.HashSecret(token)); err != nil {
			return err
		}
		if who, err = accountOf(ctx, tx, link.Person); err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, link.Person, hash); err != nil {
			return err
		}
		removed := false
		if link.RemovesSecondFactor {
			if removed, err = tx.DeleteSecondFactor(ctx, link.Person); err != nil {
				return err
			}
		}
		if _, err := tx.EndSessions(ctx, link.Person, 0); err != nil {
			return err
		}
		act := map[bool]string{true: "joined", false: "password_reset"}[who.PasswordHash == ""]
		return tx.Audit(ctx, who.Actor(address), who.Did(act, nil, map[string]bool{"second_factor_removed": removed}))
	})
	return who, err
}

// ChangePassword gives an account a new password and signs it out in all other
// browsers. Whoever calls it has proven the old one.
func (d *Door) ChangePassword(ctx context.Context, who Account, password, address string) error {
	if wrong := billing.CheckPassword(password); len(wrong) > 0 {
		return wrong
	}
	hash := HashPassword(password)
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(ctx, who.Person, hash); err != nil {
			return err
		}
		if err := tx.EndAccessLink(ctx, who.Person); err != nil {
			return err
		}
		ended, err := tx.EndSessions(ctx, who.Person, who.Session)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("password_changed", nil, map[string]int{"sessions_ended": ended}))
	})
}

// EndSession signs an account out in one of its browsers. Another's is
// billing.ErrNotFound.
func (d *Door) EndSession(ctx context.Context, who Account, session int64, address string) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EndOneSession(ctx, who.Person, session); err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("session_ended", nil, nil))
	})
}

// SignOutEverywhere ends all sessions of an account, the one that asks too.
func (d *Door) SignOutEverywhere(ctx context.Context, who Account, address string) error {
	return d.store.InTx(ctx, func(tx *store.Tx) error {
		ended, err := tx.EndSessions(ctx, who.Person, 0)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(address), who.Did("signed_out_everywhere", nil, map[string]int{"sessions_ended": ended}))
	})
}
