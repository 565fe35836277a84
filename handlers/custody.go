package handlers

// Where a customer's keys and members are kept: by its owners on its dashboard,
// by operators on its page. Both do the same, each within what it may see.

import (
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// custody is one of the two places.
type custody struct {
	routes   views.AccessPaths // with the places of what stands in the address
	manage   echo.MiddlewareFunc
	paths    func(billing.Customer) views.AccessPaths
	customer func(echo.Context) (billing.Customer, error)
	actor    func(echo.Context) billing.Actor
	manages  func(echo.Context) bool
	keys     func(echo.Context) error // the lists
	members  func(echo.Context) error
	frame    func(c echo.Context, of billing.Customer, title, part string) (views.Frame, error)
	current  func(part string) string // in the nav
	own      bool
	newKey   func() (key, hint string)
}

func (s *Site) officeCustody() custody {
	return custody{
		routes: views.CustomerAccess(":code"), manage: may(billing.Role.MayManage), customer: s.customerByCode, actor: actor,
		paths:   func(of billing.Customer) views.AccessPaths { return views.CustomerAccess(of.Code) },
		manages: func(c echo.Context) bool { return operator(c).Role.MayManage() },
		keys:    s.showKeys, members: s.showMembers,
		frame: func(c echo.Context, _ billing.Customer, title, _ string) (views.Frame, error) {
			return s.adminFrame(c, title, views.CustomersPath)
		},
		current: func(string) string { return views.CustomersPath }, newKey: billing.NewSecretKey,
	}
}

func (s *Site) ownCustody() custody {
	return custody{
		routes: views.OwnAccess, manage: mayAsMember(billing.MemberRole.MayManage), customer: s.ownCustomer, actor: memberActor,
		paths:   func(billing.Customer) views.AccessPaths { return views.OwnAccess },
		manages: func(c echo.Context) bool { return member(c).Role.MayManage() },
		keys:    s.listOwnKeys, members: s.listOwnMembers,
		frame: func(c echo.Context, of billing.Customer, title, part string) (views.Frame, error) {
			return s.dashboardFrame(c, of, title, part), nil
		},
		current: func(part string) string { return part },
		own:     true, newKey: billing.NewSecretKey,
	}
}

// accessRoutes are the same in both places. Everybody who comes in there may look;
// who manages changes.
func (s *Site) accessRoutes(g *echo.Group, d custody) {
	at := func(do func(echo.Context, custody) error) echo.HandlerFunc {
		return func(c echo.Context) error { return do(c, d) }
	}
	g.GET(d.routes.Keys, d.keys)
	g.GET(d.routes.NewKey(), at(s.newKey), d.manage)
	g.POST(d.routes.Keys, at(s.makeKey), d.manage)
	g.GET(d.routes.KeyRotation(":id"), at(s.askRotation), d.manage)
	g.POST(d.routes.KeyRotation(":id"), at(s.rotateKey), d.manage)
	g.GET(d.routes.KeyEnd(":id"), at(s.askKeyEnd), d.manage)
	g.POST(d.routes.KeyEnd(":id"), at(s.endKey), d.manage)
	g.GET(d.routes.KeyTerms(":id"), at(s.editKeyTerms), d.manage)
	g.POST(d.routes.KeyTerms(":id"), at(s.setKeyTerms), d.manage)
	if !d.own {
		g.GET(d.routes.AllKeysEnd(), at(s.askAllKeysEnd), d.manage)
		g.POST(d.routes.AllKeysEnd(), at(s.endAllKeys), d.manage)
	}

	g.GET(d.routes.Members, d.members)
	g.GET(d.routes.NewMember(), at(s.newMember), d.manage)
	g.POST(d.routes.Members, at(s.inviteMember), d.manage)
	g.GET(d.routes.Member(":id"), at(s.showMember))
	g.POST(d.routes.MemberRole(":id"), at(s.setMemberRole), d.manage)
	g.POST(d.routes.MemberLink(":id"), at(s.linkMember), d.manage)
	g.GET(d.routes.MemberAccess(":id"), at(s.askMemberAccess), d.manage)
	g.POST(d.routes.MemberAccess(":id"), at(s.setMemberAccess), d.manage)
}
