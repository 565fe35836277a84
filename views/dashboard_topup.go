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
	TopUp    billing.TopUp
	Entries  []billing.Entry
	Repeats  []billing.Repeat          // orders that came again under its reference
	Held     billing.USD               // still, for it
	Charged  billing.USD               // by its entries, less what was given back
	Webhooks []billing.WebhookDelivery // who was told of it
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
	t := o.TopUp
	events := []ui.Event{{Icon: "inbox", Head: r.T("Accepted, %s held", usd(t.Price.Decimal())), Text: t.Reference, Time: MomentExact(r, t.CreatedAt)}}
	if t.FirstSentAt != nil {
		events = append(events, ui.Event{Icon: "send", Tone: "run", Head: r.T("Sent to the carrier"), Time: MomentExact(r, *t.FirstSentAt)})
	}
	for _, e := range o.Entries {
		events = append(events, o.moved(r, e)...)
	}
	if open := o.open(r); open.Head != "" {
		events[len(events)-1].Waiting = t.Status != billing.StatusSending
		events = append(events, open)
	}
	return events
}

// moved is what an entry of the ledger tells.
func (o OwnTopUp) moved(r Reader, e billing.Entry) []ui.Event {
	amount, at := usd(e.Amount), MomentExact(r, e.CreatedAt)
	switch e.Kind {
	case billing.EntryCapture:
		return []ui.Event{
			{Icon: "check", Tone: "ok", Head: r.T("Delivered|story"), Text: r.T("The carrier confirmed it"), Time: at},
			{Icon: "landmark", Tone: "ok", Head: r.T("Charged, %s", amount), Time: at},
		}
	case billing.EntryRelease:
		return []ui.Event{
			{Icon: "x", Tone: "bad", Head: r.T("Not delivered"), Text: FailureWord(r, o.TopUp.FailureCode), Time: at},
			{Icon: "landmark", Head: r.T("Hold given back, %s", amount), Time: at},
		}
	case billing.EntryReversal:
		return []ui.Event{{Icon: "undo-2", Head: r.T("Reversed, %s given back", amount), Time: at}}
	case billing.EntryCharge:
		return []ui.Event{{Icon: "landmark", Head: r.T("Charged after all, %s", amount), Text: r.T("Evidence that came later shows that the airtime arrived."), Time: at}}
	}
	return nil
}

// open is where a top-up stands that has not ended.
func (o OwnTopUp) open(r Reader) ui.Event {
	t := o.TopUp
	switch {
	case t.Status == billing.StatusQueued && t.Attempts > 0:
		return ui.Event{Icon: "hourglass", Head: r.T("Not through yet"), Text: r.T("It is sent again in a moment."), Time: AgeSince(r, t.CreatedAt)}
	case t.Status == billing.StatusQueued:
		return ui.Event{Icon: "hourglass", Head: r.T("In the queue"), Text: r.T("It is sent as soon as a line is free."), Time: AgeSince(r, t.CreatedAt)}
	case t.Status == billing.StatusSending:
		return ui.Event{Icon: "loader-circle", Tone: "run", Head: r.T("The carrier is delivering"), Text: r.T("That takes 6 to 7 seconds, sometimes 20."), Time: AgeSince(r, sentAt(t))}
	case t.Status == billing.StatusUnknown:
		return ui.Event{Icon: "circle-question-mark", Tone: "unk", Head: r.T("Nobody knows yet"), Text: r.T("%s stay held until it is settled. It is not sent a second time.", usd(t.Price.Decimal())), Time: AgeSince(r, sentAt(t))}
	}
	return ui.Event{}
}

// verdict says what it means for the money when somebody should know; none when Head is empty.
func (o OwnTopUp) verdict(r Reader) ui.Note {
	switch charged := o.Charged.Sign() > 0; {
	case o.TopUp.Status == billing.StatusUnknown:
		return ui.Note{Tone: "unknown", Icon: "circle-question-mark", Head: r.T("Nobody knows yet."), Text: r.T("Being confirmed; it is not charged twice. Ask again with the same reference as often as you like.")}
	case o.TopUp.Status == billing.StatusFailed && charged:
		return ui.Note{Tone: "unknown", Icon: "landmark", Head: r.T("It was charged after all."), Text: r.T("The answer was that it failed. Evidence that came later shows that the airtime arrived, so %s were charged.", usd(o.Charged.Decimal()))}
	case o.TopUp.Status == billing.StatusFailed:
		return ui.Note{Tone: "failed", Icon: "circle-x", Head: r.T("Nothing was charged."), Text: whatToDo(r, o.TopUp)}
	}
	return ui.Note{}
}

func usd(amount decimal.Decimal) string { return WithUnit(Money4(amount), "USD") }

func sentAt(t billing.TopUp) time.Time {
	if t.FirstSentAt == nil {
		return t.CreatedAt
	}
	return *t.FirstSentAt
}
