package views

// The evidence of a case, as a timeline: what was written, how the connection ended, each inquiry, what was decided.

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

func (c CaseDetail) evidence() []ui.Event {
	t := c.TopUp
	accepted := ui.Event{Icon: "inbox", Head: c.T("Accepted, %s held", c.usd(t.Price))}
	if t.APIKeyHint != "" {
		accepted.Text = c.T("Key %s", t.APIKeyHint)
	}
	all := []happened{{t.CreatedAt, accepted}}
	for _, attempt := range c.Attempts {
		all = append(all, c.tried(attempt)...)
	}
	all = append(all, c.inquired()...)
	all = append(all, c.aged()...)
	for _, decision := range c.Decisions {
		all = append(all, c.decision(decision)...)
	}
	for _, entry := range c.Entries {
		if event, tells := c.settled(entry); tells {
			all = append(all, happened{entry.CreatedAt, event})
		}
	}
	for _, against := range c.Contradictions {
		all = append(all, happened{against.At, ui.Event{Icon: "git-compare", Tone: "bad", Head: againstHead(c.Reader, against.Outcome), Text: against.Evidence}})
	}
	slices.SortStableFunc(all, func(a, b happened) int { return a.at.Compare(b.at) })
	events := make([]ui.Event, len(all))
	for i, h := range all {
		events[i] = h.Event
		events[i].Time = MomentExact(c.Reader, h.at)
		if !c.Today(h.at) && (i == 0 || c.Date(h.at) != c.Date(all[i-1].at)) {
			events[i].Time = momentDated(c.Reader, h.at)
		}
	}
	return events
}

// tried is one attempt: what left, and how that ended.
func (c CaseDetail) tried(a billing.Attempt) []happened {
	number := strconv.Itoa(a.Number)
	sent := ui.Event{
		Icon: "send", Tone: "run", Head: c.written(number, a), Waiting: true,
		Body: c.exchanged(c.T("What was sent"), c.T("Sent"), a.Request),
	}
	if a.Connection != "" {
		sent.Text = c.T("Connection: %s", connectionWord(c.Reader, a.Connection))
	}
	if a.Outcome == "" || a.FinishedAt == nil {
		return []happened{{a.StartedAt, sent}}
	}
	end := ui.Event{Head: sentence(c.ending(a)), Body: c.exchanged(c.T("What was answered"), c.T("Answered"), a.Response)}
	if c.classifies(a) {
		end.Body = answeredOpen(end.Body, ClassifyPath(a.ID), c.T("Classify this answer"))
	}
	switch a.Outcome {
	case billing.OutcomeDelivered:
		end.Icon, end.Tone, end.Text = "check", "ok", c.T("Delivered")
	case billing.OutcomeRefused:
		end.Icon, end.Tone, end.Text = "x", "bad", c.T("Refused")
	case billing.OutcomeNotSent:
		end.Icon, end.Text = "plug-zap", c.T("Nothing reached Latcom, so sending again is safe.")
	default:
		end.Icon, end.Tone = "plug-zap", "unk"
		if a.Event == "timeout" {
			end.Icon = "hourglass"
		}
		end.Text = c.T("%s It is never sent again.", sentence(c.because(a)))
	}
	return []happened{{a.StartedAt, sent}, {*a.FinishedAt, end}}
}

// written tells how much of the request left us.
func (c CaseDetail) written(number string, a billing.Attempt) string {
	switch {
	case a.Outcome == "":
		return c.T("Attempt %s: on the wire", number)
	case a.BytesWritten > 0:
		return c.N(int(a.BytesWritten), "Attempt %[2]s: %[1]s byte written", "Attempt %[2]s: %[1]s bytes written", number)
	case a.Event == "process_lost":
		return c.T("Attempt %s: how much was written is not known", number)
	}
	return c.T("Attempt %s: nothing written", number)
}

// ending is how the exchange ended: with an answer of some status, or without one.
func (c CaseDetail) ending(a billing.Attempt) string {
	if a.HTTPStatus > 0 && a.Event == "answered" {
		return c.T("Answered %s after %s", strconv.Itoa(a.HTTPStatus), c.Duration(millis(a.TookMillis)))
	}
	return c.ended(a)
}

// exchanged is one side of what was exchanged, folded; nil when there was none.
func (c CaseDetail) exchanged(lead, label, wire string) templ.Component {
	if wire == "" {
		return nil
	}
	return foldedWire(c.Reader, lead, label, readable(wire))
}

// inquired tells of each inquiry; the same answer many times over is one event.
func (c CaseDetail) inquired() []happened {
	var all []happened
	for first := 0; first < len(c.Inquiries); {
		last := first
		for last+1 < len(c.Inquiries) && c.Inquiries[last+1].Row == c.Inquiries[first].Row {
			last++
		}
		inquiry := c.Inquiries[last]
		text := c.Explained[inquiry.Row]
		if text == "" {
			text = inquiry.Reason
		}
		if last > first {
			text = c.T("%s Since %s.", sentence(text), c.When(c.Inquiries[first].At))
		}
		all = append(all, happened{inquiry.At, ui.Event{Icon: "search", Head: c.N(last-first+1, "Asked Latcom %s time", "Asked Latcom %s times"), Text: text}})
		first = last + 1
	}
	if len(all) == 0 && !c.CanInquire && !c.Since.IsZero() {
		all = append(all, happened{c.Since, ui.Event{Icon: "search", Head: c.T("Inquiry not possible"), Text: c.T("Latcom does not offer it for our account")}})
	}
	return all
}

// aged tells at which ages somebody was alerted.
func (c CaseDetail) aged() []happened {
	if c.Since.IsZero() {
		return nil
	}
	end := c.Now
	if c.TopUp.CompletedAt != nil {
		end = *c.TopUp.CompletedAt
	}
	var all []happened
	for _, age := range []struct {
		after time.Duration
		head  string
	}{{billing.UnknownWaits, c.T("15 minutes old")}, {billing.UnknownOld, c.T("24 hours old")}} {
		if at := c.Since.Add(age.after); at.Before(end) {
			all = append(all, happened{at, ui.Event{Icon: "bell", Tone: "unk", Head: age.head, Text: c.T("It stands among the alerts"), Waiting: true}})
		}
	}
	return all
}
