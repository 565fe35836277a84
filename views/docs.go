package views

import "strings"

// APIDocs is the documentation of the resellers' interface. What it says about operations and codes comes from the
// OpenAPI document, in English, and is translated here.
type APIDocs struct {
	Frame
	Server        string // https://…, without a slash at its end
	Key           string // what may be shown of the reader's own key; empty: nobody's
	Operations    []DocsOperation
	OldOperations []DocsOperation // deprecated
	OldFields     []DocsField     // of their bodies within bodies
	Failures      []DocsField     // why a top-up can fail
	Problems      []DocsProblem

	WebhookSample string      // one as it arrives
	Inner         []DocsInner // of what answers hold in lists and in themselves
	ProblemFields []DocsField
}

// DocsInner are the fields of something that answers hold. Its title is translated here.
type DocsInner struct {
	Title  string
	Fields []DocsField
}

// DocsOperation is one call.
type DocsOperation struct {
	ID, Method, Path     string
	Summary, Description string
	Takes, Gives         []DocsField // parameters, or members of the body; members of the answer
	Answers              []DocsAnswer
	Codes                []string // of its refusals
	Sample               string   // an answer
}

// DocsField is a parameter or a member.
type DocsField struct {
	Name, Type, Text string
	Required         bool
}

// DocsAnswer is a success.
type DocsAnswer struct{ Status, Text string }

// DocsProblem is a code with its cause and cure.
type DocsProblem struct {
	Code, Status, Retry string
	Title, Cause, Cure  string
}

// docsSection is an entry of the page's table of contents.
type docsSection struct{ id, name string }

func (d APIDocs) sections() []docsSection {
	return []docsSection{
		{"quick-start", d.T("Quick start")},
		{"authentication", d.T("Authentication")},
		{"retrying", d.T("Ordering once, and retrying")},
		{"states", d.T("States of a top-up")},
		{"waiting", d.T("Waiting|docs")},
		{"phones", d.T("Phones")},
		{"amounts", d.T("Amounts and prices")},
		{"quotes", d.T("Prices that hold")},
		{"batches", d.T("Many orders at once")},
		{"guard", d.T("The same phone again")},
		{"lists", d.T("Lists")},
		{"limits", d.T("Limits")},
		{"calls", d.T("Calls")},
		{"errors", d.T("Errors")},
		{"sandbox", d.T("Sandbox")},
		{"try", d.T("Try it")},
		{"promises", d.T("What we promise")},
		{"changes", d.T("Changes")},
		{"webhooks", d.T("Webhooks")},
		{"old-calls", d.T("Old calls")},
	}
}

// retryRows are the one table that matters most: what you saw, what is true, what to do.
func (d APIDocs) retryRows() [][3]string {
	return [][3]string{
		{d.T("201 or 200, succeeded"), d.T("Delivered and charged, once."), d.T("Nothing.")},
		{d.T("201 or 200, failed"), d.T("Certainly not delivered, nothing charged. The reference is used up."), d.T("Read failure. If you order again, do it with a new reference.")},
		{d.T("202, queued or sending"), d.T("Accepted; the price is held."), d.T("Read it at Location, or repeat the order with the same reference, until it is final.")},
		{d.T("202, unknown"), d.T("Nobody knows yet whether it was delivered. The price stays held until it is settled."), d.T("Do not order again under another reference. Read it later: it becomes succeeded or failed.")},
		{d.T("402, 403, 422 or another 4xx"), d.T("Nothing accepted, nothing charged. The reference is not used up."), d.T("Look at code. Change what it names, then order again.")},
		{d.T("409 reference_reused"), d.T("The reference belongs to an earlier order of yours, which stands as it is."), d.T("List by reference to see that order. Make a new reference for a new one.")},
		{d.T("429"), d.T("Nothing accepted, nothing charged."), d.T("Wait for the seconds that Retry-After says, then repeat.")},
		{d.T("5xx, a timeout, a lost connection"), d.T("You cannot know whether the order was accepted."), d.T("Repeat the same order with the same reference, as often as you like. Never take a new reference.")},
	}
}

type stateRow struct{ status, text string }

func (d APIDocs) stateRows() []stateRow {
	return []stateRow{
		{"queued", d.T("Accepted, its price is held. It will be sent.")},
		{"sending", d.T("The carrier is being asked. That takes 6 to 7 seconds, sometimes 20 or more.")},
		{"succeeded", d.T("Delivered and charged. Final, unless it is reversed.")},
		{"failed", d.T("Certainly not delivered; the price was given back. Final.")},
		{"unknown", d.T("The answer did not come, or said nothing certain. The price stays held and nothing is sent again; it is settled by evidence.")},
		{"reversed", d.T("Delivered at first and taken back later. Final.")},
	}
}

type preferRow struct{ header, text string }

func (d APIDocs) preferRows() []preferRow {
	return []preferRow{
		{"", d.T("Waits up to 25 seconds.")},
		{"Prefer: wait=10", d.T("Waits up to 10 seconds; 60 at most. wait=0 does not wait.")},
		{"Prefer: respond-async", d.T("Answers as soon as the order is accepted. It wins over wait.")},
	}
}

func (d APIDocs) retryText(retry string) string {
	switch retry {
	case "safe":
		return d.T("Repeating later can help, with this or another reference.")
	case "same_reference":
		return d.T("Repeat exactly, with the same reference.")
	default:
		return d.T("Repeating does not help: change something first.")
	}
}

// key stands where a key belongs: the reader's own, as far as it may be shown.
func (d APIDocs) key() string {
	if d.Key == "" {
		return "lb_live_…"
	}
	return d.Key
}

// keyLine says what $KEY stands for in the lines below it.
func (d APIDocs) keyLine() string { return "KEY=" + d.key() }

func (d APIDocs) quoteLine() string {
	return `curl -H "Authorization: Bearer $KEY" \
  "` + d.Server + `/api/v1/quote?amount=50"`
}

func (d APIDocs) orderLine() string {
	return `curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \
  -d '{"phone":"55 1234 5678","amount":"50.00","reference":"order-1001"}' \
  ` + d.Server + `/api/v1/topups`
}

func (d APIDocs) readLine() string {
	return `curl -H "Authorization: Bearer $KEY" \
  "` + d.Server + `/api/v1/topups?reference=order-1001"`
}

// orderSample is the answer that the quick start leads to.
func (d APIDocs) orderSample() string {
	for _, operation := range d.Operations {
		if operation.Method == "POST" { //nolint:usestdlibvars // views knows no net/http
			return operation.Sample
		}
	}
	return ""
}

// docsPhones are the writings of one number.
const docsPhones = `55 1234 5678
(55) 1234-5678
525512345678
+52 55 1234 5678
+52 1 55 1234 5678
5215512345678`

// methodTone draws what reads quietly and what orders in ink.
func methodTone(method string) string {
	if strings.EqualFold(method, "GET") {
		return "text-ink-mute"
	}
	return "text-ink"
}

// reference is the id under which a call is found on the page.
func (o DocsOperation) reference() string { return "call-" + o.ID }
