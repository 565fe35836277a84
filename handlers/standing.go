package handlers

// What the database lets the program do, for the pages that tell of it.

import (
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

func (s *Site) standing(c echo.Context) (views.Standing, error) {
	standing, err := s.Store.Standing(c.Request().Context())
	return views.Standing{Role: standing.Role, Tables: standing.Tables, Alterable: standing.Alterable}, err
}
