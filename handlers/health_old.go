package handlers

// GET /health, which monitors of the system before this one ask.

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// healthy says in one word what /readyz says in detail.
func (s *Site) healthy(c echo.Context) error {
	status, word := http.StatusOK, "ok"
	for _, found := range s.checkDatabase(c.Request().Context()) {
		if found != "ok" {
			status, word = http.StatusServiceUnavailable, "unavailable"
		}
	}
	return c.JSON(status, map[string]string{"status": word, "timestamp": time.Now().UTC().Format(time.RFC3339)})
}
