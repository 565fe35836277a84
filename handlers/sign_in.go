package handlers

// Signing in and out: operators by name, members by e-mail address.

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
)

// credentials are what somebody typed to come in.
type credentials struct{ name, password, back string }

func typedCredentials(c echo.Context, nameField string) credentials {
	return credentials{
		name: typedName(c.FormValue(nameField)), password: c.FormValue("password"), back: c.FormValue("back"),
	}
}

// typedName is a name to sign in with as the database keeps it: lower case, and
// nothing that Postgres cannot store.
func typedName(s string) string {
	s = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")))
	if runes := []rune(s); len(runes) > 254 {
		return string(runes[:254])
	}
	return s
}

// backTo is where a sign-in leads: to the page that was asked for if it belongs
// to the area, else to the area's first page.
func backTo(path, area string) string {
	if path = localPath(path, area); path == area || strings.HasPrefix(path, area+"/") || strings.HasPrefix(path, area+"?") {
		return path
	}
	return area
}

func (s *Site) showOperatorSignIn(c echo.Context) error {
	ctx, back := c.Request().Context(), c.QueryParam("back")
	n, err := s.Store.CountOperators(ctx)
	switch {
	case err != nil:
		return err
	case n == 0 && s.AdminKey == "":
		return render(c, http.StatusOK, views.NoOperatorPage(s.frame(c, s.reader(c).T("No operator yet"))))
	case n == 0:
		return seeOther(c, views.FirstOperatorPath)
	}
	if _, err := s.Store.OperatorBySession(ctx, s.token(c, operatorCookie)); err == nil {
		return seeOther(c, backTo(back, views.AdminPath))
	}
	return s.drawOperatorSignIn(c, http.StatusOK, views.SignIn{Back: back})
}

func (s *Site) drawOperatorSignIn(c echo.Context, status int, form views.SignIn) error {
	form.Glass = s.AdminKey != ""
	return render(c, status, views.OperatorSignInPage(s.frame(c, s.reader(c).T("Sign in")), form))
}

func (s *Site) signInOperator(c echo.Context) error {
	typed := typedCredentials(c, "name")
	var o billing.Operator
	err := s.prove(c, "operator", typed, func(ctx context.Context) (hash string, err error) {
		o, err = s.Store.OperatorByName(ctx, typed.name)
		return o.PasswordHash, err
	})
	if form, status, refused := refusal(c, typed, err); refused {
		return s.drawOperatorSignIn(c, status, form)
	}
	if err != nil {
		return err
	}
	return s.letIn(c, officeArea, access.OfOperator(o), typed.back)
}

func (s *Site) showMemberSignIn(c echo.Context) error {
	back := c.QueryParam("back")
	if _, err := s.Store.MemberBySession(c.Request().Context(), s.token(c, memberCookie)); err == nil {
		return seeOther(c, backTo(back, views.DashboardPath))
	}
	return s.drawMemberSignIn(c, http.StatusOK, views.SignIn{Back: back})
}

func (s *Site) drawMemberSignIn(c echo.Context, status int, form views.SignIn) error {
	return render(c, status, views.MemberSignInPage(s.frame(c, s.reader(c).T("Sign in")), form))
}

func (s *Site) signInMember(c echo.Context) error {
	typed := typedCredentials(c, "email")
	var m billing.Member
	err := s.prove(c, "member", typed, func(ctx context.Context) (hash string, err error) {
		m, err = s.Store.MemberByEmail(ctx, typed.name)
		return m.PasswordHash, err
	})
	if form, status, refused := refusal(c, typed, err); refused {
		return s.drawMemberSignIn(c, status, form)
	}
	if err != nil {
		return err
	}
	return s.letIn(c, dashboardArea, access.OfMember(m), typed.back)
}

// refusal is the form again, when err only says that what was typed is wrong or
// comes too soon.
func refusal(c echo.Context, typed credentials, err error) (form views.SignIn, status int, refused bool) {
	form = views.SignIn{Name: typed.name, Back: typed.back}
	var soon tooSoonError
	switch {
	case errors.Is(err, errWrongPassword):
		form.Wrong = true
		return form, http.StatusUnprocessableEntity, true
	case errors.As(err, &soon):
		form.Wait = soon.told(c)
		return form, http.StatusTooManyRequests, true
	}
	return form, 0, false
}

// letIn signs in who proved a password, or asks for a code first.
func (s *Site) letIn(c echo.Context, a area, who access.Account, back string) error {
	asks, err := s.door.HasSecondFactor(c.Request().Context(), who)
	if err != nil {
		return err
	}
	if asks {
		return s.askForCode(c, a, who, back)
	}
	return s.enter(c, a, who, back)
}

// enter begins a session and writes it down. Whatever session the browser held
// before ends, and the new one has a new token.
func (s *Site) enter(c echo.Context, a area, who access.Account, back string) error {
	ctx, before := c.Request().Context(), s.token(c, a.cookie)
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := s.signIn(c, tx, a.cookie, store.Session{Person: who.Person}); err != nil {
			return err
		}
		return tx.Audit(ctx, who.Actor(c.RealIP()), who.Did("signed_in", nil, nil))
	})
	if err != nil {
		return err
	}
	if before != nil {
		if err := s.Store.EndSession(ctx, before); err != nil {
			return err
		}
	}
	return seeOther(c, backTo(back, a.home))
}

func (s *Site) signOutOperator(c echo.Context) error {
	if err := s.signOut(c, operatorCookie); err != nil {
		return err
	}
	return seeOther(c, views.AdminSignInPath)
}

func (s *Site) signOutMember(c echo.Context) error {
	if err := s.signOut(c, memberCookie); err != nil {
		return err
	}
	return seeOther(c, views.DashboardSignInPath)
}
