package api

// From errors to problem documents: the only place where that is decided.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// carrierNote is said wherever a phone or a carrier is refused (contract §6).
const carrierNote = "Today's products reach one carrier: Telefónica/Movistar, Mexico."

// refuse turns any error into the document that is answered. What is ours is
// logged here, once, and shown as nothing more than what to do.
func (a *api) refuse(ctx context.Context, c echo.Context, err error) *Problem {
	p := describe(err)
	if p.Type == "" {
		p.Type = a.typeOf(p.Code)
	}
	p.RequestID = c.Response().Header().Get(echo.HeaderXRequestID)
	if ours(err, p) && !hungUp(c.Request().Context(), err) {
		a.Log.ErrorContext(ctx, "an API request failed", "method", c.Request().Method, "path", c.Path(),
			"request", p.RequestID, "answered", p.Status, "error", err)
	}
	return p
}

// ours says whether somebody of us has to look at the error.
func ours(err error, p *Problem) bool {
	refused, none := billing.UnavailableError{}, NoSandboxError{}
	return p.Status >= http.StatusInternalServerError && !errors.As(err, &refused) && !errors.As(err, &none)
}

// hungUp says whether an error only means that nobody waits for the answer.
func hungUp(ctx context.Context, err error) bool {
	return errors.Is(ctx.Err(), context.Canceled) && (errors.Is(err, context.Canceled) || away(err) || strings.Contains(err.Error(), "broken pipe"))
}

func describe(err error) *Problem {
	var (
		p           *Problem
		tooLittle   billing.InsufficientBalanceError
		outOfRange  billing.AmountError
		overCap     billing.DailyCapError
		overKeyCap  billing.KeyCapError
		recent      billing.RecentlyToppedUpError
		changed     billing.PriceChangedError
		phone       billing.PhoneError
		unavailable billing.UnavailableError
		noHouse     NoSandboxError
		he          *echo.HTTPError
	)
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &tooLittle):
		return insufficient(tooLittle)
	case errors.As(err, &outOfRange):
		return amountOutOfRange(outOfRange)
	case errors.As(err, &changed):
		return priceChanged(changed)
	case errors.As(err, &overCap):
		return beyondCap(overCap)
	case errors.As(err, &overKeyCap):
		return beyondKeyCap(overKeyCap)
	case errors.As(err, &recent):
		return recently(recent)
	case errors.Is(err, billing.ErrKeyEnded):
		return keyEnded()
	case errors.As(err, &phone):
		return invalidPhone("body", phone)
	case errors.As(err, &noHouse):
		return noSandbox(noHouse)
	case errors.As(err, &unavailable) && unavailable.Paused:
		return unavailableNow(time.Duration(unavailable.RetryAfter)*time.Second, "Top-ups are paused: "+strings.TrimRight(unavailable.Reason, ". ")+".").reduced()
	case errors.As(err, &unavailable):
		return unavailableNow(time.Duration(unavailable.RetryAfter)*time.Second, "No order can be taken now: "+unavailable.Reason+".").reduced()
	case errors.Is(err, billing.ErrReferenceReused):
		return problem(codeReused, "This reference was used for another phone or amount. Nothing was accepted; the first top-up stands as it is.")
	case errors.Is(err, billing.ErrQuoteExpired):
		return problem(codeQuoteExpired, "The quote has expired. Nothing was accepted.")
	case errors.Is(err, billing.ErrQuoteUsed):
		return problem(codeQuoteUsed, "The quote was used by another order. Nothing was accepted.")
	case errors.Is(err, billing.ErrQuoteMismatch):
		return problem(codeQuoteMismatch, "There is no such quote of yours for this amount. Nothing was accepted.")
	case errors.Is(err, billing.ErrSuspended):
		return problem(codeSuspended, "Your account is suspended. Nothing was accepted and nothing charged.")
	case errors.Is(err, billing.ErrNotFound):
		return problem(codeNotFound, "There is no such top-up of yours.")
	case errors.Is(err, billing.ErrNoRate):
		return unavailableNow(time.Minute, "No exchange rate is set, so nothing can be priced now.")
	case errors.As(err, &he):
		return describeHTTP(he)
	case away(err):
		return unavailableNow(2*time.Second, "The service cannot answer now.")
	default:
		return problem(codeInternal, "Something went wrong on our side. Repeat an order with the same reference: it is never doubled.")
	}
}

// describeHTTP is about what the router or a guard before us refused.
func describeHTTP(he *echo.HTTPError) *Problem {
	switch he.Code {
	case http.StatusNotFound:
		return problem(codeNotFound, "There is nothing at this address.")
	case http.StatusMethodNotAllowed:
		return problem(codeMethod, "This address does not know the method; the header Allow names those it knows.")
	case http.StatusRequestEntityTooLarge:
		return tooLarge(maxBody)
	default:
		return problem(codeInternal, "Something went wrong on our side. Repeat an order with the same reference: it is never doubled.")
	}
}

