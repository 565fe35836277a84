package api

// Webhook endpoints of the sandbox, for programs: what the pages do, so that an
// integration can be tested without a person.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/webhooks"
)

const sandboxWebhooksPath = prefix + "/sandbox/webhooks"

// SandboxWebhook is an endpoint as it was just made.
type SandboxWebhook struct {
	ID     string `json:"id"`
	URL    string `json:"url"`
	Secret string `json:"secret"` // shown this once
}

// makeSandboxWebhook makes an endpoint for all events, and shows its secret once.
func (a *api) makeSandboxWebhook(c echo.Context, who call) error {
	body, err := readBody(c, maxBody)
	if err != nil {
		return err
	}
	var sent struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(body, &sent); err != nil || sent.URL == "" {
		return invalid(FieldError{Location: "body.url", Field: "url", Message: "must be the address of your endpoint"})
	}
	e := billing.WebhookEndpoint{ID: uuid.New(), CustomerID: who.customerID, URL: sent.URL, Description: "API", Events: billing.EventTypes()}
	secret := webhooks.NewSecret()
	_, err = within(c.Request().Context(), acceptTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, who.Courier.Make(ctx, billing.Actor{Kind: billing.ActorSystem, Name: "API", Address: c.RealIP()}, e, secret)
	})
	var wrong billing.ValidationError
	switch {
	case errors.As(err, &wrong):
		return invalid(FieldError{Location: "body.url", Field: "url", Message: wrong["url"]})
	case errors.Is(err, billing.ErrTooMany):
		return invalid(FieldError{Location: "body.url", Field: "url", Message: "there are as many endpoints as there may be"})
	case err != nil:
		return err
	}
	return c.JSON(http.StatusCreated, SandboxWebhook{ID: e.ID.String(), URL: e.URL, Secret: secret})
}

// removeSandboxWebhook ends an endpoint.
func (a *api) removeSandboxWebhook(c echo.Context, who call) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return billing.ErrNotFound
	}
	_, err = within(c.Request().Context(), acceptTime, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, who.Courier.Remove(ctx, billing.Actor{Kind: billing.ActorSystem, Name: "API", Address: c.RealIP()}, who.customerID, id)
	})
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
