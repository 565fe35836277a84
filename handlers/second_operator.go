package handlers

// The second operator: why somebody may not be he, in words.

import (
	"errors"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
)

// notTheSecond says why who is signed in may not decide; "" for any other error.
func (s *Site) notTheSecond(c echo.Context, err error) (string, error) {
	r := s.reader(c)
	switch {
	case errors.Is(err, billing.ErrOwnRequest):
		return r.T("You asked for this: another operator decides it. Nothing has moved."), nil
	case errors.Is(err, billing.ErrOwnMaking):
		return r.T("Who asked for this made your account, or reset it last: a third operator decides it. Nothing has moved."), nil
	case errors.Is(err, billing.ErrApprovesLater):
		standing, err := s.Store.OperatorStanding(c.Request().Context(), operator(c).ID)
		if err != nil || standing.ApprovesFrom == nil {
			return "", err
		}
		return r.T("Your account was made or reset with the key that breaks the glass: it approves from %s on. Nothing has moved.", r.When(*standing.ApprovesFrom)), nil
	}
	return "", nil
}

// twoDecide says whether approvals are on: what needs a second operator gets one.
func (s *Site) twoDecide() bool { return s.Engine.ApprovalLimit().Sign() > 0 }
