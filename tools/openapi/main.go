// Command openapi prints our openapi.json, without a server: what a client is
// generated from.
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/handlers/api"
	"latcom.example/latcom-billing/views"
)

func main() {
	e := echo.New()
	api.Mount(e, api.Dependencies{})
	answer := httptest.NewRecorder()
	e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, views.OpenAPIJSONPath, nil)) //nolint:noctx // nobody waits for it
	if answer.Code != http.StatusOK {
		fmt.Fprintf(os.Stderr, "openapi: %d %s\n", answer.Code, answer.Body)
		os.Exit(1)
	}
	fmt.Println(answer.Body)
}
