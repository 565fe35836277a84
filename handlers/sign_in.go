package handlers

import "github.com/labstack/echo/v4"

func (s *Site) showOperatorSignIn(c echo.Context) error { return errForbidden }
func (s *Site) signInOperator(c echo.Context) error     { return errForbidden }
func (s *Site) showFirstOperator(c echo.Context) error  { return errForbidden }
func (s *Site) makeFirstOperator(c echo.Context) error  { return errForbidden }
func (s *Site) showMemberSignIn(c echo.Context) error   { return errForbidden }
func (s *Site) signInMember(c echo.Context) error       { return errForbidden }
func (s *Site) signOutOperator(c echo.Context) error    { return errForbidden }
func (s *Site) signOutMember(c echo.Context) error      { return errForbidden }
func (s *Site) failAPI(err error, c echo.Context)       {}
