package handlers

// What a customer's members are told of its credit by e-mail: set by its members on
// their dashboard, or by an operator on its page.

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// fillWatch puts the second form on the page of the levels: as it stands, unless it
// is there with what was typed.
func (s *Site) fillWatch(c echo.Context, customer billing.Customer, form *views.LevelsForm, action string) error {
	if form.Watch == nil {
		w, err := s.Store.CustomerWatch(c.Request().Context(), customer.ID)
		if err != nil {
			return err
		}
		watch := views.WatchFormOf(w)
		form.Watch = &watch
	}
	form.Watch.Action, form.Watch.CanMail = action, s.Messenger.CanMail()
	return nil
}

func (s *Site) setOwnWatch(c echo.Context) error {
	customer, err := s.ownCustomer(c)
	if err != nil {
		return err
	}
	form, err := s.setWatch(c, memberActor(c), customer)
	if err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		levels := levelsOf(customer)
		levels.Watch = &form
		return s.renderOwnLevels(c, http.StatusUnprocessableEntity, customer, levels)
	}
	return seeOther(c, views.DashboardNotificationsPath)
}

func (s *Site) setCustomerWatch(c echo.Context) error {
	customer, err := s.customerByCode(c)
	if err != nil {
		return err
	}
	form, err := s.setWatch(c, actor(c), customer)
	if err != nil {
		return err
	}
	if len(form.Problems) > 0 {
		levels := levelsOf(customer)
		levels.Watch = &form
		return s.renderCustomerLevels(c, http.StatusUnprocessableEntity, levels)
	}
	return seeOther(c, views.NotificationsPath(customer.Code))
}

// setWatch writes what was chosen, or says what is wrong with it. Setting what is
// set already writes nothing.
func (s *Site) setWatch(c echo.Context, by billing.Actor, customer billing.Customer) (views.WatchForm, error) {
	ctx, r := c.Request().Context(), s.reader(c)
	form := views.WatchForm{Hours: strings.TrimSpace(c.FormValue("runway")), Mail: c.FormValue("mail") == "true", Language: c.FormValue("language")}
	hours, err := strconv.Atoi(form.Hours)
	if err != nil || hours < 0 {
		hours = -1 // which Check refuses
	}
	w := billing.CustomerWatch{RunwayMinutes: 60 * hours, Mail: form.Mail, Language: form.Language}
	if wrong := (billing.ValidationError{}); errors.As(w.Check(), &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return form, nil
	}
	before, err := s.Store.CustomerWatch(ctx, customer.ID)
	if err != nil || before == w {
		return form, err
	}
	err = s.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetCustomerWatch(ctx, customer.ID, w); err != nil {
			return err
		}
		return tx.Audit(ctx, by, store.Did{Action: "customer.watch_set", CustomerID: &customer.ID, Subject: customer.Code, Before: before.Facts(), After: w.Facts()})
	})
	if err != nil {
		return form, err
	}
	return form, s.say(c, ui.Toast{Head: r.T("Saved"), Text: r.T("This is what members are told by e-mail.")})
}
