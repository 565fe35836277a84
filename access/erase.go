package access

// A member's data erased, at its request or its customer's.

import (
	"context"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// EraseMember keeps a member out for ever and erases what is known of it: its name,
// address, password, second factor and sessions. What it did stays in the audit log
// under the name that it had then. An erased member erased again changes nothing.
func (d *Door) EraseMember(ctx context.Context, actor billing.Actor, customerID, id int64) error {
	return d.changeMember(ctx, actor, customerID, id, func(tx *store.Tx, m billing.Member) (changed, error) {
		if err := anotherOwner(ctx, tx, actor, m); err != nil {
			return nil, err
		}
		erased, err := tx.EraseMember(ctx, id)
		if err != nil || !erased {
			return nil, err
		}
		m.Email, m.Name = "", "" // the log must not keep what is erased
		line := OfMember(m).Did("erased", nil, nil)
		return &line, nil
	})
}
