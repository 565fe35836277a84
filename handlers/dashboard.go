package handlers

import "github.com/labstack/echo/v4"

// dashboardRoutes are the customer's, behind the members guard.
func (s *Site) dashboardRoutes(dashboard *echo.Group) {}
