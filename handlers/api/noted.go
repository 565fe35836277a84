package api

// What a request was about, for the log and the trace of whoever serves it.

import (
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
)

// Noted is the top-up that a request accepted or found.
type Noted struct {
	TopUp    uuid.UUID
	Replayed bool // an earlier request accepted it
}

const notedKey = "noted top-up"

// note keeps it with the request.
func note(c echo.Context, n Noted) { c.Set(notedKey, n) }

// NotedOf gives it; the zero Noted: it was about none.
func NotedOf(c echo.Context) Noted {
	n, _ := c.Get(notedKey).(Noted)
	return n
}
