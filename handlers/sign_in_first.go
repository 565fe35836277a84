package handlers

// The first operator: whoever holds ADMIN_KEY, once, while there is none.

import (
	"errors"
	"maps"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) showFirstOperator(c echo.Context) error {
	n, err := s.Store.CountOperators(c.Request().Context())
	if err != nil {
		return err
	}
	if n > 0 || s.AdminKey == "" {
		return seeOther(c, views.AdminSignInPath)
	}
	return s.drawFirstOperator(c, http.StatusOK, views.FirstOperator{})
}

func (s *Site) drawFirstOperator(c echo.Context, status int, form views.FirstOperator) error {
	form.MinPassword = billing.ShortestPassword
	return render(c, status, views.FirstOperatorPage(s.frame(c, s.reader(c).T("First operator")), form))
}

func (s *Site) makeFirstOperator(c echo.Context) error {
	ctx, keys := c.Request().Context(), tryKeys(c, "admin key")
	if s.AdminKey == "" {
		return seeOther(c, views.AdminSignInPath)
	}
	form := views.FirstOperator{Name: typedText(c.FormValue("name")), SignInName: typedName(c.FormValue("sign_in_name"))}
	password := c.FormValue("password")
	var soon tooSoonError
	if err := s.countTry(ctx, keys); errors.As(err, &soon) {
		form.Wait = soon.told(c)
		return s.drawFirstOperator(c, http.StatusTooManyRequests, form)
	} else if err != nil {
		return err
	}
	form.Wrong = s.wrongFirstOperator(c.FormValue("key"), password, form)
	if form.Wrong["key"] == "" {
		if err := s.forgetTries(ctx, keys); err != nil {
			return err
		}
	}
	if len(form.Wrong) > 0 {
		return s.drawFirstOperator(c, http.StatusUnprocessableEntity, form)
	}
	o, err := s.door.FirstOperator(ctx, billing.Operator{
		SignInName: form.SignInName, Name: form.Name, Role: billing.RoleAdmin, PasswordHash: access.HashPassword(password),
	}, c.RealIP())
	if errors.Is(err, billing.ErrTaken) {
		return seeOther(c, views.AdminSignInPath)
	}
	if err != nil {
		return err
	}
	r := s.reader(c)
	if err := s.say(c, ui.Toast{Head: r.T("You are the first operator"), Text: r.T("From now on, sign in as %s.", o.SignInName)}); err != nil {
		return err
	}
	return s.enter(c, officeArea, access.OfOperator(o), views.AdminPath)
}

// wrongFirstOperator says what is wrong, field by field.
func (s *Site) wrongFirstOperator(key, password string, form views.FirstOperator) billing.ValidationError {
	wrong := billing.CheckOperator(billing.Operator{SignInName: form.SignInName, Name: form.Name, Role: billing.RoleAdmin})
	maps.Copy(wrong, billing.CheckPassword(password))
	if !s.isAdminKey(key) {
		wrong["key"] = views.Term("This is not the ADMIN_KEY of this server")
	}
	return wrong
}
