package handlers

// The brakes: an operator stops sending, with a reason that resellers read, and
// lets it go on.

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

// pause begins one.
func (s *Site) pause(c echo.Context) error {
	ctx, r := c.Request().Context(), s.reader(c)
	form := views.PauseForm{Scope: strings.TrimSpace(c.FormValue("scope")), Reason: strings.TrimSpace(c.FormValue("reason"))}
	p, err := s.readPause(ctx, form)
	if err == nil {
		err = s.Engine.Pause(ctx, actor(c), p)
	}
	if wrong := (billing.ValidationError{}); errors.As(err, &wrong) {
		form.Problems = fieldProblems(r, wrong)
		return s.renderQueue(c, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Tone: "unknown", Icon: "pause", Head: r.T("Paused"), Text: r.T("New orders are refused with your reason; what was accepted waits.")}); err != nil {
		return err
	}
	return seeOther(c, views.QueuePath)
}

// readPause makes a pause of what was chosen: "all", "product CODE" or "customer
// CODE". What cannot be chosen is a billing.ValidationError.
func (s *Site) readPause(ctx context.Context, form views.PauseForm) (billing.Pause, error) {
	p := billing.Pause{Reason: form.Reason}
	kind, code, _ := strings.Cut(form.Scope, " ")
	switch kind {
	case "all":
		return p, nil
	case "product":
		products, err := s.Store.ProductCodes(ctx)
		if err != nil {
			return p, err
		}
		if slices.Contains(products, code) {
			p.Product = code
			return p, nil
		}
	case "customer":
		customer, err := s.Store.CustomerByCode(ctx, code)
		if err == nil {
			p.CustomerID, p.CustomerCode = customer.ID, customer.Code
			return p, nil
		}
		if !errors.Is(err, billing.ErrNotFound) {
			return p, err
		}
	}
	return p, wrongScope(p)
}

// wrongScope says so, and what else is wrong.
func wrongScope(p billing.Pause) error {
	wrong, also := billing.ValidationError{"scope": "Choose one product, one customer, or everything"}, billing.ValidationError{}
	if errors.As(p.Check(), &also) {
		maps.Copy(wrong, also)
	}
	return wrong
}

// resume ends a pause. One that is over already is no error.
func (s *Site) resume(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	if err := s.Engine.Resume(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	r := s.reader(c)
	if err := s.say(c, ui.Toast{Icon: "play", Tone: "succeeded", Head: r.T("Resumed"), Text: r.T("Orders are taken again, and what waited goes out within seconds.")}); err != nil {
		return err
	}
	return seeOther(c, localPath(c.FormValue("back"), views.QueuePath))
}
