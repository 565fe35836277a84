package handlers

// Settings: what this process was started with, and where the rest is changed.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

// Setting is one of contract §4. A secret has no value here.
type Setting struct {
	Name, Value, Usual string
	Set, Secret, Later bool // by somebody; never shown; not used by this version
}

func (s *Site) showSettings(c echo.Context) (err error) {
	p := views.Settings{Version: s.Version, Zone: s.Zone.String(), Replica: s.Store.Replica()}
	for _, setting := range s.Settings {
		p.Rows = append(p.Rows, views.Setting(setting))
	}
	if p.Database, err = s.Store.ServerVersion(c.Request().Context()); err != nil {
		return err
	}
	if p.Standing, err = s.standing(c); err != nil {
		return err
	}
	if p.Frame, err = s.adminFrame(c, s.reader(c).T("Settings"), views.SettingsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SettingsPage(p))
}
