package billing

// Webhooks: where a customer's programs are told of events, and how each one fared.

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// EndpointState says whether an endpoint is told anything.
type EndpointState string

// The states of an endpoint.
const (
	EndpointOn      EndpointState = "on"
	EndpointOff     EndpointState = "off"     // switched off by a person
	EndpointGone    EndpointState = "gone"    // it answered 410: it wants nothing more
	EndpointRemoved EndpointState = "removed" // nobody sees it any more
)

// MostEndpoints is how many a customer may have.
const MostEndpoints = 10

// SecretOverlap is how long an endpoint's old secret signs beside the new one.
const SecretOverlap = 24 * time.Hour

// WebhookTriesKept is how long the log of requests is kept.
const WebhookTriesKept = 30 * 24 * time.Hour

// WebhookEndpoint is where a customer's program listens. Its secrets are sealed.
type WebhookEndpoint struct {
	ID             uuid.UUID     `db:"id"`
	CustomerID     int64         `db:"customer_id"`
	URL            string        `db:"url"`
	Description    string        `db:"description"`
	Events         []EventType   `db:"-"`
	State          EndpointState `db:"state"`
	Secret         []byte        `db:"secret"`
	OldSecret      []byte        `db:"old_secret"`       // nil: there is none
	OldSecretUntil *time.Time    `db:"old_secret_until"` // when it signs no more
	FailingSince   *time.Time    `db:"failing_since"`    // the first try that failed since one arrived; nil: none did
	GivenUpAt      *time.Time    `db:"given_up_at"`      // when an event had used up all of its tries, since one arrived
	DeliveredAt    *time.Time    `db:"delivered_at"`     // when one arrived last, to the minute
	CreatedAt      time.Time     `db:"created_at"`
}

// Hears says whether the endpoint is to be told of an event.
func (e WebhookEndpoint) Hears(t EventType) bool {
	return e.State == EndpointOn && slices.Contains(e.Events, t)
}

// Rotating says whether two secrets sign at a moment.
func (e WebhookEndpoint) Rotating(at time.Time) bool {
	return e.OldSecretUntil != nil && e.OldSecretUntil.After(at)
}

// Facts are what the audit log keeps of an endpoint; never a secret.
func (e WebhookEndpoint) Facts() map[string]any {
	return map[string]any{"url": e.URL, "description": e.Description, "events": e.Events, "state": e.State}
}

// CheckEndpoint says what is wrong with an endpoint, by field: url, description,
// events. private allows http and hosts that are not public, for development.
func CheckEndpoint(e WebhookEndpoint, private bool) error {
	wrong := ValidationError{}
	if problem := checkEndpointURL(e.URL, private); problem != "" {
		wrong["url"] = problem
	}
	if n := utf8.RuneCountInString(e.Description); n > 120 || !utf8.ValidString(e.Description) || strings.ContainsFunc(e.Description, func(r rune) bool { return r < ' ' }) {
		wrong["description"] = "Use 120 characters at most"
	}
	known := func(t EventType) bool { return slices.Contains(EventTypes(), t) }
	if len(e.Events) == 0 || slices.ContainsFunc(e.Events, func(t EventType) bool { return !known(t) }) {
		wrong["events"] = "Choose one event or more"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

func checkEndpointURL(address string, private bool) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Opaque != "" || strings.ContainsAny(address, " \t\r\n"):
		return "Enter an address, such as https://example.com/webhooks"
	case len(address) > 500:
		return "Use 500 characters at most"
	case u.Scheme != "https" && (u.Scheme != "http" || !private):
		return "The address has to begin with https://"
	case u.User != nil || u.Fragment != "":
		return "Leave out the user name, the password and what follows #"
	case !private && plainlyPrivate(u.Hostname()):
		return "This address is not on the public internet"
	}
	return ""
}

// plainlyPrivate is what can be said without asking anybody; each connection is
// looked at once more, after DNS.
func plainlyPrivate(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if address, err := netip.ParseAddr(host); err == nil {
		return !PublicAddress(address)
	}
	for _, ending := range []string{"localhost", "local", "internal", "localdomain", "lan", "home.arpa"} {
		if host == ending || strings.HasSuffix(host, "."+ending) {
			return true
		}
	}
	return !strings.Contains(host, ".")
}

// DeliveryState says how an event on its way to an endpoint stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"   // for its next try
	DeliveryDelivered DeliveryState = "delivered" // 2xx
	DeliveryFailed    DeliveryState = "failed"    // all of its tries are used up
	DeliveryEnded     DeliveryState = "ended"     // the endpoint was switched off or is gone
)

// WebhookDelivery is one event on its way to one endpoint.
type WebhookDelivery struct {
	ID         int64         `db:"id"`
	EventID    EventID       `db:"event_id"`
	EndpointID uuid.UUID     `db:"endpoint_id"`
	Type       EventType     `db:"type"`
	Body       string        `db:"body"`
	TopUpID    *TopUpID      `db:"topup_id"`
	Sequence   *int          `db:"sequence"` // of a top-up's events
	Reference  string        `db:"reference"`
	URL        string        `db:"url"`
	State      DeliveryState `db:"state"`
	Tries      int           `db:"tries"`   // since it was asked for, by the event or by a replay
	NextAt     *time.Time    `db:"next_at"` // nil: none follows
	CreatedAt  time.Time     `db:"created_at"`
	EndedAt    *time.Time    `db:"ended_at"`

	LastStatus  int            `db:"last_status"`  // HTTP status of the last try that is kept; 0: no answer, or no try
	LastProblem WebhookProblem `db:"last_problem"` // of the same
	LastAt      *time.Time     `db:"last_at"`      // of the same
	LastTookMS  int            `db:"last_took_ms"` // of the same
}

// WebhookProblem says why a try did not arrive.
type WebhookProblem string

// What keeps a try from arriving; none is empty.
const (
	ProblemStatus     WebhookProblem = "status"     // answered, and not with 2xx
	ProblemRedirect   WebhookProblem = "redirect"   // 3xx, which is never followed
	ProblemGone       WebhookProblem = "gone"       // 410
	ProblemTimeout    WebhookProblem = "timeout"    // no whole answer in time
	ProblemAddress    WebhookProblem = "address"    // the name leads to an address that is not public
	ProblemName       WebhookProblem = "name"       // the name is not known
	ProblemTLS        WebhookProblem = "tls"        // the certificate or the handshake
	ProblemConnection WebhookProblem = "connection" // refused, or lost
	ProblemSecret     WebhookProblem = "secret"     // our key does not open the secret
)

// WebhookTry is one request to an endpoint, and its answer.
type WebhookTry struct {
	ID              int64          `db:"id"`
	DeliveryID      int64          `db:"delivery_id"`
	BeganAt         time.Time      `db:"began_at"`
	TookMS          int            `db:"took_ms"`
	RequestHeaders  string         `db:"request_headers"`
	Status          int            `db:"status"` // HTTP; 0: no answer
	ResponseHeaders string         `db:"response_headers"`
	ResponseBody    string         `db:"response_body"` // the first 2 KiB
	Problem         WebhookProblem `db:"problem"`       // empty: it arrived
	Detail          string         `db:"detail"`        // the network's own words
	NextAt          *time.Time     `db:"next_at"`       // nil: none follows
}
