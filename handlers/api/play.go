package api

// What the sandbox plays about an order before, and instead of, its answer: the
// engine carries it as it carries a live one.

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/sandbox"
	"latcom.example/latcom-billing/store"
)

// played is an order in the sandbox from when it came in until it is answered. Nil
// is one in the live house: nothing is played and nothing noted.
type played struct {
	house   House
	request store.SandboxRequest
	play    sandbox.Play // of this answer; empty: nothing is
}

// beginPlay notes an order and says what is played about its answer: of the
// documented numbers with a first answer, only at the first request of a reference.
func (a *api) beginPlay(ctx context.Context, o billing.Order) (*played, error) {
	who := callOf(ctx)
	if !who.sandbox {
		return nil, nil //nolint:nilnil // nil plays nothing
	}
	p := &played{house: who.House, request: store.SandboxRequest{CustomerID: o.CustomerID, Reference: o.Reference, Phone: o.Phone, Amount: o.Amount}}
	before, err := within(ctx, readTime, func(ctx context.Context) (before int, err error) {
		p.request.ID, before, err = who.Store.NoteSandboxRequest(ctx, p.request)
		return before, err
	})
	if n, documented := sandbox.Read(string(o.Phone)); documented && before == 0 {
		p.play = n.Outcome.Play
	}
	return p, err
}

// refusal is what is answered in place of taking the order in; nil: it is taken in.
func (p *played) refusal(ctx context.Context) error {
	if p == nil {
		return nil
	}
	wait := seconds(sandbox.RetryAfter)
	switch p.play {
	case sandbox.ShortFirst:
		quote, err := within(ctx, readTime, func(ctx context.Context) (billing.Quote, error) {
			return p.house.Engine.Quote(ctx, p.request.CustomerID, p.request.Amount)
		})
		if err != nil {
			return err
		}
		return insufficient(billing.InsufficientBalanceError{Needed: quote.Price})
	case sandbox.LimitedFirst:
		return problem(codeRateLimited, "This sandbox number is refused at the first request. Nothing was accepted.").with(echo.HeaderRetryAfter, wait)
	case sandbox.AwayFirst:
		return billing.UnavailableError{Reason: "this sandbox number is refused at the first request", RetryAfter: int(sandbox.RetryAfter.Seconds())}
	default:
		return nil
	}
}

// end notes how the order was answered, and cuts the connection where the answer is
// to be lost.
func (a *api) endPlay(ctx context.Context, p *played, out *topUpOutput, err error) {
	if p == nil {
		return
	}
	r, lost := p.request, err == nil && p.play == sandbox.AnswerLost
	switch problem := (*Problem)(nil); {
	case lost:
	case err == nil:
		r.Status, r.Replayed = out.Status, out.Replayed != ""
	case errors.As(err, &problem):
		r.Status, r.Code = problem.Status, problem.Code
	default:
		described := describe(err)
		r.Status, r.Code = described.Status, described.Code
	}
	_, err = within(context.WithoutCancel(ctx), readTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.house.Store.AnswerSandboxRequest(ctx, r)
	})
	if err != nil {
		a.Log.ErrorContext(ctx, "an answer of the sandbox was not noted", "error", err)
	}
	if lost {
		panic(http.ErrAbortHandler)
	}
}
