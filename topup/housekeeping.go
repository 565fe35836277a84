package topup

// What has to be done now and then, by whichever instance gets to it.

import (
	"context"
	"errors"
	"time"

	"latcom.example/latcom-billing/sandbox"
)

const housekeepingEvery = 30 * time.Second

// keepHouse counts how long Latcom took in the hours that are over, sums up the days
// that are, ends the requests that nobody decided in time, and forgets sessions that
// have ended and quotes that nobody took up.
func (e *Engine) keepHouse(ctx context.Context) error {
	_, err := e.store.CountDeliveryTimes(ctx)
	_, problem := e.store.SumUpDays(ctx)
	err = errors.Join(err, problem)
	if e.options.Sandbox != nil {
		err = errors.Join(err, e.store.ForgetSandboxRequests(ctx, sandbox.LongestRequests))
	}
	return errors.Join(err, e.expireRequests(ctx), e.store.ForgetSessions(ctx), e.store.ForgetQuotes(ctx))
}
