package views

// The story of one top-up, as an operator reads it: what happened, what it means for the money, when.

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"latcom.example/latcom-billing/billing"
	"latcom.example/latcom-billing/views/ui"
)

// TopUpDetail is one top-up with its evidence, for operators alone. Everything is in the order in which it happened.
type TopUpDetail struct {
	Frame
	TopUp          billing.TopUp
	Attempts       []billing.Attempt
	Inquiries      []Inquiry
	Entries        []billing.Entry
	Decisions      []billing.Decision
	Contradictions []billing.Contradiction
	Held           billing.USD       // still held for it
	Unclassified   []int64           // the attempts whose answers nobody has classified
	MayClassify    bool              // who looks may say what they mean
	Explained      map[string]string // rows of the outcome policy in the reader's words
	Repeats        []billing.Repeat  // orders that came again under its reference
	Looked         templ.Component   // who looked at it; nil: nobody keeps that
	Webhooks       []billing.WebhookDelivery
}

// Inquiry is what Latcom said when it was asked about a top-up afterwards.
type Inquiry struct {
	At          time.Time
	Row, Reason string
}

// open says whether the page has to follow what still happens.
func (d TopUpDetail) open() bool { return !d.TopUp.Status.Final() }

// happened is an event with its moment; without one it is what comes next.
type happened struct {
	at time.Time
	ui.Event
}

func (d TopUpDetail) story() []ui.Event {
	t := d.TopUp
	all := []happened{{t.CreatedAt, ui.Event{
		Icon: "inbox", Head: d.T("Accepted, %s held", d.usd(t.Price)), Text: d.T("Top-up, hold and job in one commit"),
		Waiting: len(d.Attempts) > 0 && d.Attempts[0].StartedAt.Sub(t.CreatedAt) > time.Second,
	}}}
	for i, attempt := range d.Attempts {
		all = append(all, d.attempt(attempt, i+1 < len(d.Attempts))...)
	}
	all = append(all, d.asked()...)
	all = append(all, d.told()...)
	for _, decision := range d.Decisions {
		all = append(all, d.decision(decision)...)
	}
	for _, entry := range d.Entries {
		if event, tells := d.settled(entry); tells {
			all = append(all, happened{entry.CreatedAt, event})
		}
	}
	slices.SortStableFunc(all, func(a, b happened) int { return a.at.Compare(b.at) })
	events := make([]ui.Event, 0, len(all)+1)
	for _, h := range all {
		h.Time = MomentExact(d.Reader, h.at)
		events = append(events, h.Event)
	}
	return append(events, d.next()...)
}

func (d TopUpDetail) attempt(a billing.Attempt, again bool) []happened {
	number := strconv.Itoa(a.Number)
	sent := ui.Event{Icon: "send", Tone: "run", Head: d.T("Attempt %s: on the wire", number)}
	if a.Number > 1 {
		sent.Text = d.T("With the same id as before")
	}
	if a.Outcome == "" {
		sent.Text = d.T("Waits for Latcom’s answer")
		return []happened{{a.StartedAt, sent}}
	}
	if a.Outcome == billing.OutcomeNotSent {
		sent.Tone, sent.Head, sent.Waiting = "bad", d.T("Attempt %s: not sent", number), again
		sent.Text = d.T("%s Nothing reached Latcom, so sending again is safe.", sentence(d.ended(a)))
		return []happened{{a.StartedAt, sent}}
	}
	var answer ui.Event
	switch a.Outcome {
	case billing.OutcomeDelivered:
		answer = ui.Event{Icon: "check", Tone: "ok", Head: d.T("Delivered"), Text: d.T("Latcom answered after %s", d.Duration(millis(a.TookMillis)))}
	case billing.OutcomeRefused:
		answer = ui.Event{Icon: "x", Tone: "bad", Head: d.T("Refused"), Text: d.T("After %s: %s", d.Duration(millis(a.TookMillis)), reasonOf(a))}
	default:
		answer = ui.Event{Icon: "circle-question-mark", Tone: "unk", Head: d.T("No clear answer"), Text: d.T("%s It may have been delivered: it is never sent again.", sentence(d.ended(a)))}
	}
	return []happened{{a.StartedAt, sent}, {*a.FinishedAt, answer}}
}

// told is what the customer's programs were told, and what they answered last.
func (d TopUpDetail) told() []happened {
	var all []happened
	for _, w := range d.Webhooks {
		at, text := w.CreatedAt, d.T("Waits for its first try")
		if w.LastAt != nil {
			at, text = *w.LastAt, answerWord(d.Reader, w.LastStatus, w.LastProblem)
		}
		tone := map[billing.DeliveryState]string{billing.DeliveryDelivered: "ok", billing.DeliveryFailed: "bad"}[w.State]
		all = append(all, happened{at, ui.Event{Icon: "webhook", Tone: tone, Head: d.T("Told %s: %s", hostOf(w.URL), string(w.Type)), Text: text}})
	}
	return all
}

// asked is the last inquiry: the ones before said no more.
func (d TopUpDetail) asked() []happened {
	if len(d.Inquiries) == 0 {
		return nil
	}
	last := d.Inquiries[len(d.Inquiries)-1]
	text := d.Explained[last.Row]
	if text == "" {
		text = last.Reason
	}
	return []happened{{last.At, ui.Event{Icon: "search", Head: d.N(len(d.Inquiries), "Asked Latcom %s time", "Asked Latcom %s times"), Text: text}}}
}

