package views

import (
	"net/url"

	"latcom.example/latcom-billing/billing"
)

// Addresses of where alerts go, and of what to do about them.

const (
	// AlertChannelsPath lists where alerts go.
	AlertChannelsPath = AlertsPath + "/channels"
	// NewAlertChannelPath is the form of a new one.
	NewAlertChannelPath = AlertChannelsPath + "/new"
	// AlertThresholdsPath takes from when on there is an alert.
	AlertThresholdsPath = AlertsPath + "/thresholds"
	// AlertHelpListPath lists what to do about which alert.
	AlertHelpListPath = AdminPath + "/help/alerts"
	// AlertHelpRoute is the route of one kind.
	AlertHelpRoute = AlertHelpListPath + "/:kind"
)

// AlertChannelPath is the form of one.
func AlertChannelPath(id string) string { return AlertChannelsPath + "/" + url.PathEscape(id) }

// AlertChannelSwitchPath switches one on or off.
func AlertChannelSwitchPath(id string) string { return AlertChannelPath(id) + "/switch" }

// AlertChannelRemovalPath asks whether one is to go, and takes the answer.
func AlertChannelRemovalPath(id string) string { return AlertChannelPath(id) + "/removal" }

// AlertChannelTestPath sends a test.
func AlertChannelTestPath(id string) string { return AlertChannelPath(id) + "/test" }

// AlertHelpPath says what to do about alerts of a kind.
func AlertHelpPath(kind billing.AlertKind) string {
	return AlertHelpListPath + "/" + url.PathEscape(string(kind))
}

// CustomerWatchPath takes what a customer's members are told by e-mail.
func CustomerWatchPath(code string) string { return NotificationsPath(code) + "/watch" }

// OwnWatchPath is the same on the customer's dashboard.
const OwnWatchPath = DashboardNotificationsPath + "/watch"
