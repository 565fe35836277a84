package handlers

// The back office: its routes with their guards, and what surrounds its pages.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
)

// adminRoutes are the back office's, behind the operators guard. Every role may
// look; what moves money or makes customers says who may.
func (s *Site) adminRoutes(admin *echo.Group) {
	money, manage := may(billing.Role.MayMoveMoney), may(billing.Role.MayManage)

	s.accountRoutes(admin, officeArea)
	s.operatorRoutes(admin)
	admin.GET(views.AdminPath, s.showOverview)
	admin.GET(views.AdminLivePath, s.liveAdmin)
	admin.GET(views.OverviewLivePath, s.liveOverview)

	admin.GET(views.AdminTopUpsPath, s.listTopUps)
	admin.GET(views.AdminTotalsPath, s.showTotals)
	admin.GET(views.AdminNewerPath, s.countNewer)
	admin.GET(views.AdminTopUpPath(":id"), s.showTopUp)
	admin.POST(views.SavedViewsPath, s.saveView)
	admin.POST(views.ForgetViewRoute, s.forgetView)
	admin.POST(views.ListLookPath, s.setListLook)
	s.exportRoutes(admin, s.adminDesk())
	admin.GET(views.SearchPath, s.search)
	admin.GET(views.ShortcutsPath, s.showShortcuts)
	admin.POST(views.ShortcutsPath, s.chooseKeys)

	admin.GET(views.CustomersPath, s.listCustomers)
	admin.GET(views.NewCustomerPath, s.newCustomer, manage)
	admin.POST(views.CustomersPath, s.makeCustomer, manage)
	admin.GET(views.CustomerPath(":code"), s.showCustomer)
	admin.GET(views.CustomerTopUpsPath(":code"), s.showCustomerTopUps)
	admin.GET(views.LedgerPath(":code"), s.showLedger)
	admin.GET(views.CreditPath(":code"), s.showCredit)
	admin.GET(views.StatementsPath(":code"), s.listStatements)
	admin.GET(views.StatementPath(":code"), s.showStatement)
	admin.GET(views.StatementCSVPath(":code"), s.exportStatement)
	admin.GET(views.StatementPDFPath(":code"), s.printStatement)
	s.accessRoutes(admin, s.officeCustody())
	s.webhookRoutes(admin, s.officeCustody(), views.CustomerWebhooks(":code"))
	s.officeSandboxRoutes(admin)
	admin.GET(views.AuditPath(":code"), s.showAudit)
	admin.GET(views.NotificationsPath(":code"), s.showCustomerLevels)
	admin.POST(views.NotificationsPath(":code"), s.setCustomerLevels, manage)
	admin.GET(views.SuspensionPath(":code"), s.askSuspension, manage)
	admin.POST(views.SuspensionPath(":code"), s.setSuspended, manage)

	admin.GET(views.NewCreditPath(":code"), s.newCredit, money)
	admin.POST(views.NewCreditPath(":code"), s.editCredit, money)
	admin.POST(views.ReviewCreditPath(":code"), s.reviewCredit, money)
	admin.POST(views.CreditPath(":code"), s.postCredit, money)

	admin.GET(views.ApprovalsPath, s.listApprovals)
	admin.GET(views.ApprovalPath(":id"), s.showApproval)
	admin.POST(views.ApprovalPath(":id"), s.decideApproval, money)
	admin.GET(views.UndoPath(":id"), s.askUndo, money)
	admin.POST(views.UndoPath(":id"), s.undo, money)

	s.creditRoutes(admin)
	s.limitRoutes(admin)
	s.pricingRoutes(admin)
	s.deskRoutes(admin)
	s.brakeRoutes(admin)
	s.handOrderRoutes(admin, views.HandOrderPath(":code"), s.officeCounter, money)
	s.floatRoutes(admin)
	s.classifyRoutes(admin)
	s.alertRoutes(admin)
	s.auditRoutes(admin)

	admin.GET(views.BooksPath, s.showBooks)
	admin.POST(views.ProofsPath, s.proveBooks, money)
}

// adminFrame is what surrounds a page of the back office: who is signed in, what
// waits for somebody, and which nav entry is current.
func (s *Site) adminFrame(c echo.Context, title, current string) (views.Frame, error) {
	waiting, err := s.Store.Waiting(c.Request().Context())
	if err != nil {
		return views.Frame{}, err
	}
	f := s.frame(c, title)
	f.Current = current
	f.Operator, f.Money = operatorPerson(f.Reader, operator(c)), operator(c).Role.MayMoveMoney()
	f.Waiting = views.Waiting{Unknown: waiting.Unknown, Cases: waiting.Cases, Approvals: waiting.Approvals, Alerts: waiting.Alerts}
	if f.Waiting.Unclassified, err = s.Store.CountUnclassified(c.Request().Context()); err != nil {
		return views.Frame{}, err
	}
	f.BrokenGlass, err = s.brokenGlass(c)
	return f, err
}

func operatorPerson(r views.Reader, o billing.Operator) views.Person {
	return views.Person{Name: o.Name, Role: views.RoleWord(r, o.Role), Initials: initials(o.Name)}
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	first := func(word string) string {
		r, _ := utf8.DecodeRuneInString(word)
		return string(unicode.ToUpper(r))
	}
	switch len(words) {
	case 0:
		return ""
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

// liveAdmin tells an open page of the back office about everybody's changes.
func (s *Site) liveAdmin(c echo.Context) error {
	hash := s.token(c, operatorCookie)
	return s.live(c, stream{alive: func() bool {
		_, err := s.Store.OperatorBySession(c.Request().Context(), hash)
		return err == nil
	}})
}
