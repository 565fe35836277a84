package main

import (
	"fmt"
	"testing"

	"latcom.example/latcom-billing/handlers"
)

func TestTheSettingsInForceAreShownWithoutTheirSecrets(t *testing.T) {
	raw := sound()
	raw["LATCOM_TIMEOUT"], raw["TRUSTED_PROXIES"], raw["TOPUP_MAX_WAIT"], raw["LOG_LEVEL"] = "75s", "10.0.0.0/8,192.0.2.7", "90m", "WARN"
	c, err := readConfig(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]handlers.Setting{}
	for _, s := range c.shown() {
		all[s.Name] = s
	}
	sees(t, "the page of the settings", fmt.Sprint(all))
	for name, want := range map[string]handlers.Setting{
		"PORT":             {Name: "PORT", Value: "8080", Usual: "8080"},
		"LATCOM_TIMEOUT":   {Name: "LATCOM_TIMEOUT", Value: "1m15s", Usual: "90s", Set: true},
		"TOPUP_MAX_WAIT":   {Name: "TOPUP_MAX_WAIT", Value: "1h30m", Usual: "15m", Set: true},
		"LATCOM_TOKEN_TTL": {Name: "LATCOM_TOKEN_TTL", Value: "4m", Usual: "4m"},
		"TRUSTED_PROXIES":  {Name: "TRUSTED_PROXIES", Value: "10.0.0.0/8,192.0.2.7/32", Set: true},
		"LOG_LEVEL":        {Name: "LOG_LEVEL", Value: "warn", Usual: "info", Set: true},
		"ADMIN_KEY":        {Name: "ADMIN_KEY", Set: true, Secret: true},
		"SECRET_KEY_OLD":   {Name: "SECRET_KEY_OLD", Secret: true},
		"REDIS_URL":        {Name: "REDIS_URL", Secret: true},
	} {
		if all[name] != want {
			t.Errorf("%s: got %+v, want %+v", name, all[name], want)
		}
	}
}
