package handlers

// Members of a customer: list, invite, rank, disable, a link for a new password.

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func memberRow(m store.MemberSeen) views.MemberRow {
	return views.MemberRow{Member: m.Member, Access: views.Access(m.Access)}
}

func (s *Site) memberRows(c echo.Context, of billing.Customer) (rows []views.MemberRow, err error) {
	all, err := s.Store.MembersSeen(c.Request().Context(), of.ID)
	for _, m := range all {
		rows = append(rows, memberRow(m))
	}
	return rows, err
}

// showMembers is a tab of the customer's page.
func (s *Site) showMembers(c echo.Context) error {
	v, err := s.customerView(c, views.MembersPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	rows, err := s.memberRows(c, v.Customer)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.CustomerMembersPage(views.CustomerMembers{CustomerView: v, MemberList: views.MemberList{
		Paths: views.CustomerAccess(v.Customer.Code), Rows: rows, MayManage: operator(c).Role.MayManage(),
	}}))
}

func (s *Site) listOwnMembers(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	rows, err := s.memberRows(c, customer)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.OwnMembersPage(views.OwnMembers{
		Frame:      s.dashboardFrame(c, customer, s.reader(c).T("Members"), views.DashboardMembersPath),
		MemberList: views.MemberList{Paths: views.OwnAccess, Rows: rows, Self: member(c).ID, MayManage: member(c).Role.MayManage()},
	}))
}

// memberInvitationUse is what the sealed secret of the form is for.
func memberInvitationUse(of billing.Customer) string { return "invitation to " + of.Code }

// newMember offers the role that is needed: the first member should be an owner.
func (s *Site) newMember(c echo.Context, d custody) error {
	customer, err := d.customer(c)
	if err != nil {
		return err
	}
	there, err := s.Store.MembersSeen(c.Request().Context(), customer.ID)
	if err != nil {
		return err
	}
	form := views.NewMember{Role: string(billing.MemberMember)}
	if len(there) == 0 {
		form.Role = string(billing.MemberOwner)
	}
	return s.drawNewMember(c, d, http.StatusOK, form)
}

func (s *Site) drawNewMember(c echo.Context, d custody, status int, form views.NewMember) (err error) {
	if form.Customer, err = d.customer(c); err != nil {
		return err
	}
	form.Paths, form.Once = d.paths(form.Customer), s.once(c, memberInvitationUse(form.Customer), access.NewToken())
	if form.Frame, err = d.frame(c, form.Customer, s.reader(c).T("Invite a member"), form.Paths.Members); err != nil {
		return err
	}
	return render(c, status, views.NewMemberPage(form))
}

