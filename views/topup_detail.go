package views

// The story of one top-up, as an operator reads it: what happened, what it means for the money, when.

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// TopUpDetail is one top-up with its evidence, for operators alone.
type TopUpDetail struct {
	Frame
	TopUp    billing.TopUp
	Attempts []billing.Attempt // the first one first
	Entries  []billing.Entry   // the first one first
	Held     billing.USD       // still held for it
}

// open says whether the page has to follow what still happens.
func (d TopUpDetail) open() bool { return !d.TopUp.Status.Final() }

func (d TopUpDetail) story() []ui.Event {
	t := d.TopUp
	events := []ui.Event{{
		Icon: "inbox", Head: d.T("Accepted, %s held", d.usd(t.Price)), Text: d.T("Top-up, hold and job in one commit"), Time: d.at(t.CreatedAt),
		Waiting: len(d.Attempts) > 0 && d.Attempts[0].StartedAt.Sub(t.CreatedAt) > time.Second,
	}}
	for i, attempt := range d.Attempts {
		events = append(events, d.attempt(attempt, i+1 < len(d.Attempts))...)
	}
	return append(events, d.ending()...)
}

func (d TopUpDetail) attempt(a billing.Attempt, again bool) []ui.Event {
	sent := ui.Event{Icon: "send", Tone: "run", Head: d.T("Attempt %s: on the wire", strconv.Itoa(a.Number)), Time: d.at(a.StartedAt)}
	if a.Number > 1 {
		sent.Text = d.T("With the same id as before")
	}
	if a.Outcome == "" {
		sent.Text = d.T("Waits for Latcom’s answer")
		return []ui.Event{sent}
	}
	if a.Outcome == billing.OutcomeNotSent {
		sent.Tone, sent.Head = "bad", d.T("Attempt %s: not sent", strconv.Itoa(a.Number))
		sent.Text, sent.Waiting = d.T("%s Nothing reached Latcom, so sending again is safe.", sentence(eventWord(d.Reader, a))), again
		return []ui.Event{sent}
	}
	answer := ui.Event{Time: d.at(*a.FinishedAt)}
	switch a.Outcome {
	case billing.OutcomeDelivered:
		answer.Icon, answer.Tone, answer.Head = "check", "ok", d.T("Delivered")
		answer.Text = d.T("Latcom answered after %s", d.Duration(millis(a.TookMillis)))
	case billing.OutcomeRefused:
		answer.Icon, answer.Tone, answer.Head = "x", "bad", d.T("Refused")
		answer.Text = d.T("After %s: %s", d.Duration(millis(a.TookMillis)), reasonOf(a))
	default:
		answer.Icon, answer.Tone, answer.Head = "circle-question-mark", "unk", d.T("No clear answer")
		answer.Text = d.T("%s It may have been delivered: it is never sent again.", sentence(eventWord(d.Reader, a)))
	}
	return []ui.Event{sent, answer}
}

// ending is what became of the money.
func (d TopUpDetail) ending() []ui.Event {
	t := d.TopUp
	var events []ui.Event
	for _, entry := range d.Entries {
		amount := WithUnit(Money4(entry.Amount), string(entry.Currency))
		switch entry.Kind {
		case billing.EntryCapture:
			events = append(events, ui.Event{Icon: "landmark", Tone: "ok", Head: d.T("Captured"), Text: d.T("%s paid %s", t.CustomerName, amount), Time: d.at(entry.CreatedAt)})
		case billing.EntryRelease:
			events = append(events, ui.Event{Icon: "landmark", Head: d.T("Failed: %s", FailureWord(d.Reader, t.FailureCode)), Text: d.T("%s released: %s paid nothing", amount, t.CustomerName), Time: d.at(entry.CreatedAt)})
		}
	}
	switch t.Status {
	case billing.StatusUnknown:
		events = append(events, ui.Event{Icon: "hourglass", Tone: "unk", Head: d.T("Nobody knows yet"), Text: d.T("%s stay held until it is settled", d.usd(t.Price))})
	case billing.StatusQueued:
		events = append(events, ui.Event{Icon: "hourglass", Head: d.T("Waits for its turn")})
	case billing.StatusReversed:
		events = append(events, ui.Event{Icon: "undo-2", Head: d.T("Reversed"), Time: d.at(t.UpdatedAt)})
	}
	return events
}

func (d TopUpDetail) usd(amount billing.USD) string {
	return WithUnit(Money4(amount.Decimal()), "USD")
}

func (d TopUpDetail) at(t time.Time) templ.Component { return MomentExact(d.Reader, t) }

// took is the time from the order to its end.
func (d TopUpDetail) took() string {
	if d.TopUp.CompletedAt == nil {
		return ""
	}
	return d.T("%s from order to end", took(d.Reader, d.TopUp))
}

// eventWord is how an exchange ended, when it ended without a clear answer.
func eventWord(r Reader, a billing.Attempt) string {
	switch a.Event {
	case "timeout":
		return r.T("No answer within %s", r.Duration(millis(a.TookMillis)))
	case "connection_lost":
		return r.T("The connection was lost after %s", r.Duration(millis(a.TookMillis)))
	case "cut", "too_large":
		return r.T("The answer could not be read to its end")
	case "connection_refused":
		return r.T("Connection refused after %s", r.Duration(millis(a.TookMillis)))
	case "dns_failure":
		return r.T("Latcom’s name was not found")
	case "tls_failure":
		return r.T("No trusted connection")
	case "unreachable":
		return r.T("Latcom could not be reached")
	case "not_logged_in":
		return r.T("Login failed")
	case "malformed":
		return r.T("The order could not be written")
	case "cancelled":
		return r.T("Given up by us")
	case "process_lost":
		return r.T("Our process ended before it recorded an answer")
	}
	return reasonOf(a)
}

func reasonOf(a billing.Attempt) string {
	reason := a.Reason
	if reason == "" {
		reason = a.Row
	}
	if a.Code != "" && a.Code != "0" {
		reason += " (" + a.Code + ")"
	}
	return reason
}

// sentence ends a text that is followed by another.
func sentence(text string) string {
	if text == "" || text[len(text)-1] == '.' {
		return text
	}
	return text + "."
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// FaultWord is who was at fault, for operators alone.
func FaultWord(r Reader, fault billing.Fault) string {
	switch fault {
	case billing.FaultProvider:
		return r.T("Provider")
	case billing.FaultNumber:
		return r.T("Number")
	case billing.FaultReseller:
		return r.T("Reseller")
	case billing.FaultUs:
		return r.T("Our side")
	}
	return Nothing
}
