package handlers

// One's own account: an operator's and a member's are the same but for their frame.

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// area is one of the two doors of the site.
type area struct {
	cookie                        string
	home, signIn, code, link, own string // addresses
}

var (
	officeArea    = area{operatorCookie, views.AdminPath, views.AdminSignInPath, views.AdminSignInCodePath, views.AdminLinkPath, views.AdminAccountPath}
	dashboardArea = area{memberCookie, views.DashboardPath, views.DashboardSignInPath, views.DashboardSignInCodePath, views.DashboardLinkPath, views.DashboardAccountPath}
)

// accountRoutes are the same in both areas, behind each one's guard.
func (s *Site) accountRoutes(g *echo.Group, a area) {
	g.GET(a.own, s.showAccount)
	g.POST(views.AccountPasswordPath(a.own), s.changePassword)
	g.GET(views.SecondFactorPath(a.own), s.showSecondFactor)
	g.POST(views.SecondFactorPath(a.own), s.addSecondFactor)
	g.POST(views.SecondFactorRemovalPath(a.own), s.removeSecondFactor)
	g.POST(views.RecoveryCodesPath(a.own), s.renewRecoveryCodes)
	g.POST(views.SignOutEverywherePath(a.own), s.signOutEverywhere)
	g.POST(a.own+"/sessions/:id/end", s.endSession)
	g.GET(views.ShownOncePath(a.own), s.showShown)
}

// areaOf is the area of who is signed in, behind a guard.
func areaOf(c echo.Context) area {
	if c.Get(operatorKey) != nil {
		return officeArea
	}
	return dashboardArea
}

// account is who is signed in, in the browser that asks.
func account(c echo.Context) access.Account {
	var who access.Account
	if c.Get(operatorKey) != nil {
		who = access.OfOperator(operator(c))
	} else {
		who = access.OfMember(member(c))
	}
	who.Session, _ = c.Get(sessionKey).(int64)
	return who
}

// accountFrame surrounds a page of one's own account.
func (s *Site) accountFrame(c echo.Context, title string) (views.Frame, error) {
	if c.Get(operatorKey) != nil {
		return s.adminFrame(c, title, views.AdminAccountPath)
	}
	customer, err := s.ownCustomer(c)
	return s.dashboardFrame(c, customer, title, views.DashboardAccountPath), err
}

func (s *Site) showAccount(c echo.Context) error { return s.drawAccount(c, http.StatusOK, nil) }

func (s *Site) drawAccount(c echo.Context, status int, problems map[string]string) (err error) {
	ctx, who, r := c.Request().Context(), account(c), s.reader(c)
	v := views.AccountView{Base: areaOf(c).own, Name: who.Name, SignInName: who.SignInName, Problems: problems}
	if v.Frame, err = s.accountFrame(c, r.T("Your account")); err != nil {
		return err
	}
	if c.Get(operatorKey) != nil {
		v.Role = views.RoleWord(r, operator(c).Role)
	} else {
		v.Role = views.MemberRoleWord(r, member(c).Role)
	}
	if v.Factor, err = s.factorState(c); err != nil {
		return err
	}
	sessions, err := s.Store.Sessions(ctx, who.Person)
	for _, one := range sessions {
		v.Sessions = append(v.Sessions, views.SessionRow{
			ID: one.ID, Browser: views.BrowserName(r, one.UserAgent), Address: one.Address, Since: one.CreatedAt, SeenAt: one.SeenAt, Here: one.ID == who.Session,
		})
	}
	if err != nil {
		return err
	}
	return render(c, status, views.AccountPage(v))
}

// factorState is the second factor of who is signed in.
func (s *Site) factorState(c echo.Context) (state views.SecondFactorState, err error) {
	ctx := c.Request().Context()
	if c.Get(operatorKey) != nil {
		if state.Required, err = s.Store.SecondFactorRequired(ctx); err != nil {
			return state, err
		}
	}
	factor, err := s.Store.SecondFactor(ctx, account(c).Person)
	if errors.Is(err, billing.ErrNotFound) {
		return state, nil
	}
	state.On, state.Since, state.Codes = true, factor.MadeAt, factor.CodesNew
	return state, err
}

// provePresent checks the present password of who is signed in, as slowly as a
// sign-in; problem says what is wrong with it.
func (s *Site) provePresent(c echo.Context) (problem string, err error) {
	who, r := account(c), s.reader(c)
	keys := []string{string(who.Kind) + " at home " + who.SignInName}
	var soon tooSoonError
	switch err := s.countTry(c.Request().Context(), keys); {
	case errors.As(err, &soon):
		return r.T("Too many tries. Wait %s, then try again.", r.Age(soon.told(c))), nil
	case err != nil:
		return "", err
	case !access.PasswordFits(c.FormValue("present"), who.PasswordHash):
		return r.T("This is not your present password"), nil
	}
	return "", s.forgetTries(c.Request().Context(), keys)
}

func (s *Site) changePassword(c echo.Context) error {
	r := s.reader(c)
	problem, err := s.provePresent(c)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.drawAccount(c, http.StatusUnprocessableEntity, map[string]string{"present": problem})
	}
	err = s.door.ChangePassword(c.Request().Context(), account(c), c.FormValue("password"), c.RealIP())
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		return s.drawAccount(c, http.StatusUnprocessableEntity, fieldProblems(r, wrong))
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("The password is changed"), Text: r.T("All other browsers are signed out.")}); err != nil {
		return err
	}
	return seeOther(c, areaOf(c).own)
}

func (s *Site) endSession(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return billing.ErrNotFound
	}
	if err := s.door.EndSession(c.Request().Context(), account(c), id, c.RealIP()); err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Head: s.reader(c).T("That browser is signed out")}); err != nil {
		return err
	}
	return seeOther(c, areaOf(c).own)
}

// signOutEverywhere ends all sessions on the server: each browser is out at its
// next click, this one too.
func (s *Site) signOutEverywhere(c echo.Context) error {
	if err := s.door.SignOutEverywhere(c.Request().Context(), account(c), c.RealIP()); err != nil {
		return err
	}
	if err := s.signOut(c, areaOf(c).cookie); err != nil {
		return err
	}
	return seeOther(c, areaOf(c).signIn)
}
