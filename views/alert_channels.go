package views

// Where alerts go, in words.

import (
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// AlertChannels is the page: the channels, the thresholds, what was said lately.
type AlertChannels struct {
	Frame
	Channels   []billing.AlertChannel
	Thresholds ThresholdsForm
	Notices    []AlertNotice
	MayManage  bool
	CanMail    bool // SMTP_URL is set
}

// AlertNotice is a message that was sent, or waits.
type AlertNotice struct {
	Kind     billing.AlertKind
	Message  billing.Message
	State    string // waiting, delivered, failed, dropped
	Problem  string
	To       string // the channel's name, or the customer's
	ToMember bool
	At       time.Time
}

// ThresholdsForm is what was typed, and what is wrong with it, by field.
type ThresholdsForm struct {
	Success, Latency, Queue, Float, Disk string
	Problems                             map[string]string
}

// ThresholdsFormOf is the form as it stands.
func ThresholdsFormOf(t billing.AlertThresholds) ThresholdsForm {
	return ThresholdsForm{
		Success: strconv.Itoa(t.SuccessPercent), Latency: strconv.Itoa(t.LatencySeconds), Queue: strconv.Itoa(t.QueueSeconds),
		Float: Money2(t.FloatBelow.Decimal()), Disk: strconv.Itoa(t.DiskPercent),
	}
}

// ChannelForm is a channel as it is filled in.
type ChannelForm struct {
	Frame
	ID              string
	Existing        bool
	FromEnvironment bool
	Private         bool // http and hosts that are not public are allowed
	Shown           string
	Signed          bool // a secret is kept
	On              bool

	Kind                          billing.ChannelKind
	Name, MailTo, Address, Secret string
	Least, Language, Quiet        string
	Customers                     bool
	Problems                      map[string]string
}

// ChannelFormOf is the form of a channel that is kept; what is secret stays empty.
func ChannelFormOf(c billing.AlertChannel) ChannelForm {
	return ChannelForm{
		ID: c.ID.String(), Existing: true, FromEnvironment: c.FromEnvironment, Shown: c.Shown, Signed: c.Secret != nil, On: c.On, Kind: c.Kind, Name: c.Name,
		MailTo: strings.Join(c.MailTo, "\n"), Least: string(c.Least), Language: c.Language, Quiet: strconv.Itoa(c.QuietMinutes), Customers: c.Customers,
	}
}

func (f ChannelForm) title() string {
	if f.Existing {
		return f.T("Change the channel")
	}
	return f.T("Add a channel")
}

func (f ChannelForm) action() string {
	if f.Existing {
		return AlertChannelPath(f.ID)
	}
	return AlertChannelsPath
}

func (f ChannelForm) kinds() []ui.Choice {
	return []ui.Choice{
		{Value: string(billing.ChannelEmail), Label: f.T("E-mail"), Effect: f.T("One letter to all the addresses, through the server of SMTP_URL")},
		{Value: string(billing.ChannelSlack), Label: f.T("Slack"), Effect: f.T("A message in a channel, by Slack’s incoming webhook")},
		{Value: string(billing.ChannelWebhook), Label: f.T("Webhook"), Effect: f.T("JSON to a program, signed after Standard Webhooks if you give it a secret")},
	}
}

func (f ChannelForm) leasts() []ui.Choice {
	return []ui.Choice{
		{Value: string(billing.SeverityWarning), Label: f.T("Everything"), Effect: f.T("What needs somebody today, and what needs somebody now")},
		{Value: string(billing.SeverityCritical), Label: f.T("Only what is critical"), Effect: f.T("What needs somebody now")},
	}
}

func languageOptions() []ui.Option {
	options := make([]ui.Option, len(Languages))
	for i, l := range Languages {
		options[i] = ui.Option{Value: string(l), Label: l.Name()}
	}
	return options
}

func (f ChannelForm) addressHint() string {
	if f.Existing {
		return f.T("It is kept sealed and never shown again. Leave it empty to keep %s", f.Shown)
	}
	return f.T("It is kept sealed and never shown again")
}

func (f ChannelForm) secretHint() string {
	if f.Signed {
		return f.T("A secret is kept. Leave it empty to keep it")
	}
	return f.T("whsec_ and 24 bytes or more in base64; without one nothing is signed")
}

// channelKind is the icon and the word of a way.
func channelKind(r Reader, kind billing.ChannelKind) ui.Badge {
	switch kind {
	case billing.ChannelEmail:
		return ui.Badge{Icon: "mail", Text: r.T("E-mail")}
	case billing.ChannelSlack:
		return ui.Badge{Icon: "bell", Text: r.T("Slack")}
	}
	return ui.Badge{Icon: "webhook", Text: r.T("Webhook")}
}

// where is all that anybody sees of where a channel leads.
func channelPlace(c billing.AlertChannel) string {
	if c.Kind == billing.ChannelEmail {
		return strings.Join(c.MailTo, ", ")
	}
	return c.Shown
}

func channelTold(r Reader, c billing.AlertChannel) string {
	told := r.T("Everything")
	if c.Least == billing.SeverityCritical {
		told = r.T("Only what is critical")
	}
	if !c.Customers {
		told += ", " + r.T("nothing about single customers")
	}
	return told
}

func channelState(r Reader, c billing.AlertChannel) ui.Badge {
	switch {
	case !c.On:
		return ui.Badge{Tone: "queued", Icon: "pause", Text: r.T("Off|switched"), Class: "!text-xs"}
	case c.FailingSince != nil:
		return ui.Badge{Tone: "failed", Icon: "octagon-alert", Text: r.T("Fails"), Class: "!text-xs", Fill: true}
	case c.DeliveredAt == nil:
		return ui.Badge{Tone: "queued", Icon: "circle-dashed", Text: r.T("Never tried"), Class: "!text-xs"}
	}
	return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("Works"), Class: "!text-xs"}
}

func noticeState(r Reader, n AlertNotice) ui.Badge {
	switch n.State {
	case "delivered":
		return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("Taken|message")}
	case "failed":
		return ui.Badge{Tone: "failed", Icon: "circle-x", Text: r.T("Given up|webhook"), Fill: true}
	case "dropped":
		return ui.Badge{Tone: "queued", Icon: "x", Text: r.T("Not sent|webhook")}
	}
	if n.Problem != "" {
		return ui.Badge{Tone: "unknown", Icon: "triangle-alert", Text: r.T("Trying again"), Fill: true}
	}
	return ui.Badge{Tone: "queued", Icon: "circle-dashed", Text: r.T("Waits|webhook")}
}

func noticeWord(r Reader, n AlertNotice) string {
	if n.Message == billing.MessageEnded {
		return r.T("Over|alert")
	}
	return r.T("Began")
}

// What billing says about wrong fields.
var _ = []string{
	Term("Enter a name of 80 characters at most"), Term("Choose e-mail, Slack or a webhook"), Term("Write one address or more, 20 at most"),
	Term("One of these is not an e-mail address"), Term("Write whsec_ and then 24 bytes or more in base64, or nothing"), Term("Choose what it is told"),
	Term("Choose a language"), Term("Write whole minutes from 0 to 1,440"), Term("Write whole percent from 0 to 99; 0 switches it off"),
	Term("Write whole seconds from 0 to 86,400; 0 switches it off"), Term("Write an amount of zero (off) or more"),
	Term("Write whole hours from 0 to 168; 0 switches it off"),
}
