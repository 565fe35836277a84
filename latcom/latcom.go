// Package latcom speaks Latcom's wire format (contract §7) and turns each answer
// into an outcome with its evidence. It does not know what a top-up costs, whose
// it is, what state it is in, or whether to try again: it sends once, says what
// that proves, and keeps nothing but its login.
package latcom

// What a client is made of, and what it refuses to be made of.

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The defaults of contract §4 (LATCOM_TIMEOUT, LATCOM_TOKEN_TTL, LATCOM_CONCURRENCY).
const (
	defaultTimeout     = 90 * time.Second
	defaultTokenTTL    = 4 * time.Minute
	defaultConcurrency = 50
)

// Config is where Latcom is and who we are there (contract §4, LATCOM_*).
type Config struct {
	BaseURL  string // https://host[/path]; http on a loopback host only
	Username string
	Password string
	DistAPI  string
	UserUID  string

	Timeout     time.Duration // of one request, from the try to the last byte; 0: 90 s
	TokenTTL    time.Duration // how long a login is used; 0: 4 minutes
	Concurrency int           // connections kept alive; 0: 50. It limits nothing: the engine does

	// HTTP is a transport to start from: its dialers, trusted roots and time
	// limits are used, the rest is set here. Nil: a plain one.
	HTTP *http.Transport
}

// String names the host alone: a Config in a log line shows no secret.
func (c Config) String() string { return "Latcom at " + hostOf(c.BaseURL) }

// GoString is String: %#v is no way around it.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client sends top-ups to Latcom. It is safe for any number of goroutines.
type Client struct {
	line       *line
	session    *session
	log        *slog.Logger
	judge      func(seen) Row // the policy; tests watch it
	classified atomic.Pointer[classified]
}

// String names the host alone, as Config does.
func (c *Client) String() string { return "Latcom at " + c.line.base.Host }

// GoString is String.
func (c *Client) GoString() string { return c.String() }

// New makes a client; nothing is sent before the first order. The error names
// every setting that is wrong and never repeats a secret. A nil logger is silent.
func New(config Config, log *slog.Logger) (*Client, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	config = config.withDefaults()
	base, err := config.check()
	if err != nil {
		return nil, fmt.Errorf("latcom: %w", err)
	}
	veil := newVeil(config.Username, config.Password, config.DistAPI, config.UserUID)
	l := &line{base: base, transport: transport(config), timeout: config.Timeout, veil: veil}
	return &Client{line: l, session: newSession(l, config, log), log: log, judge: table.judge}, nil
}

// Close lets the idle connections go. Orders under way are not touched, and the
// client can go on.
func (c *Client) Close() { c.line.transport.CloseIdleConnections() }

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.TokenTTL == 0 {
		c.TokenTTL = defaultTokenTTL
	}
	if c.Concurrency == 0 {
		c.Concurrency = defaultConcurrency
	}
	return c
}

func (c Config) check() (*url.URL, error) {
	base, err := parseBase(c.BaseURL)
	wrong := []error{err}
	if c.Timeout < 0 || c.TokenTTL < 0 || c.Concurrency < 0 {
		wrong = append(wrong, errors.New("timeout, token lifetime and concurrency must be above zero"))
	}
	if err == nil && !loopback(base.Hostname()) {
		if c.Username == "" || c.Password == "" || c.DistAPI == "" || c.UserUID == "" {
			wrong = append(wrong, errors.New("username, password, dist_api and user_uid are all needed"))
		}
		if c.HTTP != nil && c.HTTP.TLSClientConfig != nil && c.HTTP.TLSClientConfig.InsecureSkipVerify {
			wrong = append(wrong, errors.New("the certificate must be verified"))
		}
	}
	return base, errors.Join(wrong...)
}

// parseBase never repeats the address in its errors: somebody may have put a
// password in it.
func parseBase(address string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || base.Host == "" || base.Hostname() == "":
		return nil, errors.New("the base URL is not an address such as https://host")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the base URL may have a host and a path, nothing else")
	case base.Scheme == "https", base.Scheme == "http" && loopback(base.Hostname()):
		base.Path = strings.TrimRight(base.Path, "/")
		base.RawPath = ""
		return base, nil
	default:
		return nil, errors.New("the base URL must be https (http is for this machine only)")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func hostOf(address string) string {
	if base, err := url.Parse(address); err == nil && base.Host != "" {
		return base.Host
	}
	return "an unreadable address"
}
