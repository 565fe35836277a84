package topup

// Who may be the second operator, and the end of what nobody decides.

import (
	"context"
	"fmt"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// mayDecide returns the id of the operator who decides what another asked for, or
// why he may not. Nobody but an operator decides.
func (e *Engine) mayDecide(ctx context.Context, tx *store.Tx, actor billing.Actor, requester *int64) (int64, error) {
	decider, err := e.standing(ctx, tx, actor)
	if err != nil {
		return 0, err
	}
	return decider.ID, billing.MayDecide(requester, decider)
}

func (e *Engine) standing(ctx context.Context, tx *store.Tx, actor billing.Actor) (billing.OperatorStanding, error) {
	if actor.Kind != billing.ActorOperator || actor.ID == nil {
		return billing.OperatorStanding{}, fmt.Errorf("only an operator decides: %w", billing.ErrOwnRequest)
	}
	return tx.OperatorStanding(ctx, *actor.ID)
}

// expireRequests ends the requests whose time is over. Who decides asks the
// database's clock himself, so nothing depends on when this is done.
func (e *Engine) expireRequests(ctx context.Context) error {
	expired := 0
	err := e.store.InTx(ctx, func(tx *store.Tx) (err error) {
		expired, err = tx.ExpireRequests(ctx)
		return err
	})
	if err == nil && expired > 0 {
		e.log.InfoContext(ctx, "requests expired that nobody decided", "requests", expired)
	}
	return err
}
