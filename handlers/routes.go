package handlers

// Every route of the site, grouped by who may come in.

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/views"
)

func (s *Site) routes(e *echo.Echo) {
	// Everybody.
	e.GET("/healthz", s.alive)
	e.GET("/readyz", s.ready)
	e.GET("/health", s.healthy) // as the system before this one was asked
	e.GET("/static/*", serveStatic)
	open := e.Group("", s.ours())
	open.GET("/", func(c echo.Context) error { return seeOther(c, views.DashboardPath) })
	open.POST(views.LanguagePath, s.chooseLanguage)
	open.GET(views.AdminSignInPath, s.showOperatorSignIn)
	open.POST(views.AdminSignInPath, s.signInOperator)
	open.GET(views.FirstOperatorPath, s.showFirstOperator)
	open.POST(views.FirstOperatorPath, s.makeFirstOperator)
	open.GET(views.DashboardSignInPath, s.showMemberSignIn)
	open.POST(views.DashboardSignInPath, s.signInMember)
	s.signInRoutes(open)
	open.POST(views.AdminSignOutPath, s.signOutOperator)
	open.POST(views.DashboardSignOutPath, s.signOutMember)

	// Operators; what moves money or makes customers says which roles.
	admin := e.Group("", s.ours(), s.operators)
	s.adminRoutes(admin)

	// Members: every query behind it is scoped to their customer.
	dashboard := e.Group("", s.ours(), s.members)
	s.dashboardRoutes(dashboard)

	e.RouteNotFound("/*", func(echo.Context) error { return echo.NewHTTPError(http.StatusNotFound) })
}
