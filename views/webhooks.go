package views

// What the pages of webhooks are made of, a customer's own and those in the back office.

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// WebhookList are a customer's endpoints.
type WebhookList struct {
	Paths     WebhookPaths
	Endpoints []billing.WebhookEndpoint
	MayManage bool
	Own       bool // on the customer's own dashboard
}

// OwnWebhookList is the page of the dashboard.
type OwnWebhookList struct {
	Frame
	WebhookList
	Sandbox bool
}

// CustomerWebhookList is a tab of the customer's page.
type CustomerWebhookList struct {
	CustomerView
	WebhookList
}

func (l WebhookList) nothing(r Reader, level int) ui.Empty {
	e := ui.Empty{Icon: "webhook", Level: level, Title: r.T("No webhook yet"), Text: r.T("Nobody is told when the customer’s top-ups end.")}
	switch {
	case l.Own && l.MayManage:
		e.Text = r.T("Your program is told when a top-up ends, instead of asking again and again.")
	case l.Own:
		e.Text = r.T("Your program is told when a top-up ends. An owner of your company says where.")
	}
	return e
}

// WebhookForm is the form of an endpoint, a new one or one that is changed.
type WebhookForm struct {
	Frame
	Paths            WebhookPaths
	Customer         billing.Customer
	ID               string
	Existing         bool
	URL, Description string
	Events           []billing.EventType
	Problems         map[string]string
	Once             string // the secret of a new one, sealed
	Private          bool   // addresses on this machine are allowed
}

func (f WebhookForm) title() string {
	if f.Existing {
		return f.T("Change the webhook")
	}
	return f.T("Make a webhook")
}

func (f WebhookForm) facts() string {
	if f.Existing {
		return ""
	}
	return f.T("For a program of %s. Its secret is shown once.", f.Customer.Name)
}

func (f WebhookForm) action() string {
	if f.Existing {
		return f.Paths.Edit(f.ID)
	}
	return f.Paths.List
}

func (f WebhookForm) back() string {
	if f.Existing {
		return f.Paths.One(f.ID)
	}
	return f.Paths.List
}

func (f WebhookForm) hint() string {
	if f.Private {
		return f.T("This program was started with --allow-private-webhooks: http and this machine are allowed.")
	}
	return f.T("It begins with https:// and is on the public internet. Redirects are not followed.")
}

func (f WebhookForm) checks() []ui.Check {
	var checks []ui.Check
	for _, event := range billing.EventTypes() {
		checks = append(checks, ui.Check{Value: string(event), Label: f.T(eventWords[event], string(event)), Checked: slices.Contains(f.Events, event)})
	}
	return checks
}

// eventWords say when an event is sent; %s is its name.
var eventWords = map[billing.EventType]string{
	billing.EventTopUpSucceeded: Term("%s: a top-up was delivered"),
	billing.EventTopUpFailed:    Term("%s: a top-up was not delivered"),
	billing.EventTopUpUnknown:   Term("%s: nobody knows yet"),
	billing.EventTopUpReversed:  Term("%s: a delivered one was given back"),
	billing.EventBalanceLow:     Term("%s: available fell below the low threshold"),
	billing.EventCreditAdjusted: Term("%s: a deposit or a correction was posted"),
	billing.EventTest:           Term("%s: somebody tried the webhook"),
}

// WebhookPage is one endpoint with its log.
type WebhookPage struct {
	Frame
	Paths      WebhookPaths
	Customer   billing.Customer
	Endpoint   billing.WebhookEndpoint
	Deliveries []billing.WebhookDelivery
	State      string // of those that are shown; "": of any
	OlderHref  string
	NewestHref string
	MayManage  bool
}

func (p WebhookPage) id() string { return p.Endpoint.ID.String() }

func (p WebhookPage) on() bool { return p.Endpoint.State == billing.EndpointOn }

func (p WebhookPage) states() []ui.Segment {
	segments := []ui.Segment{{Text: p.T("All|states"), Href: p.Paths.One(p.id()), Current: p.State == ""}}
	for _, state := range []billing.DeliveryState{billing.DeliveryWaiting, billing.DeliveryDelivered, billing.DeliveryFailed, billing.DeliveryEnded} {
		segments = append(segments, ui.Segment{Text: p.T(deliveryWords[state]), Href: p.Paths.In(p.id(), string(state)), Current: p.State == string(state)})
	}
	return segments
}

