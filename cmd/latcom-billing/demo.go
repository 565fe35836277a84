package main

// Everything at once on this machine: the embedded database, the simulator,
// sample data and the server.

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	people "latcom.example/latcom-billing/access"
	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/cmd/latcom-billing/history"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/topup"
)

type demoCommand struct {
	TopUps  int     `default:"20000" placeholder:"N" help:"Top-ups in the sample data of an empty database (${default})."`
	Days    int     `default:"30" placeholder:"N" help:"Days that they are spread over (${default})."`
	DataDir string  `placeholder:"DIR" help:"Where the database and the keys are kept; DATA_DIR otherwise."`
	Latency latency `default:"6s-7s" placeholder:"6s-7s" help:"How long the simulator takes for a delivery, from-to (${default})."`
	hurried

	AllowPrivateWebhooks bool `help:"Let webhooks go to http addresses and to hosts that are not public, this machine among them."`

	access access

	customer billing.Customer // of the visitor, for its twin in the sandbox
	rate     billing.Rate
}

// Validate refuses sample data that cannot be made.
func (d *demoCommand) Validate() error {
	if d.TopUps < 0 || d.Days < 1 || d.Days > 3650 {
		return errors.New("--top-ups must not be below 0, and --days be from 1 to 3650")
	}
	return d.hurried.Validate()
}

// forced are the settings that a demo has whatever the environment says.
var forced = map[string]string{
	"DATABASE_URL": embedded, "LATCOM_BASE_URL": simulated, "HOST": "127.0.0.1", "WEB": "true", "WORKERS": "true",
	"DATABASE_DIRECT_URL": "", "DATABASE_REPLICA_URL": "", "BASE_URL": "", "ADMIN_KEY": "", "SECRET_KEY": "", "SECRET_KEY_OLD": "",
	"LATCOM_USERNAME": "", "LATCOM_PASSWORD": "", "LATCOM_DIST_API": "", "LATCOM_USER_UID": "",
}

// Run serves the demo until the process is told to stop.
func (d *demoCommand) Run(ctx context.Context, std streams) error {
	d.access = newAccess()
	c, err := d.config(std.settings)
	if err != nil {
		return err
	}
	log := c.newLog(std.err)
	for _, name := range slices.Sorted(maps.Keys(forced)) {
		if value := std.settings[name]; value != "" && value != forced[name] {
			log.WarnContext(ctx, "the demo does not use this setting", "setting", name)
		}
	}
	return operate(ctx, c, log, occasions{
		migrated:  func(ctx context.Context, c *config, s *store.Store) error { return d.furnish(ctx, c, s, log) },
		listening: func(url string) { d.invite(std, c, url) },
		sandbox:   d.admitToSandbox,
	})
}

func (d *demoCommand) config(environment map[string]string) (config, error) {
	raw := maps.Clone(environment)
	for name, value := range forced {
		if raw[name] = value; value == "" {
			delete(raw, name)
		}
	}
	raw["SECRET_KEY"] = string(d.access.secretKey)
	if d.DataDir != "" {
		raw["DATA_DIR"] = d.DataDir
	}
	c, err := readConfig(raw, nil)
	c.anyPort, c.allowPrivateWebhooks = raw["PORT"] == "", d.AllowPrivateWebhooks
	c.simulate, c.hurry = simulateWith{Latency: d.Latency}, d.Hurry
	return c, err
}

// furnish finds or makes the keys and the sample data.
func (d *demoCommand) furnish(ctx context.Context, c *config, s *store.Store, log *slog.Logger) (err error) {
	if d.access, err = d.access.kept(c.DataDir); err != nil {
		return err
	}
	c.AdminKey, c.SecretKey = d.access.adminKey, d.access.secretKey
	begun := time.Now()
	made, err := history.Write(ctx, s, history.Options{
		TopUps: d.TopUps, Days: d.Days, Seed: 1, Now: begun, Zone: c.zone, Rate: c.FirstRate,
	})
	if err != nil {
		return err
	}
	if made {
		log.InfoContext(ctx, "made sample data", "top_ups", d.TopUps, "days", d.Days, "took", time.Since(begun).Round(time.Millisecond).String())
	}
	if err := d.admit(ctx, s); err != nil {
		return err
	}
	if d.customer, err = s.CustomerByCode(ctx, history.Code); err != nil {
		return err
	}
	if d.rate, err = s.RateAt(ctx, nil); errors.Is(err, billing.ErrNotFound) {
		d.rate, err = c.FirstRate, nil
	}
	return err
}

// admit lets the visitor in whose keys are kept, if the database does not yet.
func (d *demoCommand) admit(ctx context.Context, s *store.Store) error {
	key := string(d.access.apiKey)
	_, err := s.APIKeyByHash(ctx, billing.HashSecret(key))
	if !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	return s.Admit(ctx, store.Visitor{
		Code: history.Code, KeyHint: "lb_live_…" + key[len(key)-4:], KeyHash: billing.HashSecret(key),
		Email: visitor, Name: "Lucía Cárdenas", PasswordHash: people.HashPassword(string(d.access.memberPassword)),
	})
}

// admitToSandbox lets the visitor's programs into the sandbox.
func (d *demoCommand) admitToSandbox(ctx context.Context, sandbox *topup.Engine, s *store.Store) error {
	key := d.access.testKey()
	_, err := s.APIKeyByHash(ctx, billing.HashSecret(key))
	if !errors.Is(err, billing.ErrNotFound) {
		return err
	}
	twin, err := sandbox.Twin(ctx, topup.Twin{Customer: d.customer, Rate: d.rate})
	if err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertAPIKey(ctx, twin.ID, "First key", billing.KeyHint(key), billing.HashSecret(key))
		return err
	})
}

// visitor is who signs in to the customer's page.
const visitor = "lucia@enviadespensa.example"

const invitation = `
  Latcom Billing is running on the SIMULATOR: nothing here is real, no airtime is delivered.

  Back office      %[1]s/admin
                   key %[2]s (the first sign-in with it makes the first operator)
  Customer's page  %[1]s/dashboard
                   %[3]s, password %[4]s
  API              %[1]s/api/docs
                   key %[5]s
  Sandbox          key %[7]s (play money; the documentation has its numbers)
  A top-up         curl -sS -X POST %[1]s/api/v1/topups -H 'Authorization: Bearer %[5]s' -H 'Content-Type: application/json' -d '{"phone":"5512345678","amount":"50.00","reference":"demo-'$(date +%%s)'"}'

  Data and keys are in %[6]s. Ctrl-C stops everything.

`

// invite says where to click.
func (d *demoCommand) invite(std streams, c config, url string) {
	// Without a reader the demo runs all the same.
	_ = std.print(invitation, url, string(d.access.adminKey), visitor, string(d.access.memberPassword), string(d.access.apiKey), c.DataDir, d.access.testKey())
}
