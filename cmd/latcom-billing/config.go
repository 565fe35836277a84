package main

// Settings: the environment and a .env file, read into one struct (contract §4).

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"

	"latcom.example/latcom-billing/billing"
)

// config is every setting. The tag "use" completes "Use …" where one is wrong;
// "later" marks what this version reads and does not use yet.
type config struct {
	Host    string `env:"HOST"`
	Port    int    `env:"PORT" envDefault:"8080" use:"a number from 1 to 65535, such as 8080 (0: any free port)"`
	BaseURL string `env:"BASE_URL" use:"the address that others see, such as https://billing.example.com"`

	DatabaseURL       secret `env:"DATABASE_URL" use:"postgres://user:password@host:5432/database, or the word embedded"`
	DatabaseDirectURL secret `env:"DATABASE_DIRECT_URL" use:"postgres://… of the same database without a pooler, or nothing"`
	ReplicaURL        secret `env:"DATABASE_REPLICA_URL" use:"postgres://… of a standby of the same database, or nothing"`
	MaxConns          int    `env:"DB_MAX_CONNS" envDefault:"20" use:"a number from 4 to 1000, such as 20"`
	MinConns          int    `env:"DB_MIN_CONNS" envDefault:"5" use:"a number from 0 up to DB_MAX_CONNS, such as 5"`
	DataDir           string `env:"DATA_DIR" use:"a folder that can be written to"`
	RedisURL          secret `env:"REDIS_URL" use:"redis://user:password@host:6379/0 (rediss:// with TLS), or nothing: each instance keeps its own"`

	AdminKey       secret   `env:"ADMIN_KEY" use:"16 characters or more, for example what openssl rand -base64 24 prints"`
	SecretKey      secret   `env:"SECRET_KEY" use:"32 bytes or more, for example what openssl rand -base64 32 prints"`
	SecretKeyOld   secret   `env:"SECRET_KEY_OLD" use:"the SECRET_KEY before the present one, of 32 bytes or more, or nothing"`
	TrustedProxies networks `env:"TRUSTED_PROXIES" use:"addresses or networks with commas between them, such as 10.0.0.0/8,192.0.2.7"`
	MetricsToken   secret   `env:"METRICS_TOKEN"`

	LatcomBaseURL  string        `env:"LATCOM_BASE_URL" use:"the provider's address, such as https://host.example (http on this machine only), or the word simulator"`
	LatcomUsername secret        `env:"LATCOM_USERNAME" use:"what the provider gave you"`
	LatcomPassword secret        `env:"LATCOM_PASSWORD" use:"what the provider gave you"`
	LatcomDistAPI  secret        `env:"LATCOM_DIST_API" use:"what the provider gave you"`
	LatcomUserUID  secret        `env:"LATCOM_USER_UID" use:"what the provider gave you"`
	LatcomTimeout  time.Duration `env:"LATCOM_TIMEOUT" envDefault:"90s" use:"a duration above zero, such as 90s"`
	Concurrency    int           `env:"LATCOM_CONCURRENCY" envDefault:"50" use:"a number from 1 to 5000, such as 50"`
	TokenTTL       time.Duration `env:"LATCOM_TOKEN_TTL" envDefault:"4m" use:"a duration above zero, such as 4m"`
	StatusInquiry  bool          `env:"LATCOM_STATUS_INQUIRY" envDefault:"false" use:"true or false"`

	Grace         time.Duration `env:"SHUTDOWN_GRACE" envDefault:"45s" use:"a duration of zero or more, such as 45s"`
	RetryWindow   time.Duration `env:"TOPUP_RETRY_WINDOW" envDefault:"2m" use:"a duration of zero or more, such as 2m"`
	MaxWait       time.Duration `env:"TOPUP_MAX_WAIT" envDefault:"15m" use:"a duration of zero (off) or more, such as 15m"`
	ApprovalLimit billing.USD   `env:"APPROVAL_LIMIT_USD" envDefault:"1000" use:"an amount of zero (off) or more, such as 1000"`
	MinAmount     billing.MXN   `env:"TOPUP_MIN_MXN" envDefault:"20" use:"an amount above zero, such as 20"`
	MaxAmount     billing.MXN   `env:"TOPUP_MAX_MXN" envDefault:"200" use:"an amount that is not below TOPUP_MIN_MXN, such as 200"`
	FirstRate     billing.Rate  `env:"MXN_PER_USD" envDefault:"18.00" use:"a rate above zero, such as 18.00"`
	Timezone      string        `env:"TIMEZONE" envDefault:"America/Mexico_City" use:"a name of the IANA list, such as America/Mexico_City"`

	Workers   bool   `env:"WORKERS" envDefault:"true" use:"true or false"`
	Web       bool   `env:"WEB" envDefault:"true" use:"true or false"`
	LogFormat string `env:"LOG_FORMAT" use:"text or json, or nothing: text on a terminal, else json"`
	LogLevel  level  `env:"LOG_LEVEL" envDefault:"info" use:"debug, info, warn or error"`

	SentryDSN    secret `env:"SENTRY_DSN" use:"the DSN of a project of Sentry, such as https://key@sentry.example/1, or nothing"`
	OTLPEndpoint secret `env:"OTEL_EXPORTER_OTLP_ENDPOINT" use:"the address of an OTLP collector over HTTP, such as http://collector:4318, or nothing"`
	SMTPURL      secret `env:"SMTP_URL" use:"smtp://user:password@host:587?from=address, or nothing: links are shown to whoever makes them"`
	SlackURL     secret `env:"SLACK_WEBHOOK_URL" use:"the https address of an incoming webhook of Slack, or nothing"`

	zone     *time.Location // of Timezone
	anyPort  bool           // demo without PORT: when it is taken, the next free one
	simulate simulateWith   // how the built-in simulator behaves
	hurry    float64        // how many times faster than documented the sandbox is; 0: as documented

	allowPrivateWebhooks bool // --allow-private-webhooks
	noCache              bool // --no-cache
}

