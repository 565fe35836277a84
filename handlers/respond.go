package handlers

// What is sent back: pages, fragments, files, and errors as words.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// render draws a page into memory first, so that one that fails half way becomes
// an error page and not half a page.
func render(c echo.Context, status int, page templ.Component) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := page.Render(c.Request().Context(), buf); err != nil {
		return fmt.Errorf("draw the page: %w", err)
	}
	c.Response().Header().Add("Vary", "HX-Request, HX-Target, Accept-Language, Cookie")
	return c.HTMLBlob(status, buf.Bytes())
}

// swaps reports whether htmx asked for the element with this id alone.
func swaps(c echo.Context, id string) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Target") == id
}

// seeOther sends the browser on after a form: reloading does not send it twice.
func seeOther(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }

// attach says that the answer is a file.
func attach(c echo.Context, contentType, filename string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, contentType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+filename+`"`)
}

// fail is echo's error handler, and the only place where an error of a page
// becomes a status and words. What it does not recognise is ours: logged in full
// and shown as nothing more than "something went wrong".
func (s *Site) fail(err error, c echo.Context) {
	ctx := c.Request().Context()
	if c.Response().Committed {
		if !gone(ctx, err) {
			s.Log.ErrorContext(ctx, "an answer was cut short", "path", c.Path(), "error", err)
		}
		return
	}
	r := s.reader(c)
	problem := describe(r, err)
	if problem.Status >= http.StatusInternalServerError && !gone(ctx, err) {
		s.Log.ErrorContext(ctx, "a request failed", "method", c.Request().Method, "path", c.Path(),
			"request", c.Response().Header().Get("X-Request-Id"), "error", err)
	}
	frame := s.frame(c, problem.Title)
	if frame.CSRF == "" {
		frame.Here = "" // no form can be sent from here
	}
	page := views.ErrorPage(frame, problem)
	if c.Request().Header.Get("HX-Request") == "true" {
		page = views.ErrorFragment(r, problem)
	}
	if err := render(c, problem.Status, page); err != nil {
		s.Log.ErrorContext(ctx, "the error page failed", "error", err)
	}
}

// gone says whether an error only means that nobody waits for the answer.
func gone(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "broken pipe") || strings.Contains(err.Error(), "connection reset"))
}

// describe turns an error into words that the reader can act on.
func describe(r views.Reader, err error) views.Problem {
	var he *echo.HTTPError
	var noSandbox api.NoSandboxError
	switch {
	case errors.As(err, &noSandbox):
		return views.Problem{Status: http.StatusServiceUnavailable, Title: r.T("There is no sandbox on this server"), Sentence: r.T("Test keys are answered 503. Live keys and top-ups are not touched by it.")}
	case errors.Is(err, billing.ErrNotFound):
		return notFound(r)
	case errors.Is(err, errForbidden):
		return views.Problem{Status: http.StatusForbidden, Title: r.T("Not for your role"), Sentence: r.T("Your role does not allow this. An admin can do it, or change your role.")}
	case store.Slow(err):
		return views.Problem{Status: http.StatusServiceUnavailable, Title: r.T("This took too long"), Sentence: r.T("The database gave it up, and nothing was changed. Ask for less, such as fewer days, or try again in a moment.")}
	case errors.Is(err, errDatabaseAway), store.Away(err):
		return views.Problem{Status: http.StatusServiceUnavailable, Title: r.T("The database cannot be reached"), Sentence: r.T("Nothing was changed. This page works again as soon as the database is back.")}
	case errors.As(err, &he):
		return describeHTTP(r, he)
	default:
		return wentWrong(r)
	}
}

func describeHTTP(r views.Reader, he *echo.HTTPError) views.Problem {
	switch he.Code {
	case http.StatusNotFound:
		return notFound(r)
	case http.StatusForbidden:
		return views.Problem{Status: he.Code, Title: r.T("This form is out of date"), Sentence: r.T("Go back, load the page again and send it once more. Nothing was changed.")}
	case http.StatusMethodNotAllowed:
		return views.Problem{Status: he.Code, Title: r.T("Not done this way"), Sentence: r.T("This address cannot be used like that. Start from the overview.")}
	case http.StatusRequestEntityTooLarge:
		return views.Problem{Status: he.Code, Title: r.T("This is too large"), Sentence: r.T("A form with its file may have 1 MB. Go back and send it in parts. Nothing was changed.")}
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusTooManyRequests:
		return views.Problem{Status: he.Code, Title: r.T("This could not be read"), Sentence: r.T("What the browser sent could not be understood. Go back and try again. Nothing was changed.")}
	default:
		return wentWrong(r)
	}
}

func notFound(r views.Reader) views.Problem {
	return views.Problem{Status: http.StatusNotFound, Title: r.T("There is nothing here"), Sentence: r.T("The address is wrong, or what it named is not yours to see.")}
}

func wentWrong(r views.Reader) views.Problem {
	return views.Problem{Status: http.StatusInternalServerError, Title: r.T("Something went wrong"), Sentence: r.T("It is our fault and was logged. Money is only ever moved whole, so check the ledger before you try again.")}
}

// errDatabaseAway and errForbidden are what guards return.
var (
	errDatabaseAway = errors.New("the database cannot be reached")
	errForbidden    = errors.New("not for this role")
)

// proveErrorPage draws the error page once at the start: it has to work when
// nothing else does.
func proveErrorPage() error {
	var buf bytes.Buffer
	r := views.Reader{Language: views.English, Zone: time.UTC, Now: time.Unix(0, 0)}
	if err := views.ErrorPage(views.Frame{Reader: r}, wentWrong(r)).Render(context.Background(), &buf); err != nil {
		return fmt.Errorf("draw the error page: %w", err)
	}
	return nil
}

func callers() string { return string(debug.Stack()) }
