package handlers

// Operators: list, invite, rank, disable, a link for a new password.

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// operatorRoutes are for everybody to look at and for admins to change.
func (s *Site) operatorRoutes(admin *echo.Group) {
	rule := may(billing.Role.MayRule)
	admin.GET(views.OperatorsPath, s.listOperators)
	admin.GET(views.NewOperatorPath, s.newOperator, rule)
	admin.POST(views.OperatorsPath, s.inviteOperator, rule)
	admin.POST(views.FactorRulePath, s.setFactorRule, rule)
	admin.GET(views.OperatorPath(":id"), s.showOperator)
	admin.POST(views.OperatorRolePath(":id"), s.setOperatorRole, rule)
	admin.POST(views.OperatorLinkPath(":id"), s.linkOperator, rule)
	admin.GET(views.OperatorAccessPath(":id"), s.askOperatorAccess, rule)
	admin.POST(views.OperatorAccessPath(":id"), s.setOperatorAccess, rule)
	admin.GET(views.SettingsPath, s.showSettings)
}

func operatorRow(o store.OperatorSeen) views.OperatorRow {
	return views.OperatorRow{Operator: o.Operator, Access: views.Access(o.Access), MadeByName: o.MadeByName}
}

func (s *Site) listOperators(c echo.Context) (err error) {
	l := views.OperatorList{Own: operator(c).ID, MayRule: operator(c).Role.MayRule()}
	if l.Frame, err = s.adminFrame(c, s.reader(c).T("Operators"), views.OperatorsPath); err != nil {
		return err
	}
	if l.Rule, err = s.Store.SecondFactorRequired(c.Request().Context()); err != nil {
		return err
	}
	all, err := s.Store.OperatorsSeen(c.Request().Context())
	if err != nil {
		return err
	}
	for _, o := range all {
		l.Rows = append(l.Rows, operatorRow(o))
	}
	return render(c, http.StatusOK, views.OperatorsPage(l))
}

// setFactorRule says whether every operator needs a second factor. It holds at
// each one's next click.
func (s *Site) setFactorRule(c echo.Context) error {
	r, required := s.reader(c), c.FormValue("required") == "true"
	if err := s.door.RequireSecondFactor(c.Request().Context(), actor(c), required); err != nil {
		return err
	}
	done := ui.Toast{Head: r.T("The second factor is a choice now")}
	if required {
		done = ui.Toast{Icon: "shield-check", Tone: "succeeded", Head: r.T("The second factor is required now")}
	}
	if err := s.say(c, done); err != nil {
		return err
	}
	return seeOther(c, views.OperatorsPath)
}

// What the sealed secrets of these forms are for.
const (
	invitationUse = "invitation"
	linkUse       = "link"
)

func (s *Site) newOperator(c echo.Context) error {
	return s.drawNewOperator(c, http.StatusOK, views.NewOperator{Role: string(billing.RoleViewer)})
}

func (s *Site) drawNewOperator(c echo.Context, status int, form views.NewOperator) (err error) {
	form.Once = s.once(c, invitationUse, access.NewToken())
	if form.Frame, err = s.adminFrame(c, s.reader(c).T("Invite an operator"), views.OperatorsPath); err != nil {
		return err
	}
	return render(c, status, views.NewOperatorPage(form))
}

// inviteOperator leads to the page that shows the link, once.
func (s *Site) inviteOperator(c echo.Context) error {
	r := s.reader(c)
	form := views.NewOperator{Name: typedText(c.FormValue("name")), SignInName: typedName(c.FormValue("sign_in_name")), Role: c.FormValue("role")}
	token, fresh := s.reopened(c, invitationUse)
	if !fresh {
		form.Problems = map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.drawNewOperator(c, http.StatusUnprocessableEntity, form)
	}
	o, err := s.door.InviteOperator(c.Request().Context(), actor(c), billing.Operator{
		Name: form.Name, SignInName: form.SignInName, Role: billing.Role(form.Role),
	}, token)
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return s.drawNewOperator(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return s.showLink(c, officeArea, views.OperatorsPath, access.OfOperator(o), token, views.OperatorsPath)
}

// operatorNamed is the operator that the address names.
func (s *Site) operatorNamed(c echo.Context) (store.OperatorSeen, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return store.OperatorSeen{}, billing.ErrNotFound
	}
	return s.Store.OperatorSeen(c.Request().Context(), id)
}

