package handlers

// Where an invitation or a reset leads: a page that sets a password, once.

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// invited is whom the link of the address is for, in this area.
func (s *Site) invited(c echo.Context, a area) (access.Account, bool, error) {
	who, first, err := s.door.Invited(c.Request().Context(), c.Param("token"))
	if err == nil && (who.OperatorID != nil) != (a == officeArea) {
		err = billing.ErrNotFound
	}
	return who, first, err
}

func (s *Site) showLinkForm(c echo.Context, a area) error {
	who, first, err := s.invited(c, a)
	if errors.Is(err, billing.ErrNotFound) {
		return s.deadLink(c)
	}
	if err != nil {
		return err
	}
	return s.drawLinkForm(c, http.StatusOK, a, views.SetPassword{Name: who.Name, SignInName: who.SignInName, First: first})
}

func (s *Site) drawLinkForm(c echo.Context, status int, a area, form views.SetPassword) error {
	form.Action = views.LinkPath(a.link, c.Param("token"))
	f := s.frame(c, s.reader(c).T("Set the password"))
	return render(c, status, views.SetPasswordPage(f, form))
}

// deadLink says what can be done about a link that opens nothing.
func (s *Site) deadLink(c echo.Context) error {
	r := s.reader(c)
	return render(c, http.StatusNotFound, views.ErrorPage(s.frame(c, r.T("This link has ended")), views.Problem{
		Status: http.StatusNotFound, Title: r.T("This link has ended"), Sentence: r.T("It was used, replaced by a newer one, or is older than seven days. Ask who gave it to you for a new one."),
	}))
}

// setPasswordByLink signs in at once, unless the account asks for a code: the
// link proves no phone.
func (s *Site) setPasswordByLink(c echo.Context, a area) error {
	ctx, r := c.Request().Context(), s.reader(c)
	who, first, err := s.invited(c, a)
	if err == nil {
		_, err = s.door.SetPasswordByLink(ctx, c.Param("token"), c.FormValue("password"), c.RealIP())
	}
	var wrong billing.ValidationError
	switch {
	case errors.Is(err, billing.ErrNotFound):
		return s.deadLink(c)
	case errors.As(err, &wrong):
		form := views.SetPassword{Name: who.Name, SignInName: who.SignInName, First: first, Problem: fieldProblems(r, wrong)["password"]}
		return s.drawLinkForm(c, http.StatusUnprocessableEntity, a, form)
	case err != nil:
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("The password is set"), Text: r.T("From now on, sign in as %s.", who.SignInName)}); err != nil {
		return err
	}
	asks, err := s.door.HasSecondFactor(ctx, who)
	if err != nil {
		return err
	}
	if asks {
		return seeOther(c, a.signIn)
	}
	return s.letIn(c, a, who, a.home)
}
