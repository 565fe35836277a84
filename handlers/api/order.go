package api

// POST /topups: order a top-up and wait for what becomes of it.

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

var orderOperation = huma.Operation{
	OperationID: "order-topup", Method: http.MethodPost, Path: "/topups", DefaultStatus: http.StatusCreated,
	Summary:     views.Term("Order a top-up"),
	Description: views.Term("Reserves the price and sends airtime to one phone. The answer waits for the final state, 25 seconds unless you prefer otherwise. Ordering again with the same reference, phone and amount never sends or charges twice: it answers the first top-up."),
}

type orderInput struct {
	Prefer string `header:"Prefer"`
}

type topUpOutput struct {
	Status   int
	Location string `header:"Location"`
	Replayed string `header:"Idempotent-Replayed"`
	Applied  string `header:"Preference-Applied"`
	Body     TopUp
}

func (a *api) order(ctx context.Context, _ *orderInput) (*topUpOutput, error) {
	call := callOf(ctx)
	order, err := a.readOrder(ctx)
	if err != nil {
		return nil, err
	}
	order.CustomerID, order.APIKeyID, order.FromAddress = call.customerID, &call.keyID, call.http.RealIP()
	play, err := a.beginPlay(ctx, order)
	if err != nil {
		return nil, err
	}
	out, err := a.orderNow(ctx, order, play)
	a.endPlay(ctx, play, out, err)
	return out, err
}

// orderNow takes an order in, waits as long as its client prefers, and answers.
func (a *api) orderNow(ctx context.Context, order billing.Order, play *played) (*topUpOutput, error) {
	call := callOf(ctx)
	if err := play.refusal(ctx); err != nil {
		return nil, err
	}
	t, replayed, err := a.acceptOne(ctx, order)
	if err != nil {
		return nil, err
	}
	prefer := preferenceOf(call.http.Request().Header)
	if t, err = a.await(ctx, t, prefer); err != nil {
		return nil, err
	}
	answers, err := a.shown(ctx, t)
	if err != nil {
		return nil, err
	}
	out := &topUpOutput{Status: statusOf(t, replayed), Applied: prefer.applied, Body: answers[0]}
	if replayed {
		out.Replayed = "true"
	}
	if out.Status != http.StatusOK {
		out.Location = prefix + "/topups/" + t.ID.String()
	}
	return out, nil
}

// acceptOne is accept for a request about one order, which the log and the trace name.
func (a *api) acceptOne(ctx context.Context, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	t, replayed, err = a.accept(ctx, o)
	if err == nil {
		note(callOf(ctx).http, Noted{TopUp: t.ID.UUID, Replayed: replayed})
	}
	return t, replayed, err
}

// accept takes no notice of a client that hangs up: once it began, it ends.
func (a *api) accept(ctx context.Context, o billing.Order) (t billing.TopUp, replayed bool, err error) {
	type accepted struct {
		topUp    billing.TopUp
		replayed bool
	}
	done, err := within(context.WithoutCancel(ctx), acceptTime, func(ctx context.Context) (accepted, error) {
		t, replayed, err := callOf(ctx).Engine.Accept(ctx, o)
		return accepted{t, replayed}, err
	})
	return done.topUp, done.replayed, err
}

// await waits as long as the client prefers; who hangs up only stops waiting.
func (a *api) await(ctx context.Context, t billing.TopUp, prefer preference) (billing.TopUp, error) {
	if prefer.wait == 0 || t.Status.Settled() {
		return t, nil
	}
	return within(ctx, prefer.wait+readTime, func(ctx context.Context) (billing.TopUp, error) {
		ctx, cancel := context.WithTimeout(ctx, prefer.wait)
		defer cancel()
		return callOf(ctx).Engine.Wait(ctx, t)
	})
}

// statusOf is 201 for a top-up that this request made and saw to its end, 200 for
// one that an earlier request made, 202 while it is not final.
func statusOf(t billing.TopUp, replayed bool) int {
	switch {
	case !t.Status.Final():
		return http.StatusAccepted
	case replayed:
		return http.StatusOK
	default:
		return http.StatusCreated
	}
}
