package handlers

// What an operator keeps of the list of top-ups: views under a name, its columns.

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// saveView keeps the filter of the form under its name.
func (s *Site) saveView(c echo.Context) error {
	name, query := strings.TrimSpace(c.FormValue("name")), c.FormValue("query")
	problem, err := s.keepView(c, name, query)
	if err != nil {
		return err
	}
	if problem == "" {
		if err := s.say(c, ui.Toast{Head: s.reader(c).T("View saved."), Text: name}); err != nil {
			return err
		}
		return seeOther(c, views.AdminTopUpsPath+"?"+query)
	}
	c.Request().URL.RawQuery = query
	q, err := s.adminTopUpQuery(c)
	if err != nil {
		return err
	}
	list, err := s.topUpList(c, q)
	if err != nil {
		return err
	}
	list.Save = views.SaveView{Query: query, Name: name, Problem: problem}
	if list.Page, err = s.Store.Reading(c.Request().Context()).TopUps(c.Request().Context(), q.Filter, q.Page); err != nil {
		return err
	}
	return renderTopUps(c, http.StatusUnprocessableEntity, list)
}

// keepView says in words why a view cannot be kept.
func (s *Site) keepView(c echo.Context, name, query string) (problem string, err error) {
	r := s.reader(c)
	typed, err := url.ParseQuery(query)
	switch {
	case err != nil || len(query) > 2000 || query == "" || tidied(typed).Encode() != query:
		return "", echo.NewHTTPError(http.StatusBadRequest)
	case name == "":
		return r.T("Give it a name"), nil
	case len([]rune(name)) > 40:
		return r.T("Use 40 characters at most"), nil
	}
	err = s.Store.SaveView(c.Request().Context(), operator(c).ID, name, query)
	switch {
	case errors.Is(err, billing.ErrTaken):
		return r.T("You have a view of this name"), nil
	case errors.Is(err, billing.ErrTooMany):
		return r.T("You have %s views: remove one first", views.Integer(billing.MostSavedViews)), nil
	}
	return "", err
}

// forgetView removes one of the operator's own views.
func (s *Site) forgetView(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return billing.ErrNotFound
	}
	err = s.Store.ForgetView(c.Request().Context(), operator(c).ID, id)
	if err != nil && !errors.Is(err, billing.ErrNotFound) { // a second click finds nothing left to do
		return err
	}
	return seeOther(c, views.AdminTopUpsPath)
}

// setListLook keeps the columns and the height of rows.
func (s *Site) setListLook(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	look := billing.ListLook{Columns: views.KnownColumns(form["column"]), Roomy: c.FormValue("rows") == "roomy"}
	if err := s.Store.SetListLook(c.Request().Context(), operator(c).ID, look); err != nil {
		return err
	}
	return seeOther(c, localPath(c.FormValue("back"), views.AdminTopUpsPath))
}
