package handlers_test

// Members of a customer: invited, ranked, reset, disabled, on both sides of the counter.

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/mail/mailtest"
	"latcom.example/latcom-billing/store/storetest"
)

// invites invites somebody and returns the path of the link.
func (s side) invites(name, email, role string) string {
	s.t.Helper()
	return shownLink(s.t, s.submit(s.members+"/new", s.members, url.Values{"name": {name}, "email": {email}, "role": {role}}))
}

// member is the page of one.
func (s side) member(p premises, t *testing.T, email string) string {
	t.Helper()
	m, err := p.store.MemberByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return s.members + "/" + strconv.FormatInt(m.ID, 10)
}

func (v visitor) triesAsMember(email, password string) int {
	v.t.Helper()
	return v.submit("/dashboard/sign-in", "/dashboard/sign-in", url.Values{"email": {email}, "password": {password}}).status
}

func TestAnInvitedMemberSignsInWithItsLinkOnceAndSeesItsCustomerAlone(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	email := map[string]string{"an owner": "eva@envia.mx", "an operator": "ivan@envia.mx"}
	for who, s := range p.sides(t, c) {
		link := s.invites("Eva Díaz", strings.ToUpper(email[who]), "member")
		if !strings.HasPrefix(link, "/dashboard/link/") {
			t.Fatalf("%s: the link is %q", who, link)
		}
		if p.visit(t).triesAsMember(email[who], "") != http.StatusUnprocessableEntity {
			t.Errorf("%s: without a password the account opens", who)
		}
		row := text(s.get(s.members).Find(`#members tr:contains("` + email[who] + `")`))
		if !strings.Contains(row, "Eva Díaz") || !strings.Contains(row, "Member") || !strings.Contains(row, "Invited") {
			t.Errorf("%s reads %q", who, row)
		}
		guest := p.visit(t)
		if got := guest.open(link, "a good long password"); got.header.Get("Location") != "/dashboard" {
			t.Fatalf("%s: %d to %q", who, got.status, got.header.Get("Location"))
		}
		if got := text(guest.get("/dashboard").Find("header").First()); !strings.Contains(got, c.Name) {
			t.Errorf("%s: the new member is at %q", who, got)
		}
		if got := p.visit(t).get(link); got.status != http.StatusNotFound {
			t.Errorf("%s: the link opens again: %d", who, got.status)
		}
		again := s.submit(s.members+"/new", s.members, url.Values{"name": {"Eva"}, "email": {email[who]}, "role": {"owner"}})
		if again.status != http.StatusUnprocessableEntity || again.Find("#f-email-error").Length() != 1 || again.Find("#f-name").AttrOr("value", "") != "Eva" {
			t.Errorf("%s invites the same address again: %d", who, again.status)
		}
	}
	if audited(t, p, "member.invited") != 2 || audited(t, p, "member.joined") != 2 {
		t.Error("the audit log does not tell of all")
	}
}

func TestAForgottenPasswordOfAMemberIsSetAnewWithALink(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for who, s := range p.sides(t, c) {
		email := strings.ReplaceAll(who, " ", "-") + "-forgot@envia.mx"
		p.addMemberAs(t, c, email, billing.MemberMember)
		forgetful := p.visit(t).signInAsMember(email)
		page := s.member(p, t, email)
		link := shownLink(t, s.submit(page, page+"/link", nil))
		if forgetful.get("/dashboard").status != http.StatusOK {
			t.Errorf("%s: the link alone ended the session", who)
		}
		p.visit(t).open(link, "another long password")
		if forgetful.get("/dashboard").status != http.StatusSeeOther {
			t.Errorf("%s: the session goes on", who)
		}
		if p.visit(t).triesAsMember(email, password) != http.StatusUnprocessableEntity || p.visit(t).triesAsMember(email, "another long password") != http.StatusSeeOther {
			t.Errorf("%s: the old password opens, or the new one does not", who)
		}
	}
}

func TestALinkIsMailedWhereItCanBeAndShownWhereItCannot(t *testing.T) {
	t.Parallel()
	office := &mailtest.Office{}
	p := openSite(t, outcome(billing.OutcomeDelivered), func(site *handlers.Site) {
		var err error
		if site.Mail, err = mail.New("smtp://" + office.Open(t) + "?from=billing@latcom.example"); err != nil {
			t.Fatal(err)
		}
	})
	v := p.as(t, billing.RoleAdmin)
	invite := func(name string) answer {
		return v.submit("/admin/operators/new", "/admin/operators", url.Values{"name": {"Eva Díaz"}, "sign_in_name": {name}, "role": {"viewer"}})
	}
	if got := invite("eva@latcom.example"); got.header.Get("Location") != "/admin/operators" {
		t.Fatalf("%d to %q: the link is shown, or was not made", got.status, got.header.Get("Location"))
	}
	letter := <-office.Letters
	body, err := io.ReadAll(letter.Body)
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`/admin/link/[^\s]+`).FindString(string(body))
	if to := letter.Header.Get("To"); !strings.Contains(to, "eva@latcom.example") || link == "" {
		t.Fatalf("to %s: %s", to, body)
	}
	if got := p.visit(t).open(link, "a good long password"); got.header.Get("Location") != "/admin" {
		t.Errorf("the link leads to %d, %q", got.status, got.header.Get("Location"))
	}
	if got := text(v.get("/admin/operators").Find(".toast")); !strings.Contains(got, "on its way to eva@latcom.example") {
		t.Errorf("it was said %q", got)
	}
	shownLink(t, invite("ivan")) // no address
	office.Refuses = true
	shownLink(t, invite("nobody@latcom.example"))
}

