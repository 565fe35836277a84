package api

// Huma on echo 4. Its own adapter for it lives in a package that needs echo 5 too.

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/labstack/echo/v4"
)

// adapter mounts huma's operations on echo, each behind guard.
type adapter struct {
	http.Handler
	echo  *echo.Echo
	guard echo.MiddlewareFunc
	file  func(c echo.Context, operationID string) (sent bool, err error) // answers a list as a file, if one is wanted
}

var pathParameters = strings.NewReplacer("{", ":", "}", "")

func (a adapter) Handle(op *huma.Operation, handle func(huma.Context)) {
	a.echo.Add(op.Method, pathParameters.Replace(op.Path), func(c echo.Context) error {
		if sent, err := a.file(c, op.OperationID); sent {
			return err
		}
		r := c.Request()
		for _, name := range c.ParamNames() {
			r.SetPathValue(name, c.Param(name))
		}
		handle(humago.NewContext(op, r, c.Response()))
		return nil
	}, a.guard)
}
