package main

// What can be wrong with the settings, said all at once: name, problem, fix.

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"latcom.example/latcom-billing/cache"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/postgres"
	"latcom.example/latcom-billing/telemetry"
)

// Words that stand in for an address.
const (
	embedded  = "embedded"  // DATABASE_URL
	simulated = "simulator" // LATCOM_BASE_URL
)

// concern is the set of settings that a command reads; nil means all.
type concern []string

var (
	loggingOnly  = concern{"LOG_FORMAT", "LOG_LEVEL"}
	databaseOnly = concern{
		"DATABASE_URL", "DATABASE_DIRECT_URL", "DB_MAX_CONNS", "DB_MIN_CONNS", "DATA_DIR", "APPROVAL_LIMIT_USD", "LOG_FORMAT", "LOG_LEVEL",
	}
)

// settingsError is an error with a line for each wrong setting.
type settingsError struct {
	raw     map[string]string
	problem map[string]string // by name; the first one found stands
}

func (w *settingsError) add(name, problem string) {
	if w.problem == nil {
		w.problem = map[string]string{}
	}
	if _, known := w.problem[name]; !known {
		w.problem[name] = problem
	}
}

// unless adds a problem when the condition does not hold.
func (w *settingsError) unless(ok bool, name, problem string) {
	if !ok {
		w.add(name, problem)
	}
}

// addParseErrors says what could not be read. None of these settings is secret:
// secrets are text, which can always be read.
func (w *settingsError) addParseErrors(err error) {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return
	}
	for _, one := range all.Errors {
		if parse, is := errorAs[env.ParseError](one); is {
			field, _ := reflect.TypeFor[config]().FieldByName(parse.Name)
			name := field.Tag.Get("env")
			w.add(name, fmt.Sprintf("%.40q cannot be read", w.raw[name]))
		}
	}
}

// among gives the error about the settings that concern a command, or nil.
func (w *settingsError) among(c concern) error {
	for name := range w.problem {
		if c != nil && !slices.Contains(c, name) {
			delete(w.problem, name)
		}
	}
	if len(w.problem) == 0 {
		return nil
	}
	return w
}

// Error lists the problems in the order of the settings.
func (w *settingsError) Error() string {
	lines := []string{"these settings are wrong:"}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if name := field.Tag.Get("env"); w.problem[name] != "" {
			lines = append(lines, fmt.Sprintf("  %s: %s. Use %s.", name, w.problem[name], field.Tag.Get("use")))
		}
	}
	return strings.Join(lines, "\n")
}

// check looks at what was read, and fills in what follows from it.
func (c *config) check(w *settingsError) {
	c.checkServer(w)
	c.checkDatabase(w)
	c.checkLatcom(w)
	c.checkMoney(w)
}

// mail is who hands letters over; nil without a server.
func (c *config) mail() (*mail.Sender, error) {
	if c.SMTPURL == "" {
		return nil, nil //nolint:nilnil // a nil Sender is nobody who mails
	}
	return mail.New(string(c.SMTPURL))
}

func (c *config) checkServer(w *settingsError) {
	w.unless(c.Port >= 0 && c.Port <= 65535, "PORT", fmt.Sprintf("%d is not a port", c.Port))
	w.unless(c.BaseURL == "" || isWebAddress(c.BaseURL), "BASE_URL", "it is not an address of the web")
	w.unless(c.AdminKey == "" || len([]rune(string(c.AdminKey))) >= 16, "ADMIN_KEY", "it is shorter than 16 characters")
	w.unless(c.SecretKey != "", "SECRET_KEY", "it is not set")
	w.unless(len(c.SecretKey) >= 32, "SECRET_KEY", fmt.Sprintf("it has %d bytes, 32 are needed", len(c.SecretKey)))
	w.unless(c.SecretKeyOld == "" || len(c.SecretKeyOld) >= 32, "SECRET_KEY_OLD", "it is shorter than 32 bytes")
	w.unless(c.Workers || c.Web, "WORKERS", "it is off and so is WEB, so nothing is left to do")
	w.unless(slices.Contains([]string{"", "text", "json"}, c.LogFormat), "LOG_FORMAT", fmt.Sprintf("%.40q is not a format", c.LogFormat))
	if _, err := c.mail(); err != nil {
		w.add("SMTP_URL", err.Error())
	}
	w.unless(c.SlackURL == "" || strings.HasPrefix(string(c.SlackURL), "https://"), "SLACK_WEBHOOK_URL", "it is not an https address")
	w.unless(c.OTLPEndpoint == "" || isWebAddress(string(c.OTLPEndpoint)), "OTEL_EXPORTER_OTLP_ENDPOINT", "it is not an address of the web")
	_, sentryErr := telemetry.NewSentry(string(c.SentryDSN), "")
	w.unless(sentryErr == nil, "SENTRY_DSN", "it is not a DSN")
	w.unless(c.Grace >= 0, "SHUTDOWN_GRACE", fmt.Sprintf("%s is below zero", c.Grace))
	var err error
	if c.zone, err = time.LoadLocation(c.Timezone); err != nil {
		w.add("TIMEZONE", fmt.Sprintf("%.40q is not a time zone", c.Timezone))
	}
}

