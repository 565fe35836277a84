package alerting

// What the audit log keeps of a channel.

import (
	"errors"
	"strings"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/store"
)

// errUnchanged ends a change that would change nothing.
var errUnchanged = errors.New("nothing would change")

func did(act string, c billing.AlertChannel, before any) store.Did {
	return store.Did{Action: "alert_channel." + act, Subject: c.Name, Before: before, After: facts(c)}
}

// facts are never a secret.
func facts(c billing.AlertChannel) map[string]any {
	f := map[string]any{
		"name": c.Name, "kind": string(c.Kind), "least": string(c.Least), "customers": c.Customers, "language": c.Language,
		"quiet_minutes": c.QuietMinutes, "on": c.On,
	}
	if c.Kind == billing.ChannelEmail {
		f["email"] = strings.Join(c.MailTo, ", ")
	} else {
		f["address"] = c.Shown
	}
	return f
}
