package handlers

// From when on a customer's credit is called medium and low: set by its members on
// their dashboard, or by an operator on its page.

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// memberActor is the signed-in member as the audit log names him.
func memberActor(c echo.Context) billing.Actor {
	m := member(c)
	return billing.Actor{Kind: billing.ActorMember, ID: &m.ID, Name: m.Name, Address: c.RealIP()}
}

func (s *Site) showOwnLevels(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	return s.renderOwnLevels(c, http.StatusOK, customer, levelsOf(customer))
}

func (s *Site) renderOwnLevels(c echo.Context, status int, customer billing.Customer, form views.LevelsForm) error {
	form.Action, form.Back = views.DashboardNotificationsPath, views.DashboardPath
	if err := s.fillWatch(c, customer, &form, views.OwnWatchPath); err != nil {
		return err
	}
	f := s.dashboardFrame(c, customer, s.reader(c).T("Notifications"), views.DashboardNotificationsPath)
	return render(c, status, views.OwnLevelsPage(f, customer, form))
}

func (s *Site) setOwnLevels(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	form, err := s.setLevels(c, memberActor(c), customer)
	if err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return s.renderOwnLevels(c, http.StatusUnprocessableEntity, customer, form)
	}
	return seeOther(c, views.DashboardPath)
}

// showCustomerLevels is the same on the customer's page.
func (s *Site) showCustomerLevels(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	return s.renderCustomerLevels(c, http.StatusOK, levelsOf(customer))
}

func (s *Site) renderCustomerLevels(c echo.Context, status int, form views.LevelsForm) error {
	v, err := s.customerView(c, views.NotificationsPath)
	if err != nil {
		return err
	}
	if swaps(c, "customer-account") {
		return render(c, status, views.CustomerAccount(v))
	}
	form.Action, form.Back = views.NotificationsPath(v.Customer.Code), views.CustomerPath(v.Customer.Code)
	if err := s.fillWatch(c, v.Customer, &form, views.CustomerWatchPath(v.Customer.Code)); err != nil {
		return err
	}
	return render(c, status, views.CustomerLevelsPage(views.CustomerLevels{CustomerView: v, Form: form}))
}

func (s *Site) setCustomerLevels(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	form, err := s.setLevels(c, actor(c), customer)
	if err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		return s.renderCustomerLevels(c, http.StatusUnprocessableEntity, form)
	}
	return seeOther(c, views.NotificationsPath(customer.Code))
}

func levelsOf(c billing.Customer) views.LevelsForm {
	return views.LevelsForm{Low: views.Money2(c.LowBelow.Decimal()), Medium: views.Money2(c.MediumBelow.Decimal())}
}

// setLevels writes the thresholds that were typed, or says what is wrong with
// them. Setting what is set already changes nothing and writes nothing.
func (s *Site) setLevels(c echo.Context, by billing.Actor, customer billing.Customer) (views.LevelsForm, error) {
	ctx, r := c.Request().Context(), s.reader(c)
	form := views.LevelsForm{Low: strings.TrimSpace(c.FormValue("low")), Medium: strings.TrimSpace(c.FormValue("medium"))}
	low, lowErr := readAmount(form.Low)
	medium, mediumErr := readAmount(form.Medium)
	form.Problems = fieldProblems(r, billing.CheckLevels(low, medium))
	if lowErr != nil || mediumErr != nil {
		form.Problems = map[string]string{}
	}
	for field, err := range map[string]error{"low": lowErr, "medium": mediumErr} {
		if err != nil {
			form.Problems[field] = r.T("Write an amount like 2,500.00")
		}
	}
	same := low.Cmp(customer.LowBelow) == 0 && medium.Cmp(customer.MediumBelow) == 0
	if len(form.Problems) > 0 || same {
		return form, nil
	}
	err := s.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetLevels(ctx, customer.ID, low, medium); err != nil {
			return err
		}
		err := tx.Audit(ctx, by, store.Did{
			Action: "customer.levels_set", CustomerID: &customer.ID, Subject: customer.Code,
			Before: levelFacts(customer.LowBelow, customer.MediumBelow), After: levelFacts(low, medium),
		})
		if err != nil {
			return err
		}
		return tx.Announce(ctx, store.Change{CustomerID: customer.ID})
	})
	if err != nil {
		return form, err
	}
	return form, s.say(c, ui.Toast{Head: r.T("Saved"), Text: r.T("Low below %s, medium below %s", views.WithUnit(views.Money2(low.Decimal()), "USD"), views.WithUnit(views.Money2(medium.Decimal()), "USD"))})
}

func levelFacts(low, medium billing.USD) map[string]string {
	return map[string]string{"low_below": low.String(), "medium_below": medium.String()}
}