func (d TopUpDetail) decision(decision billing.Decision) []happened {
	proposed := happened{decision.ProposedAt, ui.Event{
		Icon: "clipboard-check", Head: d.T("%s proposed: %s", decision.Proposer, VerdictWord(d.Reader, decision.Verdict)), Text: decision.Note,
		Waiting: decision.State == billing.DecisionWaiting,
	}}
	if decision.DecidedAt == nil || decision.Decider == "" {
		return []happened{proposed}
	}
	second := ui.Event{Icon: "check", Tone: "ok", Head: d.T("%s confirmed it", decision.Decider)}
	if decision.State == billing.DecisionRejected {
		second = ui.Event{Icon: "x", Tone: "bad", Head: d.T("%s disagreed", decision.Decider), Text: decision.Objection}
	}
	return []happened{proposed, {*decision.DecidedAt, second}}
}

// settled is what an entry means for the customer; a hold and what only the house pays say nothing new here.
func (d TopUpDetail) settled(entry billing.Entry) (ui.Event, bool) {
	customer, amount := d.TopUp.CustomerName, WithUnit(Money4(entry.Amount), string(entry.Currency))
	switch entry.Kind {
	case billing.EntryCapture:
		return ui.Event{Icon: "landmark", Tone: "ok", Head: d.T("Captured"), Text: d.T("%s paid %s", customer, amount)}, true
	case billing.EntryRelease:
		return ui.Event{Icon: "landmark", Head: d.T("Failed: %s", FailureWord(d.Reader, d.TopUp.FailureCode)), Text: d.T("%s released: %s paid nothing", amount, customer)}, true
	case billing.EntryReversal:
		return ui.Event{Icon: "undo-2", Head: d.T("Reversed"), Text: d.T("%s given back to %s", amount, customer)}, true
	case billing.EntryCharge:
		return ui.Event{Icon: "landmark", Tone: "ok", Head: d.T("Charged after all"), Text: d.T("%s paid %s", customer, amount)}, true
	}
	return ui.Event{}, false
}

// next is what the top-up waits for.
func (d TopUpDetail) next() []ui.Event {
	switch d.TopUp.Status {
	case billing.StatusUnknown:
		return []ui.Event{{Icon: "hourglass", Tone: "unk", Head: d.T("Nobody knows yet"), Text: d.T("%s stay held until it is settled", d.usd(d.TopUp.Price))}}
	case billing.StatusQueued:
		return []ui.Event{{Icon: "hourglass", Head: d.T("Waits for its turn")}}
	}
	return nil
}

// VerdictWord is what two operators decide.
func VerdictWord(r Reader, verdict billing.Verdict) string {
	switch verdict {
	case billing.VerdictDelivered:
		return r.T("delivered, capture the hold")
	case billing.VerdictNotDelivered:
		return r.T("not delivered, release the hold")
	case billing.VerdictReverse:
		return r.T("reverse it")
	case billing.VerdictCharge:
		return r.T("delivered after all, charge it")
	case billing.VerdictStands:
		return r.T("the result stands, close the case")
	}
	return string(verdict)
}

func (d TopUpDetail) usd(amount billing.USD) string {
	return WithUnit(Money4(amount.Decimal()), "USD")
}

// took is the time from the order to its end.
func (d TopUpDetail) took() string {
	if d.TopUp.CompletedAt == nil {
		return ""
	}
	return d.T("%s from order to end", took(d.Reader, d.TopUp))
}

// ended is how an exchange ended, when it ended without a clear answer.
func (d TopUpDetail) ended(a billing.Attempt) string {
	r := d.Reader
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
	return d.because(a)
}

// EngineRowWord is what an attempt met that the engine judged itself, without an answer; "" for a row of the policy.
func EngineRowWord(r Reader, row string) string {
	if row == "engine.lost" {
		return r.T("Our process ended before it recorded an answer")
	}
	return ""
}

// because is the policy's sentence about an attempt; of a row that it no longer knows, what was written then.
func (d TopUpDetail) because(a billing.Attempt) string {
	if text := d.Explained[a.Row]; text != "" {
		return text
	}
	return reasonOf(a)
}

// reasonOf is Latcom's own words, or what was noted in their place.
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

// connectionWord says which connection carried an attempt: the first word is ours, the rest names what was spoken with whom.
func connectionWord(r Reader, connection string) string {
	kind, rest, _ := strings.Cut(connection, ", ")
	word, known := map[string]string{"new": r.T("new|connection"), "reused": r.T("kept open"), "none": r.T("none|connection")}[kind]
	switch {
	case !known:
		return connection
	case rest == "":
		return word
	}
	if spoken, whom, plain := strings.Cut(rest, ", "); plain && spoken == "plain" {
		rest = r.T("not encrypted") + ", " + whom
	}
	return word + ", " + rest
}

// sentence ends a text that is followed by another.
func sentence(text string) string {
	if text == "" || text[len(text)-1] == '.' {
		return text
	}
	return text + "."
}

// readable breaks the lines of a JSON body; nothing else of what was exchanged is touched.
func readable(wire string) string {
	at := strings.LastIndex(wire, "\n{") + 1
	var body bytes.Buffer
	if err := json.Indent(&body, []byte(wire[at:]), "", " "); err != nil {
		return wire
	}
	return wire[:at] + body.String()
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
