package handlers

// Who just wrote sees what he wrote, though lists are read from a replica that may
// be behind: his browser carries how far it must be, to whichever instance.

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/store"
)

const (
	wroteCookie = "latcom_wrote"
	// wroteFor is longer than any replica may be behind that is read from.
	wroteFor = time.Minute
)

// seesItsOwn notes with a form's answer how far the database's log has come, and
// has that much be seen by what the browser reads next. Part of a page is read again
// because something changed: it sees all of that.
func (s *Site) seesItsOwn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.Store.Replica().Set {
			return next(c)
		}
		ctx := store.OneWay(c.Request().Context())
		if kept, err := c.Cookie(wroteCookie); err == nil {
			if p, ok := store.ParsePosition(kept.Value); ok {
				ctx = store.After(ctx, p)
			}
		}
		if c.Request().Header.Get("HX-Request") != "" {
			ctx = store.Fresh(ctx)
		}
		if c.Request().Method != http.MethodGet {
			ctx = store.After(ctx, store.Everything) // a form shown again shows what is so
			c.Response().Before(func() { s.noteWrite(c) })
		}
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

func (s *Site) noteWrite(c echo.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), readyTime)
	defer cancel()
	p, err := s.Store.Position(ctx)
	if err != nil {
		p = store.Everything // the database is away: whoever comes back reads there
	}
	c.SetCookie(&http.Cookie{ //nolint:gosec // G124: over plain HTTP the browser must keep it too
		Name: wroteCookie, Value: p.String(), Path: "/", MaxAge: int(wroteFor.Seconds()), HttpOnly: true, Secure: s.secure(c), SameSite: http.SameSiteLaxMode,
	})
}
