package api

// How often a customer's programs may call, where that was agreed.

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
)

// takeTurn refuses a request beyond the customer's limit.
func (a *api) takeTurn(ctx context.Context, who call) error {
	if who.perMinute == 0 {
		return nil
	}
	wait, err := within(ctx, readTime, func(ctx context.Context) (time.Duration, error) {
		return who.Store.TakeTurn(ctx, who.customerID, who.perMinute)
	})
	if err != nil || wait == 0 {
		return err
	}
	return problem(codeRateLimited, fmt.Sprintf("Your programs may make %d requests a minute. Nothing was accepted.", who.perMinute)).
		with(echo.HeaderRetryAfter, seconds(wait))
}

// turnOfOrder lets an order take its turn. One that was made before is answered
// before any limit is looked at.
func (a *api) turnOfOrder(ctx context.Context, o billing.Order) error {
	who := callOf(ctx)
	if who.perMinute == 0 {
		return nil
	}
	before, err := within(ctx, readTime, func(ctx context.Context) (bool, error) { return callOf(ctx).Engine.Ordered(ctx, o) })
	if err != nil || before {
		return err
	}
	return a.takeTurn(ctx, who)
}

// readOrder reads an order and lets it take its turn; what is no order takes one as
// well.
func (a *api) readOrder(ctx context.Context) (order billing.Order, err error) {
	who := callOf(ctx)
	body, err := readBody(who.http)
	if err == nil {
		order, err = parseOrder(body)
	}
	if err != nil {
		return order, cmp.Or(a.takeTurn(ctx, who), err)
	}
	order.CustomerID = who.customerID
	return order, a.turnOfOrder(ctx, order)
}
