package handlers

// Breaking the glass: the page, and everybody who is told.

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// isAdminKey compares in constant time; without a key of the server nothing fits.
func (s *Site) isAdminKey(key string) bool {
	given, want := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(s.AdminKey))
	return s.AdminKey != "" && subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// glassIsThere says whether there is a key, and somebody whom it could lock out.
func (s *Site) glassIsThere(c echo.Context) (bool, error) {
	n, err := s.Store.CountOperators(c.Request().Context())
	return n > 0 && s.AdminKey != "", err
}

func (s *Site) showBreakGlass(c echo.Context) error {
	there, err := s.glassIsThere(c)
	if err != nil {
		return err
	}
	if !there {
		return seeOther(c, views.AdminSignInPath)
	}
	return s.drawBreakGlass(c, http.StatusOK, views.BreakGlass{})
}

func (s *Site) drawBreakGlass(c echo.Context, status int, form views.BreakGlass) error {
	return render(c, status, views.BreakGlassPage(s.frame(c, s.reader(c).T("Break the glass")), form))
}

func (s *Site) breakGlass(c echo.Context) error {
	ctx, keys := c.Request().Context(), tryKeys(c, "admin key")
	there, err := s.glassIsThere(c)
	if err != nil {
		return err
	}
	if !there {
		return seeOther(c, views.AdminSignInPath)
	}
	form := views.BreakGlass{Name: typedText(c.FormValue("name")), SignInName: typedName(c.FormValue("sign_in_name"))}
	var soon tooSoonError
	if err := s.countTry(ctx, keys); errors.As(err, &soon) {
		form.Wait = soon.told(c)
		return s.drawBreakGlass(c, http.StatusTooManyRequests, form)
	} else if err != nil {
		return err
	}
	if !s.isAdminKey(c.FormValue("key")) {
		s.Log.WarnContext(ctx, "a wrong ADMIN_KEY was refused", "address", c.RealIP())
		form.Wrong = billing.ValidationError{"key": views.Term("This is not the ADMIN_KEY of this server")}
		return s.drawBreakGlass(c, http.StatusUnprocessableEntity, form)
	}
	if err := s.forgetTries(ctx, keys); err != nil {
		return err
	}
	if wrong := billing.CheckPassword(c.FormValue("password")); len(wrong) > 0 {
		form.Wrong = wrong
		return s.drawBreakGlass(c, http.StatusUnprocessableEntity, form)
	}
	return s.breakIt(c, form)
}

// breakIt makes or resets the admin, tells everybody, and signs in.
func (s *Site) breakIt(c echo.Context, form views.BreakGlass) error {
	ctx, r := c.Request().Context(), s.reader(c)
	o, isNew, err := s.door.BreakGlass(ctx, billing.Operator{
		SignInName: form.SignInName, Name: form.Name, Role: billing.RoleAdmin, PasswordHash: access.HashPassword(c.FormValue("password")),
	}, c.RealIP(), views.BrowserName(views.Reader{}, c.Request().UserAgent()))
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		form.Wrong = wrong
		return s.drawBreakGlass(c, http.StatusUnprocessableEntity, form)
	case errors.Is(err, access.ErrNotAdmin):
		form.Wrong = map[string]string{"sign_in_name": views.Term("This operator is no admin or is disabled. Choose another name.")}
		return s.drawBreakGlass(c, http.StatusUnprocessableEntity, form)
	case err != nil:
		return err
	}
	s.Log.ErrorContext(ctx, "THE GLASS WAS BROKEN: an admin was made or reset with ADMIN_KEY",
		"operator", o.SignInName, "account_is_new", isNew, "address", c.RealIP(), "browser", c.Request().UserAgent())
	if err := s.say(c, ui.Toast{Tone: "unknown", Icon: "octagon-alert", Head: r.T("You are in"), Text: r.T("Every operator is told for 24 hours.")}); err != nil {
		return err
	}
	return s.enter(c, officeArea, access.OfOperator(o), views.AdminPath)
}

// brokenGlass is what every page of the back office says for 24 hours.
func (s *Site) brokenGlass(c echo.Context) ([]views.BrokenGlass, error) {
	broken, err := s.Store.BrokenGlass(c.Request().Context(), billing.GlassLasts)
	var all []views.BrokenGlass
	for _, b := range broken {
		all = append(all, views.BrokenGlass{At: b.At, Name: b.Name, Address: b.Address, New: b.AccountIsNew})
	}
	return all, err
}
