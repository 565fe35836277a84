package handlers

// After a restore: what has to be checked, and the answer that lets orders go out.

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/views/ui"
)

const (
	restoredShown = 200
	restoresShown = 10
)

func (s *Site) showRestore(c echo.Context) error {
	return s.renderRestore(c, http.StatusOK, views.Restored{})
}

func (s *Site) renderRestore(c echo.Context, status int, p views.Restored) (err error) {
	if err = s.readRestore(c, &p); err != nil {
		return err
	}
	if p.Past, err = s.Store.CheckedRestores(c.Request().Context(), restoresShown); err != nil {
		return err
	}
	p.MayCheck = operator(c).Role.MayManage()
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("After a restore"), views.QueuePath); err != nil {
		return err
	}
	return render(c, status, views.RestorePage(p))
}

// readRestore adds the open one and what was open then.
func (s *Site) readRestore(c echo.Context, p *views.Restored) error {
	ctx := c.Request().Context()
	r, err := s.Store.OpenRestore(ctx)
	if errors.Is(err, billing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.Open = &r
	topUps, err := s.Store.RestoredTopUps(ctx, r.ID, restoredShown)
	if err != nil {
		return err
	}
	for _, t := range topUps {
		p.TopUps = append(p.TopUps, views.RestoredTopUp{TopUp: t.TopUp, Was: t.Restored})
	}
	n, err := s.Store.CountRestored(ctx, r.ID)
	p.More, p.Waits = n.Queued+n.Sending+n.Unknown-len(topUps), n.StillQueued
	return err
}

// checkRestore ends the pause. A restore that is checked already is no error.
func (s *Site) checkRestore(c echo.Context) error {
	form := billing.RestoreCheck{Note: strings.TrimSpace(c.FormValue("note")), Queued: c.FormValue("queued")}
	r := s.reader(c)
	err := s.Engine.CheckRestore(c.Request().Context(), actor(c), form)
	if wrong := (billing.ValidationError{}); errors.As(err, &wrong) {
		return s.renderRestore(c, http.StatusUnprocessableEntity, views.Restored{Form: form, Problems: fieldProblems(r, wrong)})
	}
	if err != nil {
		return err
	}
	if err := s.say(c, ui.Toast{Icon: "play", Tone: "succeeded", Head: r.T("Resumed"), Text: r.T("Orders are taken again, and what waited goes out within seconds.")}); err != nil {
		return err
	}
	return seeOther(c, views.QueuePath)
}
