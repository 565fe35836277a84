package api

// How often a customer's programs, and each key, may call, where that was agreed;
// and what is said of it (draft-ietf-httpapi-ratelimit-headers).

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

const (
	headerPolicy = "RateLimit-Policy"
	headerLimit  = "RateLimit"
)

func limitsOf(key store.Caller) store.Limited {
	return store.Limited{CustomerID: key.CustomerID, KeyID: key.ID, Customer: key.Limits.RequestLimit, Key: key.RequestLimit}
}

// takeTurn refuses a request beyond a limit, of its key or of its customer. Whatever
// is answered later says how the limits stand.
func (a *api) takeTurn(ctx context.Context, who call) error {
	if !who.limits.Any() {
		return nil
	}
	turns, err := within(ctx, readTime, func(ctx context.Context) ([]store.Turn, error) {
		return who.Cache.TakeTurn(ctx, who.limits)
	})
	if err != nil {
		return err
	}
	who.sayTurns(turns)
	for _, turn := range turns {
		if !turn.Allowed {
			return beyondLimit(turn, who.limitNamed(turn.Limit))
		}
	}
	return nil
}

func beyondLimit(turn store.Turn, limit billing.RequestLimit) *Problem {
	whose := "Your programs"
	if turn.Limit == store.TurnOfKey {
		whose = "Programs with this API key"
	}
	wait := duration(turn.Ahead) + limit.Every() - time.Duration(limit.Quota())*limit.Every()
	return problem(codeRateLimited, fmt.Sprintf("%s may make %d requests a minute, %d at once. Nothing was accepted.", whose, limit.PerMinute, limit.Quota())).
		with(echo.HeaderRetryAfter, seconds(wait)).exceeds(turn.Limit)
}

// limitNamed is the limit that a turn is about.
func (who call) limitNamed(name string) billing.RequestLimit {
	if name == store.TurnOfKey {
		return who.limits.Key
	}
	return who.limits.Customer
}

// sayTurns writes the headers: each limit's quota and window, what is left of it and
// when all of it is there again.
func (who call) sayTurns(turns []store.Turn) {
	var policies, left []string
	for _, name := range []string{store.TurnOfCustomer, store.TurnOfKey} {
		limit := who.limitNamed(name)
		if limit.PerMinute == 0 {
			continue
		}
		window := time.Duration(limit.Quota()) * limit.Every()
		policies = append(policies, fmt.Sprintf(`"%s";q=%d;w=%d`, name, limit.Quota(), up(window)))
		ahead := time.Duration(0) // of a limit that nobody has asked yet
		for _, turn := range turns {
			if turn.Limit == name {
				ahead = duration(turn.Ahead)
			}
		}
		rest := (window - ahead + time.Millisecond) / limit.Every() // a moment for what rounding loses
		left = append(left, fmt.Sprintf(`"%s";r=%d;t=%d`, name, max(0, min(int(rest), limit.Quota())), up(ahead)))
	}
	h := who.http.Response().Header()
	h.Set(headerPolicy, strings.Join(policies, ", "))
	h.Set(headerLimit, strings.Join(left, ", "))
}

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// up is whole seconds, rounded up.
func up(d time.Duration) int { return int(math.Ceil(d.Seconds() - 1e-6)) }

// turnOfOrder lets an order take its turn. One that was made before is answered
// before any limit is looked at, and only told how they stand.
func (a *api) turnOfOrder(ctx context.Context, o billing.Order) error {
	who := callOf(ctx)
	if !who.limits.Any() {
		return nil
	}
	before, err := within(ctx, readTime, func(ctx context.Context) (bool, error) { return callOf(ctx).Engine.Ordered(ctx, o) })
	if err != nil {
		return err
	}
	if !before {
		return a.takeTurn(ctx, who)
	}
	turns, err := within(ctx, readTime, func(ctx context.Context) ([]store.Turn, error) { return who.Cache.Turns(ctx, who.limits) })
	if err == nil {
		who.sayTurns(turns)
	}
	return err
}

// readOrder reads an order and lets it take its turn; what is no order takes one as
// well.
func (a *api) readOrder(ctx context.Context) (order billing.Order, err error) {
	who := callOf(ctx)
	body, err := readBody(who.http, maxBody)
	if err == nil {
		order, err = parseOrder(body)
	}
	if err != nil {
		return order, cmp.Or(a.takeTurn(ctx, who), err)
	}
	order.CustomerID = who.customerID
	return order, a.turnOfOrder(ctx, order)
}