// inviteMember leads to the page that shows the link, once.
func (s *Site) inviteMember(c echo.Context, d custody) error {
	r := s.reader(c)
	form := views.NewMember{Name: typedText(c.FormValue("name")), Email: typedName(c.FormValue("email")), Role: c.FormValue("role")}
	customer, err := d.customer(c)
	if err != nil {
		return err
	}
	token, fresh := s.reopened(c, memberInvitationUse(customer))
	if !fresh {
		form.Problems = map[string]string{"": r.T("This form was open for too long. Send it again.")}
		return s.drawNewMember(c, d, http.StatusUnprocessableEntity, form)
	}
	m, err := s.door.InviteMember(c.Request().Context(), d.actor(c), billing.Member{
		CustomerID: customer.ID, Name: form.Name, Email: form.Email, Role: billing.MemberRole(form.Role),
	}, token)
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return s.drawNewMember(c, d, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	list := d.paths(customer).Members
	return s.showLink(c, dashboardArea, d.current(list), access.OfMember(m), token, list)
}

func memberLinkUse(m billing.Member) string { return "link of member " + strconv.FormatInt(m.ID, 10) }

// memberNamed is the member that the address names, of this customer alone.
func (s *Site) memberNamed(c echo.Context, d custody) (of billing.Customer, m store.MemberSeen, err error) {
	if of, err = d.customer(c); err != nil {
		return of, m, err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return of, m, billing.ErrNotFound
	}
	m, err = s.Store.MemberSeen(c.Request().Context(), of.ID, id)
	return of, m, err
}

func (s *Site) showMember(c echo.Context, d custody) error {
	return s.drawMember(c, d, http.StatusOK, nil)
}

func (s *Site) drawMember(c echo.Context, d custody, status int, problems map[string]string) error {
	customer, m, err := s.memberNamed(c, d)
	if err != nil {
		return err
	}
	v := views.MemberView{
		Paths: d.paths(customer), Row: memberRow(m), Own: d.own && m.ID == member(c).ID, MayManage: d.manages(c), Problems: problems,
		Once: s.once(c, memberLinkUse(m.Member), access.NewToken()),
	}
	if v.Frame, err = d.frame(c, customer, m.Name, v.Paths.Members); err != nil {
		return err
	}
	return render(c, status, views.MemberPage(v))
}

func (s *Site) setMemberRole(c echo.Context, d custody) error {
	customer, m, err := s.memberNamed(c, d)
	if err != nil {
		return err
	}
	role := billing.MemberRole(c.FormValue("role"))
	if err := s.door.SetMemberRole(c.Request().Context(), d.actor(c), customer.ID, m.ID, role); err != nil {
		return s.refuseMemberChange(c, d, err)
	}
	r := s.reader(c)
	return s.doneWithMember(c, d, customer, m, ui.Toast{Head: r.T("The role is set"), Text: r.T("%s is %s.", m.Name, views.MemberRoleWord(r, role))})
}

// refuseMemberChange shows why a member stays as it is.
func (s *Site) refuseMemberChange(c echo.Context, d custody, err error) error {
	r := s.reader(c)
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		return s.drawMember(c, d, http.StatusUnprocessableEntity, fieldProblems(r, wrong))
	case errors.Is(err, access.ErrLastOwner):
		return s.drawMember(c, d, http.StatusUnprocessableEntity, map[string]string{"": r.T("This is the only owner who can sign in. Make another one first.")})
	}
	return err
}

func (s *Site) doneWithMember(c echo.Context, d custody, of billing.Customer, m store.MemberSeen, toast ui.Toast) error {
	if err := s.say(c, toast); err != nil {
		return err
	}
	return seeOther(c, d.paths(of).Member(strconv.FormatInt(m.ID, 10)))
}

// linkMember leads to the page that shows the link, once.
func (s *Site) linkMember(c echo.Context, d custody) error {
	customer, m, err := s.memberNamed(c, d)
	if err != nil {
		return err
	}
	token, fresh := s.reopened(c, memberLinkUse(m.Member))
	if !fresh {
		return s.drawMember(c, d, http.StatusUnprocessableEntity, map[string]string{"": s.reader(c).T("This form was open for too long. Send it again.")})
	}
	err = s.door.LinkMember(c.Request().Context(), d.actor(c), m.Member, token, c.FormValue("removes_second_factor") == "true")
	if errors.Is(err, billing.ErrOwnRequest) {
		return seeOther(c, views.DashboardAccountPath)
	}
	if err != nil {
		return err
	}
	paths := d.paths(customer)
	return s.showLink(c, dashboardArea, d.current(paths.Members), access.OfMember(m.Member), token, paths.Member(c.Param("id")))
}

func (s *Site) askMemberAccess(c echo.Context, d custody) error {
	customer, m, err := s.memberNamed(c, d)
	if err != nil {
		return err
	}
	paths := d.paths(customer)
	f, err := d.frame(c, customer, s.reader(c).T("Disable %s?", m.Name), paths.Members)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MemberDisablePage(f, paths, memberRow(m)))
}

// setMemberAccess keeps a member out or lets it in again.
func (s *Site) setMemberAccess(c echo.Context, d custody) error {
	r := s.reader(c)
	customer, m, err := s.memberNamed(c, d)
	if err != nil {
		return err
	}
	change, done := s.door.EnableMember, ui.Toast{Head: r.T("%s may sign in again", m.Name)}
	if c.FormValue("disabled") == "true" {
		change, done = s.door.DisableMember, ui.Toast{Tone: "unknown", Icon: "lock", Head: r.T("%s is disabled", m.Name), Text: r.T("All sessions have ended.")}
	}
	if err := change(c.Request().Context(), d.actor(c), customer.ID, m.ID); err != nil {
		return s.refuseMemberChange(c, d, err)
	}
	return s.doneWithMember(c, d, customer, m, done)
}