func TestADisabledMemberIsOutAtOnceAndARoleHoldsAtOnce(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	for who, s := range p.sides(t, c) {
		email := strings.ReplaceAll(who, " ", "-") + "-out@envia.mx"
		p.addMemberAs(t, c, email, billing.MemberMember)
		v, page := p.visit(t).signInAsMember(email), s.member(p, t, email)
		if got := v.get("/dashboard/keys/new"); got.status != http.StatusForbidden {
			t.Fatalf("%s: before, keys are %d", who, got.status)
		}
		s.submit(page, page+"/role", url.Values{"role": {"owner"}}).follow()
		if got := v.get("/dashboard/keys/new"); got.status != http.StatusOK {
			t.Errorf("%s: the new role does not hold at once: %d", who, got.status)
		}
		s.submit(page+"/access", page+"/access", nil).follow()
		if v.get("/dashboard").status != http.StatusSeeOther || p.visit(t).triesAsMember(email, password) != http.StatusUnprocessableEntity {
			t.Errorf("%s: the disabled member is in", who)
		}
		s.submit(page, page+"/access", nil).follow()
		if p.visit(t).triesAsMember(email, password) != http.StatusSeeOther {
			t.Errorf("%s: let in again, it is out", who)
		}
	}
}

func TestTheLastOwnerStaysToItsOwnPeopleAndAnOperatorMayTakeHimAway(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	c := storetest.Customer(t, p.store, "100")
	sides := p.sides(t, c)
	laura, office := sides["an owner"], sides["an operator"]
	page := laura.member(p, t, "laura@envia.mx")
	for form, typed := range map[string]url.Values{"/role": {"role": {"member"}}, "/access": {"disabled": {"true"}}} {
		typed.Set("csrf", laura.csrf())
		got := laura.do(http.MethodPost, page+form, typed)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(text(got.Find(`[role="alert"]`)), "the only owner who can sign in") {
			t.Errorf("%s: %d %s", form, got.status, text(got.Find(`[role="alert"]`)))
		}
	}
	if got := laura.do(http.MethodPost, page+"/link", url.Values{"csrf": {laura.csrf()}, "once": {"x"}}); got.status == http.StatusOK {
		t.Error("she makes a link for herself")
	}
	page = office.member(p, t, "laura@envia.mx")
	office.submit(page, page+"/role", url.Values{"role": {"member"}}).follow()
	if got := laura.get("/dashboard/members/new"); got.status != http.StatusForbidden {
		t.Errorf("she is an owner still: %d", got.status)
	}
}

func TestMembersOfOneCustomerAreNowhereOnAnothersPageInTheOffice(t *testing.T) {
	t.Parallel()
	p := openOffice(t)
	ours, theirs := storetest.Customer(t, p.store, "100"), storetest.Customer(t, p.store, "100")
	id, key := p.addMember(t, theirs, "olga@norte.mx"), p.addKey(t, theirs)
	admin := p.as(t, billing.RoleAdmin)
	wrong := "/admin/customers/" + ours.Code
	for _, path := range []string{"/members/" + strconv.FormatInt(id, 10), "/members/" + strconv.FormatInt(id, 10) + "/access", "/keys/" + strconv.FormatInt(key.ID, 10) + "/end", "/keys/" + strconv.FormatInt(key.ID, 10) + "/rotation", "/members/x", "/keys/x/end"} {
		if got := admin.get(wrong + path); got.status != http.StatusNotFound {
			t.Errorf("%s of another customer: %d", path, got.status)
		}
	}
	if got := admin.get(wrong + "/members"); strings.Contains(got.body, "olga") || !strings.Contains(text(got.Find("#members")), "Nobody sees the dashboard") {
		t.Errorf("the list says %q", text(got.Find("#members")))
	}
	if role := admin.get(wrong+"/members/new").Find(`input[name="role"][checked]`).AttrOr("value", ""); role != "owner" {
		t.Errorf("the first member is offered the role %q", role)
	}
}
