package handlers

import (
	"io/fs"
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/static"
)

// serveStatic serves the embedded files. One that is asked for by its content's
// hash never changes, so it is cached for ever.
func serveStatic(c echo.Context) error {
	name := c.Param("*")
	if info, err := fs.Stat(static.Files, name); err != nil || info.IsDir() {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	cache := "no-cache"
	if static.Current(name, c.QueryParam("v")) {
		cache = "public, max-age=31536000, immutable"
	}
	c.Response().Header().Set("Cache-Control", cache)
	http.ServeFileFS(c.Response(), c.Request(), static.Files, name)
	return nil
}
