package topup

// The breaker: a Latcom that hangs makes an unknown of each order that is sent,
// so after a few of them nothing more is, until one order got through.

import (
	"context"
	"errors"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// verdict is what an answer says about the way to Latcom.
type verdict int

const (
	saysNothing verdict = iota // a refused number, a slow-down, a crash of ours
	saysWell                   // delivered
	saysBadly                  // counts; enough of them in a row open the breaker
	saysClosed                 // opens it at once: every order would meet the same
)

// judge reads an answer as contract §7 does: the breaker opens on consecutive
// timeouts, network failures and refusals that are our own fault, at once on
// refused logins, and never because a customer's numbers are refused.
func judge(a billing.Answer) verdict {
	switch {
	case strings.HasPrefix(a.Row, "engine."):
		return saysNothing
	case a.Row == "login.refused", a.Row == "login.address_refused", a.Row == "answer.unauthorized_twice":
		return saysClosed
	case a.Outcome == billing.OutcomeDelivered:
		return saysWell
	case a.Row == "answer.throttled", a.Row == "send.malformed", a.Row == "transport.cancelled", a.Row == "transport.held_back":
		return saysNothing
	case a.Fault == billing.FaultNumber, a.Fault == billing.FaultReseller:
		return saysNothing // whatever became of it
	case a.Outcome == billing.OutcomeNotSent, a.Outcome == billing.OutcomeUnknown:
		return saysBadly
	case a.Outcome == billing.OutcomeRefused && a.Fault == billing.FaultUs:
		return saysBadly
	default:
		return saysNothing
	}
}

// errHeld means that an order cannot go out now; it stays queued.
var errHeld = errors.New("the order is held back")

// note tells the breaker what an answer says about the way to Latcom.
func (e *Engine) note(ctx context.Context, tx *store.Tx, a billing.Attempt, answer billing.Answer) error {
	if e.options.Sandbox != nil {
		return nil // what one customer plays closes the way to nobody
	}
	was := e.breaker()
	switch v := judge(answer); v {
	case saysWell:
		if was.Failures == 0 && !was.Open {
			return nil // nothing to end; spares every delivery a write to one hot row
		}
		return tx.NoteProviderSuccess(ctx, a)
	case saysBadly, saysClosed:
		return tx.NoteProviderFailure(ctx, a.TopUpID, store.Why{Row: answer.Row, Text: answer.Reason}, v == saysClosed)
	default:
		if !was.Open {
			return nil
		}
		return tx.EndProbe(ctx, a.TopUpID)
	}
}

// pass lets a top-up out: freely while the breaker is closed, one at a time when
// its pause is over. Otherwise errHeld.
func (e *Engine) pass(ctx context.Context, tx *store.Tx, id billing.TopUpID) error {
	if !e.breaker().Open {
		return nil
	}
	through, err := tx.ClaimProbe(ctx, id)
	if err != nil {
		return err
	}
	if !through {
		return errHeld
	}
	return nil
}

// breaker is how the way to Latcom stood when last looked at, at most a second ago.
func (e *Engine) breaker() store.Breaker { return *e.lastBreaker.Load() }

// Breaker tells people how the way to Latcom stands.
func (e *Engine) Breaker() store.Breaker { return e.breaker() }

func (e *Engine) lookAtBreaker(ctx context.Context) error {
	b, err := e.store.Breaker(ctx)
	if err != nil {
		return err
	}
	if was := e.lastBreaker.Swap(&b); was.Open != b.Open {
		if b.Open {
			e.log.ErrorContext(ctx, "the breaker opened: orders are refused until one gets through", "row", b.Row, "reason", b.Reason)
		} else {
			e.log.InfoContext(ctx, "the breaker closed: orders go out again")
		}
	}
	return nil
}

// unavailable is what a reseller is told while the breaker holds orders back.
func unavailable(b store.Breaker) error {
	return billing.UnavailableError{Reason: "the provider does not take orders", RetryAfter: max(1, int(time.Duration(b.RetrySeconds*float64(time.Second)).Seconds())+1)}
}
