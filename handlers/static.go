package handlers

import (
	"io/fs"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/static"
)

// serveStatic serves the embedded files, compressed where that pays. One that is
// asked for by its content's hash never changes, so it is cached for ever.
func serveStatic(c echo.Context) error {
	name := c.Param("*")
	if info, err := fs.Stat(static.Files, name); err != nil || info.IsDir() {
		return echo.NewHTTPError(http.StatusNotFound)
	}
	h := c.Response().Header()
	cache := "no-cache"
	if static.Current(name, c.QueryParam("v")) {
		cache = "public, max-age=31536000, immutable"
	}
	h.Set("Cache-Control", cache)
	small := static.Compressed(name)
	if small == nil {
		http.ServeFileFS(c.Response(), c.Request(), static.Files, name)
		return nil
	}
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if !takesGzip(c.Request()) {
		http.ServeFileFS(c.Response(), c.Request(), static.Files, name)
		return nil
	}
	h.Set(echo.HeaderContentEncoding, "gzip")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(small)))
	return c.Blob(http.StatusOK, static.ContentType(name), small)
}
