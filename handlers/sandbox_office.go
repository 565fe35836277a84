package handlers

// What operators see of a customer's sandbox: its test keys, which they may make
// too, and its certificate.

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/views"
)

func (s *Site) officeSandboxRoutes(admin *echo.Group) {
	admin.GET(views.CustomerSandboxPath(":code"), s.showSandbox)
	s.testKeyRoutes(admin, s.officeSandboxCustody())
}

func (s *Site) officeSandboxCustody() custody {
	d := s.officeCustody()
	d.routes, d.newKey = views.CustomerSandboxAccess(":code"), billing.NewTestKey
	d.paths = func(of billing.Customer) views.AccessPaths { return views.CustomerSandboxAccess(of.Code) }
	d.customer = func(c echo.Context) (billing.Customer, error) {
		live, err := s.customerByCode(c)
		if err != nil {
			return live, err
		}
		return s.twin(c.Request().Context(), live)
	}
	d.keys = func(c echo.Context) error { return seeOther(c, views.CustomerSandboxPath(c.Param("code"))) }
	return d
}

// showSandbox is a tab of the customer's page.
func (s *Site) showSandbox(c echo.Context) error {
	v, err := s.customerView(c, views.CustomerSandboxPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, http.StatusOK, views.CustomerAccount(v))
	}
	page := views.CustomerSandbox{CustomerView: v}
	page.Sandbox, err = s.sandboxOf(c.Request().Context(), v.Customer)
	if none, is := errors.AsType[api.NoSandboxError](err); is {
		page.Missing, page.Why = true, none.Why
		return render(c, http.StatusOK, views.CustomerSandboxPage(page))
	}
	if err != nil {
		return err
	}
	page.Sandbox.Keys.Paths, page.Sandbox.Keys.MayManage = views.CustomerSandboxAccess(v.Customer.Code), operator(c).Role.MayManage()
	return render(c, http.StatusOK, views.CustomerSandboxPage(page))
}