// sinces are how far back what failed can be sent again.
func (p WebhookPage) sinces() []ui.Option {
	return []ui.Option{
		{Value: "1h", Label: p.T("of the last hour")},
		{Value: "24h", Label: p.T("of the last 24 hours")},
		{Value: "168h", Label: p.T("of the last 7 days")},
		{Value: "720h", Label: p.T("of the last 30 days")},
	}
}

func (p WebhookPage) facts() []ui.Definition {
	e := p.Endpoint
	facts := []ui.Definition{
		{Term: p.T("Events"), Value: eventNames(e.Events)},
		{Term: p.T("Made"), Value: Moment(p.Reader, e.CreatedAt)},
	}
	if e.DeliveredAt != nil {
		facts = append(facts, ui.Definition{Term: p.T("Last delivered"), Value: AgoSince(p.Reader, *e.DeliveredAt)})
	}
	secret := p.T("One, shown when it was made")
	if e.Rotating(p.Now) {
		secret = p.T("Two: the old one signs too, until %s", p.DateTime(*e.OldSecretUntil))
	}
	return append(facts, ui.Definition{Term: p.T("Secret"), Text: secret})
}

// webhookNote says what is wrong with an endpoint; without a head nothing is.
func webhookNote(r Reader, e billing.WebhookEndpoint) ui.Note {
	switch {
	case e.State == billing.EndpointGone:
		return ui.Note{Tone: "failed", Icon: "octagon-alert", Head: r.T("It answered 410."), Text: r.T("Nothing more is sent to it until somebody switches it on again.")}
	case e.State == billing.EndpointOff:
		return ui.Note{Icon: "pause", Head: r.T("Switched off."), Text: r.T("It is told nothing. What happens meanwhile is not sent later.")}
	case e.GivenUpAt != nil:
		return ui.Note{Tone: "failed", Icon: "octagon-alert", Head: r.T("It fails."), Text: r.T("Nothing has arrived since %s, and events were given up after all of their tries. Send them again once it answers.", r.DateTime(*e.FailingSince))}
	case e.FailingSince != nil && r.Now.Sub(*e.FailingSince) > time.Hour:
		return ui.Note{Tone: "unknown", Icon: "triangle-alert", Head: r.T("It does not answer as it should."), Text: r.T("Nothing has arrived since %s. What failed is tried again by itself.", r.DateTime(*e.FailingSince))}
	}
	return ui.Note{}
}

func webhookState(r Reader, e billing.WebhookEndpoint) ui.Badge {
	switch {
	case e.State == billing.EndpointGone:
		return ui.Badge{Tone: "failed", Icon: "circle-x", Text: r.T("Ended by 410"), Class: "!text-xs"}
	case e.State == billing.EndpointOff:
		return ui.Badge{Tone: "queued", Icon: "pause", Text: r.T("Off|switched"), Class: "!text-xs"}
	case e.GivenUpAt != nil:
		return ui.Badge{Tone: "failed", Icon: "octagon-alert", Text: r.T("Fails"), Class: "!text-xs"}
	case e.FailingSince != nil:
		return ui.Badge{Tone: "unknown", Icon: "triangle-alert", Text: r.T("Trying again"), Class: "!text-xs"}
	}
	return ui.Badge{Tone: "succeeded", Icon: "circle-check", Text: r.T("On|switched"), Class: "!text-xs"}
}

// What billing says about wrong fields of an endpoint.
var _ = []string{
	Term("Enter an address, such as https://example.com/webhooks"), Term("Use 500 characters at most"),
	Term("The address has to begin with https://"), Term("Leave out the user name, the password and what follows #"),
	Term("This address is not on the public internet"), Term("Use 120 characters at most"), Term("Choose one event or more"),
}

var deliveryWords = map[billing.DeliveryState]string{
	billing.DeliveryWaiting: Term("Waits|webhook"), billing.DeliveryDelivered: Term("Delivered|webhook"),
	billing.DeliveryFailed: Term("Given up|webhook"), billing.DeliveryEnded: Term("Not sent|webhook"),
}

func deliveryState(r Reader, state billing.DeliveryState) ui.Badge {
	tone := map[billing.DeliveryState][2]string{
		billing.DeliveryWaiting: {"sending", "hourglass"}, billing.DeliveryDelivered: {"succeeded", "circle-check"},
		billing.DeliveryFailed: {"failed", "circle-x"}, billing.DeliveryEnded: {"queued", "pause"},
	}[state]
	return ui.Badge{Tone: tone[0], Icon: tone[1], Text: r.T(deliveryWords[state]), Class: "!text-xs"}
}

