package handlers

// The second factor of one's own account: set up, removed, its recovery codes.

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// showSecondFactor sets one up where there is none, else shows the one that is on.
func (s *Site) showSecondFactor(c echo.Context) error {
	state, err := s.factorState(c)
	if err != nil {
		return err
	}
	if state.On {
		return s.drawSecondFactor(c, http.StatusOK, nil)
	}
	phone, err := s.door.NewSecondFactor(account(c))
	if err != nil {
		return err
	}
	return s.drawSetUp(c, http.StatusOK, phone, nil)
}

func (s *Site) drawSecondFactor(c echo.Context, status int, problems map[string]string) (err error) {
	v := views.SecondFactorView{Base: areaOf(c).own, Problems: problems}
	if v.Frame, err = s.accountFrame(c, s.reader(c).T("Second factor")); err != nil {
		return err
	}
	if v.Factor, err = s.factorState(c); err != nil {
		return err
	}
	return render(c, status, views.SecondFactorPage(v))
}

// secondFactorUse is what the sealed secret of a set-up is for.
const secondFactorUse = "second factor"

func (s *Site) drawSetUp(c echo.Context, status int, phone access.NewSecondFactor, problems map[string]string) (err error) {
	v := views.SecondFactorSetUp{
		Base: areaOf(c).own, Secret: phone.Secret, URL: phone.URL, QR: phone.QR,
		Once: s.once(c, secondFactorUse, phone.Secret), Problems: problems,
	}
	if v.Frame, err = s.accountFrame(c, s.reader(c).T("Set up a second factor")); err != nil {
		return err
	}
	if c.Get(operatorKey) != nil {
		if v.Required, err = s.Store.SecondFactorRequired(c.Request().Context()); err != nil {
			return err
		}
	}
	return render(c, status, views.SecondFactorSetUpPage(v))
}

// addSecondFactor answers with the recovery codes: they are shown this once.
func (s *Site) addSecondFactor(c echo.Context) error {
	r, who := s.reader(c), account(c)
	secret, fresh := s.reopened(c, secondFactorUse)
	if !fresh {
		return seeOther(c, views.SecondFactorPath(areaOf(c).own))
	}
	phone, err := s.door.SecondFactorOf(who, secret)
	if err != nil {
		return err
	}
	problem, err := s.provePresent(c)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.drawSetUp(c, http.StatusUnprocessableEntity, phone, map[string]string{"present": problem})
	}
	codes, err := s.door.AddSecondFactor(c.Request().Context(), who, secret, c.FormValue("code"), c.RealIP())
	switch {
	case errors.Is(err, access.ErrWrongCode):
		return s.drawSetUp(c, http.StatusUnprocessableEntity, phone, map[string]string{"code": r.T("This is not the code of this moment. Is the clock of the phone right?")})
	case errors.Is(err, billing.ErrTaken):
		return seeOther(c, views.SecondFactorPath(areaOf(c).own))
	case err != nil:
		return err
	}
	return s.drawRecoveryCodes(c, codes)
}

func (s *Site) drawRecoveryCodes(c echo.Context, codes []string) error {
	f, err := s.accountFrame(c, s.reader(c).T("Your recovery codes"))
	if err != nil {
		return err
	}
	f.Here = areaOf(c).own // this page cannot be asked for again
	return render(c, http.StatusOK, views.RecoveryCodesPage(views.RecoveryCodes{Frame: f, Base: areaOf(c).own, Codes: codes}))
}

func (s *Site) removeSecondFactor(c echo.Context) error {
	problem, err := s.provePresent(c)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.drawSecondFactor(c, http.StatusUnprocessableEntity, map[string]string{"present": problem})
	}
	if err := s.door.RemoveSecondFactor(c.Request().Context(), account(c), c.RealIP()); err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: s.reader(c).T("The second factor is off")}); err != nil {
		return err
	}
	return seeOther(c, areaOf(c).own)
}

// renewRecoveryCodes answers with the new codes: they are shown this once.
func (s *Site) renewRecoveryCodes(c echo.Context) error {
	state, err := s.factorState(c)
	if err != nil {
		return err
	}
	if !state.On {
		return seeOther(c, views.SecondFactorPath(areaOf(c).own))
	}
	problem, err := s.provePresent(c)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.drawSecondFactor(c, http.StatusUnprocessableEntity, map[string]string{"renew": problem})
	}
	codes, err := s.door.RenewRecoveryCodes(c.Request().Context(), account(c), c.RealIP())
	if err != nil {
		return err
	}
	return s.drawRecoveryCodes(c, codes)
}
