package handlers

// What API keys may do: typed, changed; and the end of all keys of a customer.

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// businessZone is whose days keys expire on.
func (s *Site) businessZone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func (s *Site) typedKey(c echo.Context) views.KeyForm {
	typed := func(name string) string { return typedText(c.FormValue(name)) }
	form := views.KeyForm{
		Name: typed("name"), Expires: typed("expires"), DailyCap: typed("daily_cap"), Requests: typed("requests"), Burst: typed("burst"),
		Networks: typed("networks"), Zone: s.businessZone(),
	}
	form.Scopes = c.Request().Form["scopes"]
	return form
}

// readTerms reads what was typed, or says what cannot be read, by field.
func readTerms(r views.Reader, form views.KeyForm) (terms billing.KeyTerms, problems map[string]string) {
	problems = map[string]string{}
	for _, scope := range form.Scopes {
		terms.Scopes = append(terms.Scopes, billing.Scope(scope))
	}
	if form.Expires != "" {
		day, err := time.ParseInLocation(time.DateOnly, form.Expires, form.Zone)
		end := day.AddDate(0, 0, 1)
		if terms.ExpiresAt = &end; err != nil {
			problems["expires"] = r.T("Write a day like 2026-12-31")
		}
	}
	if form.DailyCap != "" {
		amount, err := readAmount(form.DailyCap)
		if terms.DailyCap = &amount; err != nil {
			problems["daily_cap"] = r.T("Write an amount like 2,500.00")
		}
	}
	terms.RequestLimit = readRequestLimit(r, form.Requests, form.Burst, problems)
	terms.Networks = readNetworks(r, form.Networks, problems)
	return terms, problems
}

func readRequestLimit(r views.Reader, requests, burst string, problems map[string]string) (l billing.RequestLimit) {
	for _, field := range []struct {
		name, text string
		to         *int
	}{{"requests", requests, &l.PerMinute}, {"burst", burst, &l.Burst}} {
		if field.text == "" {
			continue
		}
		n, err := strconv.Atoi(strings.ReplaceAll(field.text, ",", ""))
		if *field.to = n; err != nil || n == 0 {
			problems[field.name] = r.T("Write a whole number from 1 to 100,000, or leave it empty")
		}
	}
	return l
}

// sayWrong adds what is wrong with fields to what cannot be read of them.
func sayWrong(r views.Reader, problems map[string]string, err error) map[string]string {
	for field, text := range fieldProblems(r, err) {
		if problems[field] == "" {
			problems[field] = text
		}
	}
	return problems
}

func (s *Site) editKeyTerms(c echo.Context, d custody) error {
	_, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	return s.drawKeyTerms(c, d, http.StatusOK, views.KeyTerms{Form: views.KeyFormOf(key.Name, key.KeyTerms, s.businessZone())})
}

func (s *Site) drawKeyTerms(c echo.Context, d custody, status int, page views.KeyTerms) error {
	customer, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	if key.EndedAt != nil || !key.Works(s.reader(c).Now) {
		return s.endsAlready(c, d, customer)
	}
	page.Paths, page.Key = d.paths(customer), key
	if page.Frame, err = d.frame(c, customer, s.reader(c).T("Change %s", key.Name), page.Paths.Keys); err != nil {
		return err
	}
	return render(c, status, views.KeyTermsPage(page))
}

// setKeyTerms puts a key's terms in force, for the next request.
func (s *Site) setKeyTerms(c echo.Context, d custody) error {
	customer, key, err := s.keyNamed(c, d)
	if err != nil {
		return err
	}
	r, page := s.reader(c), views.KeyTerms{Form: s.typedKey(c)}
	terms, problems := readTerms(r, page.Form)
	if page.Problems = problems; len(problems) == 0 {
		err = s.door.ChangeKey(c.Request().Context(), d.actor(c), key, page.Form.Name, terms)
	}
	wrong := billing.ValidationError{}
	switch {
	case errors.As(err, &wrong) || len(problems) > 0:
		page.Problems = sayWrong(r, problems, err)
		return s.drawKeyTerms(c, d, http.StatusUnprocessableEntity, page)
	case errors.Is(err, billing.ErrAlreadyDecided):
		return s.endsAlready(c, d, customer)
	case err != nil:
		return err
	}
	if err := s.say(c, ui.Toast{Head: r.T("The key’s terms are in force"), Text: page.Form.Name}); err != nil {
		return err
	}
	return seeOther(c, d.paths(customer).Keys)
}

func (s *Site) askAllKeysEnd(c echo.Context, d custody) error {
	customer, err := d.customer(c)
	if err != nil {
		return err
	}
	keys, err := s.Store.APIKeys(c.Request().Context(), customer.ID)
	if err != nil {
		return err
	}
	r := s.reader(c)
	page := views.AllKeysEnd{Paths: d.paths(customer), Customer: customer}
	for _, key := range keys {
		if key.Works(r.Now) {
			page.Working++
		}
	}
	if page.Frame, err = d.frame(c, customer, r.T("End all keys of %s?", customer.Name), page.Paths.Keys); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.AllKeysEndPage(page))
}

func (s *Site) endAllKeys(c echo.Context, d custody) error {
	customer, err := d.customer(c)
	if err != nil {
		return err
	}
	n, err := s.door.EndKeys(c.Request().Context(), d.actor(c), customer.ID)
	if err != nil {
		return err
	}
	r := s.reader(c)
	said := ui.Toast{Tone: "unknown", Icon: "lock", Head: r.N(n, "%s key has ended", "%s keys have ended"), Text: r.T("No program of %s comes in any more.", customer.Name)}
	if err := s.say(c, said); err != nil {
		return err
	}
	return seeOther(c, d.paths(customer).Keys)
}
