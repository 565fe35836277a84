package handlers

// The second step of a sign-in: the code of a phone. Between the two steps the
// browser holds an encrypted note of who proved the password; it opens nothing.

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

const (
	halfCookie   = "latcom_half"
	halfLifetime = 10 * time.Minute
)

// signInRoutes are the ways in besides a name and a password.
func (s *Site) signInRoutes(open *echo.Group) {
	for _, a := range []area{officeArea, dashboardArea} {
		open.GET(a.code, func(c echo.Context) error { return s.showCode(c, a) })
		open.POST(a.code, func(c echo.Context) error { return s.takeCode(c, a) })
		open.GET(a.link+"/:token", func(c echo.Context) error { return s.showLinkForm(c, a) })
		open.POST(a.link+"/:token", func(c echo.Context) error { return s.setPasswordByLink(c, a) })
	}
	open.GET(views.BreakGlassPath, s.showBreakGlass)
	open.POST(views.BreakGlassPath, s.breakGlass)
}

// askForCode leaves the note and leads to the second step.
func (s *Site) askForCode(c echo.Context, a area, who access.Account, back string) error {
	note := s.cookie(c, halfCookie)
	note.Options.MaxAge = int(halfLifetime.Seconds())
	note.Values = map[any]any{
		"door": a.home, "name": who.SignInName, "password": fingerprint(who.PasswordHash), "until": time.Now().Add(halfLifetime).Unix(), "back": back,
	}
	if err := note.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("remember the first step of a sign-in: %w", err)
	}
	return seeOther(c, a.code)
}

// fingerprint ties the note to the password that was proven: a new one makes it void.
func fingerprint(passwordHash string) string {
	sum := sha256.Sum256([]byte(passwordHash))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// half is who did the first step at this door, and where he wanted to go. A note
// that is missing, old or void is billing.ErrNotFound.
func (s *Site) half(c echo.Context, a area) (who access.Account, back string, err error) {
	ctx, note := c.Request().Context(), s.cookie(c, halfCookie).Values
	until, _ := note["until"].(int64)
	name, _ := note["name"].(string)
	if note["door"] != a.home || time.Now().Unix() > until {
		return who, "", billing.ErrNotFound
	}
	if a == officeArea {
		o, err := s.Store.OperatorByName(ctx, name)
		if err != nil {
			return who, "", err
		}
		who = access.OfOperator(o)
	} else {
		m, err := s.Store.MemberByEmail(ctx, name)
		if err != nil {
			return who, "", err
		}
		who = access.OfMember(m)
	}
	if note["password"] != fingerprint(who.PasswordHash) {
		return who, "", billing.ErrNotFound
	}
	back, _ = note["back"].(string)
	return who, back, nil
}

func (s *Site) showCode(c echo.Context, a area) error {
	_, _, err := s.half(c, a)
	if errors.Is(err, billing.ErrNotFound) {
		return seeOther(c, a.signIn)
	}
	if err != nil {
		return err
	}
	return s.drawCode(c, http.StatusOK, views.SignInCode{Action: a.code, Back: a.signIn})
}

func (s *Site) drawCode(c echo.Context, status int, form views.SignInCode) error {
	return render(c, status, views.SignInCodePage(s.frame(c, s.reader(c).T("Sign in")), form))
}

func (s *Site) takeCode(c echo.Context, a area) error {
	ctx := c.Request().Context()
	who, back, err := s.half(c, a)
	if errors.Is(err, billing.ErrNotFound) {
		return seeOther(c, a.signIn)
	}
	if err != nil {
		return err
	}
	keys := tryKeys(c, string(who.Kind)+" code "+who.SignInName)
	var soon tooSoonError
	if err := s.countTry(ctx, keys); errors.As(err, &soon) {
		return s.drawCode(c, http.StatusTooManyRequests, views.SignInCode{Action: a.code, Back: a.signIn, Wait: soon.told(c)})
	} else if err != nil {
		return err
	}
	err = s.door.UseCode(ctx, who, c.FormValue("code"), c.RealIP())
	if errors.Is(err, access.ErrWrongCode) {
		s.Log.WarnContext(ctx, "a sign-in was refused at its second step", "kind", who.Kind, "address", c.RealIP())
		return s.drawCode(c, http.StatusUnprocessableEntity, views.SignInCode{Action: a.code, Back: a.signIn, Wrong: true})
	}
	if err != nil {
		return err
	}
	if err := s.forgetTries(ctx, keys); err != nil {
		return err
	}
	if err := s.dropCookie(c, halfCookie); err != nil {
		return err
	}
	return s.enter(c, a, who, back)
}
