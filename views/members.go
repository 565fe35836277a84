package views

// What the pages of a customer's members are made of, its own and those in the back office.

import (
	"strconv"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// MemberRow is a member as others see it.
type MemberRow struct {
	billing.Member
	Access
}

func (m MemberRow) key() string { return strconv.FormatInt(m.ID, 10) }

// MemberList are a customer's people, the disabled ones last.
type MemberList struct {
	Paths     AccessPaths
	Rows      []MemberRow
	Self      int64 // the member who looks; 0: an operator
	MayManage bool
}

// OwnMembers is the page of the dashboard.
type OwnMembers struct {
	Frame
	MemberList
}

// NewMember is the form of an invitation.
type NewMember struct {
	Frame
	Paths             AccessPaths
	Customer          billing.Customer
	Name, Email, Role string
	Problems          map[string]string
	Once              string // the link's secret, sealed
}

// MemberView is one member.
type MemberView struct {
	Frame
	Paths     AccessPaths
	Row       MemberRow
	Own       bool // who looks
	MayManage bool
	Problems  map[string]string // of the forms
	Once      string            // a link's secret, sealed
}

func (v MemberView) facts() []ui.Definition {
	m := v.Row
	return []ui.Definition{
		{Term: v.T("Signs in as"), Text: m.Email, Mono: true},
		{Term: v.T("Role"), Text: MemberRoleWord(v.Reader, m.Role), Note: memberRoleEffect(v.Reader, m.Role)},
		{Term: v.T("State"), Value: accountState(v.Reader, m.PasswordHash, m.DisabledAt, m.Access).Show()},
		{Term: v.T("Second factor"), Value: secondFactorMark(v.Reader, m.HasSecondFactor)},
		{Term: v.T("Signed in last"), Value: signedInLast(v.Reader, m.SignedInAt)},
		{Term: v.T("Signed in now"), Text: v.N(m.Sessions, "%s browser", "%s browsers")},
		{Term: v.T("Here since"), Text: v.Date(m.CreatedAt)},
	}
}

// memberRoleEffect is what a role allows, in a few words.
func memberRoleEffect(r Reader, role billing.MemberRole) string {
	if role == billing.MemberOwner {
		return r.T("Also orders by hand, keeps API keys and members")
	}
	return r.T("Sees the whole dashboard, orders nothing and keeps neither keys nor members")
}

func memberRoleChoices(r Reader) []ui.Choice {
	var choices []ui.Choice
	for _, role := range billing.MemberRoles() {
		choices = append(choices, ui.Choice{Value: string(role), Label: MemberRoleWord(r, role), Effect: memberRoleEffect(r, role)})
	}
	return choices
}
