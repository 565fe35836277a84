package handlers

import "github.com/labstack/echo/v4"

// adminRoutes are the back office's, behind the operators guard.
func (s *Site) adminRoutes(admin *echo.Group) {}