// secret is a setting that is never shown, whatever prints it.
type secret string

func (s secret) String() string {
	if s == "" {
		return ""
	}
	return "[hidden]"
}

// GoString is String: %#v is no way around it.
func (s secret) GoString() string { return s.String() }

// LogValue is String, for slog.
func (s secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String: neither is JSON.
func (s secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil } //nolint:unparam // the interface wants an error

// networks is a list such as "10.0.0.0/8,192.0.2.7".
type networks []*net.IPNet

// UnmarshalText reads networks, and single addresses as networks of one.
func (n *networks) UnmarshalText(text []byte) error {
	for _, one := range strings.Split(string(text), ",") {
		one = strings.TrimSpace(one)
		if ip := net.ParseIP(one); ip != nil {
			one = fmt.Sprintf("%s/%d", ip, 8*len(shortest(ip)))
		}
		_, network, err := net.ParseCIDR(one)
		if err != nil {
			return err
		}
		*n = append(*n, network)
	}
	return nil
}

func shortest(ip net.IP) net.IP {
	if four := ip.To4(); four != nil {
		return four
	}
	return ip
}

// level is one of four words: slog would also read "info+2".
type level slog.Level

// UnmarshalText reads a level's word in any case.
func (l *level) UnmarshalText(text []byte) error {
	if strings.ContainsAny(string(text), "+-") {
		return fmt.Errorf("%q is not a level", text)
	}
	return (*slog.Level)(l).UnmarshalText(text)
}

// settings are the raw ones: what the environment says, and below it .env.
func settings() (map[string]string, error) {
	all, err := godotenv.Read(".env")
	if err != nil && !os.IsNotExist(err) {
		if pathErr, is := errorAs[*fs.PathError](err); is {
			return nil, fmt.Errorf("read the file .env: %w", pathErr.Err)
		}
		// The parser's own words repeat the file, secrets included.
		return nil, errors.New("the file .env is not made of lines like NAME=value: correct or remove it")
	}
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, env.ToMap(os.Environ()))
	// Set to nothing means not set: for hosters and compose files it is the same.
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	return all, nil
}

// readConfig reads the settings that concern a command and lists all that are
// wrong with them.
func readConfig(raw map[string]string, concern concern) (config, error) {
	var c config
	wrong := settingsError{raw: raw}
	wrong.addParseErrors(env.ParseWithOptions(&c, env.Options{Environment: raw, FuncMap: map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[billing.Rate](): func(text string) (any, error) { return billing.ParseRate(text) },
	}}))
	c.check(&wrong)
	return c, wrong.among(concern)
}

// notUsedYet names the settings that are set and that this version only reads.
func (c config) notUsedYet() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if field.Tag.Get("later") != "" && !reflect.ValueOf(c).FieldByIndex(field.Index).IsZero() {
			names = append(names, field.Tag.Get("env"))
		}
	}
	return names
}

// listSettings is a line for each setting: its name and default.
func listSettings() string {
	var lines strings.Builder
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config]()) {
		if name := field.Tag.Get("env"); name != "" {
			fmt.Fprintf(&lines, "    %-29s%s\n", name, field.Tag.Get("envDefault"))
		}
	}
	return lines.String()
}
