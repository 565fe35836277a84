package alerting

// One message on each of the ways.

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/mail"
	"latcom.example/latcom-billing/store"
	"latcom.example/latcom-billing/views"
	"latcom.example/latcom-billing/webhooks"
)

// send returns what went wrong, in words for the page of the channels; empty: it was
// taken.
func (m *Messenger) send(ctx context.Context, n store.Notice) (problem string) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	switch {
	case n.Channel == nil:
		r, note := m.note(n, n.Language)
		subject, text := views.MemberAlertLetter(r, note)
		return m.write(ctx, mail.Letter{To: n.MailTo, Subject: subject, Text: text, ID: idOf(n)})
	case n.Channel.Kind == billing.ChannelEmail:
		r, note := m.note(n, n.Channel.Language)
		subject, text := views.AlertLetter(r, note)
		return m.write(ctx, mail.Letter{To: n.Channel.MailTo[0], Others: n.Channel.MailTo[1:], Subject: subject, Text: text, ID: idOf(n)})
	case n.Channel.Kind == billing.ChannelSlack:
		r, note := m.note(n, n.Channel.Language)
		return m.post(ctx, n, map[string]any{"text": views.AlertSlack(r, note)})
	default:
		r, note := m.note(n, n.Channel.Language)
		return m.post(ctx, n, bodyOf(r, note))
	}
}

// idOf is the same at every try of a message: a mailbox or a receiver that knows it
// shows it once.
func idOf(n store.Notice) string {
	if n.Message == billing.MessageTest {
		return fmt.Sprintf("alert-test-%d", n.Now.UnixNano())
	}
	return fmt.Sprintf("alert-%d-%s-%d", n.Alert.ID, n.Message, n.ID)
}

func (m *Messenger) write(ctx context.Context, l mail.Letter) string {
	if m.options.Mail == nil {
		return "SMTP_URL is not set: no letter can be sent"
	}
	if err := m.options.Mail.Send(ctx, l); err != nil {
		return err.Error()
	}
	return ""
}

// post sends JSON to the channel's address.
func (m *Messenger) post(ctx context.Context, n store.Notice, body any) string {
	address, err := m.open(*n.Channel, "address", n.Channel.Target)
	if err != nil {
		return err.Error()
	}
	message := webhooks.Message{URL: address, ID: idOf(n), At: n.Now}
	if n.Channel.Secret != nil {
		secret, err := m.open(*n.Channel, "secret", n.Channel.Secret)
		if err != nil {
			return err.Error()
		}
		message.Secrets = []string{secret}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Sprintf("write the message: %v", err)
	}
	message.Body = string(text)
	return problemOf(m.options.Sender.Send(ctx, message))
}

// problemOf is what an answer says; a receiver takes a message with any 2xx.
func problemOf(a webhooks.Answer) string {
	switch {
	case a.Problem != "":
		return strings.TrimSuffix(string(a.Problem)+": "+a.Detail, ": ")
	case a.Status < 200 || a.Status > 299:
		said := strings.Join(strings.Fields(a.ResponseBody), " ")
		return strings.TrimSpace(fmt.Sprintf("HTTP %d %.200s", a.Status, said))
	}
	return ""
}

// body is what a webhook is told.
type body struct {
	Type     string            `json:"type"` // alert.raised, alert.ended, alert.test
	Kind     billing.AlertKind `json:"kind"`
	Subject  string            `json:"subject"` // which one, where there are several of a kind
	Severity billing.Severity  `json:"severity"`
	Title    string            `json:"title"`
	Text     string            `json:"text"`
	ToDo     []string          `json:"to_do"`
	Facts    map[string]string `json:"facts"` // what the sentence is filled with
	Since    time.Time         `json:"since"`
	EndedAt  *time.Time        `json:"ended_at"`
	Link     string            `json:"link"`
	Help     string            `json:"help"`
}

func bodyOf(r views.Reader, n views.AlertNote) body {
	title, text := n.Words(r)
	b := body{
		Type: "alert." + string(n.Message), Kind: n.Alert.Kind, Subject: n.Alert.Subject, Severity: n.Alert.Severity, Title: title, Text: text,
		ToDo: views.AlertSteps(r, n.Alert.Kind), Facts: n.Alert.Words, Since: n.Alert.Since.UTC(), Link: n.Link(), Help: n.Help(),
	}
	if n.Alert.EndedAt != nil {
		at := n.Alert.EndedAt.UTC()
		b.EndedAt = &at
	}
	if b.ToDo == nil {
		b.ToDo = []string{}
	}
	return b
}
