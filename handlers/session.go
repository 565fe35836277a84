package handlers

// Who is signed in. The browser holds a random token in an encrypted cookie, the
// database its hash: ending a session there ends it everywhere at once.

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views/ui"
)

// The two kinds of sessions; one browser can hold both.
const (
	operatorCookie = "latcom_operator"
	memberCookie   = "latcom_member"
	flashCookie    = "latcom_flash"

	sessionLifetime = 12 * time.Hour
)

// newCookies derives the keys of the cookies from SECRET_KEY: one signs, one
// encrypts. Cookies under the old key are still read.
func newCookies(secret, old string) (*sessions.CookieStore, error) {
	gob.Register(ui.Toast{}) // what a flash is kept as; again is harmless
	var pairs [][]byte
	for _, key := range []string{secret, old} {
		if key == "" {
			continue
		}
		for _, use := range []string{"cookie signature", "cookie encryption"} {
			derived, err := hkdf.Key(sha256.New, []byte(key), nil, use, 32)
			if err != nil {
				return nil, fmt.Errorf("derive the key for the %s: %w", use, err)
			}
			pairs = append(pairs, derived)
		}
	}
	if len(pairs) == 0 {
		return nil, errors.New("SECRET_KEY is not set")
	}
	cookies := sessions.NewCookieStore(pairs...)
	cookies.MaxAge(int(sessionLifetime.Seconds()))
	return cookies, nil
}

// cookie opens one of our cookies. An unreadable one counts as empty.
func (s *Site) cookie(c echo.Context, name string) *sessions.Session {
	session, err := s.cookies.Get(c.Request(), name)
	if err != nil || session == nil {
		session = sessions.NewSession(s.cookies, name)
	}
	session.Options = &sessions.Options{
		Path: "/", MaxAge: int(sessionLifetime.Seconds()), HttpOnly: true, Secure: s.secure(c), SameSite: http.SameSiteLaxMode,
	}
	return session
}

// signIn begins a session for an operator or a member (in) and hands the browser
// its token.
func (s *Site) signIn(c echo.Context, tx *store.Tx, cookieName string, in store.Session) error {
	in.Address, in.UserAgent = c.RealIP(), c.Request().UserAgent()
	token := rand.Text() + rand.Text()
	if err := tx.InsertSession(c.Request().Context(), billing.HashSecret(token), in, sessionLifetime); err != nil {
		return err
	}
	session := s.cookie(c, cookieName)
	session.Values = map[any]any{"token": token}
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("hand out a session: %w", err)
	}
	return nil
}

// signOut ends the session on the server and in the browser.
func (s *Site) signOut(c echo.Context, cookieName string) error {
	if hash := s.token(c, cookieName); hash != nil {
		if err := s.Store.EndSession(c.Request().Context(), hash); err != nil {
			return err
		}
	}
	return s.dropCookie(c, cookieName)
}

// dropCookie lets the browser forget one of our cookies.
func (s *Site) dropCookie(c echo.Context, name string) error {
	session := s.cookie(c, name)
	session.Values = map[any]any{}
	session.Options.MaxAge = -1
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("drop the cookie %s: %w", name, err)
	}
	return nil
}

// token is the hash of the browser's session token; nil without one.
func (s *Site) token(c echo.Context, cookieName string) []byte {
	token, _ := s.cookie(c, cookieName).Values["token"].(string)
	if token == "" {
		return nil
	}
	return billing.HashSecret(token)
}

// say shows a message on the next page.
func (s *Site) say(c echo.Context, toast ui.Toast) error {
	session := s.cookie(c, flashCookie)
	session.AddFlash(toast)
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return fmt.Errorf("keep a message for the next page: %w", err)
	}
	return nil
}

// flash takes the message that the page before left, if any.
func (s *Site) flash(c echo.Context) *ui.Toast {
	if _, err := c.Cookie(flashCookie); err != nil || c.Response().Committed {
		return nil
	}
	session := s.cookie(c, flashCookie)
	flashes := session.Flashes()
	session.Options.MaxAge = -1
	if err := session.Save(c.Request(), c.Response()); err != nil || len(flashes) == 0 {
		return nil
	}
	toast, ok := flashes[0].(ui.Toast)
	if !ok {
		return nil
	}
	return &toast
}