func unauthorized(detail string) *Problem {
	return problem(codeUnauthorized, detail).with(echo.HeaderWWWAuthenticate, `Bearer realm="api"`)
}

func keyEnded() *Problem {
	return unauthorized("This API key has ended. Use the one that replaced it.")
}

func scopeMissing(scope billing.Scope) *Problem {
	p := problem(codeScope, "This API key may not do this: it has not the scope "+string(scope)+". Nothing was accepted and nothing charged.")
	p.Scope = string(scope)
	return p
}

func tooMany(wait time.Duration) *Problem {
	return problem(codeRateLimited, "Too many wrong API keys came from your address.").with(echo.HeaderRetryAfter, seconds(wait)).
		exceeds(quotaOfWrongKeys)
}

func unavailableNow(wait time.Duration, detail string) *Problem {
	return problem(codeUnavailable, detail+" Repeat the request with the same reference.").with(echo.HeaderRetryAfter, seconds(wait))
}

func tooLarge(most int64) *Problem {
	return problem(codeTooLarge, fmt.Sprintf("A body has %d bytes at most.", most))
}

func insufficient(e billing.InsufficientBalanceError) *Problem {
	p := problem(codeInsufficient, fmt.Sprintf("Available is %s USD, the top-up costs %s USD. Nothing was charged.", e.Available, e.Needed))
	p.Available, p.Price = e.Available.String(), e.Needed.String()
	return p
}

func amountOutOfRange(e billing.AmountError) *Problem {
	english := views.Reader{Language: views.English}
	p := problem(codeAmount, views.AmountsAllowed(english, e)+".")
	if e.Max.Sign() > 0 {
		p.Minimum, p.Maximum = e.Min.String(), e.Max.String()
	}
	for _, amount := range e.Fixed {
		p.Amounts = append(p.Amounts, amount.String())
	}
	return p
}

func priceChanged(e billing.PriceChangedError) *Problem {
	p := problem(codePriceChanged, fmt.Sprintf("The top-up costs %s USD, your max_price is %s USD. Nothing was accepted.", e.Price, e.Most))
	p.Price = e.Price.String()
	return p
}

func addressRefused(address string) *Problem {
	return problem(codeAddress, "Requests from "+address+" are not allowed with this key. Nothing was accepted and nothing charged.")
}

func beyondCap(e billing.DailyCapError) *Problem {
	return problem(codeRateLimited, fmt.Sprintf("Your daily cap is %s USD, and today's top-ups cost %s USD so far. Nothing was charged.", e.Cap, e.Spent)).
		with(echo.HeaderRetryAfter, seconds(time.Duration(e.RetryAfter)*time.Second)).exceeds(quotaOfDay)
}

func beyondKeyCap(e billing.KeyCapError) *Problem {
	p := problem(codeKeyCap, fmt.Sprintf("This API key may spend %s USD a day, and its top-ups of today cost %s USD so far. Nothing was charged.", e.Cap, e.Spent)).
		with(echo.HeaderRetryAfter, seconds(time.Duration(e.RetryAfter)*time.Second)).exceeds(quotaOfKeyDay)
	p.Cap, p.Spent, p.Price = e.Cap.String(), e.Spent.String(), e.Needed.String()
	return p
}

func recently(e billing.RecentlyToppedUpError) *Problem {
	t := e.Earlier
	p := problem(codeRecent, "You topped up this phone with this amount a moment ago, under the reference "+t.Reference+". Nothing was accepted and nothing charged.")
	p.Earlier = &Earlier{ID: t.ID.String(), Reference: t.Reference, Status: string(t.Status), CreatedAt: t.CreatedAt.UTC()}
	p.Override = e.Override
	return p
}

// invalid refuses a request for what is wrong with its fields.
func invalid(wrong ...FieldError) *Problem {
	p := problem(codeInvalid, wrong[0].Field+": "+wrong[0].Message)
	if wrong[0].Field == "" {
		p.Detail = wrong[0].Message
	}
	p.Errors = wrong
	return p
}

func invalidPhone(where string, e billing.PhoneError) *Problem {
	p := problem(codePhone, "The phone is refused: "+string(e.Problem)+". "+carrierNote)
	p.Errors = []FieldError{{Location: where + ".phone", Field: "phone", Message: string(e.Problem)}}
	return p
}

// seconds rounds up: who comes back then is not too early.
func seconds(wait time.Duration) string {
	return strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second)))
}

// away says whether the database cannot answer now, or was not asked to the end.
func away(err error) bool { return store.Away(err) || errors.Is(err, context.Canceled) }
