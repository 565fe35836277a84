package handlers

// Customers: make, suspend.

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

func (s *Site) newCustomer(c echo.Context) error {
	return s.renderNewCustomer(c, http.StatusOK, views.NewCustomer{})
}

func (s *Site) renderNewCustomer(c echo.Context, status int, form views.NewCustomer) (err error) {
	if form.Frame, err = s.adminFrame(c, s.reader(c).T("New customer"), views.CustomersPath); err != nil {
		return err
	}
	if limit := s.Engine.ApprovalLimit(); limit.Sign() > 0 {
		form.Limit = views.WithUnit(views.Money2(limit.Decimal()), "USD")
	}
	return render(c, status, views.NewCustomerPage(form))
}

// makeCustomer answers with the page that shows the key: it stands in no address
// and in no session, so it cannot be shown again.
func (s *Site) makeCustomer(c echo.Context) error {
	form := views.NewCustomer{
		Code: strings.ToUpper(strings.TrimSpace(c.FormValue("code"))), Name: strings.TrimSpace(c.FormValue("name")),
		Credit: strings.TrimSpace(c.FormValue("credit")),
	}
	r := s.reader(c)
	wanted := topup.NewCustomer{Code: form.Code, Name: form.Name}
	if form.Credit != "" {
		amount, err := readAmount(form.Credit)
		if err != nil {
			form.Problems = fieldProblems(r, billing.CheckNewCustomer(form.Code, form.Name))
			form.Problems["credit"] = r.T("Write an amount like 2,500.00")
			return s.renderNewCustomer(c, http.StatusUnprocessableEntity, form)
		}
		wanted.Opening = amount
	}
	customer, key, err := s.Engine.AddCustomer(c.Request().Context(), actor(c), wanted)
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return s.renderNewCustomer(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	made := views.MadeCustomer{Customer: customer, Key: key, Example: s.exampleOrder(c, key)}
	if opening := (billing.Adjustment{Amount: wanted.Opening}); opening.NeedsApproval(s.Engine.ApprovalLimit()) {
		made.Waiting = views.WithUnit(views.Money2(wanted.Opening.Decimal()), "USD")
	}
	if made.Frame, err = s.adminFrame(c, r.T("New customer"), views.CustomersPath); err != nil {
		return err
	}
	made.Here = views.CustomersPath // this page cannot be asked for again
	return render(c, http.StatusOK, views.MadeCustomerPage(made))
}

// exampleOrder is a command that orders the smallest top-up.
func (s *Site) exampleOrder(c echo.Context, key string) string {
	base := s.address(c)
	return fmt.Sprintf("curl %s/api/v1/topups \\\n  -H 'Authorization: Bearer %s' \\\n  -H 'Content-Type: application/json' \\\n  -d '{\"phone\":\"5512345678\",\"amount\":\"50.00\",\"reference\":\"first-1\"}'", base, key)
}

// fieldProblems are the domain's words about fields, in the reader's language.
func fieldProblems(r views.Reader, err error) map[string]string {
	problems := map[string]string{}
	var wrong billing.ValidationError
	if errors.As(err, &wrong) {
		for field, text := range wrong {
			problems[field] = r.T(text)
		}
	}
	return problems
}

func (s *Site) customerByCode(c echo.Context) (billing.Customer, error) {
	return s.Store.CustomerByCode(c.Request().Context(), c.Param("code"))
}

func (s *Site) askSuspension(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	f, err := s.adminFrame(c, s.reader(c).T("Suspend %s?", customer.Name), views.CustomersPath)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SuspensionPage(f, customer))
}

// setSuspended stops or allows a customer's orders. Asking for what is so
// already changes nothing and writes nothing.
func (s *Site) setSuspended(c echo.Context) error {
	ctx := c.Request().Context()
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	suspend := c.FormValue("suspended") == "true"
	if customer.Suspended != suspend {
		err := s.Store.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.SetSuspended(ctx, customer.ID, suspend); err != nil {
				return err
			}
			action := map[bool]string{true: "customer.suspended", false: "customer.allowed"}[suspend]
			err := tx.Audit(ctx, actor(c), store.Did{
				Action: action, CustomerID: &customer.ID, Subject: customer.Code,
				Before: map[string]bool{"suspended": !suspend}, After: map[string]bool{"suspended": suspend},
			})
			if err != nil {
				return err
			}
			return tx.Announce(ctx, store.Change{CustomerID: customer.ID})
		})
		if err != nil {
			return err
		}
	}
	r := s.reader(c)
	done := ui.Toast{Head: r.T("Orders are allowed again"), Text: customer.Name}
	if suspend {
		done = ui.Toast{Tone: "unknown", Icon: "octagon-alert", Head: r.T("Suspended"), Text: r.T("New orders of %s are refused.", customer.Name)}
	}
	if err := s.say(c, done); err != nil {
		return err
	}
	return seeOther(c, views.CustomerPath(customer.Code))
}