// problemWords say why a try did not arrive.
var problemWords = map[billing.WebhookProblem]string{
	billing.ProblemRedirect:   Term("Redirects are not followed"),
	billing.ProblemGone:       Term("It wants nothing more"),
	billing.ProblemTimeout:    Term("No answer within 15 seconds"),
	billing.ProblemAddress:    Term("Its address is not on the public internet"),
	billing.ProblemName:       Term("Its name is not known"),
	billing.ProblemTLS:        Term("Its certificate is not trusted, or no TLS"),
	billing.ProblemConnection: Term("It could not be reached, or hung up"),
	billing.ProblemSecret:     Term("Our key does not open its secret: rotate it"),
	billing.ProblemStatus:     Term("It did not answer with 2xx"),
}

// answerWord is what a try was answered, in a few words.
func answerWord(r Reader, status int, problem billing.WebhookProblem) string {
	switch {
	case status > 0 && (problem == "" || problem == billing.ProblemStatus):
		return r.T("Answered %s", strconv.Itoa(status))
	case status > 0:
		return r.T("Answered %s: %s", strconv.Itoa(status), r.T(problemWords[problem]))
	case problem != "":
		return r.T(problemWords[problem])
	}
	return Nothing
}

// hostOf is an address as a list shows it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// WebhookDeliveryPage is one event's way to an endpoint, try by try.
type WebhookDeliveryPage struct {
	Frame
	Paths     WebhookPaths
	Customer  billing.Customer
	Endpoint  billing.WebhookEndpoint
	Delivery  billing.WebhookDelivery
	Tries     []billing.WebhookTry // the newest first
	TopUpHref string               // "": of no top-up
	MayManage bool
}

func (p WebhookDeliveryPage) delivery() string { return strconv.FormatInt(p.Delivery.ID, 10) }

func (p WebhookDeliveryPage) facts() []ui.Definition {
	d := p.Delivery
	facts := []ui.Definition{
		{Term: p.T("Event"), Text: string(d.Type), Mono: true},
		{Term: "webhook-id", Name: true, Value: copied(p.Reader, d.EventID.String())},
		{Term: p.T("Happened"), Value: Moment(p.Reader, d.CreatedAt)},
	}
	if p.TopUpHref != "" {
		facts = append(facts, ui.Definition{Term: p.T("Top-up"), Value: ui.Link(p.TopUpHref, d.Reference)})
	}
	if d.Sequence != nil {
		facts = append(facts, ui.Definition{Term: p.T("Number of its events"), Text: strconv.Itoa(*d.Sequence)})
	}
	if d.NextAt != nil {
		facts = append(facts, ui.Definition{Term: p.T("Next try"), Value: MomentExact(p.Reader, *d.NextAt)})
	}
	return facts
}

// tryNote is what stands at the right of a try.
func (p WebhookDeliveryPage) tryNote(t billing.WebhookTry) string {
	return p.T("%s in %s", answerWord(p.Reader, t.Status, t.Problem), p.Duration(time.Duration(t.TookMS)*time.Millisecond))
}

// tryNumber counts from the first one that is kept.
func (p WebhookDeliveryPage) tryNumber(i int) string {
	return p.T("Try %s", strconv.Itoa(len(p.Tries)-i))
}

// exchange is headers and body as on the wire.
func exchange(headers, body string) string {
	return strings.TrimSpace(headers + "\n\n" + body)
}

// WebhookAsk asks before a secret is rotated or an endpoint removed.
type WebhookAsk struct {
	Frame
	Paths    WebhookPaths
	Endpoint billing.WebhookEndpoint
	Problem  string
	Once     string // the new secret, sealed
}

// MadeSecret is an endpoint's secret, on the only page that ever shows it.
type MadeSecret struct {
	Secret, URL string
	Customer    string
	Back        string
	Own         bool
	OldUntil    *time.Time // until when the old one signs too; nil: there is none
}

func (m MadeSecret) title(r Reader) string {
	if m.OldUntil != nil {
		return r.T("The new secret of the webhook")
	}
	return r.T("The webhook is made")
}

func (m MadeSecret) warning(r Reader) string {
	if m.Own {
		return r.T("Your program checks each request with it. We keep it encrypted and show it to nobody again.")
	}
	return r.T("The customer’s program checks each request with it. Hand it over on a safe way; we show it to nobody again.")
}