func (s *Site) showOperator(c echo.Context) error { return s.drawOperator(c, http.StatusOK, nil) }

func (s *Site) drawOperator(c echo.Context, status int, problems map[string]string) error {
	o, err := s.operatorNamed(c)
	if err != nil {
		return err
	}
	v := views.OperatorView{
		Row: operatorRow(o), Own: o.ID == operator(c).ID, MayRule: operator(c).Role.MayRule(), Problems: problems,
		Once: s.once(c, linkUse, access.NewToken()),
	}
	if v.Frame, err = s.adminFrame(c, o.Name, views.OperatorsPath); err != nil {
		return err
	}
	return render(c, status, views.OperatorPage(v))
}

func (s *Site) setOperatorRole(c echo.Context) error {
	o, err := s.operatorNamed(c)
	if err != nil {
		return err
	}
	role := billing.Role(c.FormValue("role"))
	if err := s.door.SetRole(c.Request().Context(), actor(c), o.ID, role); err != nil {
		return s.refuseOperatorChange(c, err)
	}
	r := s.reader(c)
	return s.doneWithOperator(c, o, ui.Toast{Head: r.T("The role is set"), Text: r.T("%s is %s.", o.Name, views.RoleWord(r, role))})
}

// refuseOperatorChange shows why an operator stays as he is.
func (s *Site) refuseOperatorChange(c echo.Context, err error) error {
	r := s.reader(c)
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		return s.drawOperator(c, http.StatusUnprocessableEntity, fieldProblems(r, wrong))
	case errors.Is(err, access.ErrLastAdmin):
		return s.drawOperator(c, http.StatusUnprocessableEntity, map[string]string{"": r.T("This is the only admin who can sign in. Make another one first.")})
	}
	return err
}

func (s *Site) doneWithOperator(c echo.Context, o store.OperatorSeen, toast ui.Toast) error {
	if err := s.say(c, toast); err != nil {
		return err
	}
	return seeOther(c, views.OperatorPath(strconv.FormatInt(o.ID, 10)))
}

// linkOperator leads to the page that shows the link, once.
func (s *Site) linkOperator(c echo.Context) error {
	o, err := s.operatorNamed(c)
	if err != nil {
		return err
	}
	token, fresh := s.reopened(c, linkUse)
	if !fresh {
		return s.drawOperator(c, http.StatusUnprocessableEntity, map[string]string{"": s.reader(c).T("This form was open for too long. Send it again.")})
	}
	err = s.door.LinkOperator(c.Request().Context(), actor(c), o.ID, token, c.FormValue("removes_second_factor") == "true")
	if errors.Is(err, billing.ErrOwnRequest) {
		return seeOther(c, views.AdminAccountPath)
	}
	if err != nil {
		return err
	}
	return s.showLink(c, officeArea, views.OperatorsPath, access.OfOperator(o.Operator), token, views.OperatorPath(c.Param("id")))
}

func (s *Site) askOperatorAccess(c echo.Context) error {
	o, err := s.operatorNamed(c)
	if err != nil {
		return err
	}
	f, err := s.adminFrame(c, s.reader(c).T("Disable %s?", o.Name), views.OperatorsPath)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.OperatorDisablePage(f, operatorRow(o)))
}

// setOperatorAccess keeps an operator out or lets him in again.
func (s *Site) setOperatorAccess(c echo.Context) error {
	ctx, r := c.Request().Context(), s.reader(c)
	o, err := s.operatorNamed(c)
	if err != nil {
		return err
	}
	change, done := s.door.EnableOperator, ui.Toast{Head: r.T("%s may sign in again", o.Name)}
	if c.FormValue("disabled") == "true" {
		change, done = s.door.DisableOperator, ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("%s is disabled", o.Name), Text: r.T("All sessions have ended.")}
	}
	if err := change(ctx, actor(c), o.ID); err != nil {
		return s.refuseOperatorChange(c, err)
	}
	return s.doneWithOperator(c, o, done)
}

// typedText is a line of text as it was typed, without spaces around it.
func typedText(s string) string {
	return strings.TrimSpace(strings.ToValidUTF8(s, ""))
}
