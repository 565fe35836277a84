package views

import (
	"net/url"
	"strconv"
)

// Addresses of a customer's webhooks, on its own dashboard and on its page in the back office.

// WebhookPaths are the same parts under two roofs.
type WebhookPaths struct{ List string }

// DashboardWebhooksPath is where a customer says which of its programs are told what.
const DashboardWebhooksPath = "/dashboard/webhooks"

// OwnWebhooks are a customer's own.
var OwnWebhooks = WebhookPaths{DashboardWebhooksPath}

// WebhooksPath is a tab of the customer's page.
func WebhooksPath(code string) string { return CustomerPath(code) + "/webhooks" }

// CustomerWebhooks are what operators keep for a customer.
func CustomerWebhooks(code string) WebhookPaths { return WebhookPaths{WebhooksPath(code)} }

func (p WebhookPaths) New() string { return p.List + "/new" }

func (p WebhookPaths) One(id string) string { return p.List + "/" + url.PathEscape(id) }

// In is an endpoint's log of what is in a state.
func (p WebhookPaths) In(id, state string) string {
	if state == "" {
		return p.One(id)
	}
	return p.One(id) + "?" + url.Values{"state": {state}}.Encode()
}

// Older is the part of an endpoint's log below a delivery.
func (p WebhookPaths) Older(id, state string, before int64) string {
	values := url.Values{"before": {strconv.FormatInt(before, 10)}}
	if state != "" {
		values.Set("state", state)
	}
	return p.One(id) + "?" + values.Encode()
}

func (p WebhookPaths) Edit(id string) string { return p.One(id) + "/edit" }

// Switch switches an endpoint on or off.
func (p WebhookPaths) Switch(id string) string { return p.One(id) + "/switch" }

// Rotation asks for a new secret, and makes it.
func (p WebhookPaths) Rotation(id string) string { return p.One(id) + "/rotation" }

// Removal asks whether an endpoint is to go, and takes the answer.
func (p WebhookPaths) Removal(id string) string { return p.One(id) + "/removal" }

// Test sends a test event.
func (p WebhookPaths) Test(id string) string { return p.One(id) + "/test" }

// Replays sends again what failed since a moment.
func (p WebhookPaths) Replays(id string) string { return p.One(id) + "/replays" }

// Delivery is one event's way to an endpoint.
func (p WebhookPaths) Delivery(id, delivery string) string {
	return p.One(id) + "/deliveries/" + url.PathEscape(delivery)
}

// Replay sends one event again.
func (p WebhookPaths) Replay(id, delivery string) string { return p.Delivery(id, delivery) + "/replay" }
