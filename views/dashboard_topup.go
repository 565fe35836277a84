package views

import (
	"time"

	"github.com/shopspring/decimal"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// OwnTopUp is a top-up as its customer may see it: its entries are the
// customer's alone, and no attempt is among it.
type OwnTopUp struct {
	TopUp   billing.TopUp
	Entries []billing.Entry
	Held    billing.USD // still, for it
}

// whyShort says in a row why somebody should look.
func whyShort(r Reader, t billing.TopUp) string {
	if t.Status == billing.StatusUnknown {
		return r.T("Being confirmed; it is not charged twice")
	}
	if t.Status != billing.StatusFailed {
		return ""
	}
	return FailureWord(r, t.FailureCode)
}

// whatToDo says on the top-up's page what a failure means and what helps.
func whatToDo(r Reader, t billing.TopUp) string {
	switch t.FailureCode {
	case billing.FailureRefused:
		return r.T("The carrier refused it: the number is not one of its own or not in use, or it does not take this amount. Check the number, and order again with a new reference.")
	case billing.FailureUnreachable:
		return r.T("The carrier could not be reached in time. Order again with a new reference.")
	case billing.FailureExpired:
		return r.T("It waited in the queue for too long, so it was not sent at all. Order again with a new reference.")
	case billing.FailureCancelled:
		return r.T("It was cancelled before it was sent. Order again with a new reference.")
	}
	return r.T("It was proven that the airtime did not arrive. Order again with a new reference.")
}

// costs is what the customer pays for t as things stand: nothing once it failed.
func costs(t billing.TopUp) decimal.Decimal {
	if t.Status == billing.StatusFailed {
		return decimal.Zero
	}
	return t.Price.Decimal()
}

// story is what happened, in the customer's words.
func (o OwnTopUp) story(r Reader) []ui.Event {
	t, price := o.TopUp, WithUnit(Money4(o.TopUp.Price.Decimal()), "USD")
	events := []ui.Event{{Icon: "inbox", Head: r.T("Accepted, %s held", price), Text: t.Reference, Time: MomentExact(r, t.CreatedAt)}}
	if t.FirstSentAt != nil {
		events = append(events, ui.Event{Icon: "send", Tone: "run", Head: r.T("Sent to the carrier"), Time: MomentExact(r, *t.FirstSentAt)})
	}
	if end := o.end(r, price); end.Head != "" {
		events[len(events)-1].Waiting = t.Status == billing.StatusUnknown || t.Status == billing.StatusQueued
		events = append(events, end)
	}
	if e, ok := o.settlement(); ok {
		events = append(events, settled(r, e, price))
	}
	return events
}

// end is the newest point of the story.
func (o OwnTopUp) end(r Reader, price string) ui.Event {
	t := o.TopUp
	switch t.Status {
	case billing.StatusQueued:
		if t.Attempts > 0 {
			return ui.Event{Icon: "hourglass", Head: r.T("Not through yet"), Text: r.T("It is sent again in a moment."), Time: AgeSince(r, t.CreatedAt)}
		}
		return ui.Event{Icon: "hourglass", Head: r.T("In the queue"), Text: r.T("It is sent as soon as a line is free."), Time: AgeSince(r, t.CreatedAt)}
	case billing.StatusSending:
		return ui.Event{Icon: "loader-circle", Tone: "run", Head: r.T("The carrier is delivering"), Text: r.T("That takes 6 to 7 seconds, sometimes 20."), Time: AgeSince(r, sentAt(t))}
	case billing.StatusUnknown:
		return ui.Event{Icon: "circle-question-mark", Tone: "unk", Head: r.T("Nobody knows yet"), Text: r.T("%s stay held until it is settled. It is not sent a second time.", price), Time: AgeSince(r, sentAt(t))}
	case billing.StatusFailed:
		return ui.Event{Icon: "x", Tone: "bad", Head: r.T("Not delivered"), Text: whyShort(r, t), Time: momentOrNothing(r, t.CompletedAt)}
	case billing.StatusReversed:
		return ui.Event{Icon: "undo-2", Head: r.T("Reversed"), Time: MomentExact(r, t.UpdatedAt)}
	}
	return ui.Event{Icon: "check", Tone: "ok", Head: r.T("Delivered|story"), Text: r.T("The carrier confirmed it"), Time: momentOrNothing(r, t.CompletedAt)}
}

// settlement is the entry that ended the hold.
func (o OwnTopUp) settlement() (billing.Entry, bool) {
	for _, e := range o.Entries {
		if e.Kind == billing.EntryCapture || e.Kind == billing.EntryRelease {
			return e, true
		}
	}
	return billing.Entry{}, false
}

func settled(r Reader, e billing.Entry, price string) ui.Event {
	if e.Kind == billing.EntryCapture {
		return ui.Event{Icon: "landmark", Tone: "ok", Head: r.T("Charged, %s", price), Time: MomentExact(r, e.CreatedAt)}
	}
	return ui.Event{Icon: "undo-2", Head: r.T("Given back, %s", price), Text: r.T("Nothing was charged."), Time: MomentExact(r, e.CreatedAt)}
}

func sentAt(t billing.TopUp) time.Time {
	if t.FirstSentAt == nil {
		return t.CreatedAt
	}
	return *t.FirstSentAt
}
