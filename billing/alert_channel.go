package billing

// Where alerts go, from when on there is one, and what a customer wants to know.

import (
	"encoding/base64"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ChannelKind is a way to people.
type ChannelKind string

// The ways.
const (
	ChannelEmail   ChannelKind = "email"
	ChannelSlack   ChannelKind = "slack"
	ChannelWebhook ChannelKind = "webhook"
)

// AlertChannel is where alerts go. A channel of the environment (SLACK_WEBHOOK_URL)
// is changed there and not on the page.
type AlertChannel struct {
	ID              uuid.UUID   `db:"id"`
	Kind            ChannelKind `db:"kind"`
	Name            string      `db:"name"`
	FromEnvironment bool        `db:"from_environment"`
	MailTo          []string    `db:"-"`         // of an e-mail channel
	Target          []byte      `db:"target"`    // the sealed address of the others
	Shown           string      `db:"shown"`     // what may be seen of it: the host
	Secret          []byte      `db:"secret"`    // sealed; signs what a webhook is told; nil: nothing is signed
	Least           Severity    `db:"least"`     // warning: it is told everything
	Customers       bool        `db:"customers"` // alerts about one customer as well
	Language        string      `db:"language"`  // en or es
	QuietMinutes    int         `db:"quiet_minutes"`
	On              bool        `db:"is_on"`
	FailingSince    *time.Time  `db:"failing_since"` // nil: what was sent last was taken
	DeliveredAt     *time.Time  `db:"delivered_at"`
	Problem         string      `db:"problem"` // of the last try; empty: it was taken
}

// ChannelInput is a channel as somebody filled it in. An empty Address or Secret
// leaves what is kept.
type ChannelInput struct {
	Kind         ChannelKind
	Name         string
	MailTo       []string
	Address      string // of Slack and webhooks
	Secret       string // whsec_…; of webhooks
	Least        Severity
	Customers    bool
	Language     string
	QuietMinutes int
}

// Limits of a channel.
const (
	MostMailTo     = 20
	LongestQuiet   = 24 * 60 // minutes
	UsualQuiet     = 15      // minutes
	secretPrefix   = "whsec_"
	longestChannel = 80
)

// Check says what is wrong with what was filled in, by field. isNew: there is no
// address yet. private allows hosts that are not public, for development.
func (c ChannelInput) Check(isNew, private bool) error {
	wrong := ValidationError{}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Name)); n == 0 || n > longestChannel || strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' }) {
		wrong["name"] = "Enter a name of 80 characters at most"
	}
	switch c.Kind {
	case ChannelEmail:
		if problem := checkMailTo(c.MailTo); problem != "" {
			wrong["mail_to"] = problem
		}
	case ChannelSlack, ChannelWebhook:
		if problem := checkEndpointURL(c.Address, private); problem != "" && (isNew || c.Address != "") {
			wrong["address"] = problem
		}
	default:
		wrong["kind"] = "Choose e-mail, Slack or a webhook"
	}
	if c.Secret != "" && (c.Kind != ChannelWebhook || !isSecret(c.Secret)) {
		wrong["secret"] = "Write whsec_ and then 24 bytes or more in base64, or nothing"
	}
	if c.Least != SeverityWarning && c.Least != SeverityCritical {
		wrong["least"] = "Choose what it is told"
	}
	if c.Language != "en" && c.Language != "es" {
		wrong["language"] = "Choose a language"
	}
	if c.QuietMinutes < 0 || c.QuietMinutes > LongestQuiet {
		wrong["quiet"] = "Write whole minutes from 0 to 1,440"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

func checkMailTo(addresses []string) string {
	if len(addresses) == 0 || len(addresses) > MostMailTo {
		return "Write one address or more, 20 at most"
	}
	for _, address := range addresses {
		if read, err := mail.ParseAddress(address); err != nil || read.Address != address || len(address) > 254 {
			return "One of these is not an e-mail address"
		}
	}
	return ""
}

func isSecret(text string) bool {
	encoded, prefixed := strings.CutPrefix(text, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	return prefixed && err == nil && len(key) >= 24 && len(key) <= 64
}

// AlertThresholds are from when on the engine alerts. 0 switches one off.
type AlertThresholds struct {
	SuccessPercent int `db:"success_percent"` // delivered, of what ended within ProviderWindow and was not the order's own fault
	LatencySeconds int `db:"latency_seconds"` // 95 % of deliveries within ProviderWindow took less
	QueueSeconds   int `db:"queue_seconds"`   // that the oldest queued order waits
	FloatBelow     MXN `db:"float_below"`     // what is left of the float
	DiskPercent    int `db:"disk_percent"`    // free, where DATA_DIR is
}

// What the success rate and the latency are reckoned over, and how many orders it
// takes to say anything.
const (
	ProviderWindow = 15 * time.Minute
	ProviderLeast  = 20
)

// Check says what is wrong, by field.
func (t AlertThresholds) Check() error {
	wrong := ValidationError{}
	percent := func(field string, n int) {
		if n < 0 || n > 99 {
			wrong[field] = "Write whole percent from 0 to 99; 0 switches it off"
		}
	}
	seconds := func(field string, n int) {
		if n < 0 || n > 86400 {
			wrong[field] = "Write whole seconds from 0 to 86,400; 0 switches it off"
		}
	}
	percent("success", t.SuccessPercent)
	percent("disk", t.DiskPercent)
	seconds("latency", t.LatencySeconds)
	seconds("queue", t.QueueSeconds)
	if t.FloatBelow.Sign() < 0 || t.FloatBelow.amount.GreaterThan(maxDeposit) {
		wrong["float"] = "Write an amount of zero (off) or more"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// CustomerWatch is what a customer wants to know of its own credit by e-mail.
type CustomerWatch struct {
	RunwayMinutes int    `db:"runway_minutes"` // lasts for less: they are told; 0: never
	Mail          bool   `db:"mail"`           // its members are written to
	Language      string `db:"language"`       // en or es
}

// UsualCustomerWatch is that of a customer which chose nothing.
func UsualCustomerWatch() CustomerWatch {
	return CustomerWatch{RunwayMinutes: int(LowRunway / time.Minute), Mail: true, Language: "es"}
}

// Check says what is wrong, by field.
func (w CustomerWatch) Check() error {
	wrong := ValidationError{}
	if w.RunwayMinutes < 0 || w.RunwayMinutes > 7*24*60 {
		wrong["runway"] = "Write whole hours from 0 to 168; 0 switches it off"
	}
	if w.Language != "en" && w.Language != "es" {
		wrong["language"] = "Choose a language"
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// Message says what a notice is about: that an alert began, that it is over, or
// nothing but that the channel works.
type Message string

// The messages.
const (
	MessageRaised Message = "raised"
	MessageEnded  Message = "ended"
	MessageTest   Message = "test"
)

// Same says whether two are alike.
func (t AlertThresholds) Same(o AlertThresholds) bool {
	return t.FloatBelow.Cmp(o.FloatBelow) == 0 && t.SuccessPercent == o.SuccessPercent && t.LatencySeconds == o.LatencySeconds && t.QueueSeconds == o.QueueSeconds && t.DiskPercent == o.DiskPercent
}

// Facts are the thresholds in the audit log's words.
func (t AlertThresholds) Facts() map[string]string {
	return map[string]string{
		"success_percent": strconv.Itoa(t.SuccessPercent), "latency_seconds": strconv.Itoa(t.LatencySeconds),
		"queue_seconds": strconv.Itoa(t.QueueSeconds), "float_below": t.FloatBelow.String(), "disk_percent": strconv.Itoa(t.DiskPercent),
	}
}

// Facts are what a customer is told, in the audit log's words.
func (w CustomerWatch) Facts() map[string]any {
	return map[string]any{"runway_minutes": w.RunwayMinutes, "mail": w.Mail, "language": w.Language}
}
