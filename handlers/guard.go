package handlers

// Who may come in.

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

const (
	operatorKey = "operator"
	memberKey   = "member"
	sessionKey  = "session"
)

// maxForm is how large a form may be, its files included.
const maxForm = 1 << 20

// ours lets a form in only if it came from a page of ours.
func (s *Site) ours() echo.MiddlewareFunc {
	protect := func(secure bool) echo.MiddlewareFunc {
		return middleware.CSRFWithConfig(middleware.CSRFConfig{
			TokenLookup: "form:" + views.CSRFField + ",header:X-CSRF-Token", CookieName: "latcom_csrf", CookiePath: "/",
			CookieHTTPOnly: true, CookieSecure: secure, CookieSameSite: http.SameSiteLaxMode,
			ErrorHandler: func(error, echo.Context) error { return echo.NewHTTPError(http.StatusForbidden) },
		})
	}
	plain, tls := protect(false), protect(true)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = s.seesItsOwn(next)
		overPlain, overTLS := plain(next), tls(next)
		return func(c echo.Context) error {
			if c.Request().ContentLength > maxForm {
				return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
			}
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxForm)
			if s.secure(c) {
				return overTLS(c)
			}
			return overPlain(c)
		}
	}
}

// operators lets signed-in operators in and sends everybody else to sign in.
func (s *Site) operators(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		hash := s.token(c, operatorCookie)
		if hash == nil {
			return toSignIn(c, views.AdminSignInPath)
		}
		o, err := s.Store.OperatorBySession(c.Request().Context(), hash)
		if errors.Is(err, billing.ErrNotFound) {
			return toSignIn(c, views.AdminSignInPath)
		}
		if err != nil {
			return err
		}
		if o.OwesSecondFactor && !setsUpSecondFactor(c.Path()) {
			return sendTo(c, views.SecondFactorPath(views.AdminAccountPath))
		}
		c.Set(operatorKey, o.Operator)
		if err := s.seen(c, o.Browser); err != nil {
			return err
		}
		return next(c)
	}
}

// members lets signed-in members in: what they see is their customer's alone.
func (s *Site) members(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		hash := s.token(c, memberCookie)
		if hash == nil {
			return toSignIn(c, views.DashboardSignInPath)
		}
		m, err := s.Store.MemberBySession(c.Request().Context(), hash)
		if errors.Is(err, billing.ErrNotFound) {
			return toSignIn(c, views.DashboardSignInPath)
		}
		if err != nil {
			return err
		}
		c.Set(memberKey, m.Member)
		if err := s.seen(c, m.Browser); err != nil {
			return err
		}
		return next(c)
	}
}

// seen notes now and then that a browser is in use.
func (s *Site) seen(c echo.Context, b store.Browser) error {
	c.Set(sessionKey, b.SessionID)
	if !b.Stale {
		return nil
	}
	return s.Store.TouchSession(c.Request().Context(), b.SessionID)
}

// setsUpSecondFactor is true of the pages that an operator may open before he
// has the second factor that is required of him: his own account's.
func setsUpSecondFactor(path string) bool {
	return path == views.AdminAccountPath || strings.HasPrefix(path, views.AdminAccountPath+"/")
}

// may lets an operator in whose role allows it.
func may(allowed func(billing.Role) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !allowed(operator(c).Role) {
				return errForbidden
			}
			return next(c)
		}
	}
}

// mayAsMember lets a member in whose role allows it.
func mayAsMember(allowed func(billing.MemberRole) bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !allowed(member(c).Role) {
				return errForbidden
			}
			return next(c)
		}
	}
}

// operator is who is signed in, behind the operators guard.
func operator(c echo.Context) billing.Operator { return c.Get(operatorKey).(billing.Operator) } //nolint:forcetypeassert // a route without its guard is a mistake that must be loud

// member is who is signed in, behind the members guard.
func member(c echo.Context) billing.Member { return c.Get(memberKey).(billing.Member) } //nolint:forcetypeassert // as above

// actor is the signed-in operator as the audit log names him.
func actor(c echo.Context) billing.Actor {
	o := operator(c)
	return billing.Actor{Kind: billing.ActorOperator, ID: &o.ID, Name: o.Name, Address: c.RealIP()}
}

// toSignIn asks to sign in and comes back to the page that was asked for. A
// fragment cannot be a sign-in page: htmx is told to go there.
func toSignIn(c echo.Context, path string) error {
	if c.Request().Method == http.MethodGet && c.Request().Header.Get("HX-Request") == "" {
		path += "?" + url.Values{"back": {c.Request().URL.RequestURI()}}.Encode()
	}
	return sendTo(c, path)
}

// sendTo leads the whole page elsewhere, also when htmx asked for a part of it.
func sendTo(c echo.Context, path string) error {
	if c.Request().Header.Get("HX-Request") != "" {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusUnauthorized)
	}
	return seeOther(c, path)
}

// localPath is where a form may send the browser back to: a path of ours, else
// the fallback.
func localPath(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return fallback
	}
	return path
}