// checkDatabase never repeats an address: it holds a password.
func (c *config) checkDatabase(w *settingsError) {
	w.unless(c.DatabaseURL != "", "DATABASE_URL", "it is not set")
	w.unless(c.DatabaseURL == embedded || isPostgres(c.DatabaseURL), "DATABASE_URL", "it is not an address of a PostgreSQL")
	if c.DatabaseDirectURL != "" {
		w.unless(c.DatabaseURL != embedded, "DATABASE_DIRECT_URL", "it is set, and DATABASE_URL is the embedded database")
		w.unless(isPostgres(c.DatabaseDirectURL), "DATABASE_DIRECT_URL", "it is not an address of a PostgreSQL")
	}
	if c.ReplicaURL != "" {
		w.unless(c.DatabaseURL != embedded, "DATABASE_REPLICA_URL", "it is set, and DATABASE_URL is the embedded database")
		w.unless(isPostgres(c.ReplicaURL), "DATABASE_REPLICA_URL", "it is not an address of a PostgreSQL")
	}
	if err := cache.CheckURL(string(c.RedisURL)); err != nil {
		w.add("REDIS_URL", err.Error())
	}
	w.unless(c.MaxConns >= 4 && c.MaxConns <= 1000, "DB_MAX_CONNS", fmt.Sprintf("%d connections will not do", c.MaxConns))
	w.unless(c.MinConns >= 0 && (c.MinConns <= c.MaxConns || w.problem["DB_MAX_CONNS"] != ""), "DB_MIN_CONNS", fmt.Sprintf("%d is not between 0 and DB_MAX_CONNS", c.MinConns))
	if c.DataDir == "" {
		var err error
		if c.DataDir, err = postgres.DefaultDataDir(); err != nil && c.DatabaseURL == embedded {
			w.add("DATA_DIR", "it is not set, and there is no home folder")
		}
	}
}

func (c *config) checkLatcom(w *settingsError) {
	w.unless(c.LatcomTimeout > 0, "LATCOM_TIMEOUT", fmt.Sprintf("%s is not above zero", c.LatcomTimeout))
	w.unless(c.TokenTTL > 0, "LATCOM_TOKEN_TTL", fmt.Sprintf("%s is not above zero", c.TokenTTL))
	w.unless(c.Concurrency >= 1 && c.Concurrency <= 5000, "LATCOM_CONCURRENCY", fmt.Sprintf("%d requests at once will not do", c.Concurrency))
	w.unless(c.LatcomBaseURL != "", "LATCOM_BASE_URL", "it is not set")
	if c.LatcomBaseURL == "" || c.LatcomBaseURL == simulated {
		return
	}
	base, err := url.Parse(c.LatcomBaseURL)
	if err != nil || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		w.add("LATCOM_BASE_URL", "it is not an address with a host and perhaps a path")
		return
	}
	here := isLoopback(base.Hostname())
	w.unless(base.Scheme == "https" || base.Scheme == "http" && here, "LATCOM_BASE_URL", "it is not https")
	if here {
		return // a stand-in on this machine may ask for nothing
	}
	for name, value := range map[string]secret{
		"LATCOM_USERNAME": c.LatcomUsername, "LATCOM_PASSWORD": c.LatcomPassword,
		"LATCOM_DIST_API": c.LatcomDistAPI, "LATCOM_USER_UID": c.LatcomUserUID,
	} {
		w.unless(value != "", name, "it is not set, and the provider is a live one")
	}
}

func (c *config) checkMoney(w *settingsError) {
	w.unless(c.RetryWindow >= 0, "TOPUP_RETRY_WINDOW", fmt.Sprintf("%s is below zero", c.RetryWindow))
	w.unless(c.MaxWait >= 0, "TOPUP_MAX_WAIT", fmt.Sprintf("%s is below zero", c.MaxWait))
	w.unless(c.ApprovalLimit.Sign() >= 0, "APPROVAL_LIMIT_USD", fmt.Sprintf("%s is below zero", c.ApprovalLimit))
	w.unless(c.FirstRate.IsSet(), "MXN_PER_USD", "it is not a rate")
	w.unless(c.MinAmount.Sign() > 0, "TOPUP_MIN_MXN", fmt.Sprintf("%s is not above zero", c.MinAmount))
	w.unless(c.MaxAmount.Cmp(c.MinAmount) >= 0, "TOPUP_MAX_MXN", fmt.Sprintf("%s is below TOPUP_MIN_MXN, %s", c.MaxAmount, c.MinAmount))
}

func isWebAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// isPostgres also takes "host=… dbname=…", which lib/pq reads as well.
func isPostgres(address secret) bool {
	if !strings.Contains(string(address), "://") {
		return strings.Contains(string(address), "host=")
	}
	u, err := url.Parse(string(address))
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// errorAs is errors.As with the target as its result.
func errorAs[T error](err error) (T, bool) {
	var target T
	is := errors.As(err, &target)
	return target, is
}
