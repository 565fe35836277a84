package api

// The calls of the system before this one, so that its integrations go on
// unchanged: a thin translation onto the same engine, deprecated from the start.
// What was not safe there is here: a repeated order answers its first result.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	oldOrderPath   = root + "/enviadespensa/topup"
	oldBalancePath = root + "/balance"

	// unnamedWindow is how long an order without a reference is the same order.
	unnamedWindow = 5 * time.Minute

	longestOldReference = 100
)

// oldSince is when these calls were deprecated (RFC 9745): from the start.
var oldSince = "@" + strconv.FormatInt(time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC).Unix(), 10)

func (a *api) oldRoutes(e *echo.Echo) {
	e.POST(oldOrderPath, a.authenticated(a.oldOrder))
	e.GET(oldBalancePath, a.authenticated(a.oldBalance))
}

// isOldCall says whether a request is answered in the old words, its errors too.
func isOldCall(c echo.Context) bool {
	path := c.Request().URL.Path
	return path == oldBalancePath || strings.HasPrefix(path, root+"/enviadespensa/")
}

// deprecate tells programs what the documentation tells people.
func (a *api) deprecate(h http.Header) {
	h.Set("Deprecation", oldSince)
	h.Set("Link", "<"+a.BaseURL+views.APIDocsPath+"#old-calls>; rel=\"deprecation\"; type=\"text/html\"")
}

// oldCaller is the customer of the key, if x-customer-id names it too: by its
// code, its id, or the name that was imported with the key. named is what it said.
func (a *api) oldCaller(c echo.Context) (who store.OldCaller, named string, err error) {
	named = strings.TrimSpace(c.Request().Header.Get("X-Customer-Id"))
	who, err = within(c.Request().Context(), readTime, func(ctx context.Context) (store.OldCaller, error) {
		call := callOf(ctx)
		if scopeOf(c.Request().Method) == billing.ScopeRead {
			return call.Cache.OldCaller(ctx, call.keyID)
		}
		return call.Store.OldCaller(ctx, call.keyID)
	})
	if err != nil {
		return who, named, err
	}
	if named != "" && (strings.EqualFold(named, who.Code) || named == strconv.FormatInt(who.CustomerID, 10) || named == who.OldID) {
		return who, named, nil
	}
	return who, named, unauthorized("x-customer-id is not the customer of this API key.")
}

// oldOrder orders a top-up.
func (a *api) oldOrder(c echo.Context) error {
	if _, _, err := a.oldCaller(c); err != nil {
		return err
	}
	body, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	asked, err := readOldOrder(body)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	call := callOf(ctx)
	order := asked.order
	order.CustomerID, order.APIKeyID, order.FromAddress, order.Unguarded = call.customerID, &call.keyID, c.RealIP(), true
	if err := a.turnOfOrder(ctx, order); err != nil {
		return err
	}
	t, _, err := a.acceptOne(ctx, order)
	if err != nil {
		return a.oldRefusal(ctx, err)
	}
	if t, err = a.await(ctx, t, preference{wait: usualWait}); err != nil {
		return err
	}
	return a.answerOldOrder(c, t, asked)
}

// oldRefusal adds the credit limit's side of "Insufficient balance": there, what a
// customer has and its credit limit are two numbers.
func (a *api) oldRefusal(ctx context.Context, err error) error {
	tooLittle := billing.InsufficientBalanceError{}
	if !errors.As(err, &tooLittle) {
		return err
	}
	b, reading := a.account(ctx)
	if reading != nil {
		return reading
	}
	p := describe(err)
	p.Available = tooLittle.Available.Sub(b.CreditLimit).String()
	return p
}

// oldAsked is an order as the old system was asked for it.
type oldAsked struct {
	order            billing.Order
	phone, reference string // as they were written
}

// readOldOrder is lenient where the old system was, about unknown fields and
// numbers in quotes, and strict where it would have to guess.
func readOldOrder(body []byte) (o oldAsked, err error) {
	fields, ok := fieldsOf(body)
	if !ok {
		return o, invalid(FieldError{Location: "body", Message: "The body must be a JSON object."})
	}
	amount, seen := "", map[string]bool{}
	for _, f := range fields {
		if seen[f.name] {
			return o, wrongOld(f.name, "is there twice")
		}
		seen[f.name] = true
		ok := true
		switch f.name {
		case "phone":
			o.phone, ok = f.written()
		case "amount":
			amount, ok = f.decimal()
		case "reference":
			o.reference, ok = f.written()
		}
		if !ok {
			return o, wrongOld(f.name, "is neither text nor a number")
		}
	}
	if !seen["amount"] {
		return o, wrongOld("amount", missing)
	}
	if o.order.Phone, err = billing.ParsePhone(o.phone); err != nil {
		return o, err
	}
	if o.order.Amount, err = parseAmount(amount); err != nil {
		return o, err
	}
	return o, o.name()
}

// name gives the order the reference under which it is kept. Any text of up to 100
// characters is taken as it is, and is the same reference in the calls of today;
// one that the database cannot keep is kept under its hash. An order without one
// gets a name of ours, and is known by its phone and amount for a while.
func (o *oldAsked) name() error {
	switch {
	case utf8.RuneCountInString(o.reference) > longestOldReference:
		return wrongOld("reference", "has 100 characters at most")
	case o.reference == "":
		o.order.Unnamed, o.order.Reference = unnamedWindow, "unnamed-"+rand.Text()
	case strings.ContainsRune(o.reference, 0):
		sum := sha256.Sum256([]byte(o.reference))
		o.order.Reference = "hashed-" + hex.EncodeToString(sum[:])
	default:
		o.order.Reference = o.reference
	}
	return nil
}

func wrongOld(field, message string) *Problem {
	return invalid(FieldError{Location: "body." + field, Field: field, Message: message})
}

// written is text as it is, a number as its digits, and null as nothing.
func (f field) written() (s string, ok bool) {
	if string(f.value) == "null" {
		return "", true
	}
	if numberText.Match(f.value) {
		return string(f.value), true
	}
	return f.text()
}

// oldBalance answers what the caller has.
func (a *api) oldBalance(c echo.Context) error {
	who, named, err := a.oldCaller(c)
	if err != nil {
		return err
	}
	b, err := a.looked(c.Request().Context())
	if err != nil {
		return err
	}
	a.deprecate(c.Response().Header())
	return c.JSON(http.StatusOK, OldBalance{
		Success: true, CustomerID: named, CompanyName: who.Name,
		CurrentBalance: oldMoney(ownMoney(b.Balance)), CreditLimit: oldMoney(b.CreditLimit), Currency: string(billing.CurrencyUSD),
	})
}
