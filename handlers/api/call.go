package api

// Who calls: the key of a request, and how wrong ones are slowed down.

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// call is one authenticated request.
type call struct {
	House           // whose books it reads and writes
	sandbox    bool // it is the sandbox's
	http       echo.Context
	customerID int64
	keyID      int64
	limits     store.Limited // of its requests
}

type callKey struct{}

func callOf(ctx context.Context) call {
	return ctx.Value(callKey{}).(call) //nolint:forcetypeassert // an operation without its guard is a mistake that must be loud
}

func newRequestID() string { return "req_" + rand.Text() }

// authenticated lets in who shows a key that has not ended, from where its customer
// and its own terms allow it, for what it opens. Of a limit on requests everything
// has its turn here but an order: one that was made before is answered before any
// limit is looked at.
func (a *api) authenticated(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		key, house, err := a.authenticate(c)
		if err != nil {
			return err
		}
		if address := c.RealIP(); !key.Limits.AllowsFrom(address) || !key.AllowsFrom(address) {
			return addressRefused(address)
		}
		who := call{http: c, House: house.House, sandbox: house.sandbox, customerID: key.CustomerID, keyID: key.ID, limits: limitsOf(key)}
		scope := scopeOf(c.Request().Method)
		if c.Request().Method != http.MethodPost || !key.May(scope) {
			if err := a.takeTurn(c.Request().Context(), who); err != nil {
				return err
			}
		}
		if !key.May(scope) {
			return scopeMissing(scope)
		}
		// A program reads what it just ordered, or was just told of, on any instance.
		seeing := store.Fresh(store.OneWay(c.Request().Context()))
		c.SetRequest(c.Request().WithContext(context.WithValue(seeing, callKey{}, who)))
		return next(c)
	}
}

// scopeOf is what a key needs for a request: orders are posted, the rest is read.
func scopeOf(method string) billing.Scope {
	if method == http.MethodPost {
		return billing.ScopeTopUp
	}
	return billing.ScopeRead
}

// longestKey is more than any key has.
const longestKey = 200

// opened is the house that a key opens.
type opened struct {
	House
	sandbox bool
}

func (a *api) authenticate(c echo.Context) (key store.Caller, in opened, err error) {
	secret := keyOf(c.Request().Header)
	if secret == "" {
		return key, in, unauthorized("Send your API key: Authorization: Bearer KEY, or X-API-Key: KEY.")
	}
	ctx, address, hash := c.Request().Context(), c.RealIP(), billing.HashSecret(secret)
	if wait := a.wrong.blocked(ctx, address, hash); wait > 0 {
		return key, in, tooMany(wait)
	}
	if len(secret) > longestKey {
		a.wrong.saw(ctx, address)
		return key, in, unauthorized("This API key is not valid.")
	}
	if in.House, in.sandbox, err = a.houseOf(secret); err != nil {
		return key, in, err
	}
	found, err := within(ctx, readTime, func(ctx context.Context) (foundCaller, error) {
		return in.find(ctx, scopeOf(c.Request().Method), hash)
	})
	key = found.Caller
	if errors.Is(err, billing.ErrNotFound) {
		a.wrong.saw(ctx, address)
		return key, in, unauthorized("This API key is not valid.")
	}
	if err != nil {
		return key, in, err
	}
	a.wrong.knows(hash)
	if key.Ended { // no guess: a program that was forgotten must not shut out the others behind its address
		return key, in, keyEnded()
	}
	if found.looked {
		a.touch(ctx, in.Store, key.APIKey, address)
	}
	return key, in, nil
}

// foundCaller is the key of a request; looked says that the database was asked for it.
type foundCaller struct {
	store.Caller
	looked bool
}

// find asks the database for the key of an order, together with those of others that
// come now. Who only reads may be let in from memory, for less than a second.
func (h House) find(ctx context.Context, scope billing.Scope, hash []byte) (f foundCaller, err error) {
	if scope == billing.ScopeRead {
		f.Caller, f.looked, err = h.Cache.Caller(ctx, hash)
		return f, err
	}
	f.Caller, err = h.Cache.CallerNow(ctx, hash)
	return foundCaller{f.Caller, true}, err
}

// keyOf reads the key from either header.
func keyOf(h http.Header) string {
	scheme, key, found := strings.Cut(strings.TrimSpace(h.Get(echo.HeaderAuthorization)), " ")
	if found && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return strings.TrimSpace(h.Get("X-API-Key"))
}

// touch notes the use of a key. It is no reason to refuse an order.
func (a *api) touch(ctx context.Context, books *store.Store, key billing.APIKey, address string) {
	if key.LastUsedAt != nil && time.Since(*key.LastUsedAt) < time.Minute {
		return
	}
	_, err := within(ctx, readTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, books.TouchAPIKey(ctx, key.ID, address)
	})
	if err != nil {
		a.Log.WarnContext(ctx, "could not note the use of an API key", "error", err)
	}
}
