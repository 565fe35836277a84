package handlers

// Alerts: what is so now, and what is over.

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

const alertRows = 50

func (s *Site) listAlerts(c echo.Context) error {
	ctx, r := c.Request().Context(), s.reader(c)
	open, err := s.Store.OpenAlerts(ctx)
	if err != nil {
		return err
	}
	l := views.AlertList{Open: open}
	if swaps(c, "open-alerts") {
		l.Reader = r
		return render(c, http.StatusOK, views.OpenAlerts(l))
	}
	if err := s.readEndedAlerts(c, &l); err != nil {
		return err
	}
	if l.Frame, err = s.adminFrame(c, r.T("Alerts"), views.AlertsPath); err != nil {
		return err
	}
	return render(c, http.StatusOK, views.AlertsPage(l))
}

// readEndedAlerts reads the page of what is over that the address asks for.
func (s *Site) readEndedAlerts(c echo.Context, l *views.AlertList) (err error) {
	var before int64
	if place := c.QueryParam("before"); place != "" {
		if before, err = strconv.ParseInt(place, 10, 64); err != nil || before <= 0 {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
		l.NewestHref = views.AlertsPath
	}
	ended, err := s.Store.EndedAlerts(c.Request().Context(), before, alertRows+1)
	if err != nil {
		return err
	}
	if len(ended) > alertRows {
		ended = ended[:alertRows]
		l.OlderHref = views.AlertsPath + "?before=" + strconv.FormatInt(ended[alertRows-1].ID, 10)
	}
	l.Ended = ended
	return nil
}
